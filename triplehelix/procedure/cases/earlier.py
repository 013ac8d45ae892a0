"""What other cases have been given for the same thing: later arrivals are supplemented, a cap holds over its life or a
year, a level is rewarded once."""

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.foundation.text import folded
from triplehelix.policy.facts import Fact
from triplehelix.procedure.cases import pay, same
from triplehelix.procedure.cases.states import FAILED, NOT_SUPPORTED
from triplehelix.records.parties.finds import family
from triplehelix.records.steps.actions import Refused

if TYPE_CHECKING:
    from triplehelix.procedure.cases.models import Case

#: In a decision: the numbers of the cases whose grants it took off.
COUNTED = "given_in"


def told(case: "Case") -> Any:
    """The fact the award's `earlier` tells, as it would be sent: what others have got, or what theirs said."""
    rule = case.award.earlier
    assert rule is not None
    if not rule.what:
        return Fen(given(case)).yuan
    fact = case.award.fact(rule.what)
    return list(dict.fromkeys(_plain(fact, other) for other in counted(case) if _amount(other) > 0))


def given(case: "Case") -> int:
    """Fen that other cases of the award have for the same thing, less what was paid back to the treasury."""
    return sum(_amount(other) for other in counted(case))


def taken(case: "Case") -> int:
    """Fen that all others have for the same thing, whether their grants are taken off or shared with it: a cap has left
    what these leave."""
    return sum(_amount(other) for other in _others(case))


def counted(case: "Case") -> "list[Case]":
    """The cases whose grants are taken off this one's. A supplement that has taken off this one's is not among them:
    each would count the other. Nor is a unit that shares with this one: what each gets of what is left, the table says.
    """
    return [
        other for other in _others(case)
        if case.number not in other.decision.get(COUNTED, ()) and not shares_with(case, other)
    ]  # fmt: skip


def shares_with(case: "Case", other: "Case") -> bool:
    """Whether the other's unit stands in this one's table of units: one year's award of one thing, shared by both."""
    if case.award.shared is None or other.year != case.year:
        return False
    return folded(other.organisation.uscc) in units_of(case)


def units_of(case: "Case") -> frozenset[str]:
    """The units of a shared award as its table numbers them, by their credit codes."""
    shared = case.award.shared
    rows = case.facts.get(getattr(shared.table, "key", "")) if shared is not None else None
    return frozenset(
        folded(str(row.get("id", ""))) for row in rows if isinstance(row, dict)
    ) if isinstance(rows, list) else frozenset()  # fmt: skip


def not_larger(case: "Case", was_fen: int, fen: int | None = None) -> None:
    """Decided anew, a case may not get more (`fen`, or what is granted) than the supplements that stand have taken off
    for it. Asked while `hold` lasts. Raises Refused."""
    later = [other.number for other in _others(case) if case.number in other.decision.get(COUNTED, ())]
    if later and int(case.granted_fen or 0 if fen is None else fen) > was_fen:
        said = {"cases": "、".join(later)}
        raise Refused(_("%(cases)s 已按本件原来的金额补足：请先把它不予支持或撤销，再重新决定本件") % said)


def hold(case: "Case") -> None:
    """Nobody else decides about the same thing until this transaction ends: two at once would see the same rest."""
    rule = case.award.earlier
    if rule is not None:
        own = case.organisation.standing_id if rule.whose == "own" else ""
        key = f"{case.award_code}:{own}:{same.key_of(case.award, rule.by, case.facts)}"
        _alone(key)


def hold_leader(case: "Case") -> None:
    """Nobody else decides about another project of the same person until this transaction ends: each would count the
    same ones."""
    if case.leader_id is not None:
        _alone(f"leader:{case.leader_id}")


def _alone(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _others(case: "Case") -> "list[Case]":
    rule = case.award.earlier
    if rule is None:
        return []
    found = type(case)._default_manager.filter(award_code=case.award_code, granted_fen__isnull=False)
    if rule.whose == "own":
        found = found.filter(family(case.organisation))
    if rule.this_year:
        found = found.filter(year=case.year)
    found = found.exclude(pk=case.pk).exclude(state__in=NOT_SUPPORTED).select_related("organisation")
    return same.alike(found, rule.by, same.key_of(case.award, rule.by, case.facts)) if rule.by else list(found)


def _plain(fact: Fact, case: "Case") -> Any:
    return fact.plain(fact.read(case.facts[fact.key]))


def _amount(case: "Case") -> int:
    """Fen: of one that failed what it has got and not paid back, of any other what was decided less what came back."""
    return pay.kept(case) if case.state in FAILED else int(case.granted_fen or 0) - pay.refunded(case)
