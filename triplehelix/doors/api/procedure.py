"""Cases over the API: the same finds, actions and steps as the pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import desk, shapes, versions
from triplehelix.doors.api.acting import UNIT_LENGTH, organisation_of
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import own_organisation
from triplehelix.procedure.cases import access, actions, acts, days, pay, waiting
from triplehelix.procedure.cases.flow import BY_ACT
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.records.steps.actions import offered, take

router = Router(tags=["procedure"])


class CaseFilter(shapes.Part):
    award: str = Field("", max_length=30)
    state: str = Field("", max_length=30)
    mine: shapes.OnlyMine = False


class CaseOut(Schema):
    """办件. `facts` as they were sent, `decision` as it was given, `steps` and `acts` what the caller may do now."""

    id: int
    number: str
    award: str
    lane: str
    title: str
    organisation: str
    state: str
    version: int
    due_on: date | None
    paid_by: date | None = Field(description="the day by which it is paid in principle, where the pack says so")
    facts: dict[str, Any]
    decision: dict[str, Any]
    granted_fen: int | None
    paid_fen: int
    steps: list[str]
    acts: list[str]


class CaseLine(Schema):
    id: int
    number: str
    award: str
    title: str
    organisation: str
    state: str
    due_on: date | None
    granted_fen: int | None


class CasePage(Schema):
    items: list[CaseLine]
    total: int


class NewCase(shapes.Given):
    organisation: str = Field(description="统一社会信用代码 of the caller's own organisation")
    title: str = Field(max_length=120)


class OpenIn(shapes.Given):
    """一事一议: what the city decided about, and for whom."""

    award: str = Field(max_length=30, description="a code of /api/measures whose lanes have by_decision")
    organisation: str = Field(
        max_length=UNIT_LENGTH, description="统一社会信用代码, or the exact full name of a registered organisation"
    )
    title: str = Field(max_length=120)
    year: int = Field(ge=2000, le=2999)


class CaseIn(shapes.Given):
    """What is to be kept; parts left out stay as they are. `facts` are the award's own, see /api/awards/{code}."""

    seen_version: int | None = Field(None, ge=0, le=10**9, description="or If-Match")
    facts: dict[str, Any] = {}
    title: str | None = Field(None, max_length=120)
    summary: str | None = Field(None, max_length=5000)
    leader: str | None = Field(None, max_length=40)


@router.post("/rounds/{int:pk}/cases", response={201: CaseOut}, auth=SIGNED_IN, summary="开始申报（草稿）")
def start(request: Request, response: HttpResponse, pk: int, given: NewCase) -> Any:
    round = get_object_or_404(Round, pk=pk)
    organisation = own_organisation(request, given.organisation)
    case = actions.start(
        round=round, organisation=organisation, title=given.title, actor=request.user, now=timezone.now()
    )
    return Status(201, _case(request, response, case))


def _visible(request: Request) -> Any:
    return access.visible(Case.objects.select_related("organisation", "round"), request.user, timezone.localdate())


def opened(request: Request, pk: int) -> Case:
    """The case, for callers who may see it; 404 for all others."""
    found: Case = get_object_or_404(_visible(request), pk=pk)
    return found


def _line(one: Case) -> dict[str, Any]:
    plain = ("number", "title", "state", "due_on", "granted_fen")
    return {"id": one.pk, "award": one.award_code, "organisation": one.organisation.uscc} | {
        name: getattr(one, name) for name in plain
    }


def _without(facts: Mapping[str, Any], hidden: set[str]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in hidden}


def _case(request: Request, response: HttpResponse, case: Case) -> dict[str, Any]:
    versions.tag(response, case.version)
    now = timezone.now()
    steps = offered(case=case, actor=request.user, now=now)
    relations = case.relations_of(request.user, now)
    hidden = access.hidden_facts(case, relations)
    facts, decision = _without(case.facts, {fact.key for fact in hidden}), dict(case.decision)
    if "facts" in decision:
        decision["facts"] = _without(decision["facts"], {fact.label for fact in hidden})
    return {
        **_line(case), "lane": case.lane, "version": case.version, "facts": facts, "decision": decision,
        "paid_fen": pay.paid(case), "steps": [step.code for step in steps if step.code not in BY_ACT],
        "acts": [act.code for act in acts.offered(case, relations)], "paid_by": days.paid_by(case),
    }  # fmt: skip


@router.get("/cases", response=CasePage, auth=SIGNED_IN, summary="我能看到的办件")
def cases(request: Request, chosen: Query[CaseFilter]) -> Any:
    rows = _visible(request)
    if chosen.mine:
        rows = waiting.narrowed(rows, request.user, timezone.localdate())
    for name, column in (("award", "award_code"), ("state", "state")):
        if value := getattr(chosen, name).replace("\x00", ""):
            rows = rows.filter(**{column: value})
    shown = rows[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [_line(one) for one in shown], "total": rows.count()}


@router.post("/cases", response={201: CaseOut}, auth=SIGNED_IN, summary="一事一议的立案")
def open_by_decision(request: Request, response: HttpResponse, given: OpenIn) -> Any:
    """The city opens it at its own desk; facts and milestones follow."""
    who = desk.clerk(request)
    made = actions.open_by_decision(
        award_code=given.award, year=given.year, organisation=organisation_of(given.organisation, "organisation"),
        title=given.title, **who,
    )  # fmt: skip
    return Status(201, _case(request, response, made))


@router.get("/cases/{int:pk}", response=CaseOut, auth=SIGNED_IN, summary="一个办件")
def case(request: Request, response: HttpResponse, pk: int) -> Any:
    return _case(request, response, opened(request, pk))


@router.put("/cases/{int:pk}", response=CaseOut, auth=SIGNED_IN, summary="填写申报内容")
def write(request: Request, response: HttpResponse, pk: int, given: CaseIn) -> Any:
    seen = versions.seen(request, given.seen_version)
    found = opened(request, pk)
    if not access.writes(found, found.relations_of(request.user, timezone.now())):
        raise Http404
    changed = actions.write(
        case=found, facts={**found.facts, **given.facts}, title=given.title, summary=given.summary, leader=given.leader,
        actor=request.user, now=timezone.now(), seen_version=seen,
    )  # fmt: skip
    return _case(request, response, changed)


@router.post("/cases/{int:pk}/steps/{step}", response=CaseOut, auth=SIGNED_IN, summary="办理一步")
def step(request: Request, response: HttpResponse, pk: int, step: str, given: shapes.VersionedStepIn) -> Any:
    seen = versions.seen(request, given.seen_version)
    found = opened(request, pk)
    if step not in found.workflow or step in BY_ACT:
        raise Http404
    taken = take(case=found, step=step, actor=request.user, now=timezone.now(), seen_version=seen, note=given.note)
    return _case(request, response, taken)
