"""What a reader of a sale is told of it."""

from triplehelix.market.contracts.access import BUYER, CITY, SELLER
from triplehelix.market.contracts.history import of_sale


def test_the_income_sheet_is_told_to_the_unit_the_market_and_audit_only(market):
    sale = market.performing()
    market.pay(sale, sale.contract.price_fen)
    market.sheet(sale, sale.contract.price_fen)
    sale.refresh_from_db()

    told = {who: [line.what for line in of_sale(sale, frozenset({who}))] for who in (SELLER, BUYER, CITY, "auditor")}
    (published,) = [str(step.label) for step in sale.workflow.steps if step.code == "publish_reward"]
    assert told[SELLER] == told[CITY] == told["auditor"]
    assert published in told[SELLER]
    assert [what for what in told[SELLER] if what != published] == told[BUYER]
