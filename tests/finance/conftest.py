"""People and papers of finance."""

import pytest

from tests.finance.words import Finance
from tests.market.conftest import auditor, county, officer, stranger  # noqa: F401 - fixtures
from triplehelix.market.finance import check


@pytest.fixture(autouse=True)
def as_the_trail_says(db, request):
    """Whatever a test has done with cases, their rows are what the trail last said of them."""
    yield
    assert bool(list(check.problems())) == ("forged" in request.fixturenames)


@pytest.fixture
def finance(officer, db):  # noqa: F811
    return Finance(officer=officer)
