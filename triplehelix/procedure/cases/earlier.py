"""What other cases have been given for the same thing: later arrivals are supplemented, a cap holds over its life or a
year, a level is rewarded once."""

from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.foundation.text import folded
from triplehelix.policy.award import Award
from triplehelix.policy.facts import Money, Number
from triplehelix.policy.once import Earlier
from triplehelix.procedure.cases import pay, same
from triplehelix.procedure.cases.keys import key_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import FAILED, NOT_SUPPORTED
from triplehelix.records.alone import alone
from triplehelix.records.parties.finds import family
from triplehelix.records.steps.actions import Refused

#: So many turns there are for all things together; two things may share one, and then wait for nothing. A list of
#: candidates holds thousands, and the database has room for some thousands of locks for everybody.
PLACES = 2048
#: In a decision: the numbers of the cases whose grants it took off.
COUNTED = "given_in"


def keys_of(award: Award) -> dict[str, Earlier]:
    """The keys of the facts that earlier grants tell, each with its rule; none where they do not count."""
    return {award.fact(rule.tells).key: rule for rule in award.earlier}


def told(case: Case, rule: Earlier) -> Any:
    """The fact a rule of the award tells, as it would be sent: what others have got, or what theirs said."""
    if not rule.what:
        return Fen(given(case, rule)).yuan
    found = [_said(other, rule.what) for other in counted(case, rule) if _amount(other) > 0]
    fact = case.award.fact(rule.what)
    if isinstance(fact, Number):
        whole = int(sum(found))
        return Fen(whole).yuan if isinstance(fact, Money) else whole
    return list(dict.fromkeys(found))


def given(case: Case, rule: Earlier) -> int:
    """Fen that other cases have for the same thing, less what was paid back to the treasury."""
    return sum(_amount(other) for other in counted(case, rule))


def taken(case: Case, rule: Earlier) -> int:
    """Fen that all others have for the same thing, whether their grants are taken off or shared with it: a cap has left
    what these leave."""
    return sum(_amount(other) for other in _others(case, rule))


def numbers(case: Case) -> list[str]:
    """The cases whose grants or words this one's decision rests on, by whichever rule."""
    return list(dict.fromkeys(one.number for rule in case.award.earlier for one in counted(case, rule)))


def counted(case: Case, rule: Earlier) -> list[Case]:
    """The cases whose grants are taken off this one's. A supplement that has taken off this one's is not among them:
    each would count the other. Nor is a unit that shares with this one: what each gets of what is left, the table says.
    """
    return [
        other for other in _others(case, rule)
        if case.number not in other.decision.get(COUNTED, ()) and not shares_with(case, other)
    ]  # fmt: skip


def shares_with(case: Case, other: Case) -> bool:
    """Whether the other's unit stands in this one's table of units: one year's award of one thing, shared by both."""
    if case.award.shared is None or other.year != case.year:
        return False
    return folded(other.organisation.uscc) in units_of(case)


def units_of(case: Case) -> frozenset[str]:
    """The units of a shared award as its table numbers them, by their credit codes."""
    shared = case.award.shared
    rows = case.facts.get(getattr(shared.table, "key", "")) if shared is not None else None
    return frozenset(
        folded(str(row.get("id", ""))) for row in rows if isinstance(row, dict)
    ) if isinstance(rows, list) else frozenset()  # fmt: skip


def not_larger(case: Case, was_fen: int, fen: int | None = None) -> None:
    """Decided anew, a case may not get more (`fen`, or what is granted) than the supplements that stand have taken off
    for it. Asked while `hold` lasts. Raises Refused."""
    found = (other for rule in case.award.earlier for other in _others(case, rule))
    later = list(dict.fromkeys(one.number for one in found if case.number in one.decision.get(COUNTED, ())))
    if later and int(case.granted_fen or 0 if fen is None else fen) > was_fen:
        said = {"cases": "、".join(later)}
        raise Refused(_("%(cases)s 已按本件原来的金额补足：请先把它不予支持或撤销，再重新决定本件") % said)


def hold(*cases: Case) -> None:
    """Nobody else decides about the same things until this transaction ends: two at once would see the same rest.
    Awards that count each other hold the same. Who decides about several cases holds for all of them first, and
    whoever holds and then touches money holds before it locks a purse: so no two wait for each other."""
    alone(*(_thing(case, rule) for case in cases for rule in case.award.earlier))


def _thing(case: Case, rule: Earlier) -> str:
    own = case.organisation.standing_id if rule.whose == "own" else ""
    thing = f"{'+'.join(_awards(case, rule))}:{own}:{key_of(case.award, rule.by, case.facts)}"
    return f"thing {crc32(thing.encode()) % PLACES}"


def _awards(case: Case, rule: Earlier) -> list[str]:
    """The awards that count each other, in one order whichever of them asks."""
    return sorted({case.award_code, *rule.awards})


def hold_leader(case: Case) -> None:
    """Nobody else decides about another project of the same person until this transaction ends: each would count the
    same ones."""
    if case.leader_id is not None:
        alone(f"leader:{case.leader_id}")


def hold_quota(case: Case) -> None:
    """Nobody else hands in to the round for the same applicant until this transaction ends: each would count the same
    cases."""
    alone(f"quota:{case.round_id}:{case.organisation.standing_id}")


def _others(case: Case, rule: Earlier) -> list[Case]:
    found = type(case)._default_manager.filter(award_code__in=_awards(case, rule), granted_fen__isnull=False)
    if rule.whose == "own":
        found = found.filter(family(case.organisation))
    if rule.this_year:
        found = found.filter(year=case.year)
    found = found.exclude(pk=case.pk).exclude(state__in=NOT_SUPPORTED).select_related("organisation")
    return same.alike(found, rule.by, key_of(case.award, rule.by, case.facts)) if rule.by else list(found)


def _said(case: Case, code: str) -> Any:
    """What a case said of the fact: a number, or a code."""
    fact = case.award.fact(code)
    return fact.read(case.facts[fact.key])


def _amount(case: Case) -> int:
    """Fen: of one that failed what it has got and not paid back, of any other what was decided less what came back."""
    return pay.kept(case) if case.state in FAILED else int(case.granted_fen or 0) - pay.refunded(case)
