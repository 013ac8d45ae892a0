"""What every writer of cases does: lock, look who asks, write one row of the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM, Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept as trail_kept

KIND = Case.kind


def locked(case: Case, actor: Account | None, now: datetime, *, by: frozenset[str], seen: int | None = None) -> Case:
    """The case as it now stands, locked. Raises Refused: changed since it was seen, or not for this person."""
    held = Case.objects.select_for_update(of=("self",)).select_related("organisation", "round").get(pk=case.pk)
    if seen is not None and held.version != seen:
        raise Refused(_("别人刚刚办理过这一件，请先看最新情况"))
    own = frozenset({SYSTEM}) if actor is None else held.relations_of(actor, now)
    if not own & (by | {SYSTEM}):
        raise Refused(_("您无权办理这一步"))
    return held


def require_clerk(actor: Account | None, now: datetime) -> None:
    """Raises Refused for anybody else than the city's science bureau; the system may."""
    if actor is not None and not access.is_clerk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以办理"))


def saved(
    case: Case, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any] | None = None, why: str = ""
) -> Case:
    """Save with the next version, and say so in the trail."""
    case.version += 1
    case.changed_at = now
    case.save()
    said = {"version": case.version, **(data or {}), **trail_kept.said(case.kept_values())}
    trail.record(kind=KIND, id=str(case.pk), verb=verb, actor=actor, now=now, data=said, why=why)
    return case


def line(text: str, label: str, most: int, errors: dict[str, str], key: str, *, must: bool = True) -> str:
    """One line of text, blanks evened out; what is wrong with it goes to `errors`."""
    found = " ".join(text.split())
    if must and not found:
        errors[key] = _("请填写%(what)s") % {"what": label}
    elif len(found) > most or "\x00" in found:
        errors[key] = _("%(what)s最多 %(most)d 个字") % {"what": label, "most": most}
    return found
