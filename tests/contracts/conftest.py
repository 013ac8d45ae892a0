"""People and papers of a sale: a university that sells, firms that buy, the market that witnesses."""

import pytest

from tests.contracts.words import Market
from triplehelix.market.contracts import check


@pytest.fixture(autouse=True)
def as_the_trail_says(db, request):
    """Whatever a test has done with sales, their rows are what the trail last said of them."""
    yield
    assert bool(list(check.problems())) == ("forged" in request.fixturenames)


@pytest.fixture
def market(officer, clerk, firm, db):
    return Market(officer=officer, clerk=clerk, firm=firm)
