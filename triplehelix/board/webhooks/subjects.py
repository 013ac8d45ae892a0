"""What a subscriber may be told of a subject, decided when it is told: by what the subscriber is to it then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from triplehelix.board.webhooks.access import SEES
from triplehelix.board.webhooks.events import NAMES
from triplehelix.board.webhooks.models import Hook
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts.access import PERSONAL, shown_state
from triplehelix.market.contracts.models import Sale
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.needs.models import Need
from triplehelix.procedure.cases.models import Case

#: Ways of seeing a subject, the fullest first.
PARTY, OFFICE, PUBLIC, NOTHING = "party", "office", "public", ""


@dataclass(frozen=True)
class Kind:
    """How one kind of subject is read: the organisations that are a party to it, the relations an office sees it by,
    whether anybody may, its number and title."""

    rows: Callable[[], "QuerySet[Any]"]
    parties: Callable[[Any], tuple[int | None, ...]]
    offices: frozenset[str]
    is_public: Callable[[Any], bool]
    number: Callable[[Any], str]
    title: Callable[[Any], str]
    #: The state as this owner of a hook (None: an office) is shown it.
    state: Callable[[Any, int | None], str] = lambda one, owner: one.state


def _listing(model: Any) -> Kind:
    return Kind(
        rows=lambda: model._default_manager.select_related("organisation"),
        parties=lambda one: (one.organisation_id,),
        offices=frozenset({"unit", "city", "auditor"}),
        is_public=lambda one: one.state == "published",
        number=lambda one: one.number,
        title=lambda one: one.title,
    )


def _not_public(_one: Any) -> bool:
    return False


KINDS: Mapping[str, Kind] = {
    Need.kind: _listing(Need),
    Achievement.kind: _listing(Achievement),
    Introduction.kind: Kind(
        rows=lambda: Introduction.objects.select_related("need", "achievement"),
        parties=lambda one: (one.need.organisation_id, one.achievement.organisation_id),
        offices=frozenset({"city", "auditor"}),
        is_public=_not_public,
        number=lambda one: one.number,
        title=lambda one: f"{one.need.title} × {one.achievement.title}",
    ),
    Sale.kind: Kind(
        rows=lambda: Sale.objects.select_related("achievement"),
        parties=lambda one: (one.seller_id, one.buyer_id),
        offices=frozenset({"city", "auditor"}),
        is_public=_not_public,
        number=lambda one: one.number,
        title=lambda one: one.achievement.title,
        state=lambda one, owner: shown_state(one, PERSONAL if owner in (None, one.seller_id) else frozenset()),
    ),
    Case.kind: Kind(
        rows=lambda: Case.objects.select_related("organisation", "round"),
        parties=lambda one: (one.organisation_id,),
        offices=frozenset({"county", "clerk", "finance", "auditor"}),
        is_public=_not_public,
        number=lambda one: one.number,
        title=lambda one: one.title,
    ),
}


def found(kind: str, ids: list[str]) -> dict[str, Any]:
    """These subjects as they are now."""
    return {str(row.pk): row for row in KINDS[kind].rows().filter(pk__in=[int(id) for id in ids])}


def seen_as(hook: Hook, kind: str, subject: Any, now: datetime) -> str:
    """PARTY, OFFICE, PUBLIC or NOTHING: what the owner of a hook is to a subject. Whoever made the hook must still act
    for its owner: `access.still_acts` is asked by the caller, once for many subjects."""
    read = KINDS[kind]
    if hook.organisation_id is not None and hook.organisation_id in read.parties(subject):
        return PARTY
    if hook.organisation_id is None and _as_office(hook, read, subject, now):
        return OFFICE
    return PUBLIC if read.is_public(subject) else NOTHING


def _as_office(hook: Hook, read: Kind, subject: Any, now: datetime) -> bool:
    """Whether it is the hook's own office that sees a subject: its maker may hold others, which the receiver is not."""
    may = read.offices & SEES[hook.role]
    if not may or (hook.role == "county_officer" and subject.organisation.unit != hook.unit):
        return False
    return bool(may & subject.relations_of(hook.created_by, now))


def told(kind: str, subject: Any, seen: str, owner: int | None) -> dict[str, Any]:
    """The content of a message: what the subject is and how it stands; everything more is asked for by the API.
    `owner` is the organisation of the hook, None for an office."""
    read = KINDS[kind]
    said: dict[str, Any] = {"kind": NAMES[kind], "id": subject.pk}
    if seen == NOTHING:
        # Gone from public view: that it was there is known, how it stands now is not the public's.
        return said
    said |= {"state": read.state(subject, owner), "version": subject.version, "title": read.title(subject)}
    if seen != PUBLIC:
        said["number"] = read.number(subject)
    return said | ({"url": f"{settings.SITE_URL}{subject.address()}"} if settings.SITE_URL else {})
