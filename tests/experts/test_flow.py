"""The workflow of a harvest: who may take which step from where, and the flow people agreed on."""

from datetime import timedelta

import pytest

from tests.experts.conftest import NOW
from tests.records.matrix import matrix
from triplehelix.market.experts import actions, tasks
from triplehelix.market.experts.actions import harvests
from triplehelix.market.experts.flow import FLOW
from triplehelix.market.experts.models import Harvest
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take

pytestmark = pytest.mark.django_db


def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(officer, county, clerk):
    """Every state × step × relation, on one harvest put into each state."""
    made = actions.register_repository(name="库", base_url="https://ir.example/oai", actor=officer, now=NOW)
    harvest = actions.start_harvest(repository=made, actor=officer, now=NOW)
    people, wrong = {"desk": officer, "county": county, "owner": clerk, "system": None}, []
    for cell in matrix(FLOW, people):
        Harvest.objects.filter(pk=harvest.pk).update(state=cell.state)
        harvest.refresh_from_db()
        try:
            take(case=harvest, step=cell.step, actor=people[cell.relation], now=NOW, seen_version=harvest.version)
            allowed = True
        except Refused:
            allowed = False
        if allowed is not cell.allowed:
            wrong.append(str(cell))
    assert wrong == []


def test_the_flow_is_the_one_people_agreed_on():
    ways = {(step.code, "".join(sorted(one[0] for one in step.by)), step.to) for step in FLOW.steps}
    assert ways == {
        ("run", "s", "running"), ("wait", "s", "waiting"), ("finish", "s", "done"), ("fail", "s", "failed"),
        ("stop", "d", "stopped"), ("resume", "d", "queued"),
    }  # fmt: skip
    assert [state.code for state in FLOW.states if state.final] == ["done"]


def test_who_lets_a_harvest_go_on_does_not_wait_for_the_moment_it_was_put_off_to(officer):
    made = actions.register_repository(name="库", base_url="https://ir.example/oai", actor=officer, now=NOW)
    harvest = tasks.start(repository=made, actor=officer, now=NOW)
    harvest = take(case=harvest, step="run", actor=None, now=NOW, seen_version=harvest.version)
    harvests.put_off(harvest=harvest, problem="对方忙", wait=86_400, now=NOW)
    harvest.refresh_from_db()
    assert (harvest.state, harvest.tries, harvest.next_try) == ("waiting", 1, NOW + timedelta(days=1))
    later = NOW + timedelta(hours=1)
    tasks.step(case=harvest, step="resume", actor=officer, now=later, seen_version=harvest.version)
    harvest.refresh_from_db()
    assert (harvest.state, harvest.tries, harvest.next_try, harvest.changed_at) == ("queued", 0, None, later)
    assert harvests._begin(harvest.pk, later).state == "running"


def test_who_may_not_register_or_start_does_not(clerk, county):
    for who in (clerk, county):
        with pytest.raises(Refused):
            actions.register_repository(name="库", base_url="https://ir.example/oai", actor=who, now=NOW)
    made = actions.register_repository(name="库", base_url="https://ir.example/oai", actor=None, now=NOW)
    with pytest.raises(Refused):
        actions.start_harvest(repository=made, actor=clerk, now=NOW)
    with pytest.raises(Invalid, match="已经登记"):
        actions.register_repository(name="库", base_url="https://ir.example/oai?", actor=None, now=NOW)
