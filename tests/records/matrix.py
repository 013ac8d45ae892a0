"""Test cases derived from a declared workflow: every state × step × relation, with whether it is allowed.

A room with a workflow proves the engine on its own table with:

    @pytest.mark.parametrize("cell", matrix(FLOW, RELATIONS), ids=str)
    def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(cell, ...):
        case = make_case(state=cell.state)
        assert taken(case, cell.step, people[cell.relation], NOW) is cell.allowed

Such tests cannot see a wrong declaration; the committed manual page and the journeys do that.
"""

from typing import NamedTuple

from triplehelix.records.steps.actions import Refused, take


class Cell(NamedTuple):
    state: str
    step: str
    relation: str
    allowed: bool

    def __str__(self):
        return f"{self.state}-{self.step}-{self.relation}"


def matrix(workflow, relations=()):
    """Every cell of the permission table; `relations` further ones than the steps name (the public, an auditor)."""
    asked = sorted(workflow.relations | frozenset(relations))
    return [Cell(one.state.code, one.step.code, one.relation, one.allowed) for one in workflow.matrix(asked)]


def taken(case, step, actor, now, note=""):
    """Whether the step was taken; what was refused must have changed nothing."""
    before = (case.state, case.version)
    try:
        after = take(case=case, step=step, actor=actor, now=now, seen_version=case.version, note=note)
    except Refused:
        case.refresh_from_db()
        assert (case.state, case.version) == before
        return False
    assert after.state == case.workflow[step].to
    assert after.version == before[1] + 1
    return True
