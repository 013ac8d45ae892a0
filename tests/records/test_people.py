"""Who is who: people linked with accounts by an officer, taken apart again, and those who ask."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from tests.cases.city import uscc
from tests.records.conftest import ALUMINIUM, COPPER, NOW
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions, finds
from triplehelix.records.parties.models import Account, Person, PersonClaim
from triplehelix.records.parties.rules import Invalid, Refused
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db
WHO = {"actor": None, "now": NOW}


@pytest.fixture
def officer(make_account):
    made = make_account("officer@example.com", name="梁叙白")
    actions.appoint(account=made, role="city_officer", unit="", since=NOW.date(), **WHO)
    return made


@pytest.fixture
def person(organisation):
    return actions.register_person(name="容止戈", home=organisation, title="教授", **WHO)


def verbs(kind, pk):
    return list(Entry.objects.filter(subject_kind=kind, subject_id=str(pk)).values_list("verb", flat=True))


def test_a_link_is_told_and_taken_back_with_a_reason(person, account, officer):
    actions.claim_person(person=person, account=account, actor=officer, now=NOW)
    told = Message.objects.get(kind="parties.person.claim_person")
    assert told.to == account.email and "容止戈" in told.subject and "梁叙白" in told.body
    with pytest.raises(Invalid, match="请写事由"):
        actions.release_person(person=person, actor=officer, now=NOW)
    actions.release_person(person=person, actor=officer, now=NOW, why="对错了人")
    assert Message.objects.get(kind="parties.person.release_person").body.startswith("事由：对错了人")
    with pytest.raises(Refused, match="没有对应账号"):
        actions.release_person(person=person, actor=officer, now=NOW, why="再来一次")
    assert Person.objects.get().account is None
    assert verbs("parties.person", person.pk) == ["register", "claim", "release"]
    assert Entry.objects.get(verb="release").why == "对错了人"


def test_nobody_links_himself(person, officer):
    with pytest.raises(Refused, match="另一位"):
        actions.claim_person(person=person, account=officer, actor=officer, now=NOW)


def test_an_account_switched_off_since_it_was_read_is_linked_to_nobody(person, account, officer):
    Account.objects.filter(pk=account.pk).update(is_active=False)  # by another request; `account` still says active
    with pytest.raises(Invalid, match="已经停用"):
        actions.claim_person(person=person, account=account, actor=officer, now=NOW)
    assert Person.objects.get().account is None


def test_an_address_nobody_has_shown_to_be_theirs_is_linked_to_nobody(person, account, officer):
    EmailAddress.objects.filter(user=account).update(verified=False)
    with pytest.raises(Invalid) as why:
        actions.claim_person(person=person, account=account, actor=officer, now=NOW)
    assert "还没有确认" in why.value.errors["email"]
    claim = actions.ask_for_person(account=account, home=COPPER, name="容止戈", now=NOW)
    with pytest.raises(Invalid, match="还没有确认"):
        actions.grant_person(claim=claim, person=person, actor=officer, now=NOW)
    assert Person.objects.get().account is None


def test_who_has_been_compared_keeps_the_name(person, account):
    actions.claim_person(person=person, account=account, **WHO)
    with pytest.raises(Invalid, match="姓名不能改"):
        actions.amend_person(person=person, values={"name": "白若铜"}, seen_version=1, **WHO)
    values = {"name": "容止戈", "title": "研究员"}
    changed = actions.amend_person(person=person, values=values, seen_version=1, **WHO)
    assert (changed.title, changed.version) == ("研究员", 2)
    with pytest.raises(Refused, match="别人刚刚修改过"):  # another tab, opened before
        actions.amend_person(person=person, values={"title": "教授"}, seen_version=1, **WHO)
    assert Person.objects.get().title == "研究员"


@pytest.mark.parametrize("written", ["澄湖鸿锐铜业股份有限公司", COPPER, COPPER.lower()])
def test_who_asks_is_linked_by_the_officer_of_the_unit(person, account, officer, written):
    claim = actions.ask_for_person(account=account, home=written, name=" 容止戈 ", post="材料学院", now=NOW)
    assert (claim.home, claim.name) == (person.home, "容止戈")
    assert list(finds.person_claims({"unit:371502"})) == list(finds.person_claims({"role:city_officer"})) == [claim]
    assert not finds.person_claims({"unit:371503", f"org:{person.home_id}"})
    actions.grant_person(claim=claim, person=person, actor=officer, now=NOW)
    assert Person.objects.get().account == account
    assert not finds.person_claims({"role:city_officer"})
    with pytest.raises(Refused, match="已经有人答复"):
        actions.refuse_person(claim=claim, actor=officer, now=NOW, why="晚了")
    with pytest.raises(Invalid, match="已经对应到登记的人员"):
        actions.ask_for_person(account=account, home=written, name="容止戈", now=NOW)
    assert verbs("parties.account", account.pk) == ["create", "ask_person"]


def test_a_link_made_by_hand_answers_what_was_asked(person, account, officer):
    actions.ask_for_person(account=account, home=COPPER, name="容止戈", now=NOW)
    actions.claim_person(person=person, account=account, actor=officer, now=NOW)
    assert PersonClaim.objects.get().answered_at == NOW


def test_who_asks_again_has_one_request_waiting(person, account, make_organisation):
    other = make_organisation(ALUMINIUM, "另一家")
    first = actions.ask_for_person(account=account, home=COPPER, name="容止戈", now=NOW)
    second = actions.ask_for_person(account=account, home="另一家", name="容止戈", now=NOW)
    first.refresh_from_db()
    assert first.answered_at is not None and second.home == other
    assert list(finds.person_claims({"role:city_officer"})) == [second]
    # Only an organisation that has not registered the name is asked to.
    assert list(finds.unregistered([person.home, other])) == [second]
    with pytest.raises(Refused, match="不是申请里写的单位"):
        actions.grant_person(claim=second, person=person, actor=account, now=NOW)


def test_of_two_of_one_name_the_checked_one_is_asked(account, make_organisation):
    make_organisation(COPPER, "示例大学")
    real = actions.confirm_organisation(organisation=make_organisation(ALUMINIUM, "示例大学"), **WHO)
    assert actions.ask_for_person(account=account, home="示例大学", name="容止戈", now=NOW).home == real


def test_a_refusal_says_why(person, account, officer):
    claim = actions.ask_for_person(account=account, home=COPPER, name="容止戈", now=NOW)
    with pytest.raises(Invalid, match="请写原因"):
        actions.refuse_person(claim=claim, actor=officer, now=NOW, why=" ")
    actions.refuse_person(claim=claim, actor=officer, now=NOW, why="请先由单位证明")
    told = Message.objects.get(kind="parties.account.refuse_person")
    assert told.to == account.email and "请先由单位证明" in told.body
    assert verbs("parties.account", account.pk) == ["create", "ask_person", "refuse_person"]


@pytest.mark.parametrize(
    ("given", "field"),
    [({"home": "没有这家"}, "home"), ({"home": " "}, "home"), ({"name": ""}, "name"), ({"post": "长" * 61}, "post")],
)
def test_what_cannot_be_asked(account, person, given, field):
    with pytest.raises(Invalid) as why:
        actions.ask_for_person(account=account, now=NOW, **({"home": COPPER, "name": "容止戈"} | given))
    assert list(why.value.errors) == [field]


def test_who_sees_whom(person, make_organisation):
    other = actions.register_person(name="白若铜", home=make_organisation(ALUMINIUM, "另一家", unit="371503"), **WHO)
    seen = {
        f"org:{person.home_id}": [person], "unit:371503": [other], "role:city_officer": [other, person],
        "auditor": [other, person], "public": [], "member": [], "city": [],
    }  # fmt: skip
    for group, people in seen.items():
        assert list(finds.people({group}).order_by("-pk")) == people, group


def moved(person, home, **more):
    given = {"last_day": NOW.date(), "why": "调令〔2026〕5号", **WHO, **more}
    return actions.move_person(person=person, home=home, **given)


@pytest.fixture
def elsewhere(make_organisation):
    made = make_organisation(uscc=ALUMINIUM, name="云川铝业有限公司", unit="371581")
    return actions.confirm_organisation(organisation=made, **WHO)


def test_who_moves_is_told_and_where_he_was_is_kept(person, account, organisation, elsewhere):
    actions.claim_person(person=person, account=account, **WHO)
    officer = WHO | {"actor": None}
    done = moved(person, elsewhere, **officer)
    assert (done.home, done.version) == (elsewhere, 2)
    before = done.former_homes.get()
    assert (before.organisation, before.until) == (organisation, NOW.date())
    assert verbs("parties.person", person.pk)[-1] == "move"


def test_the_account_of_who_moves_gets_a_letter(person, account, officer, elsewhere):
    actions.claim_person(person=person, account=account, actor=officer, now=NOW)
    moved(person, elsewhere, actor=officer)
    letter = Message.objects.get(kind="parties.person.move_person")
    assert letter.to == account.email and elsewhere.name in letter.subject


@pytest.mark.parametrize(
    ("wrong", "given"),
    [("last_day", {"last_day": NOW.date() + timedelta(days=1)}), ("why", {"why": " "})],
)
def test_what_is_wrong_with_a_move_is_said_at_its_field(person, elsewhere, wrong, given):
    with pytest.raises(Invalid) as caught:
        moved(person, elsewhere, **given)
    assert list(caught.value.errors) == [wrong]
    assert Person.objects.get().home != elsewhere


def test_nobody_moves_to_where_he_is_nor_to_whom_nobody_checked_nor_to_who_has_ended(
    person, organisation, make_organisation, elsewhere
):
    unchecked = make_organisation(uscc=uscc(7), name="没有核实的")
    actions.end_organisation(
        organisation=elsewhere, ending="closed", on=NOW.date(), document="准予注销", successor=None, **WHO
    )
    for home in (organisation, unchecked, elsewhere):
        with pytest.raises(Invalid) as caught:
            moved(person, home)
        assert list(caught.value.errors) == ["home"]


def test_only_the_officer_of_the_present_home_moves_somebody(person, account, elsewhere):
    actions.appoint(account=account, role="county_officer", unit="371581", since=NOW.date(), **WHO)
    with pytest.raises(Refused):
        moved(person, elsewhere, actor=account)
