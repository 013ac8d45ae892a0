"""The registers of the bureau over the API: ties that bar experts, and who may not apply. The auditor reads along."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import desk, shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Barred
from triplehelix.procedure.panels import ties
from triplehelix.procedure.panels.models import Tie

router = Router(tags=["registers"])


class TieIn(shapes.Given):
    kind: str = Field(
        max_length=30, description="kinship.spouse, supervision.doctoral, interest.shareholding, control …"
    )
    one: str = Field(max_length=120, description="姓名; of several with one name 姓名/单位全称; of control the parent")
    other: str = Field(max_length=120, description="姓名, or a unit's full name or 统一社会信用代码")
    since: date
    until: date | None = None
    about: str = Field("", max_length=200)
    source: str = Field(max_length=120)


class TieOut(Schema):
    id: int
    kind: str
    words: str
    one: str
    other: str
    since: date
    until: date | None
    about: str
    source: str
    void_why: str = Field(description="why it counts no more; empty while it does")


class TiePage(Schema):
    items: list[TieOut]
    total: int


class BarredIn(shapes.Given):
    who: str = Field(max_length=120, description="a unit's full name or 统一社会信用代码, or a person: 姓名/单位全称")
    since: date
    until: date
    reason: str = Field(max_length=200)
    document: str = Field(max_length=80, description="依据文件")


class BarredOut(Schema):
    id: int
    who: str
    organisation: str = Field(description="统一社会信用代码; empty for a person")
    since: date
    until: date
    reason: str
    document: str
    lifted_at: datetime | None = Field(description="from when it holds no more")
    lifted_why: str


class RegisterWhyIn(shapes.Given):
    why: str = Field(max_length=200, description="the ground: 信用修复, or what was entered wrong")


class BarredPage(Schema):
    items: list[BarredOut]
    total: int


def _tie(one: Tie) -> dict[str, Any]:
    ends = {"one": str(one.person or one.unit), "other": str(one.other_person or one.other_unit)}
    plain = ("kind", "since", "until", "about", "source", "void_why")
    return {"id": one.pk, "words": ties.named(one.kind)} | ends | {name: getattr(one, name) for name in plain}


def _barred(one: Barred) -> dict[str, Any]:
    own = {"id": one.pk, "who": str(one.organisation or one.person)}
    plain = ("since", "until", "reason", "document", "lifted_at", "lifted_why")
    code = one.organisation.uscc if one.organisation else ""
    return own | {"organisation": code} | {name: getattr(one, name) for name in plain}


@router.get("/ties", response=TiePage, auth=SIGNED_IN, summary="登记的回避关系")
def all_ties(request: Request, part: Query[shapes.Part]) -> Any:
    desk.reader(request)
    rows = Tie.objects.select_related("person__home", "other_person__home", "unit", "other_unit")
    return shapes.cut(rows, part, _tie)


@router.post("/ties", response={201: TieOut}, auth=SIGNED_IN, summary="登记一个回避关系")
def record_tie(request: Request, given: TieIn) -> Any:
    """Seats it bars no longer count from now on."""
    who = desk.clerk(request)
    return Status(201, _tie(ties.record_tie(**given.dict(), **who)))


@router.post("/ties/{int:pk}/void", response=TieOut, auth=SIGNED_IN, summary="作废登记错的回避关系")
def void_tie(request: Request, pk: int, given: RegisterWhyIn) -> Any:
    """Right, it is recorded anew."""
    who = desk.clerk(request)
    found = get_object_or_404(Tie, pk=pk)
    return _tie(ties.void_tie(tie=found, **given.dict(), **who))


@router.get("/barred", response=BarredPage, auth=SIGNED_IN, summary="申报限制名单")
def all_barred(request: Request, part: Query[shapes.Part]) -> Any:
    desk.reader(request)
    return shapes.cut(Barred.objects.select_related("organisation", "person__home"), part, _barred)


@router.post("/barred", response={201: BarredOut}, auth=SIGNED_IN, summary="登记一个申报限制")
def bar(request: Request, given: BarredIn) -> Any:
    who = desk.clerk(request)
    return Status(201, _barred(actions.bar(**given.dict(), **who)))


@router.post("/barred/{int:pk}/lift", response=BarredOut, auth=SIGNED_IN, summary="解除申报限制")
def lift(request: Request, pk: int, given: RegisterWhyIn) -> Any:
    """From now on; whom it barred is told."""
    who = desk.clerk(request)
    found = get_object_or_404(Barred, pk=pk)
    return _barred(actions.lift_bar(barred=found, **given.dict(), **who))
