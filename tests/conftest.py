"""Strictness shared by every test: real PostgreSQL, no mocks of our own code, nothing unseen."""

import os

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database with the cache table, which is no migration."""
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)


def pytest_collection_modifyitems(items):
    """Without a browser, and only when the caller said so, browser tests are left out and counted as skipped."""
    if os.environ.get("NO_BROWSER"):
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="--no-browser"))
