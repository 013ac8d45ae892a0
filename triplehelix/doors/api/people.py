"""The people of the caller's organisations: who may be named as 完成人 of an achievement."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import UNIT, UNIT_LENGTH, Seen, organisation_of
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import own_organisation
from triplehelix.records.parties import access, actions, finds
from triplehelix.records.parties.models import Person
from triplehelix.records.parties.rules import Refused

router = Router(tags=["market"])


class PersonIn(shapes.Given):
    name: str = Field(max_length=60)
    title: str = Field("", max_length=60, description="职称")
    discipline: str = Field("", max_length=120, description="学科")
    about: str = Field("", max_length=5000)


class NewPerson(PersonIn):
    organisation: str = Field(description="统一社会信用代码 of one of the caller's organisations")


class PersonChange(PersonIn, Seen):
    """What is left out stays."""

    name: str = Field("", max_length=60)


class Move(shapes.Given):
    home: str = Field(max_length=UNIT_LENGTH, description=UNIT)
    last_day: date = Field(description="the last day at the present home")
    why: str = Field(max_length=200, description="by which paper; told to the person")


class PersonOut(Schema):
    id: int
    organisation: str
    organisation_name: str
    name: str
    title: str
    discipline: str
    about: str
    is_linked: bool = Field(description="an officer has linked the person with an account")
    version: int


class PeoplePage(Schema):
    items: list[PersonOut]
    total: int


class PeopleFilter(Schema):
    q: str = Field("", max_length=60, description="in the name, exactly as written or a part of it")
    organisation: str = Field("", max_length=18, description="统一社会信用代码")
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


def _shown(person: Person) -> dict[str, Any]:
    return {
        "id": person.pk,
        "organisation": person.home.uscc,
        "organisation_name": person.home.name,
        **{name: getattr(person, name) for name in ("name", "title", "discipline", "about")},
        "is_linked": person.account_id is not None,
        "version": person.version,
    }


@router.get("/people", response=PeoplePage, auth=SIGNED_IN, summary="本单位（或所管单位）的人员")
def people(request: Request, chosen: Query[PeopleFilter]) -> Any:
    rows = finds.people(access.audiences(request.user, timezone.localdate()))
    if uscc := chosen.organisation.replace("\x00", ""):
        rows = rows.filter(home__uscc=uscc)
    if q := chosen.q.replace("\x00", "").strip():
        rows = rows.filter(name__icontains=q)
    page = rows.order_by("name", "pk")[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [_shown(one) for one in page], "total": rows.count()}


@router.get("/people/{int:pk}", response=PersonOut, auth=SIGNED_IN, summary="一位人员")
def person(request: Request, response: HttpResponse, pk: int) -> Any:
    found = _one(request, pk)
    versions.tag(response, found.version)
    return _shown(found)


def _one(request: Request, pk: int) -> Person:
    return get_object_or_404(finds.people(access.audiences(request.user, timezone.localdate())), pk=pk)


@router.post("/people", response={201: PersonOut}, auth=SIGNED_IN, summary="登记一位人员")
def new_person(request: Request, given: NewPerson) -> Any:
    """Two people may share a name: look first whether the person is there."""
    values = given.dict()
    home = own_organisation(request, values.pop("organisation"))
    if home.confirmed_at is None:
        raise Refused(_("单位还没有经过核实，核实以后才能登记人员。"))
    made = actions.register_person(home=home, actor=request.user, now=timezone.now(), **values)
    return Status(201, _shown(made))


@router.patch("/people/{int:pk}", response=PersonOut, auth=SIGNED_IN, summary="修改一位人员")
def change_person(request: Request, response: HttpResponse, pk: int, given: PersonChange) -> Any:
    found = _one(request, pk)
    if "member" not in access.relations(request.user, found.home, timezone.localdate()):
        raise Http404
    seen = versions.seen(request, given.seen_version)
    values = given.dict(exclude_unset=True, exclude={"seen_version"})
    done = actions.amend_person(
        person=found, values=values, actor=request.user, now=timezone.now(), seen_version=seen
    )  # fmt: skip
    versions.tag(response, done.version)
    return _shown(done)


@router.post("/people/{int:pk}/move", response=PersonOut, auth=SIGNED_IN, summary="登记调动（主管部门）")
def move(request: Request, response: HttpResponse, pk: int, given: Move) -> Any:
    """The person works for another organisation; 404 for who is not the officer of the present one."""
    found = _one(request, pk)
    if "officer" not in access.relations(request.user, found.home, timezone.localdate()):
        raise Http404
    home = organisation_of(given.home, "home")
    done = actions.move_person(
        person=found, home=home, last_day=given.last_day, actor=request.user, now=timezone.now(), why=given.why
    )
    versions.tag(response, done.version)
    return _shown(done)
