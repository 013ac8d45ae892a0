"""Whoever typed in a code first is nobody's administrator yet: what others write of the firm stays out of reach."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.market.conftest import NOW, account, office
from tests.market.sheets import code
from tests.visits.test_visits import FINANCE, given, sent
from triplehelix.market.listings import actions as listings
from triplehelix.market.listings.access import visible as listings_seen
from triplehelix.market.needs.models import Need
from triplehelix.market.visits import access as visits
from triplehelix.market.visits.models import Visit
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.finds import visible as files_seen
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import access, actions, finds
from triplehelix.records.parties.models import Membership, Organisation
from triplehelix.records.parties.rules import Invalid, Refused
from triplehelix.records.trail.models import Entry

TODAY = NOW.date()
LONG = "现有镀锡铜排在湿热环境下发黑，要找不含氰的后处理办法，能过盐雾试验九十六小时。"

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimed():
    """Somebody typed in the public code of a firm nobody had registered."""
    who = account("first")
    made = actions.claim_organisation(account=who, uscc=code(9100), name="示例铜厂", unit="371521", now=NOW)
    return who, made


def draft(who, firm):
    values = {"title": "镀锡铜排发黑", "text": LONG, "field": "新材料"}
    return listings.create(model=Need, organisation=firm, values=values, actor=who, now=NOW)


def test_a_new_firm_writes_and_hands_in_before_it_is_checked(claimed):
    who, membership = claimed
    assert (membership.role, membership.organisation.confirmed_at) == ("admin", None)
    need = draft(who, membership.organisation)
    assert "owner" in need.relations_of(who, NOW)
    actions.speak_of(organisations=[membership.organisation], actor=who, now=NOW)  # what its own people write
    assert f"org:{membership.organisation_id}" in access.audiences(who, TODAY)


def test_a_visit_reaches_nobody_before_the_firm_is_checked(claimed, county):
    who, membership = claimed
    firm, own = membership.organisation, draft(who, membership.organisation)
    told = Message.objects.count()
    visit = sent(county, given(firm, finance=FINANCE, met_name="阮砺石", met_phone="0635-8400000")).visit
    held = access.audiences(who, TODAY)
    assert f"org:{firm.pk}" not in held and f"wrote:{firm.pk}" in held
    assert not visits.visible(Visit.objects.all(), who, TODAY).exists()
    assert visit.need.relations_of(who, NOW) == frozenset()
    assert not visit.asks.get().relations_of(who, NOW)
    assert Message.objects.count() == told
    assert list(Entry.objects.filter(verb="speak_of").values_list("subject_id", flat=True)) == [str(firm.pk)]
    # What the account wrote itself stays at hand, and a file it kept for it.
    assert list(listings_seen(Need.objects.all(), who, NOW)) == [own]
    values = {"title": "镀锡铜排发黑的处理"}
    assert listings.edit(listing=own, values=values, actor=who, now=NOW, seen_version=own.version).version == 2
    file = evidence.store(content=b"x" * 20, name="a.txt", actor=who, now=NOW, owner=firm)
    assert file in files_seen(held)
    assert list(Need.objects.get(pk=own.pk).accounts_in("owner", NOW)) == [who]
    assert not visit.need.accounts_in("owner", NOW)


def test_confirmed_with_its_member_it_is_all_theirs(claimed, county):
    who, membership = claimed
    firm = membership.organisation
    visit = sent(county, given(firm, finance=FINANCE)).visit
    actions.confirm_organisation(organisation=firm, actor=county, now=NOW, members={membership.pk: True})
    assert visits.visible(Visit.objects.all(), who, TODAY).get() == visit
    letter = Message.objects.get(kind="parties.organisation.confirm")
    assert letter.to == who.email and "走访记录" in letter.body


def test_each_who_says_to_act_for_it_is_answered(claimed, county):
    who, membership = claimed
    firm = membership.organisation
    with pytest.raises(Invalid) as why:
        actions.confirm_organisation(organisation=firm, actor=county, now=NOW)
    assert "first" in why.value.errors["members"]
    assert Organisation.objects.get(pk=firm.pk).confirmed_at is None
    made = actions.confirm_organisation(organisation=firm, actor=county, now=NOW, members={membership.pk: False})
    assert made.confirmed_at == NOW
    assert not finds.members_of(firm, TODAY).exists()
    assert Message.objects.get(kind="parties.organisation.end_membership").to == who.email


def test_who_claimed_a_firm_is_not_its_officer_also_while_the_claim_is_unchecked(county):
    made = actions.claim_organisation(account=county, uscc=code(9105), name="示例铅厂", unit="371521", now=NOW)
    actions.speak_of(organisations=[made.organisation], actor=None, now=NOW)
    assert {f"wrote:{made.organisation.pk}", "unit:371521"} <= access.audiences(county, TODAY)
    assert access.relations(county, made.organisation, TODAY) == {"public"}


def test_whoever_is_let_in_where_offices_wrote_waits_for_the_firm_to_be_checked(county):
    sent(county, given(None, uscc=code(9900), name="新开的厂"), uuid4())
    firm = Organisation.objects.get(uscc=code(9900))
    who = account("later")
    claim = actions.claim_organisation(account=who, uscc=firm.uscc, name="", now=NOW)
    actions.accept_member(membership=claim, actor=county, now=NOW, role="admin")
    assert f"org:{firm.pk}" not in access.audiences(who, TODAY)
    assert "核实" in Message.objects.get(kind="parties.organisation.accept_member").body
    actions.confirm_organisation(organisation=firm, actor=county, now=NOW, members={claim.pk: True})
    assert f"org:{firm.pk}" in access.audiences(who, TODAY)


def test_the_register_keeps_what_was_before_out_of_reach():
    """`told_of`: a switched-off account and one that has left hear nothing."""
    who = account("gone")
    made = actions.claim_organisation(account=who, uscc=code(9101), name="示例厂", now=NOW - timedelta(days=2))
    actions.speak_of(organisations=[made.organisation], actor=None, now=NOW)
    assert list(finds.told_of(made.organisation, who.pk, TODAY)) == [who]
    actions.end_membership(membership=made, until=None, actor=None, now=NOW)
    assert not finds.told_of(made.organisation, who.pk, TODAY).exists()


def test_whoever_is_refused_twice_asks_no_more_for_a_while(county):
    actions.register_organisation(uscc=code(9104), name="示例锌厂", unit="371521", actor=None, now=NOW)
    who = account("again")
    claim = {"account": who, "uscc": code(9104), "name": ""}
    for _time in range(2):
        actions.refuse_member(membership=actions.claim_organisation(**claim, now=NOW), actor=county, now=NOW)
    with pytest.raises(Invalid) as why:
        actions.claim_organisation(**claim, now=NOW)
    assert "请先联系" in why.value.errors["uscc"]
    assert actions.claim_organisation(**claim, now=NOW + timedelta(days=30)).accepted_at is None


# --- nobody answers himself ---


@pytest.fixture
def own_claim(county):
    """An officer of the county says: this firm of my county is mine."""
    actions.register_organisation(uscc=code(9102), name="示例铝厂", unit="371521", actor=None, now=NOW)
    return actions.claim_organisation(account=county, uscc=code(9102), name="", now=NOW)


@pytest.mark.parametrize("act", [actions.accept_member, actions.refuse_member])
def test_an_officer_does_not_answer_the_own_request(act, county, own_claim):
    with pytest.raises(Refused, match="另一位工作人员"):
        act(membership=own_claim, actor=county, now=NOW)
    assert Membership.objects.get(pk=own_claim.pk).accepted_at is None
    assert own_claim not in finds.claims(access.audiences(county, TODAY))


def test_an_officer_does_not_confirm_what_he_asks_to_act_for(county, own_claim):
    with pytest.raises(Refused, match="另一位工作人员"):
        actions.confirm_organisation(organisation=own_claim.organisation, actor=county, now=NOW)


def test_an_officer_is_no_officer_of_the_own_firm(county, officer, own_claim):
    firm = own_claim.organisation
    actions.accept_member(membership=own_claim, actor=officer, now=NOW)
    assert access.relations(county, firm, TODAY) == {"public", "member"}
    assert firm not in finds.managed(access.audiences(county, TODAY))
    with pytest.raises(Refused):
        actions.correct(
            organisation=firm, values={"flags": ["高新技术企业"]}, actor=county, now=NOW, seen_version=firm.version
        )
    assert firm in finds.managed(access.audiences(officer, TODAY))


def test_nobody_but_its_officer_confirms(county):
    made = actions.register_organisation(uscc=code(9103), name="别处的厂", unit="371522", actor=None, now=NOW)
    with pytest.raises(Refused, match="主管部门"):
        actions.confirm_organisation(organisation=made, actor=county, now=NOW)


def test_a_letter_says_whether_who_signs_holds_an_office(county):
    """Anybody may call himself an officer."""
    somebody = account("fake")
    somebody.name = "市科技局工作人员"
    assert str(finds.signed(somebody, TODAY)) == "市科技局工作人员（平台用户）"
    assert str(finds.signed(county, TODAY)) == "county（县市区、开发区工作人员）"
    assert str(finds.signed(None, TODAY)) == "系统"
    office(somebody, "expert")
    assert "平台用户" in str(finds.signed(somebody, TODAY))
