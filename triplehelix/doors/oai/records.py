"""What harvesters may see of an achievement, and when it last changed.

A record exists once an achievement has been published; it is deleted when the achievement is taken off the market, and
stays known as deleted for good, because no achievement is ever erased (`deletedRecord` persistent).

The datestamp is worked out: a published one changed when it was published, confirmed or edited; one past its validity
was deleted at the last valid moment, whether or not the hourly task has said so yet; one withdrawn or taken back to a
draft was deleted when the trail says so.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast, Coalesce, Greatest

from triplehelix.market.achievements.models import Achievement
from triplehelix.records.parties import reference
from triplehelix.records.trail.models import Entry

SECOND = timedelta(seconds=1)
#: What may stand in a set's name.
SPEC = re.compile(r"[A-Za-z0-9_.!~*'()-]+")
#: Steps after which an achievement is not public any more.
LEFT = ("withdraw", "take_down", "reopen", "expire", "recheck")
STAMP = DateTimeField()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a harvest stands: after the record with this datestamp and number."""

    stamp: datetime
    pk: int


def harvestable(now: datetime) -> "QuerySet[Any]":
    """Every achievement that has ever been published, with `stamp` and `is_live`, oldest change first."""
    left = Entry.objects.filter(
        subject_kind=Achievement.kind, subject_id=Cast(OuterRef("pk"), CharField()), verb__in=LEFT
    ).order_by("-n")
    live = Q(state="published", valid_until__gte=now)
    ran_out = Q(state__in=("published", "expired"), valid_until__lt=now)
    stamp = Case(
        When(live, then=Greatest("published_at", "changed_at")),
        When(ran_out, then=Greatest("published_at", "changed_at", "valid_until")),
        default=Coalesce(Subquery(left.values("at")[:1]), F("changed_at")),
        output_field=STAMP,
    )
    rows = Achievement.objects.filter(published_at__isnull=False).select_related("organisation")
    return rows.annotate(stamp=stamp).order_by("stamp", "pk")


def is_live(row: Any, now: datetime) -> bool:
    """Whether anybody may read it now."""
    return bool(row.state == "published" and row.valid_until >= now)


def between(rows: "QuerySet[Any]", first: datetime | None, last: datetime | None) -> "QuerySet[Any]":
    """Those that changed in whole seconds from `first` to `last`, both included."""
    if first is not None:
        rows = rows.filter(stamp__gte=first)
    return rows if last is None else rows.filter(stamp__lt=last + SECOND)


def after(rows: "QuerySet[Any]", place: Place | None) -> "QuerySet[Any]":
    """Those behind a place. A record that changes meanwhile moves to the end: it is met again, and none is missed."""
    if place is None:
        return rows
    return rows.filter(Q(stamp__gt=place.stamp) | Q(stamp=place.stamp, pk__gt=place.pk))


def sets() -> dict[str, str]:
    """Names of sets by their spec: by chain and by field, each under one that holds them all."""
    found = {"chain": "产业链"}
    found |= {f"chain:{one.code}": one.name for one in reference.chains() if SPEC.fullmatch(one.code)}
    found["field"] = "技术领域"
    return found | {f"field:{latin}": code for code, latin in _fields().items()}


def _fields() -> dict[str, str]:
    """Codes of fields by what they are called in a set's name: their `id`, where the code is no Latin word."""
    named = {one.code: str(one.more.get("id") or one.code) for one in reference.fields()}
    return {code: latin for code, latin in named.items() if SPEC.fullmatch(latin)}


def of_set(rows: "QuerySet[Any]", spec: str) -> "QuerySet[Any]":
    """The records of a set. Raises KeyError for one that does not exist."""
    if spec not in sets():
        raise KeyError(spec)
    kind, _colon, name = spec.partition(":")
    if kind == "chain":
        return rows.filter(chain=name) if name else rows.filter(chain__in=[one.code for one in reference.chains()])
    codes = [code for code, latin in _fields().items() if not name or latin == name]
    return rows.filter(field__in=codes)


def sets_of(row: Any) -> list[str]:
    """The sets a record stands in; those that hold them are implied."""
    found = [f"chain:{row.chain}"] if f"chain:{row.chain}" in sets() else []
    latin = _fields().get(row.field)
    return [*found, f"field:{latin}"] if latin else found
