"""What waits to be decided of other markets' statements: conflicts, listings not to be shown; and what was refused."""

from datetime import datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.exchange_peers import keeping, peer_of, watching
from triplehelix.market.exchange import actions, finds
from triplehelix.market.exchange.models import Conflict, ForeignListing, Refused

router = Router(tags=["exchange"])


class ConflictLine(Schema):
    """`decision` empty while it waits."""

    id: int
    peer: int
    why: str = Field(description="same_revision, seq_reused")
    origin: str
    revision: int
    title: str
    found_at: datetime
    decision: str = Field(description="keep, take")


class ConflictOut(ConflictLine):
    listing: int | None = Field(description="of /foreign/{id}")
    had: dict[str, Any] = Field(description="the content that is here")
    came: dict[str, Any] = Field(description="the content that came later")
    decided_at: datetime | None
    note: str


class ConflictPage(Schema):
    items: list[ConflictLine]
    total: int


class OfPeer(shapes.Part):
    peer: int | None = Field(None, ge=1, le=2**63 - 1)


class ConflictsAsked(OfPeer):
    waiting: bool = Field(False, description="only those that wait to be decided")


class DecideIn(shapes.Given):
    decision: Literal["keep", "take"]
    note: str = Field(max_length=300, description="why; kept, not public")


class NoteIn(shapes.Given):
    note: str = Field(max_length=300, description="why; kept, not public")


class RefusedOut(Schema):
    """Refusals of one kind in one hour. `peer` null where nobody known was named; `detail` is the latest one's."""

    peer: int | None
    code: str
    words: str
    count: int
    detail: str
    first_at: datetime
    last_at: datetime


class RefusedPage(Schema):
    items: list[RefusedOut]
    total: int


def _line(one: Conflict) -> dict[str, Any]:
    plain = ("why", "origin", "revision", "found_at", "decision")
    own = {"id": one.pk, "peer": one.peer_id, "title": str(one.had.get("title", ""))}
    return own | {name: getattr(one, name) for name in plain}


def _conflict(one: Conflict) -> dict[str, Any]:
    plain = ("had", "came", "decided_at", "note")
    return _line(one) | {"listing": one.listing_id} | {name: getattr(one, name) for name in plain}


def _refused(one: Refused) -> dict[str, Any]:
    names = ("code", "count", "detail", "first_at", "last_at")
    return {"peer": one.peer_id, "words": str(one.words)} | {name: getattr(one, name) for name in names}


@router.get("/exchange/conflicts", response=ConflictPage, auth=SIGNED_IN, summary="交换中的冲突")
def conflicts(request: Request, asked: Query[ConflictsAsked]) -> Any:
    """Those that wait first."""
    watching(request)
    rows = finds.conflicts(peer_of(asked.peer) if asked.peer else None)
    return shapes.cut(rows.filter(decision="") if asked.waiting else rows, asked, _line)


@router.get(
    "/exchange/conflicts/{int:pk}",
    response=ConflictOut,
    auth=SIGNED_IN,
    summary="一个冲突的两份内容",
)
def conflict(request: Request, pk: int) -> Any:
    watching(request)
    return _conflict(get_object_or_404(finds.conflicts(), pk=pk))


@router.post("/exchange/conflicts/{int:pk}/decide", response=ConflictOut, auth=SIGNED_IN, summary="处理一个冲突")
def decide(request: Request, pk: int, given: DecideIn) -> Any:
    """409 where it was decided already, or the market has sent a newer revision since."""
    who = keeping(request)
    return _conflict(actions.decide(conflict=get_object_or_404(finds.conflicts(), pk=pk), **given.dict(), **who))


@router.get("/exchange/refusals", response=RefusedPage, auth=SIGNED_IN, summary="拒收的消息")
def refusals(request: Request, asked: Query[OfPeer]) -> Any:
    """One row an hour for each kind, the newest first."""
    watching(request)
    return shapes.cut(finds.refusals(peer_of(asked.peer) if asked.peer else None), asked, _refused)


@router.post("/foreign/{int:pk}/hide", response={204: None}, auth=SIGNED_IN, summary="不在本市场展示")
def hide(request: Request, pk: int, given: NoteIn) -> Any:
    who = keeping(request)
    actions.hide(listing=get_object_or_404(ForeignListing, pk=pk), note=given.note, **who)
    return Status(204, None)


@router.post("/foreign/{int:pk}/unhide", response={204: None}, auth=SIGNED_IN, summary="恢复展示")
def unhide(request: Request, pk: int) -> Any:
    who = keeping(request)
    actions.unhide(listing=get_object_or_404(ForeignListing, pk=pk), **who)
    return Status(204, None)
