"""Strictness shared by every test: real PostgreSQL, no mocks of our own code, nothing unseen."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("house")


def pytest_collection_modifyitems(items):
    """Without a browser, and only when the caller said so, browser tests are left out and counted as skipped."""
    if os.environ.get("NO_BROWSER"):
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="--no-browser"))
