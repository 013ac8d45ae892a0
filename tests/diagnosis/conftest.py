"""People of the desk: a technology manager, an expert with an account, and needs before them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.market.conftest import (
    NOW,
    account,
    as_the_trail_says,  # noqa: F401 - a fixture
    office,
    organisation,
)
from tests.market.test_flow import published
from tests.records.as_told import as_told
from triplehelix.market.diagnosis import actions, check, follower
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.records.parties import actions as parties
from triplehelix.records.trail import followers

diagnoses_are_as_told = as_told(check.problems)


@pytest.fixture(autouse=True)
def worker_clock(monkeypatch):
    """The worker reads the trail four days after the tests' Monday, whatever today is: older news starts no clock."""
    monkeypatch.setattr(follower, "timezone", SimpleNamespace(now=lambda: NOW + timedelta(days=4)))


def followed():
    """What the worker does after every transaction."""
    while followers.drain("diagnosis"):
        pass


def opened(clerk, firm, **more):
    """A published need with its diagnosis waiting."""
    need = published(clerk, firm, **more)
    followed()
    return Diagnosis.objects.get(need=need)


def taken(diagnosis, manager, now=NOW):
    from triplehelix.records.steps.actions import take

    return take(case=diagnosis, step="take_up", actor=manager, now=now, seen_version=diagnosis.version)


def judged(diagnosis, who, outcome="ready", now=NOW, **more):
    given = {"reason": "写得清楚，可以找人谈", "questions": ["镀层厚度是多少"] if outcome == "refine" else []} | more
    return actions.judge(
        diagnosis=diagnosis, outcome=outcome, actor=who, now=now, seen_version=diagnosis.version, **given
    )


@pytest.fixture
def manager(db):
    return office(account("manager"), "technology_manager")


@pytest.fixture
def expert(db):
    who = account("expert")
    home = organisation(9200, unit="371522")
    person = parties.register_person(name="方专家", home=home, title="教授", discipline="材料", actor=None, now=NOW)
    parties.claim_person(person=person, account=who, actor=None, now=NOW)
    return who
