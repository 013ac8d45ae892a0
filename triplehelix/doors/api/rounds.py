"""Rounds over the API: read by anybody; opened, filled from a list of candidates and shared out by the city."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors import handed
from triplehelix.doors.api import desk, shapes
from triplehelix.doors.api.acting import content_of, paper_at, said_at
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request
from triplehelix.doors.api.papers import answers
from triplehelix.foundation.sheet import template
from triplehelix.fund.ledger import MOST
from triplehelix.procedure.candidates import columns, landing
from triplehelix.procedure.cases import actions, planned
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.cases.round_history import changes

router = Router(tags=["procedure"])


class RoundOut(Schema):
    """批次. `budget_fen` null: none was set; `is_open` today; `facts` hold for every case, such as `pool_factor`."""

    id: int
    award: str
    lane: str
    title: str
    year: int
    opens_on: date
    closes_on: date
    is_open: bool
    budget_fen: int | None
    quota: int | None = Field(description="cases of one applicant")
    places: int | None = Field(description="cases that may be supported")
    notice_days: int = Field(description="working days of its notices, at least")
    contact: str
    about: str
    facts: dict[str, Any]


class RoundPage(Schema):
    items: list[RoundOut]
    total: int


class RoundIn(shapes.Given):
    """Once an award, lane, year and title. What is left out is not limited."""

    award: str = Field(max_length=30, description="a code of /api/measures")
    lane: str = Field(
        max_length=20, description="entitled 免申即享、quick 快申快享、ordinary 普通申报、by_decision 一事一议"
    )
    title: str = Field(max_length=80)
    year: int = Field(ge=2000, le=2999)
    opens_on: date
    closes_on: date = Field(description="the last day, included")
    budget_fen: int | None = Field(None, ge=1, le=MOST)
    quota: int | None = Field(None, ge=1, le=999, description="cases of one applicant")
    places: int | None = Field(None, ge=1, le=9999, description="cases that may be supported")
    notice_days: int | None = Field(None, ge=1, le=30, description="working days; as long as others when left out")
    contact: str = Field("", max_length=120, description="咨询电话")
    about: str = Field("", max_length=3000, description="说明")


class RoundChangeIn(shapes.Given):
    """What is left out stays; no budget is null."""

    closes_on: date | None = Field(None, description="later, once somebody has begun")
    budget_fen: int | None = Field(None, ge=1, le=MOST, description="not once a case is public")
    contact: str = Field("", max_length=120)
    about: str = Field("", max_length=3000)
    why: str = Field(max_length=200, description="public, with what changed")
    seen: int | None = Field(None, ge=0, description="how many …/changes you know of: 409 when there are more by now")


class RoundChangeOut(Schema):
    """A correction, in words."""

    at: datetime
    what: list[str]
    why: str


class PlannedOut(Schema):
    """A round the policy plans. A day is null while the working days of its year are not known."""

    award: str
    lane: str
    title: str
    year: int
    clause: str
    opens_on: date | None
    closes_on: date | None


class BudgetShareOut(Schema):
    factor: str = Field(description="exact, as 2/7; 1 when the budget suffices")
    round: RoundOut


def shown(one: Round) -> dict[str, Any]:
    plain = ("title", "lane", "year", "opens_on", "closes_on", "budget_fen", "quota", "places", "notice_days")
    own = {"id": one.pk, "award": one.award_code, "is_open": one.is_open(timezone.localdate())}
    return {**own, **{name: getattr(one, name) for name in (*plain, "contact", "about", "facts")}}


@router.get("/rounds", response=RoundPage, auth=PUBLIC, summary="申报批次")
def rounds(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(Round.objects.all(), part, shown)


@router.get("/rounds/planned", response=list[PlannedOut], auth=SIGNED_IN, summary="按政策应发布的批次")
def planned_rounds(request: Request) -> Any:
    """Rounds the policy plans, which run or open within a quarter and which nobody has opened. Each is opened as any
    other, by `POST /api/rounds`."""
    desk.clerk(request)
    plain = ("title", "year", "clause", "opens_on", "closes_on")
    return [
        {"award": one.award.code, "lane": one.award.lanes[0], **{name: getattr(one, name) for name in plain}}
        for one in planned.coming(timezone.localdate())
    ]


@router.get("/rounds/{int:pk}", response=RoundOut, auth=PUBLIC, summary="一个批次")
def round(request: Request, pk: int) -> Any:
    return shown(get_object_or_404(Round, pk=pk))


@router.post("/rounds", response={201: RoundOut}, auth=SIGNED_IN, summary="发布批次")
def open_round(request: Request, given: RoundIn) -> Any:
    """By the city. Public at once; while it runs, `…/change` puts its last day, budget and words right."""
    who, said = desk.clerk(request), given.dict()
    with said_at(given):
        return Status(201, shown(actions.open_round(award_code=said.pop("award"), **said, **who)))


@router.get("/rounds/{int:pk}/changes", response=list[RoundChangeOut], auth=PUBLIC, summary="一个批次的更正")
def round_changes(request: Request, pk: int) -> Any:
    """Latest first."""
    return changes(get_object_or_404(Round, pk=pk))


@router.post("/rounds/{int:pk}/change", response=RoundOut, auth=SIGNED_IN, summary="更正、延期")
def change_round(request: Request, pk: int, given: RoundChangeIn) -> Any:
    """By the city, until its last day is over. 409 when nothing changes."""
    who, told = desk.clerk(request), given.dict(exclude_unset=True)
    why, seen = told.pop("why"), told.pop("seen", None)
    if told.get("closes_on", "") is None:
        del told["closes_on"]  # a round has a last day
    with said_at(given):
        made = actions.change_round(round=get_object_or_404(Round, pk=pk), told=told, why=why, seen=seen, **who)
    return shown(made)


def _entitled(pk: int) -> Round:
    """A round whose cases come from a list of candidates (免申即享). Raises Http404 for any other."""
    return get_object_or_404(Round, pk=pk, lane="entitled")


@router.get(
    "/rounds/{int:pk}/candidates/template.xlsx", auth=SIGNED_IN, summary="候选名单模板",
    openapi_extra=answers(handed.XLSX),
)  # fmt: skip
def candidate_template(request: Request, pk: int) -> Any:
    """The sheet to fill in for this round: a column for each fact of the award that data can tell."""
    desk.clerk(request)
    found = _entitled(pk)
    content = template(columns.schema_of(found.award, timezone.localdate()), title=found.title)
    return handed.attachment(content, f"{found.title}候选名单模板.xlsx", handed.XLSX)


@router.post("/rounds/{int:pk}/candidates", response={201: shapes.ImportOut}, auth=SIGNED_IN, summary="上传候选名单")
def candidates(request: Request, pk: int, file: File[UploadedFile]) -> Any:
    """An import as any other: read its dry run at /api/imports/{id}, then `land` makes a case of every row, or none."""
    who, found = desk.clerk(request), _entitled(pk)
    content, name = content_of(file)
    with paper_at("file"):
        made = landing.upload(round=found, content=content, name=name, account=who["actor"], now=who["now"])
    return Status(201, made)


@router.post("/rounds/{int:pk}/share", response=BudgetShareOut, auth=SIGNED_IN, summary="批次按预算分配")
def share(request: Request, pk: int) -> Any:
    """When the budget does not suffice everybody gets the same part, and every case is decided anew; done again it
    counts anew. 409 once a case of the round is public."""
    who, found = desk.clerk(request), _entitled(pk)
    factor = actions.share_pool(round=found, **who)
    return {"factor": str(factor), "round": shown(_entitled(pk))}
