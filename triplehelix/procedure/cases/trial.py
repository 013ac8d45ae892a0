"""Trying a round's money before promising it: its cases as claims, under several assumptions side by side.

Nothing is written here; what is tried is what `fund.allocate` would give.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from triplehelix.foundation.dated import NotInForce
from triplehelix.foundation.money import Fen
from triplehelix.fund.allocate import Allocation, Claim, Mode, allocate
from triplehelix.procedure.cases import judge
from triplehelix.procedure.cases.models import Case, Round

#: States in which a case still asks for money of the round, or has it.
COUNTED = (
    "confirming", "checking", "reviewing", "deciding", "noticing", "on_notice", "objected", "agreeing", "paying",
    "pay_returned", "running", "accepting_results", "evaluating", "closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assumption:
    """One "what if": the money there is, how it is divided, by how much claims grow, and how many more come, each
    asking for `each` fen."""

    mode: Mode
    money: Fen
    growth: Fraction = Fraction(1)
    more: int = 0
    each: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an assumption comes to. `short` is what the claims ask beyond the money."""

    assumption: Assumption
    allocation: Allocation

    @property
    def claims(self) -> int:
        return len(self.allocation.grants)

    @property
    def short(self) -> Fen:
        return Fen(max(0, self.allocation.asked - self.assumption.money))


def compare(claims: Sequence[Claim], assumptions: Sequence[Assumption]) -> list[Outcome]:
    """Each assumption on the same claims, in the order given. Raises ValueError as `allocate` does."""
    return [Outcome(one, allocate(one.mode, one.money, _assumed(claims, one))) for one in assumptions]


def _assumed(claims: Sequence[Claim], what: Assumption) -> list[Claim]:
    last = len(claims)
    grown = [replace(one, amount=Fen(int(int(one.amount) * what.growth))) for one in claims]
    new = (Claim(f"+{n:05d}", Fen(what.each), rank=last + n, arrived=last + n) for n in range(1, what.more + 1))
    return [*grown, *new]


def claims_of(round: Round, today: date) -> list[Claim]:
    """Every case that is entitled as far as anybody knows now, without a pool factor; those whose facts are not
    complete are left out. Whoever was not ranked by a panel comes after those who were."""
    cases = round.cases.filter(state__in=COUNTED).order_by("created_at", "pk")
    known = [(case, fen) for case in cases if (fen := _full(case, today)) is not None]
    return [
        Claim(case.number, Fen(fen), rank=case.review.get("place") or len(known) + n, arrived=n)
        for n, (case, fen) in enumerate(known, start=1)
    ]


def _full(case: Case, today: date) -> int | None:
    """Fen without a factor; None when nobody can say yet."""
    if case.round is not None:
        case.round.facts = {}
    try:
        granted = judge.judged(case, today).granted
    except (judge.Unreadable, NotInForce):
        return None
    return None if granted is None else int(granted)
