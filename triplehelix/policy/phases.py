"""A whole paid in parts that the policy fixes: 签约后拨付40%，中期评估通过后拨付30%，验收通过后拨付30%."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import Dated
from triplehelix.foundation.money import FEN_PER_UNIT, Fen
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.terms import Amount, value_on

YUAN = FEN_PER_UNIT["元"]


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the payments: after what it is made, and which part of the whole it is, a rate term."""

    name: str
    part: Amount


def check_phases(
    code: str, phases: tuple[Phase, ...], parts: Collection[str], facts: Collection[str], on: date
) -> None:  # fmt: skip
    """Whether an award can be paid so. Raises DeclarationError."""
    if not phases:
        return
    if "agreement" not in parts or "milestones" in facts:
        raise DeclarationError(
            f"{code}: phases are stages of an ordinary application whose parts have agreement, and which has no fact "
            f"milestones of its own"
        )
    known = [one.part.spec.value for one in phases]
    if all(isinstance(value, Dated) for value in known):
        whole = sum((Fraction(value_on(one.part.spec, on, {})) for one in phases), Fraction(0))
        if whole != 1:
            raise DeclarationError(f"{code}: its phases come to {whole} of the whole on {on}, not to 1")


def split(
    phases: tuple[Phase, ...], whole: Fen, on: date, decided: Mapping[str, Dated[Any]]
) -> Iterator[tuple[str, Fen]]:  # fmt: skip
    """Each phase with what is paid in it: in whole yuan, rounded down over all so far, so that none runs ahead of its
    part; the last has the rest, whatever parts an office has set. Raises Undecided, NotInForce."""
    before, part = 0, Fraction(0)
    for one in phases:
        part = min(part + Fraction(value_on(one.part.spec, on, decided)), Fraction(1))
        reached = int(whole) if one is phases[-1] else int(int(whole) * part / YUAN) * YUAN
        yield one.name, Fen(reached - before)
        before = reached
