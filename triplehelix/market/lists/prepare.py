"""What a list would hold if it were published now: what goes in, what stays out and why, what changed. Read only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation import alike
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.flow import VALID_DAYS
from triplehelix.market.listings.models import Listing
from triplehelix.market.lists import digest, finds, values
from triplehelix.market.lists.models import ListEntry, PublishedList
from triplehelix.market.lists.rules import Wanted, kind_of, terms
from triplehelix.market.lists.table import public_reason
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.rules import Invalid

MODELS: dict[str, type[Listing]] = {"needs": Need, "achievements": Achievement}
#: More entries make no list: they would be cut off, and what was cut off would be told as gone.
MOST_ROWS = 20_000
#: Why an entry stays out, as stored; in words for the officer.
REASONS = {
    "unconfirmed": gettext_lazy("太久没有确认"),
    "expired": gettext_lazy("已过有效期"),
    "withdrawn": gettext_lazy("单位已撤下"),
    "submitted": gettext_lazy("等待主管部门核对"),
    "type": gettext_lazy("不是这份清单所列类型的单位"),
    "by_hand": gettext_lazy("本次不列入"),
    "elsewhere": gettext_lazy("不再属于这个范围"),
}


@dataclass(frozen=True)
class Row:
    """An entry that goes in. `change` and `before` as in ListEntry; `seq` is 0 when it is left out by hand."""

    seq: int
    listing: Listing
    confirmed_on: date
    values: dict[str, Any]
    change: str
    before: dict[str, Any]

    @property
    def title(self) -> str:
        return str(self.values["title"])


@dataclass(frozen=True)
class Out:
    """An entry that stays out. `reason` is a key of REASONS; `can_ask`: its owner puts that right by confirming."""

    listing: Listing
    reason: str
    confirmed_on: date | None

    @property
    def words(self) -> str:
        return str(REASONS[self.reason])

    @property
    def can_ask(self) -> bool:
        return self.reason in ("unconfirmed", "expired")


@dataclass(frozen=True)
class Preview:
    """`seen` names exactly this content, so that what is published is what was looked at; `alike` are pairs of rows."""

    wanted: Wanted
    rows: list[Row]
    out: list[Out]
    gone: list[dict[str, Any]]
    alike: list[tuple[Row, Row]]
    previous: PublishedList | None
    seen: str
    counts: Mapping[str, int] = field(default_factory=dict)


def preview(
    *, wanted: Wanted, now: datetime, leave_out: Collection[int] = (), replaces: PublishedList | None = None
) -> Preview:
    """Look at the market as it stands. `leave_out` are listings an officer has decided against. Raises Invalid at
    `scope` when it is more than a list holds."""
    inside, out = _sorted_out(wanted, now)
    previous = replaces or finds.latest(wanted.kind, wanted.scope, wanted.place)
    former = {entry.listing_id: entry for entry in previous.entries.all()} if previous else {}
    rows: list[Row] = []
    candidates = []
    for listing in inside:
        made = values.of(listing)
        candidates.append([listing.pk, listing.version, made])
        confirmed = timezone.localdate(listing.published_at)
        if listing.pk in leave_out:
            out.append(Out(listing, "by_hand", confirmed))
            continue
        change, before = _change(former.get(listing.pk), listing, made)
        rows.append(Row(len(rows) + 1, listing, confirmed, made, change, before))
    pairs = alike.pairs([(row.values["title"], row.values["text"]) for row in rows])
    changes = [row.change for row in rows]
    gone = _gone(former, rows, _left(wanted.kind, former, rows, out, now))
    return Preview(
        wanted, rows, out, gone, [(rows[a], rows[b]) for a, b in pairs], previous,
        digest.of([wanted.kind, wanted.scope, wanted.place, wanted.period.code, candidates]),
        {name: changes.count(name) for name in ("new", "changed", "same")} | {"gone": len(gone)},
    )  # fmt: skip


def in_scope(wanted: Wanted) -> "QuerySet[Any]":
    """Everything of the kind and place, in any state; organisations at hand."""
    rows = MODELS[wanted.kind]._default_manager.select_related("organisation")
    if wanted.scope == "chain":
        return rows.filter(chain=wanted.place)
    return rows.filter(organisation__unit=wanted.place) if wanted.scope == "unit" else rows


def _sorted_out(wanted: Wanted, now: datetime) -> tuple[list[Any], list[Out]]:
    """Entries that may stand in the list, ordered by chain, unit and age, and those that may not. Raises Invalid at
    `scope` when there are too many."""
    limit = now - timedelta(days=terms().confirmed_within)
    types = kind_of(wanted.kind).types
    recent = Q(state="expired", valid_until__gte=limit) | Q(state="withdrawn", list_entries__list__kind=wanted.kind)
    known = in_scope(wanted).filter(Q(published_at__isnull=True) | Q(published_at__lte=now))
    seen = known.filter(Q(state__in=("published", "submitted")) | recent).distinct()
    inside: list[Any] = []
    out: list[Out] = []
    for listing in seen.order_by("chain", "organisation__unit", "pk"):
        reason = _reason(listing, limit, types, now)
        if reason:
            confirmed = timezone.localdate(listing.published_at) if listing.published_at else None
            out.append(Out(listing, reason, confirmed))
        else:
            inside.append(listing)
    if len(inside) > MOST_ROWS:
        said = {"n": len(inside), "most": MOST_ROWS}
        raise Invalid({"scope": _("这个范围有 %(n)d 条，一份清单最多 %(most)d 条：请按产业链或县区分别发布") % said})
    return inside, out


def _reason(listing: Listing, limit: datetime, types: tuple[str, ...], now: datetime) -> str:
    if listing.organisation.type not in types:
        return "type"
    if listing.state in ("submitted", "withdrawn"):
        return listing.state
    if listing.state == "expired" or listing.valid_until is None or listing.valid_until < now:
        return "expired"
    return "unconfirmed" if listing.published_at is None or listing.published_at < limit else ""


def _change(former: ListEntry | None, listing: Listing, made: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if former is None:
        return "new", {}
    before = values.changes(former.values, made, values.unrepeated(listing))
    return ("changed" if before else "same"), before


def _left(kind: str, former: Mapping[int, ListEntry], rows: list[Row], out: list[Out], now: datetime) -> dict[int, str]:
    """Why entries are not in, by listing. What ran out long ago, or is a draft again, is not among what might go in: of
    the list before, it is looked up."""
    reasons = {one.listing.pk: one.reason for one in out}
    missing = former.keys() - reasons.keys() - {row.listing.pk for row in rows}
    if missing:
        known = MODELS[kind]._default_manager.filter(pk__in=missing).only("state", "published_at")
        reasons |= {listing.pk: _ended(listing, now) for listing in known}
    return reasons


def _ended(listing: Listing, now: datetime) -> str:
    """How a listing stands that might not go into any list. One that is a draft again has lost its last day, which is
    counted anew; whether an officer returned it is not for the public."""
    if listing.state == "draft" and listing.published_at is not None:
        return "expired" if listing.published_at + timedelta(days=VALID_DAYS) < now else "elsewhere"
    return listing.state if listing.state in ("expired", "withdrawn") else "elsewhere"


def _gone(former: Mapping[int, ListEntry], rows: list[Row], reasons: Mapping[int, str]) -> list[dict[str, Any]]:
    """What the list before had and this one has not; why, as far as the public may know it."""
    kept = {row.listing.pk for row in rows}
    return [
        {
            "listing": pk,
            "title": entry.values["title"],
            "organisation": entry.values["organisation"],
            "why": public_reason(reasons.get(pk, "")),
        }
        for pk, entry in former.items()
        if pk not in kept
    ]


def empty_words(found: Preview) -> str:
    """What to say when nothing is left to publish."""
    if any(one.can_ask for one in found.out):
        return _("没有可以列入的条目：现有的都需要单位先再次确认。请发信征询，确认后再发布")
    return _("这个范围里没有可以列入的条目，空清单不能发布")
