"""Published lists over the API: the same rows as the page and the files."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, Request
from triplehelix.market.lists import finds, table

router = Router(tags=["lists"])
PROBLEMS = dict.fromkeys((400, 401, 404, 422), shapes.Problem)


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
    gone: list[dict[str, Any]]


class ListPage(Schema):
    items: list[ListHead]
    total: int


class Chosen(Schema):
    kind: shapes.Kind | None = None
    chain: str = Field("", max_length=20)
    unit: str = Field("", max_length=20)
    year: int | None = Field(None, ge=2000, le=2099)
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


@router.get("/lists", response={200: ListPage, **PROBLEMS}, auth=PUBLIC, summary="已发布的清单")
def lists(request: Request, chosen: Query[Chosen]) -> Any:
    chain, unit = (one.replace("\x00", "") for one in (chosen.chain, chosen.unit))
    rows = finds.narrowed(kind=chosen.kind or "", chain=chain, unit=unit, year=chosen.year)
    page = rows[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [table.head_data(one) for one in page], "total": rows.count()}


@router.get("/lists/{int:pk}", response={200: ListOut, **PROBLEMS}, auth=PUBLIC, summary="一份清单和它的条目")
def one_list(request: Request, pk: int) -> Any:
    found = get_object_or_404(finds.published(), pk=pk)
    return table.data(found, list(found.entries.all()))
