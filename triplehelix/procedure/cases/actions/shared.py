"""What every writer of cases does: lock, look who asks, write one row of the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.models import Case
from triplehelix.records.lines import line
from triplehelix.records.parties.models import Account
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused

__all__ = ["KIND", "line", "locked", "require_clerk", "saved"]

KIND = Case.kind


def locked(case: Case, actor: Account | None, now: datetime, *, by: frozenset[str], seen: int | None = None) -> Case:
    """The case as it now stands, locked. Raises Refused: changed since it was seen, or not for this person."""
    return acts.locked(case, actor, now, by=by, seen=seen, related=Case.related)


def require_clerk(actor: Account | None, now: datetime) -> None:
    """Raises Refused for anybody else than the city's science bureau; the system may."""
    if actor is not None and not access.is_clerk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以办理"))


def saved(
    case: Case, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any] | None = None, why: str = ""
) -> Case:
    """Save with the next version and the moment of the change, and say so in the trail."""
    case.changed_at = now
    return acts.saved(case, verb, actor, now, data, why)
