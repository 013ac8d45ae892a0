"""Listings of other markets over the API: read only, each with its origin."""

from datetime import date, datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, Request
from triplehelix.market.exchange import finds
from triplehelix.market.exchange.models import ForeignListing

router = Router(tags=["market"])
WHAT = {"needs": "need", "achievements": "achievement"}
KIND_OF = {what: kind for kind, what in WHAT.items()}


class ForeignOut(Schema):
    id: int
    kind: shapes.Kind
    market: str = Field(description="name of the market in the protocol")
    market_name: str
    origin: str = Field(description="its id in its own market")
    revision: int
    url: str = Field(description="its page there; empty when that market gave none")
    title: str
    valid_until: date
    changed_at: datetime
    field: str = Field(description="our code, empty when our list does not know their word")
    chain: str
    region: str
    body: dict[str, Any] = Field(description="the public part as it came (docs/howto/exchange-with-another-market.md)")


class ForeignPage(Schema):
    items: list[ForeignOut]
    total: int


class ForeignFilter(Schema):
    kind: Literal["", "needs", "achievements"] = ""
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


def _one(row: ForeignListing) -> dict[str, Any]:
    plain = ("origin", "revision", "title", "valid_until", "changed_at", "field", "chain", "region", "body")
    own = {"id": row.pk, "kind": KIND_OF[row.what], "market": row.peer.market, "market_name": row.peer.name}
    return own | {"url": row.link} | {name: getattr(row, name) for name in plain}


@router.get("/foreign", response=ForeignPage, auth=PUBLIC, summary="其他市场的需求和成果")
def foreign(request: Request, chosen: Query[ForeignFilter]) -> Any:
    rows = finds.shown(WHAT[chosen.kind] if chosen.kind else "")
    page = rows[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [_one(row) for row in page], "total": rows.count()}


@router.get("/foreign/{int:pk}", response=ForeignOut, auth=PUBLIC, summary="其他市场的一条")
def one_foreign(request: Request, pk: int) -> Any:
    return _one(get_object_or_404(finds.shown(), pk=pk))
