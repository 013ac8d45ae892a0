"""Visits, diagnoses and confidential needs over the API: the same finds, actions and steps as the pages."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.market.listings import finds as listings
from triplehelix.market.nda import actions as nda
from triplehelix.market.nda import finds as agreements
from triplehelix.market.nda import texts
from triplehelix.market.nda.models import Agreement
from triplehelix.market.needs import twins
from triplehelix.market.needs.models import TOLD, Need
from triplehelix.market.needs.words import Words
from triplehelix.market.visits import actions as visits
from triplehelix.market.visits import finds as visited
from triplehelix.market.visits.access import may_void
from triplehelix.market.visits.models import MOST_WHY, Ask, Visit
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take

router = Router(tags=["needs"])


class TwinOut(Schema):
    id: int
    title: str
    organisation_name: str
    percent: int = Field(description="how much of the text is the same")
    is_own: bool


class WordsOut(Schema):
    what: str
    present: str
    target: str
    tried: str
    rest: str
    text: str = Field(description="all of it in one piece")


class AskIn(shapes.Given):
    text: str = Field("", max_length=2000)
    post: str = Field("", max_length=120)
    count: int | None = None
    level: str = Field("", max_length=120)
    needed_by: date | None = None


class VisitMoneyIn(shapes.Given):
    text: str = Field("", max_length=2000)
    amount_fen: int | None = None
    purpose: str = Field("", max_length=120)
    needed_by: date | None = None


class VisitIn(shapes.Given):
    uuid: UUID = Field(description="made by the caller: what is sent twice under one number lands once")
    organisation: str = Field(description="统一社会信用代码", max_length=18)
    organisation_name: str = Field("", max_length=120, description="for a firm that is not registered yet")
    visited_on: date
    met_name: str = Field("", max_length=40)
    met_phone: str = Field("", max_length=24)
    about: str = Field("", max_length=2000)
    need: shapes.NeedIn | None = None
    talent: AskIn | None = None
    finance: VisitMoneyIn | None = None
    hand_in: bool = False


class VisitVoidIn(shapes.Given):
    why: str = Field(max_length=MOST_WHY, description="read by who recorded it and by the offices, not by the firm")


class AgreementIn(shapes.Given):
    organisation: str = Field(description="统一社会信用代码 of one of the caller's organisations", max_length=18)
    purpose: str = Field(max_length=300)
    text_version: str = Field(max_length=20, description="`version` of GET /nda/text, as it was read and accepted")


class AgreementTextOut(Schema):
    """The agreement as it is offered today. `assumed`: a model text, not an official one."""

    version: str = Field(description="to be sent as text_version")
    name: str
    text: str
    assumed: bool


def _need(request: Request, pk: int, **more: Any) -> Need:
    return get_object_or_404(listings.shown_to(Need, request.user, timezone.now()), pk=pk, **more)


@router.get("/needs/{int:pk}/alike", response=list[TwinOut], auth=SIGNED_IN, summary="几乎相同的需求")
def alike(request: Request, pk: int) -> Any:
    found = twins.of(_need(request, pk), listings.shown_to(Need, request.user, timezone.now()))
    return [
        {
            "id": one.need.pk, "title": one.need.title, "organisation_name": one.need.organisation.name,
            "percent": one.percent, "is_own": one.is_own,
        }
        for one in found
    ]  # fmt: skip


@router.post("/needs/{int:pk}/text", response=WordsOut, auth=SIGNED_IN, summary="打开保密正文（留痕）")
def text(request: Request, pk: int) -> Any:
    need = _need(request, pk, secrecy="confidential")
    return words_of(nda.open_words(need=need, actor=request.user, now=timezone.now()))


def words_of(found: Words | None) -> dict[str, Any]:
    if found is None:
        raise Http404
    return {name: getattr(found, name) for name in TOLD} | {"text": found.whole}


def _agreement(one: Agreement) -> dict[str, Any]:
    plain = ("state", "version", "purpose", "text_version", "asked_at", "answered_at")
    return {
        "id": one.pk, "need": one.need_id, "organisation": one.organisation.uscc,
        "organisation_name": one.organisation.name, **{name: getattr(one, name) for name in plain},
    }  # fmt: skip


@router.post("/needs/{int:pk}/nda", response={201: dict[str, Any]}, auth=SIGNED_IN, summary="申请保密协议")
def ask_nda(request: Request, pk: int, given: AgreementIn) -> Any:
    need = _need(request, pk, secrecy="confidential")
    organisation = get_object_or_404(Organisation, uscc=given.organisation)
    said = {"purpose": given.purpose, "text_version": given.text_version}
    made = nda.ask(need=need, organisation=organisation, actor=request.user, now=timezone.now(), **said)
    return Status(201, _agreement(made))


@router.get("/nda", response=dict[str, Any], auth=SIGNED_IN, summary="保密协议")
def ndas(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(agreements.shown_to(request.user, timezone.localdate()), part, _agreement)


@router.get("/nda/text", response=AgreementTextOut, auth=SIGNED_IN, summary="今天的保密协议文本和版本")
def nda_text(request: Request) -> Any:
    return texts.current(timezone.localdate())


@router.post("/nda/{int:pk}/steps/{step}", response=dict[str, Any], auth=SIGNED_IN, summary="办理保密协议")
def nda_step(request: Request, pk: int, step: str, given: shapes.StepIn) -> Any:
    found = get_object_or_404(agreements.shown_to(request.user, timezone.localdate()), pk=pk)
    return _agreement(stepped(request, found, step, given))


def stepped(request: Request, case: Any, step: str, given: shapes.StepIn) -> Any:
    if step not in case.workflow:
        raise Http404
    return take(case=case, step=step, actor=request.user, now=timezone.now(), **given.dict())


def _ask(one: Ask) -> dict[str, Any]:
    names = ("what", "state", "version", "text", "post", "count", "level", "amount_fen", "purpose", "needed_by",
             "handler", "answer")  # fmt: skip
    return {"id": one.pk, **{name: getattr(one, name) for name in names}}


def _visit(one: Visit) -> dict[str, Any]:
    return {
        "id": one.pk, "uuid": str(one.uuid), "organisation": one.organisation.uscc,
        "organisation_name": one.organisation.name, "visited_on": one.visited_on, "about": one.about,
        "need": one.need_id, "landed_at": one.landed_at, "void_why": one.void_why,
        "asks": [_ask(row) for row in one.asks.all()],
    }  # fmt: skip


@router.get("/visits", response=dict[str, Any], auth=SIGNED_IN, summary="走访的记录")
def visit_list(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(visited.shown_to(request.user, timezone.localdate()), part, _visit)


@router.post("/visits", response={200: dict[str, Any], 201: dict[str, Any]}, auth=SIGNED_IN, summary="送达一次走访")
def new_visit(request: Request, given: VisitIn) -> Any:
    """A visit; sent again under its number it answers 200 with what landed."""
    said = given.dict(exclude={"uuid", "organisation", "organisation_name", "need"})
    values = given.need.dict(exclude_unset=True) if given.need else None
    found = Organisation.objects.filter(uscc=given.organisation).first()
    what = visits.Given(
        organisation=found, uscc=given.organisation, name=given.organisation_name, need=values, **said
    )  # fmt: skip
    landed = visits.record(uuid=given.uuid, given=what, actor=request.user, now=timezone.now())
    return Status(201 if landed.fresh else 200, _visit(landed.visit) | {"message": landed.refused})


@router.post("/visits/{int:pk}/void", response=dict[str, Any], auth=SIGNED_IN, summary="作废一次误记的走访")
def void_visit(request: Request, pk: int, given: VisitVoidIn) -> Any:
    """By who recorded it and by the officers over the firm. `stays`: what the firm has made its own, in words."""
    today = timezone.localdate()
    visit = get_object_or_404(visited.shown_to(request.user, today), pk=pk)
    if not may_void(visit, request.user, today):
        raise Http404
    done = visits.void(visit=visit, why=given.why, actor=request.user, now=timezone.now())
    return {"id": pk, "void_why": done.visit.void_why, "need": done.visit.need_id, "stays": list(done.stays)}


@router.post(
    "/visits/asks/{int:pk}/steps/{step}", response=dict[str, Any], auth=SIGNED_IN,
    summary="办理人才、金融诉求",
)  # fmt: skip
def ask_step(request: Request, pk: int, step: str, given: shapes.StepIn) -> Any:
    found = get_object_or_404(visited.asks_shown_to(request.user, timezone.localdate()), pk=pk)
    return _ask(stepped(request, found, step, given))
