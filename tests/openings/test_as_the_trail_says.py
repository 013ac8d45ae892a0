"""Whoever changes an opening behind the program is named by `verify`."""

import pytest

from tests.contracts.words import WAN
from tests.openings.test_openings import landed, look, round_of
from tests.records.forging import behind_the_program
from triplehelix.procedure.openings import check


@pytest.fixture
def opening(market):
    sale = landed(market)
    round_of(market.now)
    made = look(market, sale)
    assert list(check.problems()) == []
    return made


@pytest.mark.usefixtures("misplaced")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE openings_opening SET award_code = 'M5.4'", "事项、交易、单位和状态"),
        ("UPDATE openings_opening SET state = 'waiting', case_id = NULL", "事项、交易、单位和状态、办件"),
        ('UPDATE openings_opening SET facts = facts || \'{"paid_amount": "9"}\'', "由交易带来的事实"),
    ],
)
def test_a_changed_row_is_named(opening, change, named):
    behind_the_program(change)
    opening.refresh_from_db()
    assert list(check.problems()) == [f"{opening}：{named}与留痕不符"]


@pytest.mark.usefixtures("misplaced")
def test_an_opening_that_is_gone_is_named(opening):
    number = opening.pk
    behind_the_program("DELETE FROM openings_opening")
    assert list(check.problems()) == [f"自动开办 #{number} 不见了，留痕里有"]


def test_what_was_paid_since_is_told_with_the_opening(market, client):
    sale = landed(market, 30 * WAN)
    before = look(market, sale).facts
    market.pay(sale, 10 * WAN)
    opening = look(market, sale)
    assert opening.facts != before
    client.force_login(market.officer)
    page = client.get(opening.address()).text
    assert "按交易更新事实" in page and "refill" not in page
    assert list(check.problems()) == []
