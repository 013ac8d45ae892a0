"""Contract, registration, settlement, distribution, landing: worked by hand, and by property."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.words import PRICE, WAN
from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.market.contracts import actions, acts, finds, guards, money
from triplehelix.market.contracts.actions.settling import Contributor, remind_overdue
from triplehelix.market.contracts.actions.trials import end_silence, remind_ended
from triplehelix.market.contracts.finds import waiting_for
from triplehelix.market.contracts.models import Contract, Receipt, Sale
from triplehelix.market.contracts.terms import value
from triplehelix.measures.liaocheng import m5_1
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

# --- the contract --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"file": None}, "file"),
        ({"type": "GIFT"}, "type"),
        ({"structure": "barter"}, "structure"),
        ({"price_fen": 0}, "price"),
        ({"site": "999999"}, "site"),
        ({"site": "371523"}, "site"),  # a county that has not been one since 2020
        ({"site": "371500"}, "site"),  # the city, not a part of it
        ({"site": ""}, "site"),
        ({"signed_on": date(2026, 4, 7)}, "signed_on"),
        ({"signed_on": date(2027, 1, 1)}, "signed_on"),
        ({"structure": "royalty", "rows": [("入门费", WAN, date(2026, 5, 1))]}, "royalty"),
        ({"structure": "equity", "equity_bp": 0}, "equity"),
        ({"structure": "trial", "trigger": ""}, "trigger"),
        ({"pay_by": None}, "pay_by"),
        ({"pay_by": date(2026, 4, 11)}, "pay_by"),
        ({"rows": [("合同价款", PRICE, None)]}, "row_1_due"),
        ({"rows": [("合同价款", PRICE, date(2026, 5, 1))], "pay_by": date(2026, 5, 1)}, "pay_by"),
        ({"rows": [("首付", WAN, date(2026, 5, 1)), ("尾款", PRICE - WAN, date(2026, 6, 1))]}, "structure"),
        ({"structure": "instalments"}, "row_1"),
        ({"structure": "instalments", "rows": [("首付", PRICE - 1, date(2026, 5, 1))]}, "row_1"),
        ({"structure": "instalments", "rows": [("首付", PRICE, None)]}, "row_1_due"),
        ({"structure": "instalments", "rows": [("首付", PRICE, date(2026, 5, 1)), ("尾款", 0, None)]}, "row_2_amount"),
    ],
)
def test_a_wrong_contract_says_what_to_do_and_nothing_lands(market, change, field):
    sale = market.priced()
    with pytest.raises(Invalid) as why:
        market.sign(sale, **change)
    assert field in why.value.errors
    assert not Contract.objects.exists()
    sale.refresh_from_db()
    assert sale.state == "priced"


def test_of_two_that_have_become_one_neither_sells_to_the_other(market):
    sale = market.priced()
    parties.end_organisation(
        organisation=market.firm, ending="merged", on=market.today, document="合并公告（2026）1号",
        successor=market.university, actor=None, now=market.now,
    )  # fmt: skip
    with pytest.raises(Refused, match="已经合并为同一单位"):
        market.sign(Sale.objects.get(pk=sale.pk))
    assert not Contract.objects.exists()


def test_a_price_in_one_sum_is_due_on_its_own_day_and_not_when_the_contract_ends(market):
    sale = market.signed(pay_by=date(2026, 5, 20), ends_on=date(2031, 4, 11))
    due = sale.contract.instalments.get()
    assert (due.name, due.amount_fen, due.due_on) == ("合同价款", PRICE, date(2026, 5, 20))
    # Written as a line, it is the same.
    rows = [("验收合格后", PRICE, date(2026, 5, 20))]
    other = market.priced(achievement=market.offered("另一项工艺"))
    market.sign(other, rows=rows)
    due = other.contract.instalments.get()
    assert (due.name, due.amount_fen, due.due_on) == rows[0]


def test_instalments_come_to_the_price_exactly(market):
    rows = [("签约后 10 日", 30 * WAN, date(2026, 5, 1)), ("验收后", 70 * WAN, date(2026, 9, 1))]
    sale = market.signed(structure="instalments", rows=rows)
    assert [(one.seq, one.amount_fen) for one in sale.contract.instalments.all()] == [(1, 30 * WAN), (2, 70 * WAN)]
    assert sale.state == "signed"


def test_a_royalty_is_the_rate_of_its_base_down_to_the_fen_once_a_period(market):
    sale = market.signed(structure="royalty", royalty_ppm=33_333, royalty_base="含税销售额",
                         rows=[("入门费", 20 * WAN, date(2026, 6, 1))])  # fmt: skip
    market.register(sale)
    made = actions.report_royalty(
        period="2026 年第二季度", base_fen=100_000_001, due_on=date(2026, 7, 31), **market.on(sale, market.clerk)
    )
    assert made.amount_fen == 3_333_300  # 100,000,001 × 33,333 / 1,000,000 = 3,333,300.033…
    with pytest.raises(Invalid, match="已经报过"):
        actions.report_royalty(
            period="2026 年第二季度", base_fen=1, due_on=date(2026, 7, 31), **market.on(sale, market.teller)
        )


def test_a_period_without_sales_is_reported_and_nothing_is_due_for_it(market):
    sale = market.signed(structure="royalty", royalty_ppm=30_000, royalty_base="含税销售额",
                         rows=[("入门费", 20 * WAN, date(2026, 6, 1))])  # fmt: skip
    market.register(sale)
    report = {"period": "2026 年第二季度", "due_on": date(2026, 7, 31)}
    for wrong in (-1, 10**13 + 1):
        with pytest.raises(Invalid, match="没有销售的，写 0"):
            actions.report_royalty(base_fen=wrong, **report, **market.on(sale, market.clerk))
    made = actions.report_royalty(base_fen=0, **report, **market.on(sale, market.clerk))
    assert (made.base_fen, made.amount_fen, money.due(sale.contract)) == (0, 0, 20 * WAN)
    market.pay(sale, 20 * WAN)
    market.now = datetime(2026, 9, 1, 2, tzinfo=UTC)
    assert money.overdue(sale.contract, market.today) == []
    assert list(finds.with_overdue(market.today)) == []
    actions.void_royalty(seq=made.seq, reason="漏了出口的部分", **market.on(sale, market.teller))
    again = actions.report_royalty(base_fen=100 * WAN, **report, **market.on(sale, market.clerk))
    assert again.amount_fen == 3 * WAN


def test_a_mistyped_royalty_is_voided_by_who_it_is_owed_to_and_reported_anew(market):
    sale = market.signed(structure="royalty", royalty_ppm=30_000, royalty_base="含税销售额",
                         rows=[("入门费", 20 * WAN, date(2026, 6, 1))])  # fmt: skip
    market.register(sale)
    report = {"period": "2026 年第二季度", "due_on": date(2026, 7, 31)}
    wrong = actions.report_royalty(base_fen=1_000_000_000_000, **report, **market.on(sale, market.clerk))
    assert money.due(sale.contract) == 20 * WAN + 30_000_000_000
    void = {"seq": wrong.seq, "reason": "基数多写了两个零"}
    with pytest.raises(Refused):
        actions.void_royalty(**void, **market.on(sale, market.clerk))
    with pytest.raises(Invalid, match="请填写作废的原因"):
        actions.void_royalty(**(void | {"reason": " "}), **market.on(sale, market.teller))
    with pytest.raises(Invalid, match="没有这一期提成"):
        actions.void_royalty(**(void | {"seq": 1}), **market.on(sale, market.teller))
    actions.void_royalty(**void, **market.on(sale, market.teller))
    assert money.due(sale.contract) == 20 * WAN
    with pytest.raises(Invalid, match="已经作废"):
        actions.void_royalty(**void, **market.on(sale, market.teller))
    right = actions.report_royalty(base_fen=10_000_000_000, **report, **market.on(sale, market.clerk))
    assert (right.amount_fen, money.due(sale.contract)) == (300_000_000, 20 * WAN + 300_000_000)
    said = Entry.objects.get(verb="void_royalty")
    assert (said.data["base"], said.why) == (1_000_000_000_000, void["reason"])


def test_used_first_paid_when_the_trigger_is_met(market):
    sale = market.signed(structure="trial", trigger="连续三批合格率达到 98%", trial_until=date(2026, 12, 31))
    trial = sale.contract.trial
    assert sale.contract.instalments.get().due_on is None
    trial = actions.step_trial(
        trial=trial, step="trigger", actor=market.clerk, now=market.now, seen_version=1, note="达标"
    )
    with pytest.raises(Refused, match="无权"):
        actions.step_trial(trial=trial, step="fall_due", actor=market.teller, now=market.now, seen_version=2)
    trial = actions.step_trial(trial=trial, step="fall_due", actor=market.clerk, now=market.now, seen_version=2)
    assert (trial.state, trial.triggered_on) == ("due", market.today)
    assert (sale.contract.instalments.get().due_on - market.today).days == 30


def test_a_buyer_who_says_nothing_owes_when_the_days_to_pay_are_over(market):
    sale = market.signed(structure="trial", trigger="连续三批合格率达到 98%", trial_until=date(2026, 12, 31))
    trial = sale.contract.trial
    actions.step_trial(trial=trial, step="trigger", actor=market.teller, now=market.now, seen_version=1, note="达标")
    trial.refresh_from_db()
    fall_due = {"trial": trial, "step": "fall_due", "actor": market.officer, "seen_version": 2}
    market.days(30)
    with pytest.raises(Refused, match="还可以自己确认付款"):
        actions.step_trial(now=market.now, **fall_due)
    assert end_silence(now=market.now) == 0
    market.days(1)
    assert end_silence(now=market.now) == 1
    assert end_silence(now=market.now) == 0
    trial.refresh_from_db()
    assert (trial.state, sale.contract.instalments.get().due_on) == ("due", market.today - timedelta(days=1))
    assert sale in waiting_for(market.clerk, market.today)


def test_days_to_pay_that_end_in_a_holiday_end_on_the_next_working_day(market):
    """民法典 §203: 30 days after 2026-09-01 is 10-01, a holiday to 10-07; the buyer pays, and may confirm, to 10-08."""
    sale = market.signed(structure="trial", trigger="连续三批合格率达到 98%", trial_until=date(2026, 12, 31))
    market.now = datetime(2026, 9, 1, 2, tzinfo=UTC)
    trial = sale.contract.trial
    actions.step_trial(trial=trial, step="trigger", actor=market.teller, now=market.now, seen_version=1, note="达标")
    market.now = datetime(2026, 10, 8, 2, tzinfo=UTC)
    assert end_silence(now=market.now) == 0
    with pytest.raises(Refused, match="到 2026-10-08 还可以自己确认付款"):
        actions.step_trial(trial=trial, step="fall_due", actor=market.officer, now=market.now, seen_version=2)
    market.days(1)
    assert end_silence(now=market.now) == 1
    assert sale.contract.instalments.get().due_on == date(2026, 10, 8)


def test_days_to_pay_into_a_year_without_a_calendar_wait_for_it(market, monkeypatch):
    sale = market.signed(structure="trial", trigger="达标", trial_until=date(2026, 12, 31))
    trial = sale.contract.trial
    actions.step_trial(trial=trial, step="trigger", actor=market.teller, now=market.now, seen_version=1, note="达标")
    monkeypatch.setattr(guards, "calendar", lambda: WorkingCalendar([]))
    for who in (market.clerk, market.officer):
        with pytest.raises(Refused, match="缺少 2026 年的放假调休安排"):
            actions.step_trial(trial=trial, step="fall_due", actor=who, now=market.now, seen_version=2)
    trial.refresh_from_db()
    assert trial.state == "triggered"


def test_a_trial_that_has_run_out_is_both_sides_turn_and_said_once(market):
    sale = market.signed(structure="trial", trigger="达标", trial_until=date(2026, 6, 30))
    market.now = datetime(2026, 6, 30, 2, tzinfo=UTC)
    assert (remind_ended(now=market.now), sale in waiting_for(market.clerk, market.today)) == (0, False)
    market.days(1)
    assert (remind_ended(now=market.now), remind_ended(now=market.now)) == (1, 0)
    letters = Message.objects.filter(kind="market.trial.trial_over")
    assert {letter.to for letter in letters} >= {market.clerk.email, market.teller.email}
    assert sale in waiting_for(market.clerk, market.today)
    assert sale in waiting_for(market.teller, market.today)


def test_what_is_paid_waits_for_being_shared(market):
    sale = market.performing()
    market.pay(sale, PRICE - 1)
    assert sale not in waiting_for(market.teller, market.today)
    market.pay(sale, 1)
    assert sale in waiting_for(market.teller, market.today)
    market.sheet(sale, PRICE)
    assert sale not in waiting_for(market.teller, market.today)


def test_used_first_and_given_back(market):
    sale = market.signed(structure="trial", trigger="达标", trial_until=date(2026, 12, 31))
    given_back = {"trial": sale.contract.trial, "step": "give_back", "actor": market.clerk, "now": market.now}
    with pytest.raises(Refused, match="写明原因"):
        actions.step_trial(seen_version=1, **given_back)
    assert actions.step_trial(seen_version=1, note="合格率达不到", **given_back).state == "returned"
    sale.refresh_from_db()
    assert sale.state == "terminated"
    ended = Entry.objects.get(subject_kind="market.sale", verb="terminate")
    assert (ended.actor_account, ended.why) == (None, "合格率达不到")
    # The achievement is its seller's again.
    assert market.opened(market.other(9402)[0]).state == "checking"


@pytest.mark.parametrize("state", ["registering", "registered", "following", "revoked"])
def test_what_is_given_back_ends_the_contract_wherever_it_stands(market, state):
    sale = market.signed(structure="trial", trigger="达标", trial_until=date(2026, 12, 31))
    Sale.objects.filter(pk=sale.pk).update(state=state)
    actions.step_trial(trial=sale.contract.trial, step="give_back", actor=market.clerk, now=market.now, seen_version=1,
                       note="合格率达不到")  # fmt: skip
    sale.refresh_from_db()
    assert sale.state == "terminated"


def test_what_is_given_back_while_income_is_shared_is_ended_by_the_market_afterwards(market):
    rows = [("预付款", 10 * WAN, date(2026, 5, 1)), ("达标后", PRICE - 10 * WAN, None)]
    sale = market.performing(structure="trial", trigger="达标", trial_until=date(2026, 12, 31), rows=rows)
    market.pay(sale, 10 * WAN)
    market.sheet(sale, 10 * WAN)
    actions.step_trial(trial=sale.contract.trial, step="give_back", actor=market.clerk, now=market.now, seen_version=1,
                       note="合格率达不到")  # fmt: skip
    sale.refresh_from_db()
    assert sale.state == "rewarding"
    market.days(30)
    actions.end_due(now=market.now)
    assert sale in waiting_for(market.officer, market.today)
    assert market.step(sale, "terminate", market.officer, "试用后退回").state == "terminated"
    assert sale not in waiting_for(market.officer, market.today)


def test_a_terminated_contract_is_nobodys_turn_whatever_its_trial_had_come_to(market):
    sale = market.signed(structure="trial", trigger="达标", trial_until=date(2026, 6, 30))
    actions.step_trial(trial=sale.contract.trial, step="trigger", actor=market.clerk, now=market.now, seen_version=1,
                       note="达标")  # fmt: skip
    assert sale in waiting_for(market.clerk, market.today)
    market.step(sale, "terminate", market.officer, "双方协商解除")
    assert sale not in waiting_for(market.clerk, market.today)


@pytest.mark.usefixtures("forged")
def test_a_closed_sale_has_no_trial_to_go_on_with(market):
    sale = market.signed(structure="trial", trigger="达标", trial_until=date(2026, 6, 30))
    Sale.objects.filter(pk=sale.pk).update(state="closed")
    market.now = datetime(2026, 7, 1, 2, tzinfo=UTC)
    assert remind_ended(now=market.now) == 0
    assert sale not in waiting_for(market.clerk, market.today)
    with pytest.raises(Refused, match="已经办结"):
        actions.step_trial(trial=sale.contract.trial, step="give_back", actor=market.clerk, now=market.now,
                           seen_version=1, note="不用了")  # fmt: skip


# --- settlement ----------------------------------------------------------------------------------------------------


def test_a_receipt_serves_once_by_number_and_by_paper(market):
    sale, paper = market.performing(), market.paper()
    market.pay(sale, WAN, number="R-1", file=paper)
    with pytest.raises(Invalid, match="一张回单只能用一次"):
        market.pay(sale, WAN, number="R-1")
    with pytest.raises(Invalid, match="这份回单文件已经用过"):
        market.pay(sale, WAN, number="R-2", file=paper)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        Receipt.objects.update(amount_fen=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(contract=sale.contract, amount_fen=1, on=market.today, number="R-1", file=paper,
                               digest="0" * 64, recorded_at=market.now)  # fmt: skip


def test_more_than_the_price_needs_a_reason_and_a_refund_too(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    with pytest.raises(Invalid) as why:
        market.pay(sale, 1)
    assert set(why.value.errors) == {"reason"}
    market.pay(sale, 1, reason="银行手续费差额")
    with pytest.raises(Invalid, match="请填写说明"):
        market.pay(sale, 1, way="out")
    with pytest.raises(Invalid, match="不能超过已到账"):
        market.pay(sale, PRICE + 2, way="out", reason="多付退回")
    market.pay(sale, 1, way="out", reason="多付退回")
    assert money.arrived(sale.contract) == PRICE


@pytest.mark.parametrize("change", [{"on": date(2026, 1, 1)}, {"on": date(2027, 1, 1)}, {"file": None}, {"number": ""}])
def test_a_wrong_receipt_leaves_nothing(market, change):
    sale = market.performing()
    with pytest.raises(Invalid) as why:
        market.pay(sale, WAN, **change)
    assert set(why.value.errors) == set(change)
    assert not Receipt.objects.exists()


def test_what_is_late_is_said_once(market):
    rows = [("首付", 30 * WAN, date(2026, 5, 1)), ("尾款", 70 * WAN, date(2026, 9, 1))]
    sale = market.signed(structure="instalments", rows=rows)
    assert money.overdue(sale.contract, date(2026, 5, 1)) == []
    market.now = market.now.replace(month=5, day=2)
    assert [one.seq for one in money.overdue(sale.contract, market.today)] == [1]
    assert sale in waiting_for(market.clerk, market.today) and sale in waiting_for(market.teller, market.today)
    Message.objects.all().delete()
    assert (remind_overdue(now=market.now), remind_overdue(now=market.now)) == (1, 0)
    told = {one.to: one.body for one in Message.objects.all()}
    assert set(told) == {one.email for one in (market.clerk, market.officer)}
    assert "银行回单" in told[market.clerk.email] and "银行回单" not in told[market.officer.email]
    Message.objects.all().delete()  # they are not kept for ever, nor need the buyer have an account
    assert remind_overdue(now=market.now) == 0
    market.pay(sale, 30 * WAN)
    assert money.overdue(sale.contract, market.today) == []
    assert list(finds.with_overdue(market.today)) == []


def test_what_goes_back_after_a_sale_was_closed_makes_nobody_late(market):
    """Nothing can be paid into a closed sale: a refund is no debt of the buyer's."""
    sale = market.performing()
    market.pay(sale, PRICE)
    Sale.objects.filter(pk=sale.pk).update(state="closed")
    market.days(90)
    market.pay(sale, 10 * WAN, way="out", reason="质量折让")
    assert list(finds.with_overdue(market.today)) == []
    assert sale not in waiting_for(market.clerk, market.today)
    assert sale not in waiting_for(market.teller, market.today)
    assert remind_overdue(now=market.now) == 0


def test_a_slip_entered_wrongly_is_voided_and_its_number_and_paper_serve_anew(market):
    sale, paper = market.performing(), market.paper()
    wrong = market.pay(sale, PRICE, number="R-1", file=paper)  # a tenth of it was paid
    assert sale.landed_on == market.today
    void = {"number": "R-1", "reason": "金额多写了一个零"}
    with pytest.raises(Refused, match="无权"):
        actions.void_receipt(**void, **market.on(sale, market.clerk))
    for change, field in (({"number": "R-9"}, "number"), ({"reason": " "}, "reason")):
        with pytest.raises(Invalid) as why:
            actions.void_receipt(**(void | change), **market.on(sale, market.teller))
        assert set(why.value.errors) == {field}
    actions.void_receipt(**void, **market.on(sale, market.teller))
    sale.refresh_from_db()
    assert (money.arrived(sale.contract), sale.landed_on) == (0, None)
    assert not finds.moved().exists() and not finds.paid_sales().exists()
    assert finds.with_money(Sale.objects.all()).get().arrived_fen == 0
    with pytest.raises(Invalid, match="没有这张回单，或已经作废"):
        actions.void_receipt(**void, **market.on(sale, market.teller))
    right = market.pay(sale, PRICE // 10, number="R-1", file=paper)
    assert money.arrived(sale.contract) == PRICE // 10
    assert [(one.amount_fen, one.void_why) for one in sale.contract.receipts.order_by("pk")] == [
        (PRICE, void["reason"]), (PRICE // 10, "")]  # fmt: skip
    said = Entry.objects.get(verb="void_receipt")
    assert (said.data["number"], said.data["fen"], said.why) == ("R-1", PRICE, void["reason"])
    # What was voided stays voided, nothing else of a slip changes, and none goes away.
    for rows, change in ((wrong, {"void_why": ""}), (wrong, {"void_why": "x"}), (right, {"amount_fen": 1})):
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            Receipt.objects.filter(pk=rows.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        Receipt.objects.filter(pk=wrong.pk)._raw_delete("default")


def test_a_payment_is_not_voided_under_its_refund_and_not_in_a_closed_sale(market):
    sale = market.performing()
    market.pay(sale, 30 * WAN, number="R-1")
    market.pay(sale, 10 * WAN, way="out", reason="退款", number="R-2")
    void = {"number": "R-1", "reason": "登记错了"}
    with pytest.raises(Invalid, match="退款比到账多"):
        actions.void_receipt(**void, **market.on(sale, market.officer))
    for ended in ("closed", "terminated"):
        Sale.objects.filter(pk=sale.pk).update(state=ended)
        assert acts.ACTS["void_receipt"].may(Sale.objects.get())
    Sale.objects.filter(pk=sale.pk).update(state="closed")
    actions.void_receipt(number="R-2", reason="登记错了", **market.on(sale, market.officer))
    assert money.arrived(sale.contract) == 30 * WAN
    with pytest.raises(Invalid, match="已经办结，到账的回单不能作废"):
        actions.void_receipt(**void, **market.on(sale, market.officer))
    Sale.objects.filter(pk=sale.pk).update(state="terminated")
    actions.void_receipt(**void, **market.on(sale, market.officer))
    assert not acts.ACTS["void_receipt"].may(Sale.objects.get())


# --- landed --------------------------------------------------------------------------------------------------------


def test_an_intent_or_a_signature_alone_is_no_deal(market):
    sale = market.priced()
    assert not finds.contracts().exists()
    market.sign(sale)
    market.pay(sale, PRICE)
    assert (sale.landed_on, finds.landed().exists(), finds.contracts().exists()) == (None, False, False)
    market.register(sale)
    assert sale.landed_on == market.today


def test_exactly_thirty_percent_lands_and_one_fen_less_does_not(market):
    sale = market.performing()
    market.pay(sale, 30 * WAN - 1)
    assert sale.landed_on is None
    market.days(3)
    market.pay(sale, 1)
    assert sale.landed_on == market.today
    assert [one.verb for one in Entry.objects.filter(subject_kind="market.sale").order_by("seq")][-1] == "landed"
    market.days(1)
    market.pay(sale, 1, way="out", reason="退一分")
    assert sale.landed_on is None


def test_a_project_elsewhere_does_not_land(market):
    sale = market.performing(site="elsewhere")
    market.pay(sale, PRICE)
    assert sale.landed_on is None


def test_the_markets_and_the_packs_part_are_the_same():
    day = date(2026, 6, 30)
    assert value("landed_least_paid", day).rate == m5_1.AWARD.terms["landed_least_paid"].spec.value.on(day)


@given(st.integers(1, 10**12))
def test_the_least_paid_is_the_first_fen_that_reaches_the_rate(price):
    least = money.least_paid(price, date(2026, 6, 30))
    assert least * 10 >= price * 3 > (least - 1) * 10


# --- distribution --------------------------------------------------------------------------------------------------


def test_a_sheet_by_hand(market):
    """100 万 in, 3 万 valuation and 1,000.01 yuan tax: 968,999.99 net, 70 % is 678,299.993 → 678,300.00; 60:40."""
    sale = market.performing()
    market.pay(sale, PRICE)
    sheet = market.sheet(sale, PRICE, costs=[("评估费", 3 * WAN), ("税费", 100_001)])
    assert (sheet.net_fen, sheet.pool_fen) == (96_899_999, 67_830_000)
    assert [one.amount_fen for one in sheet.shares.all()] == [40_698_000, 27_132_000]
    assert (sheet.days, sheet.first, sheet.last) == (15, date(2026, 4, 12), date(2026, 5, 6))
    market.days(24)
    assert actions.end_due(now=market.now) == 0
    market.days(1)
    assert actions.end_due(now=market.now) == 1
    sheet.refresh_from_db()
    sale.refresh_from_db()
    assert (sheet.is_final, sale.state) == (True, "registered")


def test_less_than_the_law_gives_is_refused_and_the_law_itself_is_enough(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    for change, field in (
        ({"rule_bp": 4_999}, "rule"), ({"rule_bp": 10_001}, "rule"), ({"costs": [("税", PRICE)]}, "costs"),
        ({"costs": [("税", 1), ("", 1)]}, "cost_2"), ({"people": ()}, "contributors"),
        ({"people": (("甲", 0),)}, "contributors"), ({"people": (("甲", 1), ("", 2))}, "contributor_2"),
        ({"people": (("甲", 1), ("乙", 10**7))}, "contributor_2_weight"),
        ({"people": (("甲", 1),) * 41}, "contributors"), ({"rule_document": ""}, "rule_document"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as why:
            market.sheet(sale, PRICE, **change)
        assert set(why.value.errors) == {field}
    with pytest.raises(Invalid, match="不能超过差额"):
        market.sheet(sale, PRICE + 1)
    assert market.sheet(sale, PRICE, rule_bp=5_000).pool_fen == PRICE // 2


def test_the_law_binds_universities_and_a_firm_keeps_its_own_rule(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    type(sale.seller).objects.filter(pk=sale.seller_id).update(type="企业")
    with pytest.raises(Invalid, match="应大于 0"):
        market.sheet(sale, PRICE, rule_bp=0)
    assert market.sheet(sale, PRICE, rule_bp=3_000).pool_fen == PRICE * 3 // 10


def test_an_objection_to_a_sheet_and_a_new_one(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    market.sheet(sale, PRICE)
    market.step(sale, "object_reward", market.teller, "林溪认为权重不当")
    market.step(sale, "redo_reward", market.teller, "重新商定权重")
    again = market.sheet(sale, PRICE, people=(("方砚", 1), ("林溪", 1), ("程远", 1)))
    assert again.seq == 2
    assert sum(one.amount_fen for one in again.shares.all()) == again.pool_fen == 70 * WAN


def test_a_sheet_whose_money_went_back_is_not_final_and_is_made_anew(market):
    sale = market.performing()
    market.pay(sale, 50 * WAN)
    market.sheet(sale, 50 * WAN)
    market.pay(sale, 20 * WAN, way="out", reason="退款")
    market.days(40)
    assert actions.end_due(now=market.now) == 0
    assert list(finds.waiting_for(market.teller, market.today)) == [sale]
    with pytest.raises(Refused, match=r"比到账的多 200,000\.00 元：请撤下分配"):
        market.step(sale, "end_reward", market.teller)
    market.step(sale, "redo_reward", market.teller, "退款后重新计算")
    again = market.sheet(sale, 30 * WAN)
    market.days(40)
    assert actions.end_due(now=market.now) == 1
    again.refresh_from_db()
    assert again.is_final and again.pool_fen == 21 * WAN


def test_shares_in_a_company_are_no_money_that_arrived(market):
    sale = market.performing(structure="equity", equity_company="某公司", equity_bp=1_000, ends_on=None)
    market.pay(sale, PRICE)
    assert [row.moved_fen for row in finds.moved()] == [None]
    assert list(finds.kept_payments()) == [sale], "it is paid all the same"
    with pytest.raises(Refused, match="没有现金收入可以分配"):
        market.sheet(sale, PRICE)


def test_a_university_shares_before_it_follows_and_follows_before_it_closes(market):
    sale = market.performing()
    with pytest.raises(Refused, match=r"还有 1,000,000\.00 元 没有到账"):
        market.step(sale, "follow", market.teller)
    market.pay(sale, PRICE)
    with pytest.raises(Refused, match="先完成收益分配公示"):
        market.step(sale, "follow", market.teller)
    # Some of it is not all of it.
    market.sheet(sale, PRICE - 1)
    market.days(40)
    actions.end_due(now=market.now)
    with pytest.raises(Refused, match=r"还有 0\.01 元 到账收入没有分配"):
        market.step(sale, "follow", market.teller)
    market.sheet(sale, 1)
    market.days(40)
    actions.end_due(now=market.now)
    market.step(sale, "follow", market.teller)
    with pytest.raises(Refused, match="至少要有一年"):
        market.step(sale, "close", market.officer)
    said = {"year": 2026, "in_use": True, "output_fen": 500 * WAN, "text": "两条产线已全部采用，年内新增产值五百万元。"}
    actions.follow_up(**said, **market.on(sale, market.clerk))
    with pytest.raises(Invalid, match="已经填过"):
        actions.follow_up(**said, **market.on(sale, market.teller))
    assert market.step(sale, "close", market.officer).state == "closed"


def test_a_royalty_of_later_years_is_shared_before_the_sale_closes(market):
    sale = market.signed(structure="royalty", royalty_ppm=30_000, royalty_base="含税销售额",
                         rows=[("入门费", 20 * WAN, date(2026, 6, 1))])  # fmt: skip
    market.register(sale)

    def shared(fen):
        market.sheet(sale, fen)
        market.days(40)
        actions.end_due(now=market.now)
        market.step(sale, "follow", market.teller)

    market.pay(sale, 20 * WAN)
    shared(20 * WAN)
    said = {"year": 2026, "in_use": True, "output_fen": 0, "text": "两条产线已全部采用，年内新增产值五百万元。"}
    actions.follow_up(**said, **market.on(sale, market.clerk))
    actions.report_royalty(
        period="2026 年第二季度", base_fen=100 * WAN, due_on=date(2026, 7, 31), **market.on(sale, market.clerk)
    )
    with pytest.raises(Refused, match=r"还有 30,000\.00 元 没有到账"):
        market.step(sale, "close", market.officer)
    with transaction.atomic():
        assert market.step(sale, "terminate", market.officer, "被许可方已破产清算").state == "terminated"
        transaction.set_rollback(True)  # what never arrives ends the contract; here it does arrive
    market.pay(sale, 3 * WAN)
    assert sale.state == "following" and acts.ACTS["reward"].may(sale)
    with pytest.raises(Refused, match=r"还有 30,000\.00 元 到账收入没有分配"):
        market.step(sale, "close", market.officer)
    shared(3 * WAN)
    assert market.step(sale, "close", market.officer).state == "closed"


@given(st.integers(1, 10**12), st.integers(5_000, 10_000))
def test_the_pool_is_never_below_the_rate_and_never_a_fen_above(net, bp):
    pool = money.pool(net, bp)
    assert pool * 10_000 >= net * bp > (pool - 1) * 10_000
    assert pool <= net


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_parts_come_to_the_pool_exactly_and_are_fair(pool, weights):
    parts, total = money.parts(pool, weights), sum(weights)
    assert sum(parts) == pool
    assert all(abs(part * total - pool * weight) < total for part, weight in zip(parts, weights, strict=True))
    assert parts == money.parts(pool, weights)


def test_contributors_are_kept_encrypted(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    sheet = market.sheet(sale, PRICE, contributors=[Contributor("方砚", 1)])
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM contracts_share WHERE distribution_id = %s", [sheet.pk])
        assert "方砚" not in str(cursor.fetchall())
    assert sheet.shares.get().name == "方砚"
    assert Sale.objects.get().state == "rewarding"
