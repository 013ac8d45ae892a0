"""The registers of the bureau over the API: ties that bar experts, and who may not apply. The auditor reads along."""

from datetime import date
from typing import Any

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


class BarredPage(Schema):
    items: list[BarredOut]
    total: int


def _tie(one: Tie) -> dict[str, Any]:
    ends = {"one": str(one.person or one.unit), "other": str(one.other_person or one.other_unit)}
    plain = ("kind", "since", "until", "about", "source")
    return {"id": one.pk, "words": ties.named(one.kind)} | ends | {name: getattr(one, name) for name in plain}


def _barred(one: Barred) -> dict[str, Any]:
    own = {"id": one.pk, "who": str(one.organisation or one.person)}
    plain = ("since", "until", "reason", "document")
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


@router.get("/barred", response=BarredPage, auth=SIGNED_IN, summary="申报限制名单")
def all_barred(request: Request, part: Query[shapes.Part]) -> Any:
    desk.reader(request)
    return shapes.cut(Barred.objects.select_related("organisation", "person__home"), part, _barred)


@router.post("/barred", response={201: BarredOut}, auth=SIGNED_IN, summary="登记一个申报限制")
def bar(request: Request, given: BarredIn) -> Any:
    who = desk.clerk(request)
    return Status(201, _barred(actions.bar(**given.dict(), **who)))
