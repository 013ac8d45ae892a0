"""What every writer of finance cases does: lock, look who asks, write one row of the trail."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance import access
from triplehelix.market.finance.models import Application, Claim, Institution, Loan
from triplehelix.market.finance.rules import checked
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties.models import Account
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.steps.acts import tell

__all__ = [
    "checked",
    "city_only",
    "contract_of",
    "drop",
    "drop_claims",
    "go",
    "locked",
    "own_desk",
    "remind_firm",
    "saved",
    "tell",
]


RELATED = ("lead__organisation", "institution__organisation")


def locked(
    case: Application, actor: Account | None, now: datetime, *, by: set[str], seen: int, states: set[str]
) -> Application:
    """The case as it now stands, locked. Raises Refused: changed since it was seen, not for this person, not now."""
    return acts.locked(case, actor, now, by=by, seen=seen, states=states, related=RELATED)


def contract_of(case: Application) -> Loan:
    """The case's contract. Raises Refused when there is none."""
    if case.loan is None:
        raise Refused(_("还没有登记合同"))
    return case.loan


def saved(
    case: Application, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any] | None = None,
    why: str = "",
) -> Application:  # fmt: skip
    """Save with the next version and the moment of the change, and say so in the trail."""
    case.changed_at = now
    return acts.saved(case, verb, actor, now, data, why)


def go(case: Application, step: str, actor: Account | None, now: datetime, note: str = "") -> Application:
    """Take a step of a case that this transaction holds locked."""
    return take(case=case, step=step, actor=actor, now=now, seen_version=case.version, note=note)


@transaction.atomic
def remind_firm(
    case: Application, what: str, words: Callable[[], tuple[str, str]], *, since: datetime, now: datetime
) -> bool:
    """A letter to the firm's people, once since that moment. `words`: subject and body in the reader's language."""
    if outbox.told(kind=f"{case.kind}.{what}", cause_kind=case.kind, cause_id=str(case.pk), since=since):
        return False
    tell(case, what, (access.FIRM,), words, now)
    return True


def drop_claims(case: Application, kinds: Iterable[str], why: str, actor: Account | None, now: datetime) -> Application:
    """Claims of these kinds whose ground has gone are void, and are not offered to an application any more."""
    return drop(case, contract_of(case).claims.filter(kind__in=kinds), why, actor, now)


def drop(case: Application, rows: QuerySet[Claim], why: str, actor: Account | None, now: datetime) -> Application:
    """The same of these claims of the case's contract."""
    for row in rows.select_for_update(of=("self",)).filter(void_why=""):
        row.void_why = why[:200]
        row.save(update_fields=["void_why"])
        case = saved(case, "void_claim", actor, now, {"claim": row.kind, "fen": row.amount_fen}, row.void_why)
    return case


def city_only(actor: Account | None, now: datetime) -> date:
    """Today, for officers of the city and the program itself. Raises Refused."""
    today = timezone.localdate(now)
    if actor is not None and not access.is_city(actor, today):
        raise Refused(_("只有市科技局工作人员可以这样办"))
    return today


def own_desk(institution: Institution, actor: Account | None, now: datetime) -> date:
    """Today, for members of a registered institution. Raises Refused."""
    today = timezone.localdate(now)
    if actor is not None and not access.desk_of(actor, today).filter(pk=institution.pk).exists():
        raise Refused(_("只有本机构的人可以这样办"))
    return today
