"""Who gets what when more is asked for than there is: the four ways of domain R4, in whole fen, exactly.

Q1 to Q3 refuse what they do not grant, Q4 keeps it for next year. In Q1, Q2 and Q4 nobody is served while somebody
before is waiting: the first claim that does not fit gets what is left, if that is enough for it, and there it ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import FEN_PER_UNIT, Fen, largest_remainder

YUAN = FEN_PER_UNIT["元"]
ZERO = Fen(0)


class Mode(StrEnum):
    """How a budget that is too small is given out. `label` is for people."""

    FIRST_COME = "Q1"
    RANKED = "Q2"
    PRO_RATA = "Q3"
    QUEUED = "Q4"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Mode.FIRST_COME: _("先到先得"),
    Mode.RANKED: _("按名次拨付，用完为止"),
    Mode.PRO_RATA: _("按比例分摊"),
    Mode.QUEUED: _("顺延到下一年度"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody may ask for. `rank` is its place in the review, `arrived` in the queue; ties go by `id`.

    `minimum` is the least it can do with when money runs out; None: the whole amount or nothing. A share of Q3 may be
    less: there nobody is left out.
    """

    id: str
    amount: Fen
    rank: int = 0
    arrived: int = 0
    minimum: Fen | None = None
    use: str = ""

    @property
    def least(self) -> Fen:
        return self.amount if self.minimum is None else self.minimum


@dataclass(frozen=True, slots=True)
class Grant:
    """What a claim gets; `queued` is asked for again next year, the rest of it is refused."""

    claim: Claim
    granted: Fen = ZERO
    queued: Fen = ZERO

    @property
    def refused(self) -> Fen:
        return self.claim.amount - self.granted - self.queued


@dataclass(frozen=True, slots=True)
class Allocation:
    """All grants, in the order the claims were given in."""

    mode: Mode
    budget: Fen
    grants: tuple[Grant, ...]

    @property
    def asked(self) -> Fen:
        return total(one.claim.amount for one in self.grants)

    @property
    def granted(self) -> Fen:
        return total(one.granted for one in self.grants)

    @property
    def refused(self) -> Fen:
        return total(one.refused for one in self.grants)

    @property
    def queued(self) -> Fen:
        return total(one.queued for one in self.grants)

    @property
    def left(self) -> Fen:
        return self.budget - self.granted

    @property
    def served(self) -> int:
        """How many get anything."""
        return sum(one.granted > 0 for one in self.grants)

    @property
    def cut(self) -> int:
        """How many get less than they may ask for, and more than nothing."""
        return sum(0 < one.granted < one.claim.amount for one in self.grants)


def total(amounts: Iterable[Fen]) -> Fen:
    """The sum in fen."""
    return Fen(sum(map(int, amounts)))


def allocate(mode: Mode, budget: Fen, claims: Sequence[Claim], *, equal: bool = False) -> Allocation:
    """Give the budget out. `equal` is for Q3: what rounding down leaves over stays, so that equals get the same.

    Raises ValueError: a budget or claim below zero, an id given twice, a minimum above its claim.
    """
    _check(budget, claims)
    if mode is Mode.PRO_RATA:
        granted = _shared(budget, claims, equal)
    else:
        granted = _in_order(budget, sorted(claims, key=_by_rank if mode is Mode.RANKED else _by_arrival))
    later = mode is Mode.QUEUED
    queued = {one.id: one.amount - granted[one.id] if later else ZERO for one in claims}
    return Allocation(mode, Fen(budget), tuple(Grant(one, granted[one.id], queued[one.id]) for one in claims))


def _by_rank(claim: Claim) -> tuple[int, str]:
    return claim.rank, claim.id


def _by_arrival(claim: Claim) -> tuple[int, str]:
    return claim.arrived, claim.id


def _check(budget: Fen, claims: Sequence[Claim]) -> None:
    if budget < 0:
        raise ValueError(f"预算不能为负：{Fen(budget)}")
    if len({one.id for one in claims}) != len(claims):
        raise ValueError("每一项申请都要有一个不重复的编号")
    for one in claims:
        if not 0 <= one.least <= one.amount:
            raise ValueError(f"{one.id}：最低额 {one.least} 应在零与申请额 {one.amount} 之间")


def _in_order(budget: Fen, claims: Sequence[Claim]) -> dict[str, Fen]:
    found = dict.fromkeys((one.id for one in claims), ZERO)
    left = Fen(budget)
    for one in claims:
        found[one.id] = one.amount if one.amount <= left else left if one.least <= left else ZERO
        left = left - found[one.id]
        if found[one.id] < one.amount:
            break
    return found


def _shared(budget: Fen, claims: Sequence[Claim], equal: bool) -> dict[str, Fen]:
    """In whole yuan where all claims are whole yuan, else in fen: so no share can be above its claim.

    A share is below its claim, which is whole units, so one unit more than the share rounded down is not above it.
    """
    asked = total(one.amount for one in claims)
    if asked <= budget:
        return {one.id: one.amount for one in claims}
    unit = "分" if any(one.amount % YUAN for one in claims) else "元"
    step = FEN_PER_UNIT[unit]
    whole = int(budget) // step
    if equal:
        return {one.id: Fen(int(one.amount) * whole // int(asked) * step) for one in claims}
    shares = largest_remainder(Fen(whole * step), [int(o.amount) for o in claims], [o.id for o in claims], unit=unit)
    return dict(zip((one.id for one in claims), shares, strict=True))
