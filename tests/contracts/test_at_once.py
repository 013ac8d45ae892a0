"""Two clerks at the same moment: one receipt is written once, two bidders at the last minute both count."""

from datetime import UTC, datetime
from time import sleep

import pytest
from django.db import transaction

from tests.contracts.test_amending import PLAN, TRIAL
from tests.contracts.test_pricing import OBJECTION
from tests.contracts.words import WAN, Market
from tests.fund.test_race import at_once
from tests.market.conftest import account, member, office, organisation
from triplehelix.market.contracts import actions, money
from triplehelix.market.contracts.actions.results import Result
from triplehelix.market.contracts.actions.settling import remind_overdue
from triplehelix.market.contracts.actions.trials import remind_ended
from triplehelix.market.contracts.models import Bid, Objection, Receipt
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused


@pytest.fixture
def market(transactional_db):
    firm = organisation(9001)
    return Market(officer=office(account("officer"), "city_officer"), clerk=member(account("clerk"), firm), firm=firm)


def test_two_payments_at_once_are_written_one_after_the_other(market):
    sale, paper = market.performing(), market.paper()
    given = {"way": "in", "amount_fen": 30 * WAN, "on": market.today, "number": "R-9", "reason": "", "file": paper}
    said = market.on(sale, market.teller)

    found = at_once(*[lambda: actions.record_money(**given, **said)] * 2)
    assert len([one for one in found if isinstance(one, Receipt)]) == 1
    assert len([one for one in found if isinstance(one, Refused | Invalid)]) == 1
    assert money.arrived(sale.contract) == 30 * WAN
    sale.refresh_from_db()
    assert sale.landed_on == market.today


def test_one_receipt_for_two_contracts_at_once_serves_one(market):
    first = market.performing()
    market.achievement = market.offered("另一项工艺")
    second, paper = market.performing(), market.paper()
    given = {"way": "in", "amount_fen": WAN, "on": market.today, "number": "R-9", "reason": "", "file": paper}
    one, two = market.on(first, market.teller), market.on(second, market.teller)
    found = at_once(lambda: actions.record_money(**given, **one), lambda: actions.record_money(**given, **two))
    assert sorted(type(each).__name__ for each in found) == ["Invalid", "Receipt"]
    assert Receipt.objects.count() == 1


def test_two_sales_of_one_achievement_signed_at_once_sell_it_once(market):
    first, second = market.pricing(market.firm), market.pricing(market.other(9302)[0])
    for sale in (first, second):
        market.notice(sale)
    market.days(20)
    actions.end_due(now=market.now)
    signed = [({"terms": market.terms()}, market.on(sale, market.teller)) for sale in (first, second)]
    found = at_once(*[lambda pair=pair: actions.sign_contract(**pair[0], **pair[1]) for pair in signed])
    assert sorted(type(each).__name__ for each in found) == ["Contract", "Refused"]


def test_two_bidders_in_the_last_minute_both_count(market):
    public = market.listed(market.pricing())
    others = [market.other(9800 + n) for n in range(2)]
    market.now = market.now.replace(year=public.last.year, month=public.last.month, day=public.last.day, hour=15)
    found = at_once(*[lambda pair=pair: market.bid(public, *pair) for pair in others])
    assert [type(each) for each in found] == [Bid, Bid]
    market.days(1)
    assert actions.end_due(now=market.now) == 1
    assert public.sale.__class__.objects.get().state == "bidding"


def test_one_confirmation_for_two_sales_at_once_serves_one(market):
    """Recorded, and put right: a number somebody has just used is said at its field."""
    sales = []
    for n in range(2):
        market.achievement = market.offered(f"工艺{n}")
        sales.append(market.pricing())
        public = market.listed(sales[n])
        market.bid(public, *market.other(9810 + 2 * n))
        market.bid(public, *market.other(9811 + 2 * n))
    market.now = market.now.replace(year=public.last.year, month=public.last.month, day=public.last.day, hour=15)
    market.days(1)
    actions.end_due(now=market.now)

    def said(sale, document):
        winner = sale.publications.get().bids.first().organisation
        return Result("齐鲁技术产权交易中心", document, market.today, winner, 120 * WAN, market.paper())

    def given(sale, document):
        return {"said": said(sale, document), **market.on(sale, market.officer)}

    one, two = (given(sale, "成交〔2026〕1号") for sale in sales)
    found = at_once(lambda: actions.record_result(**one), lambda: actions.record_result(**two))
    assert sorted(type(each).__name__ for each in found) == ["Invalid", "Outcome"]
    assert [set(each.errors) for each in found if isinstance(each, Invalid)] == [{"document"}]
    late = next(sale for sale in sales if not hasattr(sale.publications.get(), "outcome"))
    actions.record_result(**given(late, "成交〔2026〕2号"))
    one, two = ({"reason": "编号抄错", **given(sale, "成交〔2026〕3号")} for sale in sales)
    found = at_once(lambda: actions.correct_result(**one), lambda: actions.correct_result(**two))
    assert sorted(type(each).__name__ for each in found) == ["Amendment", "Invalid"]


def test_an_objection_to_a_price_sent_twice_is_one(market):
    public = market.notice(market.pricing(market.firm))
    found = at_once(*[lambda: actions.object_to(publication=public, now=market.now, **OBJECTION)] * 2)
    assert [type(one) for one in found] == [Objection, Objection] and found[0] == found[1], found


@pytest.mark.parametrize(("remind", "contract", "day"), [
    (remind_ended, TRIAL, datetime(2026, 7, 2, 2, tzinfo=UTC)),
    (remind_overdue, {"structure": "instalments", "rows": PLAN}, datetime(2026, 5, 2, 2, tzinfo=UTC)),
])  # fmt: skip
def test_two_workers_remind_once(market, remind, contract, day):
    market.performing(**contract)

    def reminded():
        with transaction.atomic():
            done = remind(now=day)
            sleep(0.3)
            return done

    assert sorted(at_once(reminded, reminded)) == [0, 1]
