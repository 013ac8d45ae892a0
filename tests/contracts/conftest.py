"""People and papers of a sale: a university that sells, firms that buy, the market that witnesses."""

import pytest

from tests.contracts.words import Market
from tests.market.conftest import auditor, clerk, county, firm, officer, stranger  # noqa: F401 - fixtures


@pytest.fixture
def market(officer, clerk, firm, db):  # noqa: F811
    return Market(officer=officer, clerk=clerk, firm=firm)
