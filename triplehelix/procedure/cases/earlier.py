"""What other cases have been given for the same thing: later arrivals are supplemented, a cap holds over its life."""

from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from triplehelix.foundation.text import folded
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.matter import written
from triplehelix.records.steps.actions import Refused

if TYPE_CHECKING:
    from triplehelix.procedure.cases.models import Case

#: A case that ended so was given nothing.
NOTHING_GIVEN = ("rejected", "withdrawn")
#: Of these counts what they have got and not paid back; of the others what was decided.
ENDED = ("terminated", "clawing", "clawed")
#: In a decision: the numbers of the cases whose grants it took off.
COUNTED = "given_in"


def given(case: "Case") -> int:
    """Fen that other cases of the award have for the same thing, less what was paid back to the treasury."""
    return sum(_amount(other) for other in counted(case))


def counted(case: "Case") -> "list[Case]":
    """The cases whose grants are taken off this one's. A supplement that has taken off this one's is not among them:
    each would count the other."""
    return [other for other in _others(case) if case.number not in other.decision.get(COUNTED, ())]


def not_larger(case: "Case", was_fen: int) -> None:
    """Decided anew, a case may not get more than the supplements that stand have taken off for it. Asked while `hold`
    lasts. Raises Refused."""
    later = [other.number for other in _others(case) if case.number in other.decision.get(COUNTED, ())]
    if later and int(case.granted_fen or 0) > was_fen:
        said = {"cases": "、".join(later)}
        raise Refused(_("%(cases)s 已按本件原来的金额补足：请先把它不予支持或撤销，再重新决定本件") % said)


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
    found = type(case)._default_manager.filter(award_code=case.award_code, granted_fen__isnull=False)
    if rule.whose == "own":
        found = found.filter(organisation=case.organisation_id)
    return [other for other in found.exclude(pk=case.pk).exclude(state__in=NOTHING_GIVEN) if _thing(other) == mine]


def _thing(case: "Case") -> str:
    rule = case.award.earlier
    return folded(written(case.award, rule.by, case.facts)) if rule is not None else ""


def _amount(case: "Case") -> int:
    return pay.kept(case) if case.state in ENDED else int(case.granted_fen or 0) - pay.refunded(case)
