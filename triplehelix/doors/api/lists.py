"""Published lists over the API: the same rows as the page and the files; and where officers look and publish."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request
from triplehelix.market.lists import actions, confirming, finds, prepare, rules, table
from triplehelix.market.lists.access import may_publish
from triplehelix.market.lists.models import PublishedList

router = Router(tags=["lists"])


class ListHead(Schema):
    id: int
    number: str
    title: str
    kind: shapes.Kind
    scope: str = Field(description="city, chain, unit")
    place: str = Field(description="code of the chain or unit; empty for the city")
    place_name: str
    period: str = Field(description="2026, 2026H2, 2026Q4, 2026-11")
    first: date
    last: date
    issuer: str
    published_at: datetime
    confirmed_within_days: int
    size: int
    digest: str = Field(description="sha-256 over the whole list, as recorded in the trail")
    why: str = Field(description="what a correction corrects")
    replaces: int | None
    replaced_by: int | None
    compared_with: int | None


class EntryOut(Schema):
    seq: int
    listing: int
    version: int
    confirmed_on: date
    change: str = Field(description="new, changed, same: against the list of compared_with")
    before: dict[str, Any] = Field(
        description="former values of what changed; null for words that are confidential now"
    )
    values: dict[str, Any] = Field(description="as they stood; price_fen in fen, null is 面议")
    cells: list[str] = Field(description="the row in words, under headings")


class ListOut(ListHead):
    headings: list[str]
    entries: list[EntryOut]
    gone: list[dict[str, Any]] = Field(
        description="listing, title, organisation; why: unconfirmed, expired, withdrawn, elsewhere"
    )


class ListPage(Schema):
    items: list[ListHead]
    total: int


class WantedIn(shapes.Given):
    """Which list; of a correction `replaces` names the list that was wrong, and the others are its own."""

    kind: shapes.Kind
    scope: Literal["city", "chain", "unit"]
    place: str = Field("", max_length=20, description="code of the chain or unit; empty for the city")
    period: str = Field(max_length=10, description="2026, 2026H2, 2026Q4, 2026-11")
    replaces: int | None = Field(None, ge=1, le=2**63 - 1)


class PublishIn(WantedIn):
    """What the officer decided when looking at the preview."""

    seen: str = Field(max_length=64, description="of the preview: what is published is what was looked at")
    leave_out: list[int] = Field([], max_length=20_000, description="listings decided against")
    left_why: str = Field("", max_length=300)
    not_alike: bool = Field(False, description="the pairs in `alike` were looked at and are not the same")
    why: str = Field("", max_length=300, description="更正说明; made public with the new list")


class RowOut(Schema):
    seq: int
    listing: int
    title: str
    confirmed_on: date
    change: str


class LeftOut(Schema):
    listing: int
    title: str
    reason: str = Field(description="unconfirmed, expired, withdrawn, submitted, type, by_hand, elsewhere")
    confirmed_on: date | None


class PreviewOut(Schema):
    seen: str = Field(description="to be sent with POST /lists")
    rows: list[RowOut]
    out: list[LeftOut]
    alike: list[tuple[int, int]] = Field(description="listings that look like one")
    gone: list[dict[str, Any]]


class ListAskedOut(Schema):
    asked: int = Field(description="of how many listings the owners were written to")


class ListFilter(Schema):
    kind: shapes.Kind | None = None
    chain: str = Field("", max_length=20)
    unit: str = Field("", max_length=20)
    year: int | None = Field(None, ge=2000, le=2099)
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


@router.get("/lists", response=ListPage, auth=PUBLIC, summary="已发布的清单")
def lists(request: Request, chosen: Query[ListFilter]) -> Any:
    chain, unit = (one.replace("\x00", "") for one in (chosen.chain, chosen.unit))
    rows = finds.narrowed(kind=chosen.kind or "", chain=chain, unit=unit, year=chosen.year)
    page = rows[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [table.head_data(one) for one in page], "total": rows.count()}


def _looked_for(request: Request, given: WantedIn) -> tuple[rules.Wanted, PublishedList | None]:
    """The list meant, and which one it corrects. Raises Http404 for who may not publish; Invalid at the fields."""
    today = timezone.localdate()
    if not may_publish(request.user, today):
        raise Http404
    replaces = get_object_or_404(PublishedList, pk=given.replaces) if given.replaces is not None else None
    return rules.wanted(given.dict(), today), replaces


@router.get("/lists/preview", response=PreviewOut, auth=SIGNED_IN, summary="清单如果现在发布会是什么样")
def preview(request: Request, asked: Query[WantedIn]) -> Any:
    wanted, replaces = _looked_for(request, asked)
    found = prepare.preview(wanted=wanted, now=timezone.now(), replaces=replaces)
    rows = [
        {"seq": one.seq, "listing": one.listing.pk, "title": one.title, "confirmed_on": one.confirmed_on,
         "change": one.change}
        for one in found.rows
    ]  # fmt: skip
    out = [
        {"listing": one.listing.pk, "title": one.listing.title, "reason": one.reason, "confirmed_on": one.confirmed_on}
        for one in found.out
    ]
    alike = [(a.listing.pk, b.listing.pk) for a, b in found.alike]
    return {"seen": found.seen, "rows": rows, "out": out, "alike": alike, "gone": found.gone}


@router.post("/lists", response={201: ListOut}, auth=SIGNED_IN, summary="发布看过的清单")
def publish(request: Request, given: PublishIn) -> Any:
    """409 when the market changed since the preview: look again. Published, it stays as it is; a correction is another
    list."""
    wanted, replaces = _looked_for(request, given)
    said = given.dict(include={"seen", "leave_out", "left_why", "not_alike", "why"})
    made = actions.publish(wanted=wanted, replaces=replaces, actor=request.user, now=timezone.now(), **said)
    found = get_object_or_404(finds.published(), pk=made.pk)
    return Status(201, table.data(found, list(found.entries.all())))


@router.post("/lists/ask", response=ListAskedOut, auth=SIGNED_IN, summary="征询未确认的单位")
def ask(request: Request, given: WantedIn) -> Any:
    wanted, _replaces = _looked_for(request, given)
    return {"asked": confirming.ask(wanted=wanted, actor=request.user, now=timezone.now())}


@router.get("/lists/{int:pk}", response=ListOut, auth=PUBLIC, summary="一份清单和它的条目")
def one_list(request: Request, pk: int) -> Any:
    found = get_object_or_404(finds.published(), pk=pk)
    return table.data(found, list(found.entries.all()))
