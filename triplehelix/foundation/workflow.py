"""A workflow as a value: states, steps between them, who may take each. It cannot be built wrong.

From the value come the buttons, what the API offers, who is told, and the test matrix; the room `records.steps` holds
the one function that takes a step.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

CODE = re.compile(r"^[a-z][a-z0-9_]*$")
#: Text for people: a str, or a lazily translated one that becomes a str when shown.
Label = Any
#: Called with the case (and what the taker of steps passes along); a guard answers why not, or None.
Guard = Callable[..., Any]
Effect = Callable[..., None]


class WorkflowError(ValueError):
    """A declaration that cannot be right. `problems` lists every fault as (code, sentence), not the first only."""

    def __init__(self, workflow: str, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"workflow {workflow}: " + "; ".join(sentence for _code, sentence in self.problems))


class UnknownStep(KeyError):
    """The workflow has no step of this code."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class State:
    """Where a case stands. A case in a `final` state has come to its end: only a step that corrects leads back."""

    code: str
    label: Label
    final: bool = False


@dataclass(frozen=True, slots=True, init=False)
class Step:
    """A way from the states `frm` to the state `to`, for those in one of the relations `by`.

    `guards` are asked in order and the first reason refuses; `effects` change the case in the same transaction;
    `tells` names the relations that get a message. `frm`, `by` and `tells` may be given as one name or several.
    A step that `corrects` takes back what an entry made in error had brought about: it alone may leave a final state,
    and no state is counted as reached by it.
    """

    code: str
    label: Label
    frm: tuple[str, ...]
    to: str
    by: frozenset[str]
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    tells: frozenset[str] = frozenset()
    corrects: bool = False

    def __init__(
        self,
        code: str,
        label: Label,
        frm: str | Iterable[str],
        to: str,
        by: str | Iterable[str],
        guards: Iterable[Guard] = (),
        effects: Iterable[Effect] = (),
        tells: str | Iterable[str] = (),
        *,
        corrects: bool = False,
    ) -> None:
        values = {"code": code, "label": label, "frm": _names(frm), "to": to, "by": frozenset(_names(by))}
        values |= {"guards": tuple(guards), "effects": tuple(effects), "tells": frozenset(_names(tells))}
        values["corrects"] = corrects
        for name, value in values.items():
            object.__setattr__(self, name, value)


def _names(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


class Allowed(NamedTuple):
    """One cell of the permission table: may this relation take this step from this state?"""

    state: State
    step: Step
    relation: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Workflow:
    """States and steps, checked at construction.

    Raises WorkflowError naming every fault: a code given twice or misshapen, a step from or to a state that is not
    declared, a step nobody may take, an exit from a final state, a state that cannot be reached, a state without a
    way out that is not final, and, where there are final states, a state from which none of them can be reached; steps
    that correct are no ways of these.
    """

    code: str
    start: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", tuple(self.states))
        object.__setattr__(self, "steps", tuple(self.steps))
        if problems := [*_names_wrong(self), *_ways_wrong(self)]:
            raise WorkflowError(self.code, problems)

    def __getitem__(self, step: str) -> Step:
        """The step of this code. Raises UnknownStep, a KeyError."""
        for one in self.steps:
            if one.code == step:
                return one
        raise UnknownStep(f"workflow {self.code} has no step '{step}'")

    def __contains__(self, step: object) -> bool:
        return any(one.code == step for one in self.steps)

    def state(self, code: str) -> State:
        """The state of this code. Raises KeyError."""
        for one in self.states:
            if one.code == code:
                return one
        raise KeyError(f"workflow {self.code} has no state '{code}'")

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that lead out of a state, in the order declared. Raises KeyError for a state not declared."""
        self.state(state)
        return tuple(step for step in self.steps if state in step.frm)

    def offered(self, state: str, relations: Iterable[str]) -> tuple[Step, ...]:
        """The steps somebody with these relations may take from a state: the buttons. Guards are not asked."""
        held = frozenset(relations)
        return tuple(step for step in self.steps_from(state) if step.by & held)

    @property
    def relations(self) -> frozenset[str]:
        """Every relation that may take some step."""
        return frozenset[str]().union(*(step.by for step in self.steps))

    def matrix(self, relations: Iterable[str] = ()) -> Iterator[Allowed]:
        """Every state × step × relation, with whether it is allowed. Without names: all relations of the steps."""
        asked = tuple(relations) or tuple(sorted(self.relations))
        for state in self.states:
            for step in self.steps:
                for relation in asked:
                    yield Allowed(state, step, relation, state.code in step.frm and relation in step.by)


def _names_wrong(flow: Workflow) -> Iterator[tuple[str, str]]:
    states, steps = [s.code for s in flow.states], [s.code for s in flow.steps]
    for kind, codes in (("state", states), ("step", steps)):
        for code in sorted({c for c in codes if codes.count(c) > 1}):
            yield "twice", f"{kind} '{code}' is declared twice"
        for code in codes:
            if not CODE.match(code):
                yield "code", f"{kind} code '{code}' must be lower-case letters, digits and _"
    if flow.start not in states:
        yield "unknown_state", f"start '{flow.start}' is not a declared state"
    for step in flow.steps:
        for code in dict.fromkeys((*step.frm, step.to)):
            if code not in states:
                yield "unknown_state", f"step '{step.code}' names a state '{code}' that is not declared"
        if not step.frm:
            yield "nowhere", f"step '{step.code}' starts from no state"
        if not step.by:
            yield "nobody", f"step '{step.code}' may be taken by nobody"


def _ways_wrong(flow: Workflow) -> Iterator[tuple[str, str]]:
    onward = [step for step in flow.steps if not step.corrects]
    ways = [(frm, step.to) for step in onward for frm in step.frm]
    exits = {frm for frm, _to in ways}
    final = {state.code for state in flow.states if state.final}
    for step in onward:
        for code in final & set(step.frm):
            yield "exit_from_final", f"step '{step.code}' leads out of the final state '{code}'"
    reached = _closure({flow.start}, ways)
    ending = _closure(final, [(to, frm) for frm, to in ways])
    for state in flow.states:
        if state.code not in reached:
            yield "unreachable", f"state '{state.code}' cannot be reached from '{flow.start}'"
        if state.code not in exits and not state.final:
            yield "dead_end", f"state '{state.code}' has no way out and is not final"
        elif final and state.code not in ending:
            yield "no_end", f"from state '{state.code}' no final state can be reached"


def _closure(found: set[str], ways: Iterable[tuple[str, str]]) -> set[str]:
    """Every state that can be reached from these along the ways."""
    found, ways = set(found), list(ways)
    while more := {to for frm, to in ways if frm in found} - found:
        found |= more
    return found
