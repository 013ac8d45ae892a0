"""Strictness shared by every test: real PostgreSQL, no mocks of our own code, nothing unseen."""

import os
import shutil
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

from tests import emptied
from triplehelix.records.parties.reference import calendar

# The same examples on every run: a run that fails does so again. `--hypothesis-profile=search` looks for new ones.
searching = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.register_profile("search", searching)
settings.register_profile("house", searching, derandomize=True, database=None)
settings.load_profile("house")

emptied.install()

pytest_plugins = ["tests.people"]

#: A test that asks for the day twice, or two processes that ask, must be told the same one.
BEFORE_MIDNIGHT = timedelta(minutes=2)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """In the last two minutes of a day (the site's, Asia/Shanghai) a test waits for the next to begin."""
    now = timezone.localtime()
    left = timedelta(days=1) - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second - 1)
    if left < BEFORE_MIDNIGHT:
        time.sleep(left.total_seconds())


#: Friday 27 November 2026, half past ten in the city: after what the makers of tests write (23 November).
MORNING = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)


@pytest.fixture
def morning():
    """The clock pages and calls read, for tests that no other process takes part in: what passes today passes in five
    years, and a minute past midnight."""
    with time_machine.travel(MORNING, tick=True):
        yield MORNING


@pytest.fixture(autouse=True)
def source_language():
    """A page read in English leaves its thread in English; the next test begins in Chinese again."""
    yield
    translation.deactivate()


@pytest.fixture
def until_2026(tmp_path, settings):
    """The working days of 2027 have not been entered, whatever the pack and the demo city hold by now."""
    later = [path.name for path in settings.PACK_DIR.glob("reference/calendar_*.toml") if path.stem > "calendar_2026"]
    settings.PACK_DIR = shutil.copytree(settings.PACK_DIR, tmp_path / "pack", ignore=lambda *_folder: later)
    settings.CITY_CALENDARS = []
    calendar.cache_clear()
    yield
    calendar.cache_clear()


def pytest_collection_modifyitems(items):
    """What takes minutes comes first, so that no worker is left with it when the others have nothing to do.

    Without a browser, and only when the caller said so, browser tests are left out and counted as skipped.
    """
    items.sort(key=lambda item: "slow" not in item.keywords)
    if os.environ.get("NO_BROWSER"):
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="--no-browser"))


@pytest.fixture
def forged():
    """For a test that puts a row where no action leads: it is not as the trail says, and `verify` would tell."""


@pytest.fixture
def misplaced():
    """The same of a row about a need or a sale, which is itself as it was told."""
