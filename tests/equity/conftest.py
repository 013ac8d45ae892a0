"""A fund, a firm that seeks money, the city."""

import pytest

from tests.equity.words import Equity
from tests.market.conftest import auditor, officer, stranger  # noqa: F401 - fixtures


@pytest.fixture
def equity(officer, db):  # noqa: F811
    return Equity(officer=officer)
