"""What other cases have been given for the same thing: later arrivals are supplemented, a cap holds over its life."""

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import QuerySet

from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.matter import folded, written

if TYPE_CHECKING:
    from triplehelix.procedure.cases.models import Case

#: A case that ended so has given nothing, or all of it back.
NOTHING_GIVEN = ("rejected", "withdrawn", "clawed")


def given(case: "Case") -> int:
    """Fen decided for other cases of the award about the same thing, less what was paid back to the treasury.

    A project that was terminated counts with what it has got.
    """
    return sum(_amount(other) for other in _others(case))


def hold(case: "Case") -> None:
    """Nobody else decides about the same thing until this transaction ends: two at once would see the same rest."""
    if case.award.earlier is not None:
        key = f"{case.award_code}:{_thing(case)}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _others(case: "Case") -> "list[Case]":
    rule = case.award.earlier
    if rule is None or not (mine := _thing(case)):
        return []
    found: QuerySet[Case] = type(case)._default_manager.filter(award_code=case.award_code, granted_fen__isnull=False)
    if rule.whose == "own":
        found = found.filter(organisation=case.organisation_id)
    return [other for other in found.exclude(pk=case.pk).exclude(state__in=NOTHING_GIVEN) if _thing(other) == mine]


def _thing(case: "Case") -> str:
    rule = case.award.earlier
    return folded(written(case.award, rule.by, case.facts)) if rule is not None else ""


def _amount(case: "Case") -> int:
    left = pay.paid_or_ordered(case) if case.state in ("terminated", "clawing") else int(case.granted_fen or 0)
    return left - pay.refunded(case)
