"""A round's cases as claims on its money, for trying the money before it is promised (`fund.simulate`)."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import Dated, NotInForce
from triplehelix.foundation.money import Fen
from triplehelix.fund.allocate import Claim, Mode, total
from triplehelix.fund.simulate import Assumption, Envelope, Scenario, compare
from triplehelix.procedure.cases import judge
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.cases.states import PUBLIC
from triplehelix.procedure.terms.finds import decided

#: States in which a case still asks for money of the round, or has it.
COUNTED = ("confirming", "checking", "reviewing", "site_check", "deciding", "noticing", *PUBLIC)


def tried(round: Round, claims: list[Claim], budget: Fen, growth: Fraction) -> tuple[Scenario, ...]:
    """Each of the four modes on the round's claims; `growth` is how many more come (1/10: a tenth more)."""
    envelope = Envelope(round.year, {round.award.use: budget}, claims)
    return compare(envelope, [Assumption(mode.label, mode, growth=growth) for mode in Mode])


def budget_of(round: Round, claims: list[Claim]) -> Fen:
    """What is tried first: the round's budget or, where none was set, all that is asked for."""
    return total(claim.amount for claim in claims) if round.budget_fen is None else Fen(round.budget_fen)


def claims_of(round: Round, today: date) -> list[Claim]:
    """Every case that is entitled as far as anybody knows now, without a pool factor; those whose facts are not
    complete are left out. Whoever was not ranked by a panel comes after those who were."""
    cases = round.cases.filter(state__in=COUNTED).select_related("organisation").order_by("created_at", "pk")
    terms = decided()
    known = [(case, fen) for case in cases if (fen := _full(case, today, terms)) is not None]
    return [
        Claim(case.number, Fen(fen), rank=case.review.get("place") or len(known) + n, arrived=n, use=round.award.use)
        for n, (case, fen) in enumerate(known, start=1)
    ]


def asking(round: Round) -> int:
    """How many cases ask for money of the round or have it, whether or not anybody can say yet how much."""
    return round.cases.filter(state__in=COUNTED).count()


def _full(case: Case, today: date, terms: Mapping[str, Dated[Any]]) -> int | None:
    """Fen without a factor; None when nobody can say yet."""
    try:
        granted = judge.due(case, judge.judged(case, today, in_full=True, terms=terms))
    except (judge.Unreadable, NotInForce):
        return None
    return None if granted is None else int(granted)
