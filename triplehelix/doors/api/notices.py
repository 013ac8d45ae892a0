"""Public notices over the API: read and objected to by anybody, published and extended by the city."""

from datetime import date, datetime
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from triplehelix.doors.api import desk, shapes
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request
from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.days import notice_days
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions
from triplehelix.procedure.notices.models import Notice, NoticeItem
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["procedure"])
MOST_CASES = 2000
CaseId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ItemOut(Schema):
    """One case as it was made public. `withdrawn_on`: from this day it holds no more."""

    id: int
    name: str
    matter: str
    amount_fen: int | None
    basis: str
    is_over: bool
    withdrawn_on: date | None


class ExtensionOut(Schema):
    """The site was down: `was` the last day before, `last` after."""

    why: str
    was: date
    last: date


class NoticeOut(Schema):
    """公示: from `first` to `last`, both included."""

    id: int
    number: str
    title: str
    first: date
    last: date
    objections_to: str
    extensions: list[ExtensionOut]
    items: list[ItemOut]


class NoticePage(Schema):
    items: list[NoticeOut]
    total: int


class CaseNoticeIn(shapes.Given):
    """What waits to be made public is /api/cases?state=noticing."""

    cases: list[CaseId] = Field(min_length=1, max_length=MOST_CASES, description="ids of decided cases")
    number: str = Field(max_length=60, description="文号, used once")
    title: str = Field(max_length=120)
    days: int | None = Field(None, ge=1, le=30, description="working days; as long as others when left out")
    objections_to: str = Field(max_length=200, description="异议受理: who, where, telephone")


class ExtendIn(shapes.Given):
    """A downtime of more than a day."""

    down_from: AwareDatetime = Field(description="with its offset from UTC")
    down_to: AwareDatetime
    why: str = Field(max_length=200)


class ObjectionIn(shapes.Given):
    name: str = Field(max_length=60)
    phone: str = Field(max_length=24)
    text: str = Field(max_length=3000)


class ObjectionOut(Schema):
    id: int
    received_at: datetime
    due_on: date | None


def _notice(one: Notice) -> dict[str, Any]:
    plain = ("number", "title", "first", "last", "objections_to", "extensions")
    names = ("name", "matter", "amount_fen", "basis", "is_over", "withdrawn_on")
    items = [{"id": item.pk} | {name: getattr(item, name) for name in names} for item in one.items.all()]
    return {"id": one.pk, "items": items} | {name: getattr(one, name) for name in plain}


@router.get("/notices", response=NoticePage, auth=PUBLIC, summary="公示")
def notice_list(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(Notice.objects.prefetch_related("items"), part, _notice)


@router.get("/notices/{int:pk}", response=NoticeOut, auth=PUBLIC, summary="一个公示")
def notice(request: Request, pk: int) -> Any:
    return _notice(get_object_or_404(Notice, pk=pk))


def _chosen(request: Request, given: list[int]) -> list[Case]:
    """The cases named. Raises Invalid at each that is not there."""
    found = access.visible(Case.objects.filter(pk__in=given), request.user, timezone.localdate()).in_bulk()
    if odd := [n for n, pk in enumerate(given) if pk not in found]:
        raise Invalid({f"cases.{n}": _("没有这个办件") for n in odd})
    return list(found.values())


@router.post("/notices", response={201: NoticeOut}, auth=SIGNED_IN, summary="发布公示")
def publish(request: Request, given: CaseNoticeIn) -> Any:
    """By the city: all of the cases or none, public at once, and their money is promised. 409 names the case that
    cannot be public. What was made public stays as it was; what becomes of a case is a step of it."""
    who, said = desk.clerk(request), given.dict()
    days = notice_days() if given.days is None else given.days
    made = actions.publish(**said | {"cases": _chosen(request, given.cases), "days": days}, **who)
    return Status(201, _notice(made))


@router.post("/notices/{int:pk}/extend", response=NoticeOut, auth=SIGNED_IN, summary="网站停机，延长公示")
def extend(request: Request, pk: int, given: ExtendIn) -> Any:
    """By the city, by as many working days as the site was down, while the notice runs."""
    who, found = desk.clerk(request), get_object_or_404(Notice, pk=pk)
    return _notice(actions.extend(notice=found, **given.dict(), **who))


@router.post("/notices/items/{int:pk}/objections", response={201: ObjectionOut}, auth=SIGNED_IN, summary="提出异议")
def objection(request: Request, pk: int, given: ObjectionIn) -> Any:
    """Real name, in writing, inside the notice. Visitors use the page, which is safe against forged calls."""
    item = get_object_or_404(NoticeItem, pk=pk)
    made = actions.object_to(item=item, now=timezone.now(), **given.dict())
    return Status(201, {"id": made.pk, "received_at": made.received_at, "due_on": made.due_on})
