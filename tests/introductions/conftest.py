"""A firm with a need, a university with an achievement, a manager between them."""

import pytest

from tests.introductions.words import Table
from tests.market.conftest import auditor, clerk, county, firm, officer, stranger  # noqa: F401 - fixtures


@pytest.fixture
def table(officer, clerk, firm, db):  # noqa: F811
    return Table(officer=officer, clerk=clerk, firm=firm)
