"""Whoever changes a fund's investment behind the program is named by `verify`."""

import pytest

from tests.records.forging import behind_the_program
from triplehelix.market.equity import check


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("state = 'exited'", "双方、协议和状态"),
        ("number = 'TZ-0'", "双方、协议和状态"),
        ("ticket_fen = ticket_fen * 2", "金额、估值和转股条件"),
        ("conversion = '不转股'", "金额、估值和转股条件"),
        ("exit_kind = 'buyback', exit_on = '2026-11-23', exit_fen = 1", "退出"),
    ],
)
def test_a_changed_row_is_named(equity, change, named):
    deal = equity.agreed(equity.later())
    assert list(check.problems()) == []
    behind_the_program(f"UPDATE equity_deal SET {change}")
    deal.refresh_from_db()
    assert list(check.problems()) == [f"{deal}：{named}与留痕不符"]


@pytest.mark.usefixtures("forged")
def test_an_investment_that_is_gone_is_named(equity):
    deal = equity.deal()
    behind_the_program("DELETE FROM equity_deal")
    assert list(check.problems()) == [f"股权投资 #{deal.pk} 不见了，留痕里有"]
