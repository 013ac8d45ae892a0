"""What a caller is here, and the listings of the caller's own organisations in every state."""

from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import MODELS, shown, with_people
from triplehelix.records.parties.finds import cared_for, offices_of, organisations_of

router = Router(tags=["market"])


class Own(Schema):
    uscc: str
    name: str
    is_confirmed: bool = Field(description="only a confirmed organisation publishes by itself")


class OfficeOut(Schema):
    role: str
    unit: str


class Me(Schema):
    email: str
    name: str
    organisations: list[Own]
    offices: list[OfficeOut]


class MineFilter(Schema):
    state: str = Field("", max_length=20)
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


@router.get("/me", response=Me, auth=SIGNED_IN, summary="我是谁：单位和职务")
def me(request: Request) -> Any:
    today = timezone.localdate()
    own = organisations_of(request.user, today)
    return {
        "email": request.user.email,
        "name": request.user.name,
        "organisations": [
            {"uscc": one.uscc, "name": one.name, "is_confirmed": one.confirmed_at is not None} for one in own
        ],
        "offices": [{"role": one.role, "unit": one.unit} for one in offices_of(request.user, today)],
    }


@router.get("/mine/{kind}", response=shapes.Page, auth=SIGNED_IN, summary="本单位的需求或成果")
def mine(request: Request, kind: shapes.Kind, chosen: Query[MineFilter]) -> Any:
    """In every state, drafts too, newest change first."""
    own = cared_for(request.user, timezone.localdate())
    rows = MODELS[kind]._default_manager.select_related("organisation").filter(organisation__in=own)
    if state := chosen.state.replace("\x00", ""):
        rows = rows.filter(state=state)
    page = with_people(rows).order_by("-changed_at", "-pk")[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [shown(row, kind, contact=True) for row in page], "total": rows.count()}
