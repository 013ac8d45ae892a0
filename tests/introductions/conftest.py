"""A firm with a need, a university with an achievement, a manager between them."""

import pytest

from tests.introductions.words import Table
from triplehelix.market.introductions import check


@pytest.fixture(autouse=True)
def as_the_trail_says(db, request):
    """Whatever a test has done with introductions, their rows are what the trail last said of them."""
    yield
    assert bool(list(check.problems())) == ("forged" in request.fixturenames)


@pytest.fixture
def table(officer, clerk, firm, db):
    return Table(officer=officer, clerk=clerk, firm=firm)
