"""Money demanded back: the amount put right, the demand taken back, fraud that is found late."""

import pytest

from tests.cases.city import MILLION, YUAN
from tests.cases.words import came_back, demanded, member_of, reach
from triplehelix.fund import actions as fund
from triplehelix.fund import check
from triplehelix.fund.models import Purse
from triplehelix.procedure.cases import actions, pay
from triplehelix.procedure.cases import check as cases
from triplehelix.procedure.cases.flow import DEMANDED_FROM, LIFTS, flow_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry
from triplehelix.records.trail.verify import verify

WHY = {"why": "复核后认定违规金额有误", "document": "澄科监〔2026〕4号"}


def given(city, case):
    case.refresh_from_db()
    return {"case": case, "actor": city.clerk, "now": city.now, "seen_version": case.version}


def change(city, case, fen):
    return actions.change_demand(amount_fen=fen, **WHY, **given(city, case))


def lift(city, case):
    return actions.lift_demand(**WHY, **given(city, case))


def refund(city, case, fen, receipt):
    case.refresh_from_db()
    return actions.record_refund(
        case=case, amount_fen=fen, receipt=receipt, actor=city.finance, now=city.now, seen_version=case.version
    )


def sound(case):
    """The books and the trail hold, and say of the case what it says."""
    assert check.problems() == [] and verify() == [] and list(cases.problems()) == []


@pytest.fixture
def paid_twice(city, second_ordered):
    """Two milestones of three paid, a million yuan each; the third is promised."""
    city.bank((city.payments(second_ordered)[1], ""))
    second_ordered.refresh_from_db()
    return second_ordered


@pytest.fixture
def closed(city, entitled):
    """Paid whole, and closed."""
    return city.paid(entitled[0])


def test_a_demand_that_was_too_high_is_lowered_and_kept_in_the_trail(city, paid_twice):
    case = demanded(city, paid_twice, 2 * MILLION)
    member = member_of(case)
    refund(city, case, MILLION // 2, "缴款书 1")
    Message.objects.all().delete()
    case = change(city, case, MILLION)
    assert (case.state, case.demanded_fen) == ("clawing", MILLION)
    row = Entry.objects.filter(subject_id=str(case.pk), subject_kind=Case.kind, verb="demand_amount").latest("n")
    assert (row.data["from_fen"], row.data["amount_fen"]) == (2 * MILLION, MILLION)
    assert row.data["document"] == WHY["document"] and row.why == "复核后认定违规金额有误（澄科监〔2026〕4号）"
    told = {one.to: one.body for one in Message.objects.all()}
    assert set(told) == {member.email, city.finance.email} and "已缴回 500,000.00 元" in told[member.email]
    assert refund(city, case, MILLION // 2, "缴款书 2").state == "clawed"
    sound(case)


def test_a_demand_is_put_right_between_what_is_back_and_what_was_paid(city, paid_twice):
    case = demanded(city, paid_twice, MILLION)
    refund(city, case, MILLION // 2, "缴款书 1")
    for fen in (MILLION // 2 - 1, 2 * MILLION + 1, 0, -MILLION):
        with pytest.raises(Invalid, match="不低于已缴回的") as why:
            change(city, case, fen)
        assert set(why.value.errors) == {"amount"}
    with pytest.raises(Invalid, match="没有变"):
        change(city, case, MILLION)
    with pytest.raises(Invalid) as missing:
        actions.change_demand(amount_fen=2 * MILLION, why=" ", document="", **given(city, case))
    assert set(missing.value.errors) == {"why", "document"}
    with pytest.raises(Refused, match="无权"):
        actions.change_demand(amount_fen=2 * MILLION, **WHY, **(given(city, case) | {"actor": city.finance}))
    assert change(city, case, 2 * MILLION).demanded_fen == 2 * MILLION
    # Lowered to what is back already, nothing is left to wait for.
    case = change(city, case, MILLION // 2)
    assert (case.state, case.demanded_fen) == ("clawed", MILLION // 2)
    with pytest.raises(Refused, match="没有要追回的资金"):
        change(city, case, MILLION)
    sound(case)


def test_a_demand_that_was_unfounded_is_taken_back_and_the_project_goes_on(city, paid_twice):
    case = demanded(city, paid_twice, 2 * MILLION)
    held = pay.commitment_of(case)
    assert held.amount_fen == 2 * MILLION
    with pytest.raises(Invalid, match="撤销追回"):
        change(city, case, 0)
    with pytest.raises(Invalid) as missing:
        actions.lift_demand(why="", document="", **given(city, case))
    assert set(missing.value.errors) == {"why", "document"}
    case = lift(city, case)
    assert (case.state, case.demanded_fen, pay.commitment_of(case).amount_fen) == ("running", 0, 3 * MILLION)
    assert Purse.objects.get(pk=held.purse_id).committed_fen == 3 * MILLION
    rows = list(Entry.objects.filter(subject_id=str(case.pk), subject_kind=Case.kind).order_by("-n")[:2])
    assert [row.verb for row in rows] == ["lift_running", "demand_amount"] and WHY["document"] in rows[0].why
    sound(case)
    member = member_of(case)
    reach(city, case, case.milestones.get(seq=3), member, "服务企业二十家，服务合同和回执见附件三，逐家可查。")
    city.step(case, "pay_stage", city.clerk)
    city.bank((city.payments(case)[2], ""))
    assert city.step(case, "finish", city.clerk).state == "accepting_results"
    sound(case)


def test_orders_a_demand_took_back_are_made_again_when_it_is_none_any_more(city, second_ordered):
    case = lift(city, demanded(city, second_ordered, MILLION))
    assert [one.state for one in city.payments(case)] == ["paid", "returned"]
    city.step(case, "pay_stage", city.clerk)
    city.bank((city.payments(case)[2], ""))
    assert pay.paid(case) == 2 * MILLION
    sound(case)


def test_what_the_bank_returned_meanwhile_waits_for_a_new_account(city, paid_twice):
    first = city.payments(paid_twice)[0]
    case = demanded(city, paid_twice, MILLION // 2)
    came_back(city, first)
    case = lift(city, case)
    assert (case.state, pay.commitment_of(case).amount_fen) == ("pay_returned", 3 * MILLION)
    member = member_of(case)
    city.account(case, member, "6222020200112233999")
    assert city.step(case, "new_account", member).state == "running"
    city.bank((city.payments(case)[2], ""))
    assert pay.paid(case) == 2 * MILLION
    sound(case)


def test_what_has_come_back_is_not_forgotten_when_a_demand_is_taken_back(city, paid_twice):
    case = demanded(city, paid_twice, 2 * MILLION)
    refund(city, case, MILLION, "缴款书 1")
    with pytest.raises(Refused, match="缴回国库，不能撤销追回：请把追回金额改为已缴回的"):
        lift(city, case)
    case.refresh_from_db()
    assert (case.state, case.demanded_fen) == ("clawing", 2 * MILLION)
    assert change(city, case, MILLION).state == "clawed"
    sound(case)


def test_a_demand_is_not_taken_back_by_a_step_alone_nor_to_elsewhere(city, paid_twice):
    case = demanded(city, paid_twice, MILLION)
    for step, why in (("lift_running", "请办理“撤销追回”"), ("lift_archived", "追回以前不在这一步")):
        with pytest.raises(Refused, match=why):
            city.step(case, step, city.clerk, "不追了")
    case.refresh_from_db()
    assert case.state == "clawing"


def test_the_rest_is_promised_again_only_where_the_money_is(city, paid_twice):
    case = demanded(city, paid_twice, MILLION)
    purse = pay.commitment_of(case).purse
    fund.change_purse(purse=purse, by_fen=-int(purse.free), actor=city.finance, now=city.now, why="调减")
    with pytest.raises(Refused, match="不够承诺"):
        lift(city, case)
    case.refresh_from_db()
    assert (case.state, case.demanded_fen) == ("clawing", MILLION)
    fund.change_purse(purse=purse, by_fen=MILLION, actor=city.finance, now=city.now, why="调增")
    assert lift(city, case).state == "running"
    sound(case)


def test_a_demand_is_not_taken_back_between_a_year_and_its_closing(city, paid_twice):
    """What it released is still in the purse and may be carried over: nobody can promise it, and it is not gone."""
    case = demanded(city, paid_twice, MILLION)
    city.now = city.now.replace(year=2027, month=1, day=5)
    with pytest.raises(Refused, match="请市财政局先办理年终结转和关账"):
        lift(city, case)
    case.refresh_from_db()
    assert case.state == "clawing"


def test_a_demand_taken_back_when_its_year_is_over_leaves_what_was_paid(city, paid_twice):
    case = demanded(city, paid_twice, MILLION)
    city.now = city.now.replace(year=2027, month=1, day=5)
    fund.close_year(year=2026, actor=city.finance, now=city.now)
    case = lift(city, case)
    assert (case.state, pay.commitment_of(case).amount_fen) == ("running", 2 * MILLION)
    said = Entry.objects.get(subject_kind=Case.kind, subject_id=str(case.pk), verb="lift_running").data
    assert said["lapsed_fen"] == MILLION
    member = member_of(case)
    reach(city, case, case.milestones.get(seq=3), member, "服务企业二十家，服务合同和回执见附件三，逐家可查。")
    with pytest.raises(Refused, match="追回时已收回、年度已过，不能再拨付：请终止"):
        city.step(case, "pay_stage", city.clerk)
    case = city.step(case, "terminate", city.clerk, "资金已收回国库")
    assert (case.state, pay.kept(case)) == ("terminated", 2 * MILLION)
    sound(case)


@pytest.mark.parametrize("before", ["closed", "archived", "terminated", "evaluating", "clawed"])
def test_every_case_goes_back_to_where_its_demand_found_it(city, paid_twice, before):
    Case.objects.filter(pk=paid_twice.pk).update(state=before, granted_fen=2 * MILLION)
    case = demanded(city, paid_twice, MILLION)
    assert case.state == "clawing"
    case = lift(city, case)
    assert (case.state, case.demanded_fen) == (before, 0)


def test_fraud_found_after_archiving_is_demanded_back(city, closed):
    case = city.step(closed, "archive", city.clerk)
    granted = case.granted_fen
    with pytest.raises(Refused, match="不超过已支付而未缴回的金额"):
        demanded(city, case, granted + 1)
    case = demanded(city, case, granted)
    assert case.state == "clawing"
    assert refund(city, case, granted, "缴款书 1").state == "clawed"
    with pytest.raises(Refused, match="不超过已支付而未缴回的金额"):
        demanded(city, case, 1)
    sound(case)


def test_money_of_a_terminated_project_is_demanded_back_and_more_of_it_later(city, paid_twice):
    case = city.step(paid_twice, "terminate", city.clerk, "团队已解散")
    case = demanded(city, case, MILLION // 2)
    case = refund(city, case, MILLION // 2, "缴款书 1")
    assert (case.state, case.demanded_fen) == ("clawed", MILLION // 2)
    # Another audit: what is back already pays nothing of this demand, and is no reason against taking it back.
    with pytest.raises(Refused, match="不超过已支付而未缴回的金额"):
        demanded(city, case, MILLION * 3 // 2 + 1)
    case = demanded(city, case, MILLION)
    assert (case.state, case.demanded_fen) == ("clawing", MILLION * 3 // 2)
    with pytest.raises(Refused, match=r"还差 1,000,000\.00 元"):
        take(case=case, step="clawed", actor=city.finance, now=city.now, seen_version=case.version)
    with pytest.raises(Invalid, match="撤销追回"):
        change(city, case, MILLION // 2)
    case = lift(city, case)
    assert (case.state, case.demanded_fen, pay.commitment_of(case).amount_fen) == ("clawed", MILLION // 2, 2 * MILLION)
    case = demanded(city, case, MILLION * 3 // 2)
    case = refund(city, case, MILLION * 3 // 2, "缴款书 2")
    assert (case.state, case.demanded_fen, pay.kept(case)) == ("clawed", 2 * MILLION, 0)
    sound(case)


def test_a_round_counts_what_others_have_got_before_a_demand_is_taken_back(city, entitled):
    """Of two cases in a round for one the second is public while the first is demanded back."""
    one, two = entitled
    city.notice(one)
    city.days(9)
    notices.end_due(now=city.now)
    city.step(one, "order", city.finance)
    city.bank((city.payments(one)[0], ""))
    case = demanded(city, one, 100 * YUAN)
    city.notice(Case.objects.get(pk=two.pk), number="澄科公示〔2026〕3号")
    type(one.round).objects.filter(pk=one.round_id).update(budget_fen=one.granted_fen)
    with pytest.raises(Refused, match="本批预算"):
        lift(city, case)


@pytest.mark.parametrize("code", [award.code for award in pack().awards])
def test_every_demand_has_its_way_back(code):
    award = pack().award(code)
    for lane in award.lanes:
        flow = flow_of(lane, award.parts)
        origins = set(flow["demand"].frm)
        assert {"archived", "clawed"} <= origins <= set(DEMANDED_FROM)
        assert ("terminated" in origins) is any(state.code == "terminated" for state in flow.states)
        lifts = {step.to for step in flow.steps if step.code in LIFTS}
        assert lifts == origins and all(step.by == {"clerk"} for step in flow.steps if step.code in LIFTS)


def void(city, case, receipt, **more):
    case.refresh_from_db()
    given = {"reason": "缴款书金额多写一个零", "actor": city.finance, "now": city.now, "seen_version": case.version}
    return actions.void_refund(case=case, receipt=receipt, **given | more)


def test_a_refund_that_was_typed_wrong_is_voided_and_entered_anew_under_its_number(city, paid_twice):
    case = demanded(city, paid_twice, MILLION)
    case = refund(city, case, MILLION, "缴款书 1")
    assert case.state == "clawed"
    purse = Purse.objects.get(pk=pay.commitment_of(case).purse_id)
    Message.objects.all().delete()
    case = void(city, case, " 缴款书  1 ")
    assert (case.state, pay.refunded(case)) == ("clawing", 0)
    purse.refresh_from_db()
    assert purse.refunded_fen == 0
    member = member_of(case)
    told = {one.to: one.body for one in Message.objects.filter(kind="procedure.case.void_refund")}
    assert set(told) == {member.email, city.clerk.email} and "缴款书金额多写一个零" in told[member.email]
    row = Entry.objects.get(subject_kind=Case.kind, subject_id=str(case.pk), verb="void_refund")
    assert row.why == "缴款书 1（1,000,000.00 元）：缴款书金额多写一个零"
    with pytest.raises(Invalid, match="已经作废") as why:
        void(city, case, "缴款书 1")
    assert set(why.value.errors) == {"receipt"}
    case = refund(city, case, MILLION // 10, "缴款书 1")
    assert (case.state, pay.refunded(case)) == ("clawing", MILLION // 10)
    # One of several: what still stands is still there, and the demand may be taken back when nothing is.
    case = void(city, refund(city, case, MILLION // 10, "缴款书 2"), "缴款书 1")
    assert pay.refunded(case) == MILLION // 10
    case = lift(city, void(city, case, "缴款书 2"))
    assert (case.state, case.demanded_fen) == ("running", 0)
    sound(case)


def test_a_refund_is_voided_by_who_records_it_and_with_a_reason(city, paid_twice):
    case = demanded(city, paid_twice, MILLION)
    refund(city, case, MILLION // 2, "缴款书 1")
    with pytest.raises(Invalid) as why:
        void(city, case, "没有", reason=" ")
    assert set(why.value.errors) == {"receipt", "reason"}
    for other in (city.clerk, city.county, member_of(case)):
        with pytest.raises(Refused, match="无权"):
            void(city, case, "缴款书 1", actor=other)
    case.refresh_from_db()
    with pytest.raises(Refused, match="别人刚刚办理过"):
        void(city, case, "缴款书 1", seen_version=case.version - 1)
    # What an earlier demand brought is settled: this one did not ask for it.
    refund(city, case, MILLION // 2, "缴款书 2")
    case = demanded(city, case, MILLION // 2)
    with pytest.raises(Refused, match="以前的追回"):
        void(city, case, "缴款书 1")
    sound(case)
