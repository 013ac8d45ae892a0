"""A round's cases as claims on its money, for trying the money before it is promised (`fund.simulate`)."""

from datetime import date
from fractions import Fraction

from triplehelix.foundation.dated import NotInForce
from triplehelix.foundation.money import Fen
from triplehelix.fund.allocate import Claim, Mode
from triplehelix.fund.simulate import Assumption, Envelope, Scenario, compare
from triplehelix.procedure.cases import judge
from triplehelix.procedure.cases.models import Case, Round

#: States in which a case still asks for money of the round, or has it.
COUNTED = (
    "confirming", "checking", "reviewing", "deciding", "noticing", "on_notice", "objected", "agreeing", "paying",
    "pay_returned", "running", "accepting_results", "evaluating", "closed",
)  # fmt: skip


def tried(round: Round, claims: list[Claim], budget: Fen, growth: Fraction) -> tuple[Scenario, ...]:
    """Each of the four modes on the round's claims; `growth` is how many more come (1/10: a tenth more)."""
    envelope = Envelope(round.year, {round.award.use: budget}, claims)
    return compare(envelope, [Assumption(mode.label, mode, growth=growth) for mode in Mode])


def claims_of(round: Round, today: date) -> list[Claim]:
    """Every case that is entitled as far as anybody knows now, without a pool factor; those whose facts are not
    complete are left out. Whoever was not ranked by a panel comes after those who were."""
    cases = round.cases.filter(state__in=COUNTED).order_by("created_at", "pk")
    known = [(case, fen) for case in cases if (fen := _full(case, today)) is not None]
    return [
        Claim(case.number, Fen(fen), rank=case.review.get("place") or len(known) + n, arrived=n, use=round.award.use)
        for n, (case, fen) in enumerate(known, start=1)
    ]


def asking(round: Round) -> int:
    """How many cases ask for money of the round or have it, whether or not anybody can say yet how much."""
    return round.cases.filter(state__in=COUNTED).count()


def _full(case: Case, today: date) -> int | None:
    """Fen without a factor; None when nobody can say yet."""
    try:
        granted = judge.due(case, judge.judged(case, today, in_full=True))
    except (judge.Unreadable, NotInForce):
        return None
    return None if granted is None else int(granted)
