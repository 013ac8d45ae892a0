"""Equity over the API: deals of funds and firms, and projects that look for money."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import UNIT, UNIT_LENGTH, Seen, organisation_of
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import opened
from triplehelix.market.equity import access, actions, acts, finds
from triplehelix.market.equity.models import Deal, Project
from triplehelix.market.finance.models import Institution
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import offered, take

router = Router(tags=["finance"])
FEN = Field(ge=1, le=10**13)
FUND = Field("", max_length=18, description="统一社会信用代码 of the caller's fund, for who acts for several")


class DealLine(Schema):
    """股权投资. It stands once the firm has agreed."""

    id: int
    fund: str
    firm: str = Field(description="统一社会信用代码")
    state: str
    version: int
    mode: str
    round: str
    ticket_fen: int
    pre_fen: int | None
    post_fen: int | None
    conversion: str
    convert_by: date | None
    number: str
    signed_on: date
    converted_on: date | None
    exit_kind: str
    exit_on: date | None
    exit_fen: int | None


class DealOut(DealLine):
    steps: list[str] = Field(description="what the caller may do now by POST …/steps/{step}")
    acts: list[str] = Field(description="what the caller may do now by POST …/acts/{act}")


class DealPage(Schema):
    items: list[DealLine]
    total: int


class DealIn(shapes.Given):
    """Entered by a registered fund; `equity` has its valuations, another mode how and until when it becomes shares."""

    firm: str = Field(max_length=UNIT_LENGTH, description=UNIT)
    fund: str = FUND
    mode: str = Field(max_length=20, description="equity, invest_then_equity, …")
    round: str = Field(max_length=10, description="a code of the pack's rounds")
    ticket_fen: int = FEN
    pre_fen: int | None = Field(None, ge=1, le=10**13, description="投前估值")
    post_fen: int | None = Field(None, ge=1, le=10**13, description="投后估值")
    conversion: str = Field("", max_length=500, description="转股条件")
    convert_by: date | None = None
    number: str = Field(max_length=60, description="协议编号")
    signed_on: date


class ConvertIn(Seen):
    pre_fen: int = FEN
    post_fen: int = FEN
    converted_on: date


class ExitIn(Seen):
    exit_kind: str = Field(max_length=12, description="a kind of exit, such as buyback")
    exit_on: date
    exit_fen: int = Field(ge=0, le=10**13, description="0: nothing came back")


class ProjectIn(shapes.Given):
    kind: Literal["needs", "achievements"]
    listing: int = Field(ge=1, le=2**63 - 1, description="a published one of the caller's own")
    teaser: str = Field(max_length=300, description="what registered funds read")
    amount_fen: int = FEN
    round: str = Field(max_length=10, description="a code of the pack's rounds")
    on_stage: bool = Field(False, description="title and organisation of who is put on stage stand on a public page")


class ProjectChange(Seen):
    """What is left out stays."""

    teaser: str = Field("", max_length=300)
    amount_fen: int = Field(1, ge=1, le=10**13)
    round: str = Field("", max_length=10, description="a code of the pack's rounds")
    on_stage: bool = False


class ProjectRef(Schema):
    id: int
    opened_at: datetime
    closed_at: datetime | None


class TalkOut(Schema):
    """约谈: a fund wants to know more."""

    fund: str
    text: str
    said_at: datetime


class OneProjectOut(ProjectRef):
    """融资项目. `talks`: all for its owner and the offices, for a fund its own."""

    kind: Literal["needs", "achievements"]
    listing: int
    title: str
    organisation: str
    teaser: str
    amount_fen: int
    round: str
    on_stage: bool
    version: int
    talks: list[TalkOut]


class ProjectCloseIn(shapes.Given):
    why: str = Field(max_length=300)


class ProjectInterestIn(shapes.Given):
    text: str = Field(max_length=500, description="想了解什么")
    fund: str = FUND


def _line(one: Deal) -> dict[str, Any]:
    own = {"id": one.pk, "fund": one.fund.organisation.name, "firm": one.firm.uscc}
    return {name: getattr(one, name) for name in DealLine.model_fields if name not in own} | own


def _whole(request: Request, response: HttpResponse, one: Deal) -> dict[str, Any]:
    now = timezone.now()
    versions.tag(response, one.version)
    steps = [step.code for step in acts.steps(one, offered(case=one, actor=request.user, now=now))]
    return _line(one) | {"steps": steps, "acts": acts.offered(one, one.relations_of(request.user, now))}


def _deal(request: Request, pk: int) -> Deal:
    return get_object_or_404(finds.deals(request.user, timezone.localdate()), pk=pk)


def _fund(request: Request, named: str) -> Institution:
    """The fund one acts for, or the one that is named. Raises Http404 for everybody else, Invalid at `fund`."""
    own = list(access.funds_of(request.user, timezone.localdate()))
    if not own:
        raise Http404
    found = [one for one in own if named in ("", one.organisation.uscc)]
    if len(found) != 1:
        raise Invalid({"fund": _("请写明是您代表的哪一家基金（统一社会信用代码）")})
    return found[0]


@router.get("/equity/deals", response=DealPage, auth=SIGNED_IN, summary="我能看到的股权投资")
def deals(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(finds.deals(request.user, timezone.localdate()), part, _line)


@router.get("/equity/deals/{int:pk}", response=DealOut, auth=SIGNED_IN, summary="一笔股权投资")
def one_deal(request: Request, response: HttpResponse, pk: int) -> Any:
    return _whole(request, response, _deal(request, pk))


@router.post("/equity/deals", response={201: DealOut}, auth=SIGNED_IN, summary="登记一笔股权投资")
def propose(request: Request, response: HttpResponse, given: DealIn) -> Any:
    """By a registered fund; the firm is asked to confirm it."""
    fund, firm = _fund(request, given.fund), organisation_of(given.firm, "firm")
    values = given.dict(exclude={"firm", "fund"})
    made = actions.propose(fund=fund, firm=firm, values=values, actor=request.user, now=timezone.now())
    return Status(201, _whole(request, response, made))


@router.post("/equity/deals/{int:pk}/steps/{step}", response=DealOut, auth=SIGNED_IN, summary="办理一步")
def step_deal(request: Request, response: HttpResponse, pk: int, step: str, given: shapes.VersionedStepIn) -> Any:
    seen = versions.seen(request, given.seen_version)
    found = _deal(request, pk)
    if step not in found.workflow or step in acts.BY_ACT:
        raise Http404
    taken = take(case=found, step=step, actor=request.user, now=timezone.now(), seen_version=seen, note=given.note)
    return _whole(request, response, taken)


def _act(request: Request, response: HttpResponse, pk: int, given: Seen, verb: Callable[..., Deal]) -> dict[str, Any]:
    found = _deal(request, pk)
    seen = versions.seen(request, given.seen_version)
    done = verb(deal=found, values=given.said(), actor=request.user, now=timezone.now(), seen_version=seen)
    return _whole(request, response, done)


@router.post("/equity/deals/{int:pk}/acts/convert", response=DealOut, auth=SIGNED_IN, summary="登记转股")
def convert(request: Request, response: HttpResponse, pk: int, given: ConvertIn) -> Any:
    return _act(request, response, pk, given, actions.convert)


@router.post("/equity/deals/{int:pk}/acts/exit", response=DealOut, auth=SIGNED_IN, summary="登记退出")
def exit_deal(request: Request, response: HttpResponse, pk: int, given: ExitIn) -> Any:
    return _act(request, response, pk, given, actions.exit_deal)


def _project(request: Request, pk: int) -> Project:
    return get_object_or_404(finds.projects(request.user, timezone.localdate()), pk=pk)


@router.get("/equity/projects/{int:pk}", response=OneProjectOut, auth=SIGNED_IN, summary="一个融资项目")
def one_project(request: Request, response: HttpResponse, pk: int) -> Any:
    """For its owner, the offices, and registered funds while it is open."""
    return _whole_project(request, response, _project(request, pk))


def _whole_project(request: Request, response: HttpResponse, found: Project) -> dict[str, Any]:
    versions.tag(response, found.version)
    plain = ("opened_at", "closed_at", "teaser", "amount_fen", "round", "on_stage", "version")
    talks = finds.talks(found, request.user, timezone.localdate())
    return {
        "id": found.pk, "kind": "achievements" if found.achievement_id else "needs", "listing": found.listing.pk,
        "title": found.listing.title, "organisation": found.organisation.name,
        "talks": [
            {"fund": one.fund.organisation.name, "text": one.text, "said_at": one.said_at} for one in talks
        ],
        **{name: getattr(found, name) for name in plain},
    }  # fmt: skip


@router.post("/equity/projects", response={201: ProjectRef}, auth=SIGNED_IN, summary="提出一个融资项目")
def open_project(request: Request, given: ProjectIn) -> Any:
    """The owner marks a published listing as looking for money."""
    listing = opened(request, given.kind, given.listing)
    values = given.dict(exclude={"kind", "listing"})
    made = actions.open_project(listing=listing, values=values, actor=request.user, now=timezone.now())
    return Status(201, made)


@router.patch("/equity/projects/{int:pk}", response=OneProjectOut, auth=SIGNED_IN, summary="修改融资说明")
def change_project(request: Request, response: HttpResponse, pk: int, given: ProjectChange) -> Any:
    """By its owner while it is open; funds that wanted to talk are told."""
    found, seen = _project(request, pk), versions.seen(request, given.seen_version)
    names = ("teaser", "amount_fen", "round", "on_stage")
    values = {name: getattr(found, name) for name in names}
    values |= given.dict(exclude_unset=True, exclude={"seen_version"})
    done = actions.change_project(
        project=found, values=values, actor=request.user, now=timezone.now(), seen_version=seen
    )
    return _whole_project(request, response, done)


@router.post("/equity/projects/{int:pk}/close", response=ProjectRef, auth=SIGNED_IN, summary="结束融资")
def close(request: Request, pk: int, given: ProjectCloseIn) -> Any:
    return actions.close_project(project=_project(request, pk), why=given.why, actor=request.user, now=timezone.now())


@router.post("/equity/projects/{int:pk}/interest", response={204: None}, auth=SIGNED_IN, summary="基金约谈")
def interest(request: Request, pk: int, given: ProjectInterestIn) -> Any:
    """By a registered fund; the owner gets one letter."""
    project, fund = _project(request, pk), _fund(request, given.fund)
    actions.say_interest(
        project=project, fund=fund, values={"text": given.text}, actor=request.user, now=timezone.now()
    )
    return Status(204, None)
