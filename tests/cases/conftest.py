"""A year's fund, firms, offices and rounds, for the tests of the procedure."""

from datetime import date

import pytest

from tests.cases.city import MILLION, NOW, City, account_for
from triplehelix.fund import actions as fund
from triplehelix.records.parties import actions as parties


@pytest.fixture
def city(db):
    """A clerk, a finance officer, a county officer, an auditor; 20,000,000 yuan in purses for every use."""
    clerk = account_for("clerk@kjj.example", "city_officer")
    finance = account_for("f@czj.example", "finance_officer")
    fund.appropriate(year=2026, document="澄财教〔2026〕1号", actor=None, now=NOW)
    for use in ("platform", "research", "talent", "separate"):
        fund.open_purse(year=2026, use=use, amount_fen=5 * MILLION, actor=None, now=NOW)
    return City(
        clerk=clerk,
        finance=finance,
        county=account_for("c@yanggu.example", "county_officer", "371521"),
        auditor=account_for("a@sjj.example", "auditor"),
        parties=parties,
        since=date(2025, 1, 1),
    )
