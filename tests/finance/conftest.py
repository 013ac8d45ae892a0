"""People and papers of finance."""

import pytest

from tests.finance.words import Finance
from triplehelix.market.finance import check


@pytest.fixture(autouse=True)
def as_the_trail_says(db, request):
    """Whatever a test has done with cases, their rows are what the trail last said of them."""
    yield
    assert bool(list(check.problems())) == ("forged" in request.fixturenames)


@pytest.fixture
def finance(officer, db):
    return Finance(officer=officer)
