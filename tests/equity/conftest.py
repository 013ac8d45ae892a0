"""A fund, a firm that seeks money, the city."""

import pytest

from tests.equity.words import Equity
from triplehelix.market.equity import check


@pytest.fixture(autouse=True)
def as_the_trail_says(db, request):
    """Whatever a test has done with investments, their rows are what the trail last said of them."""
    yield
    assert bool(list(check.problems())) == ("forged" in request.fixturenames)


@pytest.fixture
def equity(officer, db):
    return Equity(officer=officer)
