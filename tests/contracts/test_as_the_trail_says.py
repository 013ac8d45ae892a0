"""Whoever changes a sale, its contract or its money behind the program is named by `verify`."""

import pytest

from tests.contracts.words import PRICE
from tests.records.forging import behind_the_program
from triplehelix.market.contracts import actions, check
from triplehelix.market.contracts.actions.amending import Ground


@pytest.fixture
def shared_out(market):
    """A sale from a price notice to the shares of the people who made it, with one correction of its contract."""
    sale = market.performing()
    right = market.terms(number=sale.contract.number, site="elsewhere", signed_on=sale.contract.signed_on)
    actions.amend_contract(terms=right, ground=Ground("entry", "在市外"), **market.on(sale, market.teller))
    market.pay(sale, PRICE)
    market.sheet(sale, PRICE)
    assert list(check.problems()) == []
    sale.refresh_from_db()
    return sale


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE contracts_sale SET price_fen = 1", "双方、价格和状态"),
        ("UPDATE contracts_sale SET landed_on = '2026-01-01'", "双方、价格和状态"),
        ("UPDATE contracts_publication SET price_fen = 1", "公示的价格和成交结果"),
        ("DELETE FROM contracts_publication", "公示的价格和成交结果"),
        ("UPDATE contracts_contract SET site = '370100'", "合同和应付款"),
        ("UPDATE contracts_instalment SET amount_fen = 1", "合同和应付款"),
        ("UPDATE contracts_amendment SET changes = '{}'", "更正和变更"),
        ("DELETE FROM contracts_amendment", "更正和变更"),
        ("UPDATE contracts_registration SET technical_fen = 1", "认定登记"),
        ("UPDATE contracts_receipt SET amount_fen = amount_fen * 2", "到账和退款"),
        ("DELETE FROM contracts_receipt", "到账和退款"),
        ("UPDATE contracts_share SET amount_fen = amount_fen + 1", "收益分配"),
        ("UPDATE contracts_distribution SET is_final = true", "收益分配"),
    ],
)
def test_a_changed_row_is_named(shared_out, change, named):
    behind_the_program(change)
    assert list(check.problems()) == [f"{shared_out}：{named}与留痕不符"]


@pytest.mark.usefixtures("forged")
def test_a_sale_that_is_gone_is_named(market):
    sale = market.opened()
    behind_the_program("DELETE FROM contracts_sale")
    assert list(check.problems()) == [f"交易 #{sale.pk} 不见了，留痕里有"]
