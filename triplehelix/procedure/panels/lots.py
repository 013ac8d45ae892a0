"""Lots for cases: who of the pool is drawn, and who of those reads which case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.panels import credit, expertise, finds, relations, terms
from triplehelix.procedure.panels.models import Panel
from triplehelix.procedure.review.draw import Draw, draw
from triplehelix.procedure.review.panel import NoPanel, PanelRules
from triplehelix.records.parties.models import Person
from triplehelix.records.steps.actions import Refused

#: Cases one expert is asked to read in a round, at most.
MOST_CASES = 20


@dataclass(frozen=True, slots=True)
class Lots:
    """What was drawn: the log, the experts of each case (ids as text), and what the solver answered."""

    log: Draw
    seats: Mapping[str, tuple[str, ...]]
    assignment: dict[str, Any]


def drawn(
    cases: Sequence[Case], *, size: int, per_case: int, outside: Fraction, seed: str, on: date,
    panel: Panel | None = None,
) -> Lots:  # fmt: skip
    """Draw `size` of the pool for these cases and give `per_case` to each case, best expertise first.

    Whoever has seats in `panel` already takes so many cases less. Whoever must avoid every case, or whose credit is too
    low, is not drawn; whoever must avoid one is not given it. Raises Refused with the rule that cannot be kept.
    """
    # The solver brings pandas with it, seconds of every start of the program: only who draws waits for them.
    from triplehelix.procedure.review.assign import NoAssignment, Reviewer, assign

    people = list(finds.pool())
    barred = relations.barred(people, cases, on)
    busy = finds.loads(panel) if panel else {}
    try:
        each = terms.panel_rules(on, size=per_case, outside_share=outside)
        never = _barred_from_all(people, cases, barred) | credit.not_drawn(people, on)
        log = _panel(people, size, each, seed, never)
        members = [person for person in people if str(person.pk) in log.panel]
        reviewers = [Reviewer(relations.candidate(one), max(0, MOST_CASES - busy.get(one.pk, 0))) for one in members]
        fits = expertise.between(members, cases)
        found = assign(reviewers, {str(case.pk): each for case in cases}, fits, set(barred))
    except (NoPanel, NoAssignment) as why:
        raise Refused(str(why)) from why
    said = {"expertise": found.expertise, "bound": found.bound, "optimal": found.optimal, "loads": dict(found.loads)}
    return Lots(log, found.panels, said)


def _panel(people: Sequence[Person], size: int, each: PanelRules, seed: str, never: Mapping[str, str]) -> Draw:
    """The panel by lot. Where the pool allows it, no more from one unit than one case may have: else a panel lawful as
    a whole might hold no lawful five. Raises NoPanel."""
    pool = [relations.candidate(one) for one in people]
    wide = replace(each, size=size)
    spread = replace(wide, unit_share=Fraction(each.unit_most, size))
    try:
        return draw(pool, spread, seed, barred=never)
    except NoPanel:
        return draw(pool, wide, seed, barred=never)


def _barred_from_all(
    people: Sequence[Person], cases: Sequence[Case], barred: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """Experts who may judge none of the cases, with the first reason."""
    found = {}
    for person in people:
        reasons = [barred.get((str(person.pk), str(case.pk))) for case in cases]
        if all(reasons):
            found[str(person.pk)] = str(reasons[0])
    return found
