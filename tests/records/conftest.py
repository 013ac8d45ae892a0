"""Accounts, organisations and a table with a workflow, for the tests of records."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.db import connection

from tests.records.cases import Case
from triplehelix.records.parties import actions

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
#: Two organisations whose codes have the right check digit.
COPPER = "91371502MAD011KW8U"
ALUMINIUM = "91371581MAD012KW0P"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, and in it the table of a case that only these tests have."""
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.create_model(Case)


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """Rate limits live in the database's cache table, which is no model and is not emptied between tests."""
    yield
    if "transactional_db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture
def make_account(db):
    def make(email="a@example.com", name="梁叙白", password=None):
        return actions.create_account(email=email, name=name, password=password, actor=None, now=NOW)

    return make


@pytest.fixture
def account(make_account):
    return make_account()


@pytest.fixture
def make_organisation(db):
    def make(uscc=COPPER, name="澄湖鸿锐铜业股份有限公司", unit="371502", **more):
        return actions.register_organisation(uscc=uscc, name=name, unit=unit, actor=None, now=NOW, **more)

    return make


@pytest.fixture
def organisation(make_organisation):
    return make_organisation()
