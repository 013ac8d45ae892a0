"""A year's money tried before it is promised: all its uses, under several assumptions, side by side.

Pure: claims come in as they are or as somebody expects them, nothing is read or written. Rates are exact fractions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from triplehelix.foundation.money import Fen
from triplehelix.fund.allocate import Claim, Mode, allocate, total

Rate = Fraction | Decimal | int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What there is in a year by use, and what is asked for; a claim names its use."""

    year: int
    budgets: Mapping[str, Fen]
    claims: Sequence[Claim]


@dataclass(frozen=True, slots=True)
class Assumption:
    """One "what if". `mode` holds for every use that `modes` does not name.

    `factor` is the pool factor: every claim times it, rounded down to whole yuan. `growth` is how many more claims
    come (1/10: a tenth more; below zero: fewer). `budgets` replaces those of the envelope, `equal` is as in `allocate`.
    """

    name: str
    mode: Mode = Mode.RANKED
    modes: Mapping[str, Mode] = field(default_factory=dict)
    factor: Rate = 1
    growth: Rate = 0
    budgets: Mapping[str, Fen] = field(default_factory=dict)
    equal: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One use under one assumption, or all of them together (`use` empty, no mode)."""

    use: str
    mode: Mode | None
    budget: Fen
    asked: Fen
    granted: Fen
    refused: Fen
    queued: Fen
    left: Fen
    claims: int
    served: int
    cut: int

    @property
    def short(self) -> Fen:
        """What would have to be added for everybody to get everything."""
        return self.asked - self.granted


@dataclass(frozen=True, slots=True)
class Scenario:
    """An assumption and what follows: a line for each use, in the order of the envelope, and their sum."""

    assumption: Assumption
    lines: tuple[Line, ...]
    total: Line

    def line(self, use: str) -> Line:
        return next(one for one in self.lines if one.use == use)


def compare(envelope: Envelope, assumptions: Sequence[Assumption]) -> tuple[Scenario, ...]:
    """Every assumption on the same envelope. Raises ValueError: a claim on a use without a budget, a use unknown to
    the envelope, a rate that is a float or leaves less than nothing, and what `allocate` refuses."""
    return tuple(_tried(envelope, one) for one in assumptions)


def _tried(envelope: Envelope, what: Assumption) -> Scenario:
    _check(envelope, what)
    lines = []
    for use, budget in envelope.budgets.items():
        claims = grown([one for one in envelope.claims if one.use == use], what.growth)
        lines.append(_line(use, what.budgets.get(use, budget), [_reduced(one, what.factor) for one in claims], what))
    return Scenario(what, tuple(lines), _sum(lines))


def _check(envelope: Envelope, what: Assumption) -> None:
    known = envelope.budgets.keys()
    if unknown := sorted(({one.use for one in envelope.claims} | {*what.modes, *what.budgets}) - known):
        raise ValueError(f"{envelope.year} 年没有这些用途的预算：{'、'.join(unknown)}")
    for rate, least in ((what.factor, 0), (what.growth, -1)):
        if isinstance(rate, float) or rate < least:
            raise ValueError(f"“{what.name}”：比例 {rate} 应是不小于 {least} 的分数")


def grown(claims: Sequence[Claim], growth: Rate) -> list[Claim]:
    """As many claims as the rate gives, rounded down. More: the claims once more from the first, each behind everybody
    who arrived and right behind its model in rank. Fewer: every so many-th is left out, evenly over the list."""
    wanted = int(len(claims) * (1 + Fraction(growth)))
    if wanted <= len(claims):
        return [claims[place * len(claims) // wanted] for place in range(wanted)]
    last = max(one.arrived for one in claims)
    found = list(claims)
    for n in range(len(claims), wanted):
        model = claims[n % len(claims)]
        found.append(replace(model, id=f"{model.id}+{n // len(claims)}", arrived=last + 1 + n - len(claims)))
    return found


def _reduced(claim: Claim, factor: Rate) -> Claim:
    if factor == 1:
        return claim
    amount = claim.amount.times(Fraction(factor))
    return replace(claim, amount=amount, minimum=None if claim.minimum is None else min(claim.minimum, amount))


def _line(use: str, budget: Fen, claims: Sequence[Claim], what: Assumption) -> Line:
    mode = what.modes.get(use, what.mode)
    found = allocate(mode, budget, claims, equal=what.equal)
    return Line(
        use, mode, budget, found.asked, found.granted, found.refused, found.queued, found.left,
        len(claims), found.served, found.cut,
    )  # fmt: skip


def _sum(lines: Sequence[Line]) -> Line:
    names = ("budget", "asked", "granted", "refused", "queued", "left")
    amounts = {name: total(getattr(one, name) for one in lines) for name in names}
    counts = {name: sum(getattr(one, name) for one in lines) for name in ("claims", "served", "cut")}
    return Line(use="", mode=None, **amounts, **counts)
