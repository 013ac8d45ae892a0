"""Reviewers to many cases at once: the most expertise that loads, 回避 and the rules of composition allow.

Solved with OR-Tools CP-SAT. The answer depends on nothing but the input and the seed: everything is put to the solver
in order of id, one worker works, and the limit is on work done (deterministic time), not on the clock.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from ortools.sat.python import cp_model

from triplehelix.procedure.review.panel import Candidate, NoPanel, PanelRules, possible, why_not

#: Expertise is weighed in thousandths.
STEPS = 1000
#: Work allowed, in CP-SAT's deterministic seconds: about as many on an ordinary machine.
EFFORT = 20.0


class NoAssignment(ValueError):
    """No assignment meets all rules. `rules` are stable names, `message` is Chinese, `lines` one sentence a case.

    Names: those of NoPanel when a case cannot have a panel at all; load when all could, but not all at once; data
    for input that cannot be right; effort when the work allowed was too little to find any assignment.
    """

    def __init__(self, rules: tuple[str, ...], message: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.rules = rules
        self.message = message
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A candidate and how many cases he or she takes in this round at most."""

    candidate: Candidate
    most: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who reviews what. `expertise` is the sum over all seats, `bound` what none exceeds; equal if `optimal`."""

    panels: Mapping[str, tuple[str, ...]]
    expertise: float
    bound: float
    optimal: bool
    loads: Mapping[str, int] = field(repr=False)


def assign(
    reviewers: Sequence[Reviewer],
    cases: Mapping[str, PanelRules],
    expertise: Mapping[tuple[str, str], float],
    barred: Collection[tuple[str, str]] = (),
    *,
    seed: int = 0,
    effort: float = EFFORT,
) -> Assignment:
    """Panels for all cases. `expertise` is keyed (reviewer, case), 0 to 1, missing pairs count 0; `barred` likewise.

    A barred pair is never used, whatever it would bring. The pool factor of the rules is for draws and not looked at
    here. Raises NoAssignment, which says why.
    """
    plan = _Plan(reviewers, cases, expertise, barred)
    _each_alone(plan)
    model = cp_model.CpModel()
    seats = _seats(model, plan)
    _compose(model, plan, seats, shortages=None)
    model.maximize(sum(plan.worth(pair) * seat for pair, seat in seats.items()))
    solver, status = _solve(model, seed, effort)
    if status == cp_model.INFEASIBLE:
        raise _why_not_all(plan, seed, effort)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise NoAssignment(("effort",), "在限定的计算量内没有得出分配方案，请增加计算量或分组评审")
    taken = [pair for pair, seat in seats.items() if solver.boolean_value(seat)]
    panels = {case: tuple(sorted(r for r, c in taken if c == case)) for case in plan.cases}
    loads = Counter(reviewer for reviewer, _ in taken)
    return Assignment(
        panels=panels,
        expertise=solver.objective_value / STEPS,
        bound=solver.best_objective_bound / STEPS,
        optimal=status == cp_model.OPTIMAL,
        loads={id: loads[id] for id in plan.reviewers},
    )


class _Plan:
    """The input, checked and in order of id."""

    def __init__(
        self,
        reviewers: Sequence[Reviewer],
        cases: Mapping[str, PanelRules],
        expertise: Mapping[tuple[str, str], float],
        barred: Collection[tuple[str, str]],
    ) -> None:
        ids = [one.candidate.id for one in reviewers]
        if len(set(ids)) != len(ids):
            raise NoAssignment(("data",), "专家名单里有重复的编号")
        if any(one.most < 0 for one in reviewers):
            raise NoAssignment(("data",), "专家的承担上限不能为负")
        if wrong := sorted(pair for pair, value in expertise.items() if not (isfinite(value) and 0 <= value <= 1)):
            raise NoAssignment(("data",), f"专长匹配度应在 0 至 1 之间：专家“{wrong[0][0]}”、项目“{wrong[0][1]}”")
        self.reviewers = {one.candidate.id: one for one in sorted(reviewers, key=lambda one: one.candidate.id)}
        self.cases = dict(sorted(cases.items()))
        self.expertise = expertise
        shut = set(barred)
        self.eligible: dict[str, list[Candidate]] = {
            case: [
                one.candidate
                for id, one in self.reviewers.items()
                if one.most and rules.fits(one.candidate) and (id, case) not in shut
            ]
            for case, rules in self.cases.items()
        }

    def worth(self, pair: tuple[str, str]) -> int:
        """The expertise of a pair in thousandths."""
        return round(self.expertise.get(pair, 0.0) * STEPS)


Seats = dict[tuple[str, str], cp_model.IntVar]


def _seats(model: cp_model.CpModel, plan: _Plan) -> Seats:
    """One yes or no for each pair that may be: barred pairs are not even variables."""
    return {
        (one.id, case): model.new_bool_var(f"{one.id}@{case}") for case, pool in plan.eligible.items() for one in pool
    }


@dataclass(frozen=True, slots=True)
class _Shortage:
    """How far a case stays behind its rules in the eased model."""

    seats: cp_model.IntVar
    finance: cp_model.IntVar
    outside: cp_model.IntVar


def _compose(model: cp_model.CpModel, plan: _Plan, seats: Seats, shortages: Mapping[str, _Shortage] | None) -> None:
    """Loads, and the rules of every panel; with `shortages` the numbers may fall short, at a price."""
    for id, reviewer in plan.reviewers.items():
        mine = [seats[id, case] for case in plan.cases if (id, case) in seats]
        if len(mine) > reviewer.most:
            model.add(sum(mine) <= reviewer.most)
    for case, rules in plan.cases.items():
        pool, less = plan.eligible[case], shortages[case] if shortages else None
        all_of = sum(seats[one.id, case] for one in pool)
        finance = sum(seats[one.id, case] for one in pool if one.finance)
        outside = sum(seats[one.id, case] for one in pool if one.outside)
        model.add(all_of + (less.seats if less else 0) == rules.size)
        if rules.finance_least:
            model.add(finance + (less.finance if less else 0) >= rules.finance_least)
        if rules.outside_least:
            model.add(outside + (less.outside if less else 0) >= rules.outside_least)
        for unit, count in sorted(Counter(one.unit for one in pool).items()):
            if count > rules.unit_most:
                model.add(sum(seats[one.id, case] for one in pool if one.unit == unit) <= rules.unit_most)


def _solve(model: cp_model.CpModel, seed: int, effort: float) -> tuple[cp_model.CpSolver, int]:
    solver = cp_model.CpSolver()
    # Left on, it takes Ctrl-C from the program, and afterwards leaves it to kill the program untidied.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2  # 100 reviewers, 40 cases: proven best in 0.2 s, without it not in 11 s
    solver.parameters.max_deterministic_time = effort
    return solver, int(solver.solve(model))


def _each_alone(plan: _Plan) -> None:
    """Raises NoAssignment when a case could have no panel even with all its reviewers free for it."""
    lines: list[str] = []
    rules_failed: list[str] = []
    for case, rules in plan.cases.items():
        pool = plan.eligible[case]
        if not possible([], pool, rules):
            no: NoPanel = why_not([], pool, rules)
            lines.append(f"项目“{case}”：{no.message}")
            rules_failed += no.rules
    if lines:
        raise NoAssignment(tuple(dict.fromkeys(rules_failed)), "；".join(lines), tuple(lines))


def _why_not_all(plan: _Plan, seed: int, effort: float) -> NoAssignment:
    """Every case could have its panel, not all at once: what all cases want beside what all loads give, or, when the
    totals would do, the fewest seats, then experts of a kind, that are missing, case by case."""
    said = "每个项目单独都能组成专家组，但专家承担上限不够同时评审全部项目"
    lines = _short_in_total(plan) or _short_by_case(plan, seed, effort)
    return NoAssignment(("load",), "；".join([said, *lines]), tuple(lines))


def _short_in_total(plan: _Plan) -> list[str]:
    """Seats wanted by all cases that all loads together do not give; quick, where the solver would search long."""
    free = Counter(one.id for pool in plan.eligible.values() for one in pool)
    room = {id: min(one.most, free[id]) for id, one in plan.reviewers.items()}
    rules = plan.cases.values()
    kinds = (
        ("专家", sum(r.size for r in rules), list(room)),
        ("财务专家", sum(r.finance_least for r in rules), [i for i in room if plan.reviewers[i].candidate.finance]),
        ("市外专家", sum(r.outside_least for r in rules), [i for i in room if plan.reviewers[i].candidate.outside]),
    )
    return [
        f"{kind}共需 {wanted} 席，承担上限合计 {given} 席，差 {wanted - given} 席"
        for kind, wanted, ids in kinds
        if wanted > (given := sum(room[id] for id in ids))
    ]


def _short_by_case(plan: _Plan, seed: int, effort: float) -> list[str]:
    model = cp_model.CpModel()
    seats = _seats(model, plan)
    missing = {
        case: _Shortage(
            *(model.new_int_var(0, rules.size, f"{case} {kind}") for kind in ("seats", "finance", "outside"))
        )
        for case, rules in plan.cases.items()
    }
    _compose(model, plan, seats, missing)
    model.minimize(sum(100 * less.seats + less.finance + less.outside for less in missing.values()))
    solver, status = _solve(model, seed, effort)
    lines = []
    for case, less in missing.items() if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else ():
        numbers = ((less.seats, "名专家"), (less.finance, "名财务专家"), (less.outside, "名市外专家"))
        if short := [f"{solver.value(number)} {what}" for number, what in numbers if solver.value(number)]:
            lines.append(f"项目“{case}”还缺 {'、'.join(short)}")
    return lines
