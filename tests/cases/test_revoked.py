"""A decision taken back after its notice, and an order recalled: while the money is still here, and not later."""

from datetime import date

import pytest
from django.db import transaction

from tests.cases.city import YUAN
from tests.cases.test_ground import subsidised
from tests.cases.words import landed, member_of, reach, row, running
from tests.records.matrix import matrix
from triplehelix.fund import check
from triplehelix.fund.actions import Answer
from triplehelix.fund.models import Batch, Movement, Purse
from triplehelix.market.finance import actions as finance
from triplehelix.procedure.cases import actions, eligibility, pay, waiting
from triplehelix.procedure.cases.flow import flow_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.documents import official as letters
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry

WHY = "经核实企业当年不在规上名录"
FLOW = flow_of("entitled", ())


def purse():
    held = Purse.objects.get(use="separate")
    return held.committed_fen, held.ordered_fen, held.paid_fen


def test_before_the_order_the_promise_is_released_and_everybody_is_told(city, paying):
    assert purse() == (50_000 * YUAN, 0, 0)
    with pytest.raises(Refused, match="请先写明理由"):
        city.step(paying, "revoke", city.clerk)
    Message.objects.all().delete()
    case = city.step(paying, "revoke", city.clerk, WHY)
    assert (case.state, case.granted_fen, purse()) == ("rejected", None, (0, 0, 0))
    assert {one.to for one in Message.objects.all()} == {member_of(case).email, city.finance.email}
    assert all(WHY in one.body for one in Message.objects.all())
    entry = Entry.objects.get(subject_kind=Case.kind, subject_id=str(case.pk), verb="revoke")
    assert (entry.why, entry.data["granted_fen"], entry.data["notice"]) == (WHY, None, "澄科公示〔2026〕1号")
    # What was public says from when it holds no more; the order that was never made is not announced.
    item = case.notice_items.get()
    assert (item.is_over, item.withdrawn_on, item.amount_fen) == (True, date(2026, 6, 18), 50_000 * YUAN)
    assert "2026-06-18 撤回，不再支持" in str(letters.of_notice(item.notice).blocks)
    letter = letters.of_case(case, "decision", frozenset({"clerk"}))
    # The day the letter bore: its notice was over then.
    assert "撤销2026年6月18日作出的支持决定" in str(letter.blocks) and WHY in str(letter.blocks)
    assert check.problems() == []


def test_an_order_the_bank_has_not_got_goes_with_it(city, paying):
    case = city.step(paying, "order", city.finance)
    assert purse() == (50_000 * YUAN, 50_000 * YUAN, 0)
    case = city.step(case, "revoke", city.clerk, WHY)
    (payment,) = city.payments(case)
    assert (case.state, payment.state, payment.reason, purse()) == ("rejected", "returned", WHY, (0, 0, 0))
    assert list(Movement.objects.order_by("pk").values_list("verb", flat=True))[-2:] == ["return", "release"]
    assert letters.offered(case, frozenset({"clerk"})) == ["decision"]
    with pytest.raises(Refused):
        actions.send_batch(payments=[payment], actor=city.finance, now=city.now)
    # The round has its money again.
    assert pay.left_for(Case.objects.all()) == 0 and check.problems() == []


def test_what_is_with_the_bank_is_not_taken_back(city, paying):
    case = city.step(paying, "order", city.finance)
    (payment,) = city.payments(case)
    batch = actions.send_batch(payments=[payment], actor=city.finance, now=city.now)
    for step, said in (("revoke", "已送银行，不能再撤销"), ("recall", "收不回来")):
        with pytest.raises(Refused, match=said):
            city.step(case, step, city.clerk, WHY)
    from triplehelix.fund.actions import Answer

    late = [Answer(payment.key, payment.amount_fen, True)]
    actions.answer_batch(batch=batch, answers=late, actor=city.finance, now=city.now)
    with pytest.raises(Refused, match="现在是“办结”"):
        city.step(case, "revoke", city.clerk, WHY)
    assert not case.notice_items.exclude(withdrawn_on=None).exists()


def test_what_the_bank_sent_back_may_be_taken_back(city, paying):
    case = city.step(paying, "order", city.finance)
    city.bank((city.payments(case)[0], "账户注销"))
    case.refresh_from_db()
    assert case.state == "pay_returned"
    assert city.step(case, "revoke", city.clerk, WHY).state == "rejected"
    assert purse() == (0, 0, 0) and check.problems() == []


def test_a_round_has_its_budget_again(city, paying):
    """The budget is for one; the second firm is public once the first has lost its support."""
    _firm, member = city.firm()
    landed(city, paying.round, [row(2, "6000000", "5000000")])
    other = Case.objects.exclude(pk=paying.pk).get()
    city.account(other, member)
    other = city.step(other, "confirm", member)
    with pytest.raises(Refused, match="本批预算"):
        city.notice(other, number="澄科公示〔2026〕2号")
    city.step(paying, "revoke", city.clerk, WHY)
    other.refresh_from_db()
    assert city.notice(other, number="澄科公示〔2026〕2号").items.get().case == other


def test_a_claim_gone_void_ends_the_case_and_the_firm_may_apply_anew(city, bank):
    loan, case = subsidised(city, bank)
    case = city.step(case, "decide", city.clerk)
    city.notice(case)
    city.now = bank.now = bank.now.replace(day=bank.now.day + 10)
    notices.end_due(now=city.now)
    finance.revoke(why="资金用于理财", **bank.on(loan, city.clerk))
    case.refresh_from_db()
    with pytest.raises(Refused, match="计算已作废"):
        city.step(case, "order", city.finance)
    case = city.step(case, "revoke", city.clerk, "备案已撤销，计算作废")
    assert (case.state, purse()) == ("rejected", (0, 0, 0))
    finance.restore(why="查无此事", **bank.on(loan, city.clerk))
    bank.claim(loan)
    again = actions.start(
        round=case.round, organisation=case.organisation, title="申请", actor=bank.clerk, now=city.now
    )
    assert list(eligibility.given_before(again)) == []


@pytest.mark.parametrize("came_back", [False, True])
@pytest.mark.parametrize("halves", [1, 3])
def test_the_case_that_follows_is_paid_its_own_amount_and_nothing_of_the_earlier(city, bank, came_back, halves):
    """Less (a loan repaid sooner) or more than the first; its order had been recalled, or returned by the bank."""
    _loan, case = subsidised(city, bank)
    case = city.step(case, "decide", city.clerk)
    city.notice(case)
    city.now = bank.now = bank.now.replace(day=bank.now.day + 10)
    notices.end_due(now=city.now)
    case = city.step(case, "order", city.finance)
    (first,) = city.payments(case)
    if came_back:
        city.bank((first, "账户注销"))
    case = city.step(case, "revoke", city.clerk, "计算有误，重新申请")
    again = Case.objects.create(
        number=f"{case.number}-2", round=case.round, award_code=case.award_code, lane=case.lane, year=case.year,
        organisation=case.organisation, title=case.title, facts=case.facts, state="paying", created_at=city.now,
        changed_at=city.now, granted_fen=first.amount_fen // 200 * 100 * halves, judged_on=case.judged_on,
    )  # fmt: skip
    city.account(again, bank.clerk)
    assert (pay.payments_of(again), list(waiting.to_order())) == ([], [again])
    city.step(again, "order", city.finance)
    (second,) = city.payments(again)
    assert (second.amount_fen, second.attempt) == (again.granted_fen, 2)
    city.bank((second, ""))
    again.refresh_from_db()
    assert again.state == "closed" and check.problems() == []
    # The bank's first answer repeated moves nobody.
    if came_back:
        late = [Answer(first.key, first.amount_fen, False, "账户注销")]
        actions.answer_batch(batch=first.batch or Batch.objects.earliest("pk"), answers=late, actor=city.finance,
                             now=city.now)  # fmt: skip
        again.refresh_from_db()
        assert again.state == "closed"


@pytest.mark.parametrize("way", ["terminate", "demand"])
def test_a_project_paid_in_part_is_ended_and_not_taken_back(city, staged, way):
    case = running(city, staged)
    member = member_of(case)
    one, two, _three = case.milestones.all()
    reach(city, case, one, member, "实验室建成验收，设备到位清单和登记证书见附件一。")
    city.step(case, "pay_stage", city.clerk)
    city.bank((city.payments(case)[0], ""))
    reach(city, case, two, member, "引进团队十二人，劳动合同和社保缴费证明见附件二。")
    city.step(case, "pay_stage", city.clerk)
    city.bank((city.payments(case)[1], "账户注销"))
    case.refresh_from_db()
    assert case.state == "pay_returned"
    with pytest.raises(Refused, match="已有款项到账，不能撤销"):
        city.step(case, "revoke", city.clerk, WHY)
    if way == "terminate":
        assert city.step(case, "terminate", city.clerk, "团队已解散").state == "terminated"
    else:
        got = actions.demand_back(
            case=case, amount_fen=one.amount_fen, why="验收材料造假", actor=city.clerk, now=city.now,
            seen_version=case.version,
        )  # fmt: skip
        assert (got.state, got.demanded_fen) == ("clawing", one.amount_fen)
    held = pay.commitment_of(case)
    assert (held.free, held.ordered_fen) == (0, 0) and check.problems() == []


def test_a_milestones_order_recalled_is_made_again_and_the_other_goes_on(city, staged):
    """The bank's answer to one stage is not mistaken for the return of another that was recalled."""
    case = running(city, staged)
    member = member_of(case)
    one, two, _three = case.milestones.all()
    reach(city, case, one, member, "实验室建成验收，设备到位清单和登记证书见附件一。")
    city.step(case, "pay_stage", city.clerk)
    batch = actions.send_batch(payments=city.payments(case), actor=city.finance, now=city.now)
    reach(city, case, two, member, "引进团队十二人，劳动合同和社保缴费证明见附件二。")
    city.step(case, "pay_stage", city.clerk)
    city.step(case, "recall", city.finance, "开户行名称要更正")
    from triplehelix.fund.actions import Answer

    sent = batch.payments.get()
    done = [Answer(sent.key, sent.amount_fen, True)]
    actions.answer_batch(batch=batch, answers=done, actor=city.finance, now=city.now)
    case.refresh_from_db()
    assert case.state == "running"
    case = city.step(case, "pay_stage", city.clerk)
    last = city.payments(case)[-1]
    assert (last.part, last.attempt, last.state) == ("2", 2, "ordered") and check.problems() == []


CELLS = [cell for cell in matrix(FLOW, ("county", "auditor", "stranger")) if cell.step in ("revoke", "recall")]


def test_by_whom_and_whence(city, paying):
    """Every state and relation, with an order that would let both steps pass: nothing else decides."""
    city.step(paying, "order", city.finance)
    _firm, stranger = city.firm()
    people = {
        "applicant": member_of(paying), "county": city.county, "clerk": city.clerk, "finance": city.finance,
        "auditor": city.auditor, "stranger": stranger, "system": None,
    }  # fmt: skip
    for cell in CELLS:
        sid = transaction.savepoint()
        Case.objects.filter(pk=paying.pk).update(state=cell.state)
        case = Case.objects.get(pk=paying.pk)
        given = {"actor": people[cell.relation], "now": city.now, "seen_version": case.version, "note": WHY}
        if cell.allowed:
            assert take(case=case, step=cell.step, **given).state == FLOW[cell.step].to, cell
        else:
            with pytest.raises(Refused):
                take(case=case, step=cell.step, **given)
            case.refresh_from_db()
            assert case.state == cell.state and city.payments(case)[0].state == "ordered", cell
        transaction.savepoint_rollback(sid)


def test_the_steps_are_where_they_belong():
    assert set(FLOW["revoke"].frm) == {"on_notice", "paying", "pay_returned"}
    assert FLOW["revoke"].by == {"clerk"} and FLOW["recall"].by == {"finance", "clerk"}
    staged_flow = flow_of("by_decision", ())
    assert set(staged_flow["revoke"].frm) == {"on_notice", "agreeing", "pay_returned"}
