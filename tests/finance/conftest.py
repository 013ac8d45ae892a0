"""People and papers of finance."""

import pytest

from tests.finance.words import Finance
from tests.market.conftest import auditor, county, officer, stranger  # noqa: F401 - fixtures


@pytest.fixture
def finance(officer, db):  # noqa: F811
    return Finance(officer=officer)
