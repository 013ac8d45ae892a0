"""The funnel: seven stages worked by hand from real events, the rows behind each number, who opens them."""

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.contracts.words import PRICE, Market
from tests.diagnosis.conftest import judged, taken
from tests.html import flat
from tests.introductions.words import Table
from tests.market.conftest import account, office
from triplehelix.board.funnel.access import may_open, units_of
from triplehelix.board.funnel.stages import BY_CODE, STAGES, Span, figures, happened, reached, withholds_money
from triplehelix.market.contracts import actions as contracts
from triplehelix.market.diagnosis import actions as diagnosis
from triplehelix.records.steps.actions import take

#: The whole story happens in these days; NOW of the table is 23 November 2026.
SPAN = Span(date(2026, 1, 1), date(2026, 12, 31))
BEFORE = Span(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture
def table(clerk, firm, officer):
    return Table(officer=officer, clerk=clerk, firm=firm)


def by_code(span=SPAN, unit=""):
    return {one.stage.code: (one.reached, one.percent, one.happened) for one in figures(span, unit)}


def came(table, **more):
    """One more need that comes before the desk now, of the clerk's firm."""
    need = table.need_of(table.clerk, table.firm, **more)
    return diagnosis.follow(need_id=need.pk, now=table.now)


def story(table):
    """Three needs. One is answered late and goes no further; one is answered in time and declined; one goes all the
    way: talk, intent, terms, contract, 40 % paid, landed."""
    manager = table.manager
    won = diagnosis.follow(need_id=table.need.pk, now=table.now)
    judged(taken(won, manager, table.now), manager, now=table.now)
    declined = came(
        table,
        title="热处理后圆度超差",
        text="轴承套圈淬火后圆度由 0.02 毫米变成 0.09 毫米，磨削余量不够，希望变形减半。",
    )
    judged(taken(declined, manager, table.now), manager, now=table.now)
    late = came(
        table,
        title="废水里的氨氮总是超",
        text="印染废水经生化后氨氮仍有 35 毫克每升，要求降到 8 毫克每升以下，占地不能再大。",
    )
    agreed = table.agreed_with_intent()
    table.days(10)
    judged(taken(late, manager, table.now), manager, now=table.now)
    return contracts.open_from(introduction=agreed, actor=table.teacher, now=table.now)


class Told(Table):
    def agreed_with_intent(self):
        made = self.talking()
        self.intent(made)
        self.propose(made)
        return self.accept_terms(made, 1, self.teacher)


@pytest.fixture
def told(clerk, firm, officer):
    """The story up to its landed contract. Sales are told by their own words, on the same two parties."""
    table = Told(officer=officer, clerk=clerk, firm=firm)
    sale = story(table)
    market = Market.__new__(Market)
    market.officer, market.clerk, market.firm, market.now = officer, clerk, firm, table.now
    market.papers, market.registered, market.made = 100, 0, {}
    market.university, market.teller, market.achievement = table.university, table.teacher, table.achievement
    market.rights(sale)
    sale = market.step(sale, "pass_rights", officer)
    market.notice(sale)
    market.days(20)
    contracts.end_due(now=market.now)
    sale.refresh_from_db()
    market.sign(sale, price_fen=PRICE)
    market.register(sale)
    market.pay(sale, PRICE * 4 // 10)
    table.sale, table.market = sale, market
    return table


def test_worked_by_hand(told):
    assert told.sale.landed_on is not None
    assert by_code() == {
        "needs": (3, 100, 3),
        "answered": (2, 66, 2),
        "matched": (1, 33, 1),
        "talks": (1, 33, 1),
        "contracts": (1, 33, 1),
        "paid": (1, 33, 1),
        "landed": (1, 33, 1),
    }
    money = next(one for one in figures(SPAN) if one.stage.code == "paid")
    assert money.fen == PRICE * 4 // 10


def test_a_need_taken_back_and_published_again_is_not_answered_in_time_by_that(table):
    """Nobody answers for ten days; the firm takes it back, publishes it again and is answered the same day."""
    diagnosis.follow(need_id=table.need.pk, now=table.now)
    table.days(10)
    gone = take(case=table.need, step="withdraw", actor=table.clerk, now=table.now, seen_version=table.need.version)
    diagnosis.follow(need_id=gone.pk, now=table.now)
    for step in ("reopen", "publish"):
        gone = take(case=gone, step=step, actor=table.clerk, now=table.now, seen_version=gone.version)
    again = diagnosis.follow(need_id=gone.pk, now=table.now)
    judged(taken(again, table.manager, table.now), table.manager, now=table.now)
    assert (by_code()["needs"], by_code()["answered"]) == ((1, 100, 1), (0, 0, 0))


def test_what_went_back_is_no_money_that_arrived(told):
    """A refund of all of it: two slips, no yuan, and the need has not got as far as money."""
    told.market.pay(told.sale, PRICE * 4 // 10, way="out", reason="合同解除")
    money = next(one for one in figures(SPAN) if one.stage.code == "paid")
    assert (money.happened, money.reached, money.fen) == (2, 0, 0)


def test_an_intent_is_not_counted_as_a_deal(table):
    """Bad input of domain §9, 5.1."""
    made = table.talking()
    table.intent(made)
    diagnosis.follow(need_id=table.need.pk, now=table.now)
    found = by_code()
    assert found["talks"] == (1, 100, 1)
    assert found["contracts"] == found["landed"] == (0, 0, 0)


def test_nothing_happened_before(told):
    assert set(by_code(BEFORE).values()) == {(0, None, 0)}


def test_days_at_the_edge_are_included(told):
    day = timezone.localdate(told.sale.contract.receipts.get().recorded_at)
    assert by_code(Span(day, day))["paid"][2] == 1
    assert by_code(Span(day + timedelta(days=1), day + timedelta(days=9)))["paid"][2] == 0


def test_the_numbers_are_the_rows(told):
    for one in figures(SPAN):
        assert happened(one.stage, SPAN).count() == one.happened
        assert reached(one.stage, SPAN).count() == one.reached


def test_a_unit_counts_its_own(told):
    assert by_code(unit=told.firm.unit) == by_code()
    assert set(by_code(unit="371522").values()) == {(0, None, 0)}


def test_a_registration_revoked_is_no_deal_any_more(told):
    contracts.revoke_registration(reason="登记材料不实", **told.market.on(told.sale, told.officer))
    found = by_code()
    assert found["landed"] == found["contracts"] == (0, 0, 0)


def test_a_span_ends_after_it_begins():
    with pytest.raises(ValueError, match="ends before"):
        Span(date(2026, 2, 1), date(2026, 1, 31))


def test_who_opens_rows(officer, county, other_county, clerk, auditor):
    day = date(2026, 11, 23)
    told = {who: (may_open(units_of(who, day), ""), may_open(units_of(who, day), "371521"))
            for who in (officer, county, other_county, clerk, auditor)}  # fmt: skip
    assert told == {
        officer: (True, True), auditor: (True, True), county: (False, True), other_county: (False, False),
        clerk: (False, False),
    }  # fmt: skip
    assert not may_open(units_of(None, day), "")
    manager = office(account("manager"), "technology_manager")
    assert units_of(manager, day) is None


ADDRESS = "since=2026-01-01&until=2026-12-31"


def test_each_number_opens_its_rows(told, client, officer):
    client.force_login(officer)
    page = client.get(f"/funnel/?{ADDRESS}").content.decode()
    assert 'aria-label="登记的技术合同 · 走到这里 ' in page, "heard alone, a number is a number of something"
    for stage in STAGES:
        for reading in ("reached", "happened"):
            address = f"/funnel/{stage.code}/?of={reading}&since=2026-01-01&until=2026-12-31&unit="
            assert address.replace("&", "&amp;") in page
            answer = client.get(address)
            assert answer.status_code == 200
            assert "<li><div><a href=" in flat(answer.text)
    deals = client.get(f"/funnel/paid/?of=happened&{ADDRESS}").content.decode()
    assert f"/sales/{told.sale.pk}/" in deals
    assert "40 万元" in deals


def test_rows_go_out_as_a_workbook(told, client, officer):
    client.force_login(officer)
    answer = client.get(f"/funnel/contracts/rows.xlsx?of=happened&{ADDRESS}")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][3] == PRICE / 100


def test_a_county_reads_names_but_opens_no_sale_of_others(told, client, county):
    client.force_login(county)
    page = client.get(f"/funnel/landed/?of=happened&unit=371521&{ADDRESS}").content.decode()
    assert "铜排" in page
    assert "/sales/" not in page.partition("<main")[2]


def test_days_that_cannot_be_read_are_said(client, db):
    answer = client.get("/funnel/?since=2026-13-01")
    assert answer.status_code == 422
    assert "日期要写成" in answer.content.decode()
    assert client.get("/funnel/?since=2026-02-01&until=2026-01-01").status_code == 422
    # So far ahead that no day comes after it; the chart shows the days of the page, which are said there.
    for address, status in (("/funnel/", 422), ("/funnel/chart.svg", 200), ("/api/funnel", 422)):
        assert client.get(f"{address}?since=2026-01-01&until=9999-12-31").status_code == status


def test_nobody_has_begun(client, db):
    assert "这段时间还没有需求提交会诊" in client.get("/funnel/?since=2025-01-01&until=2025-02-01").content.decode()


def test_the_chart_is_a_picture(told, client):
    answer = client.get(f"/funnel/chart.svg?{ADDRESS}")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "2 · 66%" in answer.content.decode()


def test_the_api_says_the_same(told, client):
    found = {one["stage"]: (one["reached"], one["percent"], one["happened"]) for one in
             client.get(f"/api/funnel?{ADDRESS}").json()}  # fmt: skip
    assert found == by_code()
    assert client.get("/api/funnel?since=2026-02-01&until=2026-01-01").status_code == 422
    assert client.get("/api/funnel?unit=999999").status_code == 404


@pytest.mark.parametrize("more", [1, 3])
def test_rows_cost_the_same_however_many(clerk, firm, officer, client, django_assert_num_queries, more):
    table = Table(officer=officer, clerk=clerk, firm=firm)
    for n in range(more):
        came(
            table,
            title=f"第 {n} 项难题",
            text=f"第 {n} 项难题的正文，说明是什么、现在怎样、要达到什么指标，共 {n} 条。",
        )
    client.force_login(officer)
    client.get(f"/funnel/needs/?{ADDRESS}")
    with django_assert_num_queries(5):
        page = client.get(f"/funnel/needs/?{ADDRESS}").content.decode()
    assert flat(page).count("<li><div><a") == more


def test_every_stage_has_a_name_of_its_own():
    assert len(BY_CODE) == len(STAGES) == 7


def test_nobody_reads_out_of_the_sums_what_a_firm_has_paid(told, client, officer, county, clerk):
    """A day, a county, few sales, or the difference of two spans would tell it."""
    paid = PRICE * 4 // 10
    day = told.sale.contract.receipts.get().on
    one_day, own = f"since={day}&until={day}", "since=2026-01-01&until=2026-12-31&unit=371521"

    def fen(address):
        return next(one["fen"] for one in client.get(f"/api/funnel?{address}").json() if one["stage"] == "paid")

    for address in (one_day, own, ADDRESS):
        assert fen(address) is None
        page = client.get(f"/funnel/?{address}").content.decode()
        assert "40 万元" not in page and "单笔交易的金额" in page
    client.force_login(clerk)
    assert fen(own) is None
    client.force_login(county)
    assert (fen(own), fen(one_day)) == (paid, None)
    client.force_login(officer)
    assert [fen(address) for address in (one_day, own, ADDRESS)] == [paid] * 3
    assert "单笔交易的金额" not in client.get(f"/funnel/?{own}").content.decode()


def test_the_sum_of_a_whole_year_of_the_city_is_for_everybody(told):
    today = timezone.localdate()
    year = Span(date(today.year, 1, 1), today)
    assert withholds_money(SPAN, "", today, least=2) and not withholds_money(SPAN, "", today, least=1)
    assert not withholds_money(year, "", today, least=1)
    assert not withholds_money(BEFORE, "", today)  # nothing came: nothing to tell
    assert withholds_money(Span(year.since, today - timedelta(days=1)), "", today, least=1)
    assert withholds_money(Span(date(2026, 1, 2), SPAN.until), "", today, least=1)
    assert withholds_money(SPAN, "371521", today, least=1)
