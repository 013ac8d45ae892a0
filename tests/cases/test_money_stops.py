"""Where money stops: a demand, an objection that was right, a round's budget, an amount nobody decided."""

from datetime import date, timedelta

import pytest

from tests.cases.city import MILLION, YUAN
from tests.cases.words import came_back, decided, demanded, landed, member_of, row
from triplehelix.fund import check
from triplehelix.fund.actions import Answer
from triplehelix.fund.models import Purse
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases import actions, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.terms import actions as terms
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry


def test_a_demand_takes_back_what_the_bank_has_not_got(city, second_ordered):
    case = demanded(city, second_ordered, MILLION)
    first, second = city.payments(case)
    assert (case.state, first.state, second.state) == ("clawing", "paid", "returned")
    with pytest.raises(Refused):
        actions.send_batch(payments=[second], actor=city.finance, now=city.now)
    held = pay.commitment_of(case)
    assert (held.paid_fen, held.ordered_fen, held.free) == (MILLION, 0, 0)
    assert Purse.objects.get(pk=held.purse_id).committed_fen == MILLION


def test_a_demand_waits_for_the_bank_where_it_has_the_money_in_hand(city, second_ordered):
    second = city.payments(second_ordered)[1]
    batch = actions.send_batch(payments=[second], actor=city.finance, now=city.now)
    with pytest.raises(Refused, match="等银行回单后再追回"):
        demanded(city, second_ordered, MILLION)
    answer = Answer(second.key, second.amount_fen, True)
    actions.answer_batch(batch=batch, answers=[answer], actor=city.finance, now=city.now)
    assert demanded(city, second_ordered, 2 * MILLION).state == "clawing"


def test_money_the_bank_returns_after_a_demand_is_promised_to_nobody(city, second_ordered):
    first = city.payments(second_ordered)[0]
    case = demanded(city, second_ordered, MILLION // 2)
    came_back(city, first)
    held = pay.commitment_of(case)
    assert (held.paid_fen, held.free, Purse.objects.get(pk=held.purse_id).committed_fen) == (0, 0, 0)
    # Nothing is left to demand: nobody has to pay into the treasury what the bank has brought back.
    case.refresh_from_db()
    assert (case.state, case.demanded_fen) == ("clawed", 0) and check.problems() == []


def test_what_the_bank_returns_of_two_payments_is_not_demanded_any_more(city, second_ordered):
    first, second = city.payments(second_ordered)
    city.bank((second, ""))
    case = demanded(city, second_ordered, MILLION * 3 // 2)
    came_back(city, first)
    case.refresh_from_db()
    assert (case.state, case.demanded_fen, pay.paid(case)) == ("clawing", MILLION // 2, MILLION), "half was its own"
    kept = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(case.pk), verb="demand_amount").order_by("-n")
    assert (kept[0].data["amount_fen"], kept[0].why) == (MILLION // 2, first.batch.number)
    case = actions.record_refund(
        case=case,
        amount_fen=MILLION // 2,
        receipt="缴款书 7",
        actor=city.finance,
        now=city.now,
        seen_version=case.version,
    )
    assert case.state == "clawed" and check.problems() == []


def test_what_the_bank_returns_of_an_ended_project_is_promised_to_nobody(city, second_ordered):
    case = city.step(second_ordered, "recall", city.clerk, "团队已解散")
    case = city.step(case, "terminate", city.clerk, "团队已解散")
    came_back(city, city.payments(case)[0])
    held = pay.commitment_of(case)
    case.refresh_from_db()
    assert (case.state, held.amount_fen, Purse.objects.get(pk=held.purse_id).committed_fen) == ("terminated", 0, 0)
    assert check.problems() == []


def test_what_came_back_in_full_is_applied_for_again_in_another_year(city, entitled):
    """The fund promises a matter once a year: listed again in the same year, the firm is told at once, and its
    neighbours' notice does not fail for it."""
    case = city.paid(entitled[0])
    demanded(city, case, case.granted_fen)
    case.refresh_from_db()
    case = actions.record_refund(
        case=case, amount_fen=case.granted_fen, receipt="缴款书 1", actor=city.finance, now=city.now,
        seen_version=case.version,
    )  # fmt: skip
    assert (case.state, pay.kept(case)) == ("clawed", 0)
    listed = {2026: "rejected", 2027: "confirming"}
    for year, state in listed.items():
        held = actions.open_round(
            award_code="M5.4", lane="entitled", title=f"{year} 年补列", year=year, opens_on=date(2026, 6, 1),
            closes_on=date(2027, 12, 31), actor=city.clerk, now=city.now,
        )  # fmt: skip
        landed(city, held, [row(1, "6000000", "5000000")])
        again = Case.objects.get(round=held)
        assert again.state == state
        assert ("请申报 2027 年度的批次" in again.decision.get("why", "")) == (year == 2026)


def test_a_notice_does_not_go_on_when_the_objection_was_right(city, entitled):
    case = entitled[0]
    item = city.notice(case).items.get()
    objection = notices.object_to(
        item=item, name="李真名", phone="13800000000", text="该企业研发费用与税务申报表不符，请核对。", now=city.now
    )
    notices.answer(
        objection=objection, is_upheld=True, text="经核实异议成立，不应支持。", actor=city.clerk, now=city.now
    )
    with pytest.raises(Refused, match="有异议成立"):
        city.step(case, "resume", city.clerk)
    assert city.step(case, "reject_objected", city.clerk, "研发费用不实").state == "rejected"


def test_money_demanded_back_does_not_come_into_the_rounds_budget_again(city, entitled):
    one, two = entitled
    type(one.round).objects.filter(pk=one.round_id).update(budget_fen=one.granted_fen)
    one.round.refresh_from_db()
    city.notice(one)
    city.days(9)
    notices.end_due(now=city.now)
    one = city.step(one, "order", city.finance)
    city.bank((city.payments(one)[0], ""))
    assert demanded(city, one, 100).state == "clawing"
    two = Case.objects.get(pk=two.pk)
    with pytest.raises(Refused, match="只剩 0"):
        city.notice(two, number="澄科公示〔2026〕3号")


def test_what_the_bank_returns_of_an_archived_case_is_paid_anew(city, entitled):
    case = city.paid(entitled[0])
    case = city.step(case, "archive", city.clerk)
    came_back(city, city.payments(case)[0])
    case.refresh_from_db()
    assert case.state == "pay_returned"
    member = member_of(case)
    city.account(case, member, "6222020200112233999")
    city.step(case, "new_account", member)
    city.bank((city.payments(case)[1], ""))
    case.refresh_from_db()
    assert (case.state, pay.paid(case)) == ("closed", case.granted_fen)
    assert city.step(case, "archive", city.clerk).state == "archived" and check.problems() == []


def test_an_amount_that_was_not_decided_is_not_published(city, round):
    case = decided(city, round, "300000")
    kept = Entry.objects.get(subject_kind=Case.kind, subject_id=str(case.pk), verb="decide").data
    assert kept["granted_fen"] == 300_000 * YUAN and kept["decision"]["granted_fen"] == 300_000 * YUAN
    Case.objects.filter(pk=case.pk).update(granted_fen=500_000 * YUAN)
    with pytest.raises(Refused, match="与留痕不符"):
        city.notice(case)
    case.refresh_from_db()
    case = city.step(case, "decide_again", city.clerk)
    assert city.notice(case).items.get().amount_fen == 300_000 * YUAN


def test_a_standard_in_force_is_not_changed_for_days_gone_by(city, round):
    given = {"code": "city_grant_most", "value": "900000", "document": "聊科字〔2026〕9号", "actor": city.clerk}
    with pytest.raises(Invalid) as why:
        terms.settle(since=date(2026, 3, 1), now=city.now, **given)
    assert set(why.value.errors) == {"since"}
    today = date(2026, 6, 1)
    assert terms.settle(since=max(today, city.now.date()), now=city.now, **given).value


def test_a_notice_is_not_shorter_than_its_round_says(city, entitled):
    with pytest.raises(Invalid) as why:
        city.notice(entitled[0], days=4)
    assert set(why.value.errors) == {"days"} and "不少于 5 个工作日" in why.value.errors["days"]
    assert city.notice(entitled[0], days=5).days == 5


def test_who_was_barred_after_the_bank_sent_it_back_is_not_paid_anew(city, entitled):
    case = city.paid(entitled[0], "账户注销")
    day = city.now.date()
    actions.bar(
        who=case.organisation.uscc, since=day, until=day + timedelta(days=900), reason="骗取资金", document="聊科字1号",
        actor=city.clerk, now=city.now,
    )  # fmt: skip
    member = member_of(case)
    city.account(case, member, "6222020200112233999")
    with pytest.raises(Refused, match="骗取资金"):
        city.step(case, "new_account", member)
    assert pay.paid(case) == 0


def ordered(city, case):
    city.notice(case)
    city.days(9)
    notices.end_due(now=city.now)
    city.step(case, "order", city.finance)
    return city.payments(case)


def test_an_order_to_whom_the_unit_was_wrongly_merged_into_does_not_reach_the_bank(city, entitled):
    """The end was entered of the wrong firm: what was ordered to the other's account meanwhile is not its money."""
    case, other = entitled
    given = {"actor": None, "now": city.now}
    parties.end_organisation(
        organisation=case.organisation, ending="merged", on=city.now.date(), document="合并公告",
        successor=other.organisation, **given,
    )  # fmt: skip
    account = BankAccount(other.organisation.name, "6222020200112233445", "澄湖农商银行营业部")
    member = other.organisation.memberships.get().account
    case = Case.objects.get(pk=case.pk)
    actions.set_account(case=case, account=account, actor=member, now=city.now, seen_version=case.version)
    payments = ordered(city, case)
    assert payments[0].account_name == other.organisation.name
    parties.undo_ending(organisation=case.organisation, why="登记错了单位", **given)
    with pytest.raises(Refused, match="没有送银行"):
        actions.send_batch(payments=payments, actor=city.finance, now=city.now)
    city.step(case, "recall", city.finance, "账户不是本单位的")
    own = Case.objects.get(pk=case.pk).organisation.memberships.get().account
    city.account(case, own)
    city.step(case, "order", city.finance)
    city.bank((city.payments(case)[1], ""))
    case.refresh_from_db()
    assert case.state == "closed"


def test_an_order_for_a_unit_that_was_closed_since_does_not_reach_the_bank(city, entitled):
    payments = ordered(city, entitled[0])
    parties.end_organisation(
        organisation=entitled[0].organisation, ending="closed", on=city.now.date(), document="准予注销通知书",
        successor=None, actor=None, now=city.now,
    )  # fmt: skip
    with pytest.raises(Refused, match="没有送银行"):
        actions.send_batch(payments=payments, actor=city.finance, now=city.now)
    assert city.payments(entitled[0])[0].state == "ordered"
