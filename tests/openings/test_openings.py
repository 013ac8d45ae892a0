"""成功落地 opens the support's case: at once, later, once, and not any more."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.contracts.words import WAN, Market
from tests.fund.test_race import at_once
from tests.market.conftest import account, member, office, organisation
from tests.records.matrix import matrix, taken
from triplehelix.market.contracts import actions as sales
from triplehelix.market.contracts.models import Sale
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Opener
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import guards, papers
from triplehelix.procedure.cases.eligibility import given_before, ground_gone
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.procedure.openings import actions, finds
from triplehelix.procedure.openings.flow import FLOW
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.terms import actions as terms
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import followers
from triplehelix.records.trail.models import Entry

AWARD = next(award for award in pack().awards if award.opened_by is not None)


def round_of(now, lane="quick", days=(0, 60), **more):
    today = timezone.localdate(now)
    return cases.open_round(
        award_code=AWARD.code, lane=lane, title=more.pop("title", "落地支持"), year=2026,
        opens_on=today + timedelta(days=days[0]), closes_on=today + timedelta(days=days[1]), actor=None, now=now,
        **more,
    )  # fmt: skip


def landed(market, fen=40 * WAN):
    sale = market.performing()
    market.pay(sale, fen)
    return sale


def look(market, sale):
    actions.look_at(sale=sale.pk, now=market.now)
    return Opening.objects.filter(sale=sale).first()


def test_what_has_not_landed_opens_nothing(market):
    round_of(market.now)
    for sale in (market.performing(),):
        market.pay(sale, 30 * WAN - 1)
        assert look(market, sale) is None
    assert not Case.objects.exists()


def test_landed_while_a_round_is_open_opens_a_case_filled_from_the_sale(market):
    sale = landed(market)
    round_of(market.now)
    opening = look(market, sale)
    case = opening.case
    assert (opening.state, opening.organisation, case.organisation, case.state) == (
        "opened", market.firm, market.firm, "draft",
    )  # fmt: skip
    assert case.title == sale.achievement.title
    said = {key: case.facts[key] for key in ("contract_no", "contract_yuan", "contract_paid_yuan", "site_in_city",
                                             "first_claim")}  # fmt: skip
    assert said == {
        "contract_no": "2026-371500-000001", "contract_yuan": "1000000.00", "contract_paid_yuan": "400000.00",
        "site_in_city": True, "first_claim": True,
    }  # fmt: skip
    assert "event" not in case.facts, "nobody knows at which event they met: the firm says"
    labels = [label for _what, label, _file in finds.papers(sale)]
    assert [label.split(" ")[0] for label in labels] == ["技术合同", "登记证明", "付款凭证"]


def test_without_a_round_it_waits_is_told_once_and_opens_with_the_round(market):
    sale = landed(market)
    opening = look(market, sale)
    assert (opening.state, opening.case) == ("waiting", None)
    look(market, sale)
    assert Message.objects.filter(kind="procedure.opening.waits").count() == 1
    round_of(market.now, lane="entitled", title="名单")  # a list of candidates asks nobody, and opens nothing
    round_of(market.now, days=(5, 60))
    assert actions.open_waiting(now=market.now) == 0
    market.days(5)
    assert (actions.open_waiting(now=market.now), actions.open_waiting(now=market.now)) == (1, 0)
    opening.refresh_from_db()
    assert (opening.state, opening.case.state) == ("opened", "draft")


def test_asked_again_it_changes_nothing(market):
    sale = landed(market)
    round_of(market.now)
    opening = look(market, sale)
    before = (Entry.objects.count(), Message.objects.count())
    assert look(market, sale).version == opening.version
    assert (Entry.objects.count(), Message.objects.count()) == before
    assert Case.objects.count() == 1


def test_taken_back_before_anybody_accepted_and_landed_again(market):
    sale = landed(market)
    round_of(market.now)
    first = look(market, sale).case
    market.pay(sale, 20 * WAN, way="out", reason="退款")
    assert look(market, sale).state == "taken_back"
    first.refresh_from_db()
    assert first.state == "withdrawn"
    market.pay(sale, 20 * WAN)
    again = look(market, sale)
    assert again.state == "opened"
    assert again.case != first
    assert again.case.facts["first_claim"] is True, "the case that was taken back claims nothing"


def test_what_waited_is_taken_back_too(market):
    sale = landed(market)
    assert look(market, sale).state == "waiting"
    sales.revoke_registration(reason="虚假合同", **market.on(sale, market.officer))
    assert look(market, sale).state == "taken_back"
    assert not finds.waiting().exists()


def accepted(market, case):
    """The firm completes and submits its case, the clerk accepts it."""
    facts = case.facts | {"event": "科技合作名校直通车·春季场"}
    case = cases.write(case=case, facts=facts, actor=market.clerk, now=market.now, seen_version=case.version)
    cases.add_paper(case=case, name="活动签约记录", said="原件交科技窗口", actor=market.clerk, now=market.now)
    case = take(case=case, step="submit", actor=market.clerk, now=market.now, seen_version=case.version)
    return take(case=case, step="accept", actor=market.officer, now=market.now, seen_version=case.version)


def test_an_accepted_case_stays_and_a_clerk_looks(market):
    sale = landed(market)
    round_of(market.now)
    case = accepted(market, look(market, sale).case)
    sales.revoke_registration(reason="虚假合同", **market.on(sale, market.officer))
    opening = look(market, sale)
    case.refresh_from_db()
    assert (opening.state, case.state) == ("doubtful", "checking")
    (gone,) = ground_gone(case)
    assert (gone.blocks, gone.message) == (True, "技术合同登记 2026-371500-000001 已经撤销")
    assert guards.ground_stands(case, market.officer, market.now) == gone.message
    assert Message.objects.filter(kind="procedure.opening.doubt", to="officer@example.com").exists()
    market.register(sale, number="2026-371500-000077")
    assert look(market, sale).state == "opened"


def test_a_draft_nobody_has_changed_follows_what_is_paid_and_a_changed_one_does_not(market):
    sale = landed(market)
    round_of(market.now)
    case = look(market, sale).case
    market.pay(sale, 10 * WAN)
    look(market, sale)
    case.refresh_from_db()
    assert case.facts["contract_paid_yuan"] == "500000.00"
    facts = case.facts | {"contract_paid_yuan": "450000"}
    cases.write(case=case, facts=facts, actor=market.clerk, now=market.now, seen_version=case.version)
    market.pay(sale, 10 * WAN)
    look(market, sale)
    case.refresh_from_db()
    assert case.facts["contract_paid_yuan"] == "450000"


def test_what_proves_the_sale_is_handed_in_with_the_case_and_new_receipts_follow(market):
    """一次填报、多处使用: registration and receipts lie here already; only the record of the event is missing."""
    sale = landed(market)
    round_of(market.now)
    case = look(market, sale).case
    names = [row.name for row in papers.standing(case)]
    assert names == ["技术合同登记证明", "付款凭证"]
    assert papers.missing(case) == ["活动签约记录"]
    receipt = papers.standing(case)[1]
    cases.take_back_paper(paper=receipt, actor=market.clerk, now=market.now)
    market.pay(sale, 10 * WAN)
    look(market, sale)
    there = papers.standing(case)
    assert [row.name for row in there] == ["技术合同登记证明", "付款凭证"]
    assert there[1].file != receipt.file, "what the firm took back does not come again"


def test_the_same_contract_claimed_before_is_said(market):
    sale = landed(market)
    round = round_of(market.now)
    other = cases.start(round=round, organisation=market.firm, title="先报的", actor=market.clerk, now=market.now)
    cases.write(case=other, facts={"contract_no": "2026-371500-000001"}, actor=market.clerk, now=market.now,
                seen_version=other.version)  # fmt: skip
    assert look(market, sale).case.facts["first_claim"] is False


def test_the_trail_tells_it_by_itself(market):
    """Through the follower, as the worker does: landing, then a round, then the money goes back."""
    sale = landed(market)
    round_of(timezone.now())
    while followers.drain("openings"):
        pass
    opening = Opening.objects.get(sale=sale)
    assert opening.state == "opened"
    market.pay(sale, 40 * WAN, way="out", reason="合同解除")
    followers.drain("openings")
    opening.refresh_from_db()
    assert opening.state == "taken_back"


@pytest.mark.usefixtures("misplaced")
def test_only_the_program_moves_an_opening(market, auditor):
    sale = landed(market)
    round_of(market.now)
    opening = look(market, sale)
    people = {"system": None, "firm": market.clerk, "clerk": market.officer, "auditor": auditor}
    for cell in matrix(FLOW, ("firm", "clerk", "auditor")):
        Opening.objects.filter(pk=opening.pk).update(state=cell.state)
        opening.refresh_from_db()
        assert taken(opening, cell.step, people[cell.relation], market.now) is cell.allowed, str(cell)


def test_each_sees_the_openings_that_are_theirs(market, auditor, stranger):
    opening = look(market, landed(market))
    for who in (market.clerk, market.officer, auditor):
        assert list(finds.shown_to(who, market.today)) == [opening]
    for who in (None, stranger, market.teller):
        assert list(finds.shown_to(who, market.today)) == []
    assert opening.relations_of(market.clerk, market.now) == {"firm"}


def test_a_declaration_that_tells_what_nobody_knows_is_refused():
    with pytest.raises(DeclarationError, match="nothing is known of the event"):
        Opener("moon_landed", {})
    with pytest.raises(DeclarationError, match="does not tell weather"):
        Opener("sale_landed", {"contract_no": "weather"})
    assert AWARD.opened_by.event == "sale_landed"


def test_a_case_begins_only_in_a_round_that_is_open(market):
    round = round_of(market.now, days=(5, 60))
    with pytest.raises(Refused, match="不能申报"):
        cases.begin(round=round, organisation=market.firm, title="x", facts={}, papers=(), now=market.now)


@pytest.mark.django_db(transaction=True)
def test_looked_at_by_two_workers_at_once_it_opens_one_case():
    firm = organisation(9001)
    market = Market(officer=office(account("officer"), "city_officer"), clerk=member(account("clerk"), firm), firm=firm)
    sale = landed(market)
    round_of(market.now)
    found = at_once(*[lambda: actions.look_at(sale=sale.pk, now=market.now)] * 3)
    assert found == [None, None, None]
    assert (Opening.objects.count(), Case.objects.count()) == (1, 1)
    Opening.objects.update(state="waiting", case=None)
    Paper.objects.all().delete()
    Case.objects.all().delete()
    assert sorted(at_once(*[lambda: actions.open_waiting(now=market.now)] * 3)) == [0, 0, 1]
    assert Case.objects.count() == 1
    assert Sale.objects.get().landed_on == date(2026, 4, 12)


def test_a_refund_after_the_case_was_handed_in_puts_it_in_doubt_until_it_says_what_there_is(market):
    sale = landed(market, 80 * WAN)
    round_of(market.now)
    case = accepted(market, look(market, sale).case)
    market.pay(sale, 5 * WAN)
    assert look(market, sale).state == "opened", "more money is no reason to doubt"
    market.pay(sale, 50 * WAN, way="out", reason="退款")
    opening = look(market, sale)
    case.refresh_from_db()
    assert (opening.state, case.facts["contract_paid_yuan"]) == ("doubtful", "800000.00")
    assert "合同实际到账 350,000.00 元" in ground_gone(case)[0].message
    case.facts |= {"contract_paid_yuan": "350000"}
    assert not ground_gone(case)
    case.refresh_from_db()
    assert Message.objects.filter(kind="procedure.opening.doubt", to="officer@example.com").exists()
    assert look(market, sale).state == "doubtful", "looking again settles nothing"
    market.pay(sale, 45 * WAN)
    assert look(market, sale).state == "opened"


def test_a_case_ended_in_doubt_gives_way_to_a_new_one_when_the_sale_lands_again(market):
    sale = landed(market)
    round_of(market.now)
    first = accepted(market, look(market, sale).case)
    sales.revoke_registration(reason="虚假合同", **market.on(sale, market.officer))
    assert look(market, sale).state == "doubtful"
    take(case=first, step="reject_check", actor=market.officer, now=market.now, seen_version=first.version,
         note="登记被撤销，不符合条件")  # fmt: skip
    while followers.drain("openings"):
        pass
    assert Opening.objects.get(sale=sale).state == "taken_back"
    market.register(sale, number="2026-371500-000077")
    opening = look(market, sale)
    assert (opening.state, opening.case.state, Case.objects.count()) == ("opened", "draft", 2)
    assert opening.case.facts["contract_no"] == "2026-371500-000077"


@pytest.mark.usefixtures("misplaced")
def test_a_contract_registered_anew_under_another_number_is_supported_once(market):
    for code, value in (("landed_rate", "5%"), ("landed_most", "100000")):
        terms.settle(code=code, value=value, since=date(2026, 1, 1), document="澄科字〔2026〕1号", actor=market.officer,
                     now=market.now)  # fmt: skip
    sale, round = landed(market), round_of(market.now)
    first = decided(market, accepted(market, look(market, sale).case))
    Case.objects.filter(pk=first.pk).update(state="closed")  # paid
    sales.revoke_registration(reason="合同类型有误", **market.on(sale, market.officer))
    assert look(market, sale).state == "doubtful"
    market.register(sale, number="2026-371500-000077")
    assert look(market, sale).state == "opened", "the contract has landed and has been paid for once"
    again = cases.start(round=round, organisation=market.firm, title="再报", actor=market.clerk, now=market.now)
    facts = first.facts | {"contract_no": "2026－371500－000077"}
    again = cases.write(case=again, facts=facts, actor=market.clerk, now=market.now, seen_version=again.version)
    for name in papers.missing(again):
        cases.add_paper(case=again, name=name, said="原件交科技窗口", actor=market.clerk, now=market.now)
    again.refresh_from_db()
    with pytest.raises(Refused, match=f"{first.number}.*只给一次"):
        take(case=again, step="submit", actor=market.clerk, now=market.now, seen_version=again.version)
    with pytest.raises(Refused, match=f"{first.number}.*只给一次"):
        decided(market, again)
    # Another contract is another matter; the new one is told of as claimed whatever number the first claim names.
    other = Case(award_code=AWARD.code, organisation=market.firm, state="draft", year=2026,
                 facts=facts | {"contract_no": "2026-371500-000078"})  # fmt: skip
    assert list(given_before(other)) == []
    Opening.objects.update(case=None, state="taken_back")
    assert actions.facts_of(sale, AWARD)["first_claim"] is False


def decided(market, case):
    """The case as far as its decision: every fact compared by a clerk."""
    facts = {key: {"by": 1, "name": "x", "at": "x"} for key in case.facts}
    Case.objects.filter(pk=case.pk).update(state="deciding", confirmed=facts)
    case.refresh_from_db()
    return take(case=case, step="decide", actor=market.officer, now=market.now, seen_version=case.version)
