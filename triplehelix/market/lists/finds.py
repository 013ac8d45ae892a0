"""Querysets of published lists."""

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast

from triplehelix.market.lists import digest
from triplehelix.market.lists.models import PublishedList
from triplehelix.market.lists.rules import Wanted
from triplehelix.records.trail.models import Entry


def published() -> "QuerySet[PublishedList]":
    """Every list, newest first, with what it replaces and what replaced it."""
    return PublishedList.objects.select_related("replaces", "replaced_by", "compared_with").order_by(
        "-published_at", "-pk"
    )


def narrowed(*, kind: str = "", chain: str = "", unit: str = "", year: int | None = None) -> "QuerySet[PublishedList]":
    """Lists of a kind, a chain, a county or zone, a year; empty means any."""
    rows = published()
    if kind:
        rows = rows.filter(kind=kind)
    if chain:
        rows = rows.filter(scope="chain", place=chain)
    if unit:
        rows = rows.filter(scope="unit", place=unit)
    return rows.filter(year=year) if year else rows


def latest(kind: str, scope: str, place: str) -> PublishedList | None:
    """The newest list of the same kind and scope that no other has replaced: what the next one is compared with."""
    rows = PublishedList.objects.filter(kind=kind, scope=scope, place=place, replaced_by__isnull=True)
    return rows.order_by("-published_at", "-pk").first()


def of_period(wanted: Wanted) -> PublishedList | None:
    """The list of this scope and period that stands: another of the same can only correct it."""
    rows = PublishedList.objects.filter(kind=wanted.kind, scope=wanted.scope, place=wanted.place, replaced_by=None)
    return rows.filter(period=wanted.period.code).first()


def is_whole(found: PublishedList) -> bool:
    """Whether the list still says what it said: its digest, worked out again."""
    return digest.of_list(found, list(found.entries.all())) == found.digest


def altered() -> list[PublishedList]:
    """Published lists that no longer say what they said, or whose digest is not the one in the trail, oldest first.

    List and trail are read in one statement: one that is published meanwhile has both or neither.
    """
    written = Entry.objects.filter(
        subject_kind=PublishedList.trail_kind, verb="publish", subject_id=Cast(OuterRef("pk"), CharField())
    )
    rows = PublishedList.objects.annotate(said=Subquery(written.values("data__digest")[:1]))
    rows = rows.select_related("replaces", "compared_with").order_by("pk").prefetch_related("entries")
    return [one for one in rows.iterator(chunk_size=100) if one.said != one.digest or not is_whole(one)]
