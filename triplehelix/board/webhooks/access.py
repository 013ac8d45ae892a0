"""Who looks after a webhook: the members of its organisation; of an office, the account that made it.

owner   may stop it, send again, read what was sent     auditor   reads that it exists, through the trail
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.board.webhooks.models import Hook
from triplehelix.foundation.outward import Networks
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

OWNER = "owner"
#: Offices whose programs may be told. Experts are told nothing: they see cases blind, one by one.
OFFICES = frozenset({"city_officer", "county_officer", "finance_officer", "auditor", "operator"})


#: The relations to a subject that belong to an office: another one its holder has as well tells it nothing.
SEES: Mapping[str, frozenset[str]] = {
    "city_officer": frozenset({"city", "clerk"}),
    "county_officer": frozenset({"unit", "county"}),
    "finance_officer": frozenset({"finance"}),
    "auditor": frozenset({"auditor"}),
    "operator": frozenset({"city"}),
}


def inside(organisation: int | None) -> Networks:
    """Private networks a webhook may lie in: of an organisation, which anybody may sign up for, or of an office."""
    found: Networks = settings.OUTWARD_NETWORKS if organisation is None else settings.WEBHOOK_NETWORKS
    return found


def visible(rows: QuerySet[Hook], actor: Account | None, on: date) -> QuerySet[Hook]:
    """The webhooks somebody may open; any other answers 404."""
    if actor is None or not actor.is_authenticated:
        return rows.none()
    own = [int(group.removeprefix("org:")) for group in audiences(actor, on) if group.startswith("org:")]
    return rows.filter(Q(organisation_id__in=own) | Q(organisation__isnull=True, created_by=actor))


def relations_of(hook: Hook, actor: Account | None, on: date) -> frozenset[str]:
    held = audiences(actor, on)
    if hook.organisation_id is not None:
        return frozenset({OWNER}) if f"org:{hook.organisation_id}" in held else frozenset()
    is_mine = actor is not None and actor.pk == hook.created_by_id and f"account:{actor.pk}" in held
    return frozenset({OWNER}) if is_mine else frozenset()


def still_acts(hook: Hook, on: date) -> bool:
    """Whether the account that made it still acts for its owner: a member, or in that very office."""
    held = audiences(hook.created_by, on)
    if hook.organisation_id is not None:
        return f"org:{hook.organisation_id}" in held
    # Of offices only a county's is held for its unit: the city's names its own region, and is the city's all the same.
    return f"role:{hook.role}" in held and (hook.role != "county_officer" or f"unit:{hook.unit}" in held)


def accounts_in(hook: Hook, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: the members of its organisation, or the account that made it for its office."""
    if hook.organisation is not None:
        return finds.members_of(hook.organisation, timezone.localdate(now))
    return [hook.created_by] if hook.created_by.is_active else []
