"""The people of the pages, and one of everything they open."""

from datetime import timedelta

import pytest

from tests.market.conftest import (  # noqa: F401 - fixtures
    NOW,
    SINCE,
    account,
    auditor,
    clerk,
    county,
    firm,
    member,
    office,
    officer,
    organisation,
    other_county,
    stranger,
)
from tests.market.sheets import code, sheet
from tests.market.test_flow import VALUES, draft, published, stepped
from tests.market.test_imports import checked
from triplehelix.fund import actions as fund
from triplehelix.market.achievements.models import Achievement
from triplehelix.records.parties import actions as parties

__all__ = ["VALUES", "draft", "published", "stepped"]


@pytest.fixture
def finance(db):
    return office(account("finance"), "finance_officer")


@pytest.fixture
def newcomer(db):
    """Signed in, acting for nobody yet."""
    return account("newcomer")


@pytest.fixture
def things(clerk, firm, newcomer, db):  # noqa: F811
    """One of everything an address can name, all of them the clerk's."""
    waiting = parties.register_organisation(
        uscc=code(9100),
        name="待核实厂",
        type="企业",
        region="371521",
        unit="371521",
        actor=None,
        now=NOW,
    )
    claim = parties.claim_organisation(account=newcomer, uscc=firm.uscc, name=firm.name, unit=firm.unit, now=NOW)
    fund.appropriate(year=2026, document="财教指〔2026〕7号", actor=None, now=NOW)
    key, _text = parties.create_api_key(
        account=clerk, name="程序", scopes=("read",), expires_at=NOW + timedelta(days=900), now=NOW
    )
    return {
        "need": published(clerk, firm),
        "achievement": published(clerk, firm, Achievement),
        "draft": draft(clerk, firm, title="还没写完"),
        "import": checked(clerk, sheet(20, wrong_share=0.2).xlsx(), organisation=firm),
        "waiting": waiting,
        "claim": claim,
        "key": key,
    }
