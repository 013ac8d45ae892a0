"""Saved searches over the API: keep words or an own listing, and stop."""

from datetime import date, datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import MODELS, opened
from triplehelix.matching.saved import actions, finds
from triplehelix.matching.saved.models import SavedSearch

router = Router(tags=["matching"])
NAMES = {model.kind: name for name, model in MODELS.items()}


class SavedIn(shapes.Given):
    """Either `text` with `kind` and facets, or `listing` with the kind it is of: what answers it is told."""

    name: str = Field(max_length=80)
    every: Literal["daily", "weekly"] = "daily"
    kind: shapes.Kind = Field("achievements", description="what is looked for; with listing, what the listing is")
    text: str = Field("", max_length=2000)
    listing: int | None = Field(None, ge=1, le=2**63 - 1)
    chain: list[str] = []
    field: list[str] = []
    region: list[str] = []
    trl_min: int | None = Field(None, ge=1, le=13)


class SavedOut(Schema):
    id: int
    name: str
    every: str
    kind: shapes.Kind = Field(description="what is looked for")
    text: str
    need: int | None
    achievement: int | None
    narrowed: dict[str, Any]
    looked_on: date
    sent_at: datetime | None
    stopped_at: datetime | None


def shown(saved: SavedSearch) -> dict[str, Any]:
    names = ("name", "every", "text", "narrowed", "looked_on", "sent_at", "stopped_at")
    return {
        "id": saved.pk, "kind": NAMES[saved.what], "need": saved.need_id, "achievement": saved.achievement_id,
        **{name: getattr(saved, name) for name in names},
    }  # fmt: skip


@router.get("/saved-searches", response=list[SavedOut], auth=SIGNED_IN, summary="我的订阅")
def saved_searches(request: Request) -> Any:
    return [shown(one) for one in finds.of(request.user)]


@router.post("/saved-searches", response={201: SavedOut}, auth=SIGNED_IN, summary="订阅")
def keep(request: Request, given: SavedIn) -> Any:
    """What is found now counts as seen; letters tell what is new from now on."""
    values = given.dict()
    kind, listing = values.pop("kind"), values.pop("listing")
    narrowed = {name: values.pop(name) for name in ("chain", "field", "region", "trl_min")}
    if listing is not None:
        values |= {"listing": opened(request, kind, listing), "text": ""}
    else:
        values |= {"what": MODELS[kind].kind, "narrowed": narrowed}
    return Status(201, shown(actions.keep(account=request.user, now=timezone.now(), **values)))


@router.post("/saved-searches/{int:pk}/stop", response=SavedOut, auth=SIGNED_IN, summary="停止")
def stop(request: Request, pk: int) -> Any:
    saved = get_object_or_404(finds.of(request.user), pk=pk)
    return shown(actions.stop(saved=saved, actor=request.user, now=timezone.now()))
