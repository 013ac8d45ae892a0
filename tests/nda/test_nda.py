"""A confidential need is read by its firm, by offices, and under an agreement; each opening is written down."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import translation

from tests.diagnosis.conftest import NOW, as_the_trail_says, expert, manager  # noqa: F401 - fixtures
from tests.market.conftest import account, member, organisation
from tests.market.test_flow import draft, published, stepped
from tests.market.test_needs import PARTS, SECRET
from tests.records.matrix import matrix
from triplehelix.market.listings import actions as listings
from triplehelix.market.nda import actions, finds, texts
from triplehelix.market.nda.flow import FLOW
from triplehelix.market.nda.models import Agreement
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take

pytestmark = pytest.mark.usefixtures("as_the_trail_says")

TODAY = NOW.date()
PEOPLE = {"owner": "clerk", "party": "stranger", "unit": "county", "city": "officer", "auditor": "auditor",
          "nobody": "other_county"}  # fmt: skip
PURPOSE = "课题组做过同类处理，由三人判断能否解决"


@pytest.fixture
def need(clerk, firm):
    return published(clerk, firm, **SECRET)


def own(who):
    return who.memberships.get().organisation


def asked(need, who, **more):
    given = {"organisation": own(who), "purpose": PURPOSE, "text_version": texts.current(TODAY).version} | more
    return actions.ask(need=need, actor=who, now=NOW, **given)


def agreed(need, who, owner):
    made = asked(need, who)
    return take(case=made, step="agree", actor=owner, now=NOW, seen_version=made.version)


def stepped_by(agreement, step, actor, note="理由写在这里"):
    return take(case=agreement, step=step, actor=actor, now=NOW, seen_version=agreement.version, note=note)


@pytest.mark.usefixtures("misplaced")
@pytest.mark.parametrize("state", [state.code for state in FLOW.states])
def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(request, need, clerk, stranger, state):
    made = asked(need, stranger)
    Agreement.objects.filter(pk=made.pk).update(state=state, answered_by=clerk, answered_at=NOW)
    people = {relation: request.getfixturevalue(who) for relation, who in PEOPLE.items()}
    for cell in matrix(FLOW, people):
        if cell.state != state:
            continue
        with transaction.atomic():
            try:
                stepped_by(Agreement.objects.get(pk=made.pk), cell.step, people[cell.relation])
            except Refused:
                assert not cell.allowed, str(cell)
            else:
                assert cell.allowed, str(cell)
            transaction.set_rollback(True)


def test_both_sides_and_the_text_are_on_record(need, clerk, stranger):
    made = asked(need, stranger)
    assert Message.objects.get().to == "clerk@example.com"
    done = stepped_by(made, "agree", clerk)
    assert (done.asked_by, done.asked_at, done.answered_by, done.answered_at) == (stranger, NOW, clerk, NOW)
    assert done.text_version == "2026-1"
    assert "五年" in done.text
    assert finds.agreed(need, own(stranger))


def test_the_firm_is_asked_in_its_own_language(need, clerk, stranger):
    Account.objects.filter(pk=clerk.pk).update(language="en")
    with translation.override("zh-hans"):
        asked(need, stranger)
    assert Message.objects.get().subject.startswith("NDA asked for: ")


@pytest.mark.parametrize(("who", "opens"), [
    ("clerk", "owner"), ("county", "unit"), ("officer", "city"), ("auditor", "auditor"),
    ("manager", None), ("stranger", None), ("other_county", None), ("expert", None),
])  # fmt: skip
def test_who_opens_it_without_an_agreement(request, need, who, opens):
    words = actions.open_words(need=need, actor=request.getfixturevalue(who), now=NOW)
    assert (words.target if words else None) == (PARTS["target"] if opens else None)
    seen = [(row.actor, row.data["as"]) for row in finds.openings(need)]
    assert seen == ([(who, opens)] if opens and opens != "owner" else [])


def test_under_an_agreement_in_force_and_not_a_moment_longer(need, clerk, stranger):
    def open_it():
        return actions.open_words(need=need, actor=stranger, now=NOW)

    made = asked(need, stranger)
    assert open_it() is None
    in_force = stepped_by(made, "agree", clerk)
    assert open_it().what == PARTS["what"]
    row = finds.openings(need).get()
    assert (row.actor, row.at, row.data["agreement"], row.why) == ("stranger", NOW, made.pk, own(stranger).name)
    stepped_by(in_force, "revoke", clerk)
    assert open_it() is None
    again = agreed(need, stranger, clerk)
    need = stepped(need, "withdraw", clerk)
    assert open_it() is None
    with pytest.raises(Refused, match="现在是"):
        stepped_by(again, "agree", clerk)


@pytest.mark.usefixtures("misplaced")
def test_who_was_turned_down_twice_does_not_ask_for_ever(need, clerk, stranger):
    stepped_by(asked(need, stranger), "decline", clerk)
    stepped_by(asked(need, stranger), "withdraw", stranger)
    with pytest.raises(Refused, match="90 天之内已经申请过 2 次"):
        asked(need, stranger)
    Agreement.objects.update(asked_at=NOW - timedelta(days=90))
    assert asked(need, stranger).state == "asked"


def test_another_organisation_of_nobody_and_a_colleague(need, clerk, firm, stranger):
    agreed(need, stranger, clerk)
    colleague = member(account("colleague"), own(stranger))
    assert actions.open_words(need=need, actor=colleague, now=NOW) is not None
    other = member(account("other"), organisation(9310))
    assert actions.open_words(need=need, actor=other, now=NOW) is None


def test_what_cannot_be_asked_for(need, clerk, firm, stranger):
    fresh = member(account("fresh"), organisation(9311, confirmed=False))
    plain = published(clerk, firm, title="公开的")
    for said, who, what in (
        ("没有经过核实", fresh, {}), ("不代表", stranger, {"organisation": firm}), ("本单位自己", clerk, {}),
        ("换了新版本", stranger, {"text_version": "2020-1"}),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            asked(need, who, **what)
    with pytest.raises(Refused, match="不是正在发布的保密需求"):
        asked(plain, stranger)
    with pytest.raises(Refused, match="不是正在发布的保密需求"):
        asked(draft(clerk, firm, **SECRET), stranger)
    with pytest.raises(Invalid) as why:
        asked(need, stranger, purpose="看")
    assert list(why.value.errors) == ["purpose"]
    asked(need, stranger)
    with pytest.raises(Refused, match="已经申请过：待需求方同意"):
        asked(need, stranger)
    assert Agreement.objects.count() == 1


def test_what_has_become_public_needs_no_agreement(need, clerk, stranger):
    made = asked(need, stranger)
    listings.edit(listing=need, values={"secrecy": "open"}, actor=clerk, now=NOW, seen_version=need.version)
    with pytest.raises(Refused, match="已经公开"):
        stepped_by(made, "agree", clerk)


def test_the_signed_paper_is_for_both_sides_and_their_officers(need, clerk, stranger, county):
    made = agreed(need, stranger, clerk)
    pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
    kept = actions.attach(
        agreement=made, content=pdf, name="nda.pdf", actor=stranger, now=NOW, seen_version=made.version
    )
    assert set(kept.signed.visible_to) == {
        f"org:{need.organisation_id}", f"org:{own(stranger).pk}", "city", "auditor", "unit:371521"
    }  # fmt: skip
    with pytest.raises(Refused):
        actions.attach(agreement=kept, content=pdf, name="nda.pdf", actor=county, now=NOW, seen_version=kept.version)
    with pytest.raises(Refused, match="不能更换"):  # neither side puts another in its place
        actions.attach(agreement=kept, content=pdf, name="nda.pdf", actor=clerk, now=NOW, seen_version=kept.version)
    kept.refresh_from_db()
    assert kept.signed.name == "nda.pdf"


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_ask_at_once_and_one_agreement_is_made(need, stranger):
    gate, refused = threading.Barrier(2), []

    def ask():
        try:
            gate.wait(10)
            asked(Need.objects.get(pk=need.pk), Account.objects.get(pk=stranger.pk))
        except Refused as why:
            refused.append(str(why))
        finally:
            connection.close()

    both = [threading.Thread(target=ask) for _n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert Agreement.objects.count() == 1
    assert len(refused) == 1
    assert Organisation.objects.filter(agreements__isnull=False).distinct().count() == 1
