"""Groups of states, against the states there are: a rule about a state that is mistyped or forgotten stays silent."""

from collections.abc import Collection, Mapping

import pytest

from triplehelix.procedure.cases import access, days, deadlines, demands, eligibility, flow, states, trial, waiting
from triplehelix.procedure.cases.actions import applying, handling, milestones, rejudging
from triplehelix.procedure.cases.parts import PARTS
from triplehelix.procedure.documents import official
from triplehelix.procedure.openings import actions as openings

STATES = {
    "draft",
    *(state.code for part in PARTS.values() for state in (part.state, *part.extra)),
    *(state.code for state in (*flow.ENDS, flow.CLOSED, flow.CLAWING)),
}
GROUPS = [
    *((states, name) for name in vars(states) if name.isupper()),
    (access, "WRITTEN_IN"),
    (access, "BEFORE_FILING"),
    (applying, "ACCOUNT_IN"),
    (days, "STATES"),
    (deadlines, "ACTS"),
    (demands, "ENDED_BEFORE"),
    (eligibility, "GROUNDED"),
    (eligibility, "OPEN"),
    *((flow, name) for name in vars(flow) if name.endswith("_FROM") or name == "REVIEWED"),
    (handling, "CORRECTED_IN"),
    (handling, "SHARED_IN"),
    (milestones, "PLANNED_IN"),
    (official, "DECIDED_IN"),
    (openings, "ENDED"),
    (rejudging, "REJUDGED_IN"),
    (trial, "COUNTED"),
    (waiting, "ENDED_LATE"),
    (waiting, "WAITS"),
]


def named(group: Collection[str] | Mapping[str, object]) -> set[str]:
    """The states of a group; of a mapping by state its keys, of one that answers with states all of them."""
    if not isinstance(group, Mapping):
        return set(group)
    told = list(group.values())
    return {state for one in told for state in one} if all(isinstance(one, tuple) for one in told) else set(group)


@pytest.mark.parametrize(("module", "name"), GROUPS, ids=[f"{m.__name__.split('.')[-1]}.{n}" for m, n in GROUPS])
def test_every_state_of_a_group_is_a_state(module, name):
    group = named(getattr(module, name))
    assert group
    assert group <= STATES


def test_where_nobody_has_anything_to_do():
    """Each with its reason: the program screens, days run, milestones have their own to-do, or it is over."""
    somebody = {state for group in waiting.WAITS.values() for state in group}
    assert STATES - somebody == {
        "screening", "on_notice", "running", "closed", "archived", "rejected", "withdrawn", "terminated", "clawed",
    }  # fmt: skip


def test_what_waits_is_looked_for_in_these_states_alone():
    assert set(waiting.STATES) >= {state for states in waiting.WAITS.values() for state in states}
    assert {"running", *waiting.ENDED_LATE} <= set(waiting.STATES)
    assert set(waiting.STATES) & {"rejected", "withdrawn", "closed", "terminated"} == set()


def test_what_a_clerk_looks_at_goes_on_to_the_decision_and_beyond():
    """From what is handed in to the office to what is paid: at every stage the rules, or the ground, are looked at."""
    before = {"accepting", "checking", "reviewing", "site_check", "deciding"}
    assert set(eligibility.OPEN) == before
    assert set(eligibility.GROUNDED) == {*states.GRANTED, "evaluating", "closed"}
    assert set(flow.REVIEWED) <= before


def test_a_trial_of_the_rounds_money_counts_whoever_asks_for_it_or_has_it():
    assert {"reviewing", "site_check", "deciding"} <= set(trial.COUNTED)
    assert set(states.PUBLIC) <= set(trial.COUNTED)
