"""How people of the market are made, and what its tests are held to; the usual people are in `tests/people.py`."""

from datetime import UTC, date, datetime

import pytest

from tests.market.sheets import code
from triplehelix.market.listings import check
from triplehelix.records.parties import actions as parties

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SINCE = date(2026, 1, 1)


def account(name):
    return parties.create_account(email=f"{name}@example.com", name=name, password=None, actor=None, now=NOW)


def organisation(number, *, unit="371521", confirmed=True):
    made = parties.register_organisation(
        uscc=code(number), name=f"示例{number}厂", type="企业", region="371521", unit=unit, actor=None, now=NOW
    )
    return parties.confirm_organisation(organisation=made, actor=None, now=NOW) if confirmed else made


def member(who, where):
    parties.add_member(account=who, organisation=where, role="admin", since=SINCE, actor=None, now=NOW)
    return who


def office(who, role, unit=""):
    parties.appoint(account=who, role=role, unit=unit, since=SINCE, actor=None, now=NOW)
    return who


@pytest.fixture
def as_the_trail_says(db, request):
    """Whatever a test has done with needs and achievements, their rows are what the trail last said of them."""
    yield
    assert bool(list(check.problems())) == ("forged" in request.fixturenames)
