"""路演 over the API: announced and attended by the city, registered for by organisations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import Seen
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request, account_of
from triplehelix.doors.api.listings import own_organisation
from triplehelix.market.equity import access, actions, finds
from triplehelix.market.equity.models import Event, Project, Registration
from triplehelix.market.finance.access import own_organisations
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import offered, take

router = Router(tags=["finance"])
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class RoadshowLine(Schema):
    id: int
    title: str
    place: str
    is_online: bool
    starts_at: datetime
    ends_at: datetime
    capacity: int
    registered: int = Field(description="people")
    state: str
    projects: list[str]


class ComingOut(Schema):
    """报名 of an organisation. `came` null until somebody has looked."""

    id: int
    organisation: str = Field(description="统一社会信用代码")
    organisation_name: str
    people: int
    came: bool | None


class RoadshowOut(RoadshowLine):
    version: int
    about: str
    online: str = Field(
        description="the address; empty for whoever has not registered, is not on stage, does not run it"
    )
    contact: str
    mine: ComingOut | None = Field(description="of the caller's own organisation, the first of several")
    coming: list[ComingOut] = Field(description="for the city only")
    steps: list[str] = Field(description="what the caller may do now by POST …/steps/{step}")


class RoadshowPage(Schema):
    items: list[RoadshowLine]
    total: int


class RoadshowIn(shapes.Given):
    """At `place` or `online` or both."""

    title: str = Field(max_length=80)
    about: str = Field("", max_length=3000)
    place: str = Field("", max_length=120)
    online: str = Field("", max_length=300)
    starts_at: datetime = Field(description="with its offset from UTC")
    ends_at: datetime
    capacity: int = Field(description="people, 1 to 2000")
    contact: str = Field(max_length=120)
    projects: list[Number] = Field(
        [], max_length=50, description="of /finance/projects, willing to be on stage, in order"
    )


class RoadshowChange(RoadshowIn, Seen):
    """What is left out stays."""

    title: str = Field("", max_length=80)
    starts_at: datetime | None = Field(None, description="with its offset from UTC")  # type: ignore[assignment]
    ends_at: datetime | None = None  # type: ignore[assignment]
    capacity: int = Field(1, description="people, 1 to 2000; not fewer than have registered")
    contact: str = Field("", max_length=120)
    why: str = Field("", max_length=300, description="told to who has registered and who is on stage")


class ComingIn(shapes.Given):
    organisation: str = Field(max_length=18, description="统一社会信用代码 of one of the caller's organisations")
    people: int = Field(1, description="1 to 20")


class UnregisterIn(shapes.Given):
    organisation: str = Field(max_length=18, description="统一社会信用代码 of one of the caller's organisations")


class AttendIn(Seen):
    came: list[Number] = Field(max_length=5000, description="ids of `coming`; the others did not come")


class AttendedOut(Schema):
    people: int = Field(description="how many came")


def _line(one: Event) -> dict[str, Any]:
    names = ("title", "place", "starts_at", "ends_at", "capacity", "state")
    shown = [row.title for row in one.showings.all()]
    own = {
        "id": one.pk, "is_online": bool(one.online), "projects": shown,
        "registered": one.coming,  # type: ignore[attr-defined]
    }  # fmt: skip
    return own | {name: getattr(one, name) for name in names}


def _coming(row: Registration) -> dict[str, Any]:
    home = row.organisation
    return {
        "id": row.pk, "organisation": home.uscc, "organisation_name": home.name, "people": row.people,
        "came": row.came,
    }  # fmt: skip


def _event(pk: int) -> Event:
    found: Event = get_object_or_404(finds.events(), pk=pk)
    return found


def _whole(request: Request, response: HttpResponse, pk: int) -> dict[str, Any]:
    event, account, now = _event(pk), account_of(request), timezone.now()
    versions.tag(response, event.version)
    today = timezone.localdate(now)
    rows = event.registrations.filter(cancelled_at=None).select_related("organisation")
    own = rows.filter(organisation__in=own_organisations(account, today)).first()
    everybody = rows if access.is_city(account, today) else rows.none()
    steps = offered(case=event, actor=account, now=now)
    return _line(event) | {
        "version": event.version, "about": event.about,
        "online": event.online if finds.may_join(event, account, today) else "", "contact": event.contact,
        "mine": _coming(own) if own else None, "coming": [_coming(row) for row in everybody],
        "steps": [step.code for step in steps],
    }  # fmt: skip


def _city(request: Request) -> None:
    """Raises Http404 for whoever is no officer of the city."""
    if not access.is_city(request.user, timezone.localdate()):
        raise Http404


@router.get("/roadshows", response=RoadshowPage, auth=PUBLIC, summary="融资路演")
def roadshows(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(finds.events(), part, _line)


@router.get("/roadshows/{int:pk}", response=RoadshowOut, auth=PUBLIC, summary="一场路演")
def roadshow(request: Request, response: HttpResponse, pk: int) -> Any:
    return _whole(request, response, pk)


@router.post("/roadshows", response={201: RoadshowOut}, auth=SIGNED_IN, summary="发布一场路演")
def announce(request: Request, response: HttpResponse, given: RoadshowIn) -> Any:
    """By the city's officers."""
    _city(request)
    _with_offsets(given)
    values = given.dict(exclude={"projects"})
    made = actions.announce(values=values, projects=_projects(given.projects), actor=request.user, now=timezone.now())
    return Status(201, _whole(request, response, made.pk))


@router.patch("/roadshows/{int:pk}", response=RoadshowOut, auth=SIGNED_IN, summary="改动路演的时间、地点、安排")
def change(request: Request, response: HttpResponse, pk: int, given: RoadshowChange) -> Any:
    """By the city's officers, before it begins."""
    _city(request)
    event, seen = _event(pk), versions.seen(request, given.seen_version)
    _with_offsets(given)
    named = given.dict(exclude_unset=True, exclude={"projects", "why", "seen_version"})
    names = ("title", "about", "place", "online", "starts_at", "ends_at", "capacity", "contact")
    values = {name: getattr(event, name) for name in names} | named
    on_stage = [row.project for row in event.showings.all()]
    shown = _projects(given.projects, event) if "projects" in given.model_fields_set else on_stage
    actions.change(
        event=event, values=values, projects=shown, actor=request.user, now=timezone.now(), seen_version=seen,
        why=given.why,
    )  # fmt: skip
    return _whole(request, response, pk)


def _with_offsets(given: RoadshowIn) -> None:
    """Raises Invalid at a moment that does not say where."""
    for name in ("starts_at", "ends_at"):
        moment = getattr(given, name)
        if moment is not None and timezone.is_naive(moment):
            raise Invalid({name: _("请写明时区，例如 2026-12-01T09:30:00+08:00")})


def _projects(numbers: Sequence[int], event: Event | None = None) -> list[Project]:
    """The projects in the order given. Raises Invalid at those that cannot be shown."""
    may = finds.for_stage() if event is None else finds.for_change(event)
    found = {one.pk: one for one in may.filter(pk__in=numbers)}
    missing = {f"projects.{n}": _("只能选在融资中、愿意路演的项目") for n, pk in enumerate(numbers) if pk not in found}
    if missing:
        raise Invalid(missing)
    return [found[pk] for pk in dict.fromkeys(numbers)]


@router.post("/roadshows/{int:pk}/register", response=RoadshowOut, auth=SIGNED_IN, summary="报名")
def register(request: Request, response: HttpResponse, pk: int, given: ComingIn) -> Any:
    """409 where it is full, over, or the organisation has registered already."""
    event, home = _event(pk), own_organisation(request, given.organisation)
    actions.register(
        event=event, organisation=home, values={"people": given.people}, actor=request.user, now=timezone.now()
    )
    return _whole(request, response, pk)


@router.post("/roadshows/{int:pk}/unregister", response=RoadshowOut, auth=SIGNED_IN, summary="取消报名")
def unregister(request: Request, response: HttpResponse, pk: int, given: UnregisterIn) -> Any:
    home = own_organisation(request, given.organisation)
    row = get_object_or_404(Registration, event=pk, organisation=home, cancelled_at=None)
    actions.unregister(registration=row, actor=request.user, now=timezone.now())
    return _whole(request, response, pk)


@router.post("/roadshows/{int:pk}/attend", response=AttendedOut, auth=SIGNED_IN, summary="登记路演的到场情况")
def attend(request: Request, pk: int, given: AttendIn) -> Any:
    """By the city's officers, once it has begun."""
    _city(request)
    event, seen = _event(pk), versions.seen(request, given.seen_version)
    people = actions.attend(event=event, came=given.came, actor=request.user, now=timezone.now(), seen_version=seen)
    return {"people": people}


@router.post(
    "/roadshows/{int:pk}/steps/{step}",
    response=RoadshowOut,
    auth=SIGNED_IN,
    summary="登记已举办（hold）、取消（cancel）",
)
def step(request: Request, response: HttpResponse, pk: int, step: str, given: shapes.VersionedStepIn) -> Any:
    """By the city's officers; who has registered is told of a cancellation, with the note."""
    _city(request)
    event, seen = _event(pk), versions.seen(request, given.seen_version)
    if step not in event.workflow:
        raise Http404
    take(case=event, step=step, actor=request.user, now=timezone.now(), seen_version=seen, note=given.note)
    return _whole(request, response, pk)
