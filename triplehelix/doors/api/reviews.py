"""An expert's own review tasks over the API: the blind copy, the sheet, the scores. Nothing here names an applicant."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.procedure.cases import anonymous
from triplehelix.procedure.panels import actions, credit, finds
from triplehelix.procedure.panels.models import Seat
from triplehelix.procedure.review.sheets import ScoreSheet
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["reviews"])


class SeatLine(Schema):
    """One case to score. Why a score is void is for the office; one's own word (`declared`) is one's own."""

    id: int
    round: str
    sheet: str
    is_open: bool = Field(description="may still be written")
    is_void: bool
    declared: str
    total: int | None
    saved_at: datetime | None
    submitted_at: datetime | None


class SeatPage(Schema):
    items: list[SeatLine]
    total: int


class SheetItemOut(Schema):
    code: str
    label: str
    maximum: int
    hint: str


class QuestionOut(Schema):
    code: str
    label: str


class OwnSeatOut(SeatLine):
    title: str = Field(description="of the blind copy: names, units and numbers are blacked out")
    text: str
    paper: str = Field(description="the words of its 活页; empty where none is asked for, and once void")
    items: list[SheetItemOut]
    questions: list[QuestionOut] = Field(description="answered yes or no before any point is given")
    points: dict[str, int]
    comments: dict[str, str]
    answers: dict[str, bool]


class ScoresIn(shapes.Given):
    """The whole sheet as it stands; given again it replaces what was there. Handed in, it stays."""

    points: dict[str, int] = Field({}, description="code of the item: whole points")
    comments: dict[str, str] = Field({}, description="code of the item: words, where few or many points ask for them")
    answers: dict[str, bool] = Field({}, description="code of the question: yes or no")
    submit: bool = Field(False, description="hand it in for good")


class DeclareIn(shapes.Given):
    reason: str = Field(max_length=200)


class OwnFindingOut(Schema):
    kind: str
    words: str
    round: str
    evidence: str
    why: str
    answered_at: datetime


class CreditOut(Schema):
    """评审信用 of the caller: 100 less what was confirmed in the last years."""

    credit: int
    may_be_drawn: bool
    findings: list[OwnFindingOut] = Field(description="that were confirmed, the latest first")


def _line(seat: Seat) -> dict[str, Any]:
    plain = ("is_open", "declared", "total", "saved_at", "submitted_at")
    own = {"id": seat.pk, "round": seat.panel.round.title, "sheet": seat.panel.score_sheet.title}
    return own | {"is_void": bool(seat.void)} | {name: getattr(seat, name) for name in plain}


def _whole(seat: Seat) -> dict[str, Any]:
    sheet = seat.panel.score_sheet
    copy = anonymous.copy(seat.case)
    return _line(seat) | {
        "title": copy.title, "text": copy.summary, "paper": "" if seat.void else copy.paper,
        "items": list(sheet.items), "questions": list(sheet.questions),
        "points": seat.points, "comments": seat.comments, "answers": seat.answers,
    }  # fmt: skip


@router.get("/reviews", response=SeatPage, auth=SIGNED_IN, summary="我的评审任务")
def reviews(request: Request, part: Query[shapes.Part]) -> Any:
    """Open ones first."""
    return shapes.cut(finds.seats_of(request.user), part, _line)


@router.get("/reviews/credit", response=CreditOut, auth=SIGNED_IN, summary="我的评审信用")
def own_credit(request: Request) -> Any:
    """404 for whoever is no known person."""
    found = credit.own(request.user, timezone.localdate())
    if found is None:
        raise Http404
    record, rows = found
    plain = ("kind", "evidence", "why", "answered_at")
    told = [
        {"words": str(row.get_kind_display()), "round": row.panel.round.title}
        | {name: getattr(row, name) for name in plain}
        for row in rows
    ]
    return {"credit": record.credit, "may_be_drawn": record.may_be_drawn, "findings": told}


@router.get("/reviews/{int:pk}", response=OwnSeatOut, auth=SIGNED_IN, summary="一项评审：匿名材料和评分表")
def review(request: Request, pk: int) -> Any:
    return _whole(allowed.seat(request.user, pk))


@router.put("/reviews/{int:pk}", response=OwnSeatOut, auth=SIGNED_IN, summary="保存或提交评分")
def score(request: Request, pk: int, given: ScoresIn) -> Any:
    """409 once it is handed in, void, or the review of the case is over."""
    seat = allowed.seat(request.user, pk)
    try:
        actions.save_scores(seat=seat, actor=request.user, now=timezone.now(), **given.dict())
    except Invalid as why:
        raise Invalid({_place(name, seat.panel.score_sheet, given): told for name, told in why.errors.items()}) from why
    return _whole(allowed.seat(request.user, pk))


def _place(code: str, sheet: ScoreSheet, given: ScoresIn) -> str:
    """Where in the call a fault of an item or a question belongs; what the sheet does not know, where it was sent."""
    if any(question.code == code for question in sheet.questions):
        return f"answers.{code}"
    sent = next((part for part in ("points", "comments", "answers") if code in getattr(given, part)), "points")
    return f"{sent}.{code}"


@router.post("/reviews/{int:pk}/declare", response=SeatLine, auth=SIGNED_IN, summary="回避这一项")
def declare(request: Request, pk: int, given: DeclareIn) -> Any:
    """What was written so far is taken away; somebody else is drawn."""
    seat = allowed.seat(request.user, pk)
    return _line(actions.declare(seat=seat, reason=given.reason, actor=request.user, now=timezone.now()))
