"""更正 and 变更 of a contract that was signed: what may change, what stays, and what rests on it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.words import PRICE, WAN
from triplehelix.market.contracts import actions, finds, money
from triplehelix.market.contracts.access import CITY
from triplehelix.market.contracts.actions.amending import Ground, stands
from triplehelix.market.contracts.actions.settling import remind_overdue
from triplehelix.market.contracts.actions.trials import remind_ended
from triplehelix.market.contracts.models import Amendment, Contract, Instalment, Trial
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

PLAN = [("签约后 10 日", 30 * WAN, date(2026, 5, 1)), ("验收后", 70 * WAN, date(2026, 9, 1))]
LATER = [PLAN[0], ("验收后", 70 * WAN, date(2026, 12, 1))]
TRIAL = {"structure": "trial", "trigger": "连续三批合格率达到 98%", "trial_until": date(2026, 7, 1), "pay_by": None}


def entered(reason="登记时看错了", **more):
    return Ground("entry", reason, **more)


def agreed(market, reason="产线推迟投产", **more):
    return Ground("agreed", reason, **({"agreed_on": market.today, "file": market.paper()} | more))


@pytest.fixture
def stood():
    """What the contract says, as terms that can be given again with something changed."""

    def terms(sale, **more):
        return replace(stands(Contract.objects.get(sale=sale)), **more)

    return terms


@pytest.fixture
def amend(market, stood):
    def done(sale, ground, who=None, **more):
        given = market.on(sale, who or market.teller)
        made = actions.amend_contract(terms=stood(sale, **more), ground=ground, **given)
        sale.refresh_from_db()
        return made

    return done


def plan(sale):
    rows = Instalment.objects.filter(contract__sale=sale).order_by("seq")
    return [(one.seq, one.name, one.amount_fen, one.due_on) for one in rows]


def test_what_both_sides_agree_anew_takes_the_place_of_what_was_due_and_stays_to_be_read(market, amend):
    sale = market.performing(structure="instalments", rows=PLAN)
    market.pay(sale, 30 * WAN)
    Message.objects.all().delete()
    paper = market.paper()
    made = amend(sale, agreed(market, file=paper), rows=LATER, ends_on=date(2027, 10, 1))
    assert plan(sale) == [(3, "签约后 10 日", 30 * WAN, date(2026, 5, 1)), (4, "验收后", 70 * WAN, date(2026, 12, 1))]
    assert [covered for _row, covered in money.coverage(sale.contract)] == [30 * WAN, 0]
    assert made.changes == {
        "ends_on": ["2027-04-12", "2027-10-01"],
        "rows": [[[name, fen, due.isoformat()] for name, fen, due in rows] for rows in (PLAN, LATER)],
    }
    assert (made.seq, made.agreed_on, paper in finds.papers_of(sale, frozenset({CITY}))) == (1, market.today, True)
    said = Entry.objects.get(verb="amend")
    assert (said.data["changed"], said.data["file"], said.why) == (["ends_on", "rows"], paper.sha256, "产线推迟投产")
    told = set(Message.objects.values_list("to", flat=True))
    assert {market.clerk.email, market.officer.email} <= told and market.teller.email not in told
    assert amend(sale, agreed(market), rows=PLAN).seq == 2


def test_one_sum_is_split_although_part_of_it_was_paid(market, amend):
    sale = market.performing()
    market.pay(sale, 40 * WAN)
    amend(sale, agreed(market), structure="instalments", rows=LATER)
    assert [covered for _row, covered in money.coverage(sale.contract)] == [30 * WAN, 10 * WAN]
    assert money.due(sale.contract) == PRICE


def test_a_place_that_was_entered_wrong_lands_the_contract_and_takes_its_landing_back(market, amend):
    sale = market.performing(site="elsewhere")
    market.pay(sale, 30 * WAN)
    paid = market.today
    assert sale.landed_on is None
    market.days(3)
    amend(sale, entered("实施地选成了市外"), who=market.officer, site="371521")
    assert sale.landed_on == paid
    amend(sale, agreed(market, "项目迁往济南"), site="elsewhere")
    assert sale.landed_on is None


@pytest.mark.parametrize(
    ("ground", "change", "field"),
    [
        ({"code": "wish"}, {"ends_on": None}, "ground"),
        ({"code": "entry", "reason": " "}, {"ends_on": None}, "reason"),
        ({"code": "entry", "agreed_on": date(2026, 4, 12)}, {"ends_on": None}, "agreed_on"),
        ({"agreed_on": None}, {"ends_on": None}, "agreed_on"),
        ({"agreed_on": date(2026, 4, 11)}, {"ends_on": None}, "agreed_on"),
        ({"agreed_on": date(2026, 4, 13)}, {"ends_on": None}, "agreed_on"),
        ({"file": None}, {"ends_on": None}, "file"),
        ({}, {"number": "澄大合〔2026〕99号"}, "number"),
        ({}, {"type": "LICENSE"}, "type"),
        ({}, {"signed_on": date(2026, 4, 10)}, "signed_on"),
        ({}, {"price_fen": PRICE + WAN, "rows": [PLAN[0], ("验收后", 71 * WAN, date(2026, 9, 1))]}, "price"),
        ({"code": "entry"}, {"price_fen": PRICE - WAN, "rows": [PLAN[0], ("验收后", 69 * WAN, None)]}, "price"),
        ({"code": "entry"}, {"number": ""}, "number"),
        ({"code": "entry"}, {"site": "371523"}, "site"),
        ({"code": "entry"}, {"signed_on": date(2026, 4, 14)}, "signed_on"),
        ({}, {"rows": [PLAN[0]]}, "row_1"),
        ({}, {"rows": [PLAN[0], ("验收后", 70 * WAN, None)]}, "row_2_due"),
    ],
)
def test_what_cannot_be_changed_says_why_and_nothing_lands(market, stood, ground, change, field):
    sale = market.signed(structure="instalments", rows=PLAN)
    said = {"code": "agreed", "reason": "产线推迟投产"}
    if ground.get("code") != "entry":
        said |= {"agreed_on": market.today, "file": market.paper()}
    before = plan(sale)
    with pytest.raises(Invalid) as why:
        actions.amend_contract(terms=stood(sale, **change), ground=Ground(**(said | ground)),
                               **market.on(sale, market.teller))  # fmt: skip
    assert field in why.value.errors
    assert (plan(sale), Amendment.objects.count()) == (before, 0)


def test_what_was_changed_is_never_rewritten(market, amend):
    made = amend(market.signed(), entered(), number="澄大合〔2026〕99号")
    for how in (Amendment.objects.filter(pk=made.pk).delete, lambda: Amendment.objects.update(reason="另一个原因")):
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            how()


def test_nothing_changed_is_no_amendment(market, amend):
    sale = market.signed(structure="instalments", rows=PLAN)
    with pytest.raises(Refused, match="没有改动"):
        amend(sale, entered())


@pytest.mark.parametrize("who", ["clerk", "stranger"])
def test_who_owes_does_not_change_what_is_owed(market, amend, stranger, who):
    sale = market.performing(structure="instalments", rows=PLAN)
    with pytest.raises(Refused, match="无权"):
        amend(sale, agreed(market), who=stranger if who == "stranger" else market.clerk, rows=LATER)


def test_of_two_who_change_it_at_once_the_second_reads_it_first(market, stood, amend):
    sale = market.performing(structure="instalments", rows=PLAN)
    seen = market.on(sale, market.officer)
    amend(sale, agreed(market), rows=LATER)
    with pytest.raises(Refused, match="请先看最新情况"):
        actions.amend_contract(terms=stood(sale, ends_on=None), ground=entered(), **seen)


@pytest.mark.parametrize("state", ["closed", "terminated", "priced"])
def test_before_it_is_signed_and_after_it_has_ended_there_is_nothing_to_change(market, stood, state):
    sale = market.signed(structure="instalments", rows=PLAN)
    sale.state = state
    sale.save(update_fields=["state"])
    with pytest.raises(Refused, match="不能这样办"):
        actions.amend_contract(terms=stood(sale, ends_on=None), ground=entered(), **market.on(sale, market.teller))
    sale.state = "signed"
    sale.save(update_fields=["state"])


def test_type_is_the_authoritys_while_it_looks_and_afterwards(market, amend):
    sale = market.signed(type="LICENSE")
    other = market.pricing(market.other(9402)[0])
    amend(sale, entered("类型选错了"), type="ASSIGN")
    other.refresh_from_db()
    assert other.state == "suspended"  # the whole right is sold: what else is under way of it stops
    actions.submit_registration(authority="MIIT", **market.on(sale, market.teller))
    for _ in range(2):
        with pytest.raises(Invalid, match="认定登记") as why:
            amend(sale, entered("还是许可"), type="LICENSE")
        assert list(why.value.errors) == ["type"]
        if sale.state == "registering":
            market.register(sale)


def test_a_structure_that_was_chosen_wrong_is_put_right_until_something_rests_on_it(market, amend):
    sale = market.signed(**TRIAL)
    amend(sale, entered("不是先用后付"), structure="fixed", rows=(), pay_by=date(2026, 8, 1))
    assert (Trial.objects.count(), plan(sale)) == (0, [(2, "合同价款", PRICE, date(2026, 8, 1))])
    amend(sale, entered("是先用后付"), rows=(), **TRIAL)
    assert (sale.contract.trial.trigger, plan(sale)) == (TRIAL["trigger"], [(3, "达到付款条件后支付", PRICE, None)])
    market.pay(sale, WAN)
    with pytest.raises(Invalid, match="请先作废回单"):
        amend(sale, entered(), structure="fixed", rows=(), pay_by=date(2026, 8, 1))


def test_a_trial_given_more_time_runs_out_anew_and_is_said_anew(market, amend):
    sale = market.performing(**TRIAL)
    market.now = datetime(2026, 7, 2, 2, tzinfo=UTC)
    assert (remind_ended(now=market.now), remind_ended(now=market.now)) == (1, 0)
    amend(sale, agreed(market, "再试两个月"), trial_until=date(2026, 9, 1))
    assert remind_ended(now=market.now) == 0
    market.now = datetime(2026, 9, 2, 2, tzinfo=UTC)
    assert remind_ended(now=market.now) == 1
    trial = sale.contract.trial
    actions.step_trial(trial=trial, step="trigger", actor=market.clerk, now=market.now, seen_version=trial.version,
                       note="三批都合格")  # fmt: skip
    with pytest.raises(Invalid, match="试用已经结束"):
        amend(sale, agreed(market), trial_until=date(2026, 12, 1))


def test_what_falls_due_after_a_trial_is_put_off_with_a_day(market, amend):
    sale = market.performing(**TRIAL)
    trial = sale.contract.trial
    for step in ("trigger", "fall_due"):
        trial = actions.step_trial(trial=trial, step=step, actor=market.clerk, now=market.now,
                                   seen_version=trial.version, note="三批都合格")  # fmt: skip
    with pytest.raises(Invalid) as why:
        amend(sale, agreed(market), rows=[("达到付款条件后支付", PRICE, None)])
    assert why.value.errors == {"row_1_due": "请填写期限"}
    amend(sale, agreed(market), rows=[("达到付款条件后支付", PRICE, date(2026, 12, 1))])
    assert [row[3] for row in plan(sale)] == [date(2026, 12, 1)]


def test_who_was_told_of_a_late_payment_is_told_when_the_day_agreed_anew_passes(market, amend):
    sale = market.performing(structure="instalments", rows=PLAN)
    market.now = datetime(2026, 5, 2, 2, tzinfo=UTC)
    assert (remind_overdue(now=market.now), remind_overdue(now=market.now)) == (1, 0)
    amend(sale, agreed(market), rows=[("签约后 10 日", 30 * WAN, date(2026, 6, 1)), PLAN[1]])
    assert remind_overdue(now=market.now) == 0
    market.now = datetime(2026, 6, 2, 2, tzinfo=UTC)
    assert remind_overdue(now=market.now) == 1


def test_royalties_that_were_reported_stay_whatever_is_agreed_for_the_years_to_come(market, amend):
    sale = market.performing(structure="royalty", royalty_ppm=30_000, royalty_base="含税销售额",
                             rows=[("入门费", 20 * WAN, date(2026, 6, 1))])  # fmt: skip
    report = {"base_fen": 100 * WAN, "due_on": date(2026, 7, 31)}
    actions.report_royalty(period="2026 年第二季度", **report, **market.on(sale, market.clerk))
    amend(sale, agreed(market), royalty_ppm=20_000, rows=[("入门费", 15 * WAN, date(2026, 8, 1))])
    made = actions.report_royalty(period="2026 年第三季度", **report, **market.on(sale, market.clerk))
    assert [(row[0], row[2]) for row in plan(sale)] == [(2, 3 * WAN), (3, 15 * WAN), (made.seq, 2 * WAN)]
    assert made.seq == 4


def test_the_day_of_signing_is_no_later_than_what_was_done_under_it(market, amend):
    sale = market.performing()
    market.pay(sale, WAN)
    signed = market.today
    market.days(5)
    with pytest.raises(Invalid) as why:
        amend(sale, entered(), signed_on=signed + timedelta(days=1), rows=(), pay_by=date(2026, 8, 1))
    assert "signed_on" in why.value.errors


def test_a_price_typed_too_high_of_the_one_bidder_is_put_right_to_no_less_than_was_listed(market, amend):
    sale = market.pricing()
    public = market.listed(sale)
    market.bid(public, *market.other(9820))
    market.days((public.last - market.today).days + 1)
    actions.end_due(now=market.now)
    market.sign(sale, price_fen=10 * PRICE)
    terms = {"rows": (), "pay_by": market.today + timedelta(days=60)}
    with pytest.raises(Invalid) as why:
        amend(sale, entered("多写了一个零"), price_fen=PRICE - 1, **terms)
    assert "price" in why.value.errors
    amend(sale, entered("多写了一个零"), price_fen=PRICE, **terms)
    assert (sale.price_fen, Contract.objects.get(sale=sale).price_fen) == (PRICE, PRICE)


def test_a_better_scan_takes_the_place_of_the_wrong_one_and_both_are_kept(market, amend):
    sale = market.signed()
    old, new = sale.contract.file, market.paper()
    made = amend(sale, entered("上传的是草稿", file=new))
    sale.contract.refresh_from_db()
    assert (sale.contract.file, made.replaced, made.changes) == (new, old, {})
    assert {old, new} <= set(finds.papers_of(sale, frozenset({CITY})))


def test_shares_in_a_company_keep_their_line(market, amend):
    sale = market.performing(structure="equity", equity_company="澄湖新材料公司", equity_bp=2_500, pay_by=None)
    before = plan(sale)
    made = amend(sale, agreed(market, "增资以后股权摊薄"), equity_bp=2_000)
    assert (made.changes, plan(sale)) == ({"equity_bp": [2_500, 2_000]}, before)


def test_however_the_payments_are_split_anew_they_come_to_the_price_and_nothing_paid_is_lost(market, amend):
    sale = market.performing(pay_by=date(2026, 12, 31))
    market.pay(sale, 40 * WAN + 1)

    @settings(max_examples=20, deadline=None)
    @given(cuts=st.sets(st.integers(1, PRICE - 1), max_size=5), late=st.integers(0, 400))
    def split(cuts, late):
        edges = [0, *sorted(cuts), PRICE]
        rows = [(f"第 {n} 期", edges[n] - edges[n - 1], market.today + timedelta(days=late + n))
                for n in range(1, len(edges))]  # fmt: skip
        amend(sale, entered(), structure="instalments", rows=rows)
        assert money.due(sale.contract) == PRICE
        assert sum(covered for _row, covered in money.coverage(sale.contract)) == 40 * WAN + 1
        assert [row[2] for row in plan(sale)] == [fen for _name, fen, _due in rows]

    split()
