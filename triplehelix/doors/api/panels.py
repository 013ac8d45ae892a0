"""The panel of a round over the API, for the city's officers: drawn, followed, put together; leads about experts. The
auditor reads it."""

from fractions import Fraction
from typing import Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Status

from triplehelix.doors.api import desk, shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.panel_shown import FindingOut, PanelOut, SeatOut, finding, panel_of
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.panels import access, actions, credit
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat

router = Router(tags=["reviews"])


class DrawIn(shapes.Given):
    sheet: str = Field(
        max_length=20,
        description="a score sheet of the city: project, talent …; a wrong one is answered with those there are",
    )
    size: int = Field(7, ge=1, le=99, description="how many are drawn; odd")
    per_case: int = Field(5, ge=1, le=99, description="how many score one case; odd")
    outside: Literal["0", "1/2", "1"] = Field("1/2", description="share of experts from outside the city, at least")


class SeatVoidIn(shapes.Given):
    reason: str = Field(max_length=200)
    absent: bool = Field(False, description="the expert neither scored nor asked to be excused: a lead for the credit")


class CreditAnswerIn(shapes.Given):
    why: str = Field(max_length=200)
    seen: Literal["", "confirmed", "dismissed"] = Field("", description="the answer as it was read")


def _round(pk: int) -> Round:
    return get_object_or_404(Round, pk=pk, lane="ordinary")


@router.get("/rounds/{int:pk}/panel", response=PanelOut, auth=SIGNED_IN, summary="一个批次的评审组")
def panel(request: Request, pk: int) -> Any:
    """Before the draw: what waits for it, and who would not be drawn. For the city's officers and the auditor;
    not for who acts for an applicant, or was drawn."""
    desk.reader(request)
    round = _round(pk)
    if access.stands_aside(round, request.user, timezone.localdate()):
        raise Http404
    return panel_of(round)


@router.post("/rounds/{int:pk}/panel", response={201: PanelOut}, auth=SIGNED_IN, summary="抽取专家并分配")
def draw(request: Request, pk: int, given: DrawIn) -> Any:
    """By lot from a kept seed; 409 with the rule that cannot be kept."""
    who, round = desk.clerk(request), _round(pk)
    actions.draw_panel(round=round, **given.dict() | {"outside": Fraction(given.outside)}, **who)
    return Status(201, panel_of(round))


@router.post("/rounds/{int:pk}/panel/late", response=PanelOut, auth=SIGNED_IN, summary="为后来进入评审的办件补抽专家")
def late(request: Request, pk: int) -> Any:
    who = desk.clerk(request)
    actions.draw_late(panel=get_object_or_404(Panel, round=pk), **who)
    return panel_of(_round(pk))


@router.post("/rounds/{int:pk}/panel/settle", response=PanelOut, auth=SIGNED_IN, summary="汇总评分")
def settle(request: Request, pk: int) -> Any:
    who = desk.clerk(request)
    actions.settle(panel=get_object_or_404(Panel, round=pk), **who)
    return panel_of(_round(pk))


def _seat(pk: int) -> Seat:
    return get_object_or_404(Seat.objects.select_related("panel"), pk=pk)


@router.post("/seats/{int:pk}/void", response=SeatOut, auth=SIGNED_IN, summary="作废一份评分")
def void(request: Request, pk: int, given: SeatVoidIn) -> Any:
    who, seat = desk.clerk(request), _seat(pk)
    actions.void_score(seat=seat, **given.dict(), **who)
    return _shown(seat.panel, pk)


@router.post("/seats/{int:pk}/replace", response={201: SeatOut}, auth=SIGNED_IN, summary="补抽一位专家")
def replace(request: Request, pk: int) -> Any:
    """For a void seat, or for one whose expert must avoid the case by now."""
    who, seat = desk.clerk(request), _seat(pk)
    return Status(201, _shown(seat.panel, actions.replace(seat=seat, **who).pk))


def _shown(held: Panel, pk: int) -> dict[str, Any]:
    return next(one for one in panel_of(held.round)["seats"] if one["id"] == pk)


@router.post(
    "/credit-findings/{int:pk}/{answer}", response=FindingOut, auth=SIGNED_IN,
    summary="认定一条专家信用线索：成立（confirmed）、不成立（dismissed）",
)  # fmt: skip
def answer_finding(request: Request, pk: int, answer: Literal["confirmed", "dismissed"], given: CreditAnswerIn) -> Any:
    """The expert is told of what counts. 409 where somebody has answered it since it was read."""
    who, found = desk.clerk(request), get_object_or_404(CreditFinding.objects.select_related("panel"), pk=pk)
    credit.answer(finding=found, said=answer, why=given.why, seen=given.seen, **who)
    return finding(get_object_or_404(CreditFinding.objects.select_related("expert__home", "other"), pk=pk))
