"""What is registered of organisations, over the API: for their own people, their officers and audit."""

from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import field_validator

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import UNIT_LENGTH, Seen, organisation_of
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.records.parties import access, actions, finds
from triplehelix.records.parties.actions.correcting import CHECKED
from triplehelix.records.parties.models import Organisation

router = Router(tags=["members"])

PERSONAL = ("contact_name", "contact_post", "contact_phone", "contact_email")


class OrganisationFilter(shapes.Part):
    q: str = Field("", max_length=60, description="in the name, or the beginning of the code")
    waiting: bool = Field(False, description="only those nobody has compared with their licence yet, oldest first")


class OrganisationOut(Schema):
    uscc: str
    name: str
    unit: str
    confirmed_at: datetime | None
    acting: int = Field(description="how many act for it today")


class OrganisationPage(Schema):
    items: list[OrganisationOut]
    total: int


class ChainOut(Schema):
    chain: str
    since: date


class RegisteredOut(Schema):
    """Whom to call is for its own people and its officers: empty for audit."""

    uscc: str
    name: str
    type: str
    region: str
    unit: str
    size: str
    flags: list[str]
    about: str
    contact_name: str
    contact_post: str
    contact_phone: str
    contact_email: str
    confirmed_at: datetime | None
    version: int
    chains: list[ChainOut] = Field(description="the industry chains it is in today")
    ending: str = Field(description="merged, renumbered or closed; empty where it goes on")
    ended_on: date | None
    heir: str | None = Field(description="the USCC of who goes on with what is its")


class Words(shapes.Given):
    """Codes may be given by name."""

    about: str = Field("", max_length=5000)
    contact_name: str = Field("", max_length=60)
    contact_post: str = Field("", max_length=60)
    contact_phone: str = Field("", max_length=24)
    contact_email: str = Field("", max_length=254)
    type: str = Field("", max_length=40)
    region: str = Field("", max_length=40)
    unit: str = Field("", max_length=40)
    size: str = Field("", max_length=40)
    flags: list[str] = Field([], max_length=50)


class OrganisationIn(Words):
    uscc: str = Field(max_length=40, description="统一社会信用代码")
    name: str = Field(max_length=120)


class OrganisationChange(Words, Seen):
    """What is left out stays. Administrators of the organisation change `about` and whom to call; officers the rest,
    with `why` where it was checked before."""

    name: str = Field("", max_length=120)
    why: str = Field("", max_length=200, description="told to the members")


class ChainIn(shapes.Given):
    chain: str = Field(max_length=40, description="code or name")
    since: date


class OrganisationEndIn(shapes.Given):
    ending: Literal["merged", "renumbered", "closed"]
    on: date
    document: str = Field(max_length=80, description="by which paper")
    successor: str = Field(
        "", max_length=UNIT_LENGTH, description="统一社会信用代码, or the exact full name; none where it was closed"
    )


class OrganisationUndoIn(shapes.Given):
    why: str = Field(max_length=200, description="told to the members of both")


class OrganisationConfirmIn(shapes.Given):
    """What the licence says, and for each member of /organisations/{uscc}/members whether he acts for it."""

    type: str = Field("", max_length=40, description="where it was entered wrongly")
    members: dict[str, bool] = Field({}, max_length=200, description="{id of a member: acts for it}")

    @field_validator("members")
    @classmethod
    def are_numbered(cls, value: dict[str, bool]) -> dict[str, bool]:
        if wrong := [key for key in value if not (key.isascii() and key.isdigit() and len(key) <= 18)]:
            raise ValueError(_("没有这个成员编号：%(id)s") % {"id": wrong[0]})
        return value


class ChainEndIn(shapes.Given):
    until: date = Field(description="the last day in it")


def _shown(one: Organisation, held: frozenset[str]) -> dict[str, Any]:
    names = ("uscc", "about", "confirmed_at", "version", *CHECKED)
    chains = one.chains.on(timezone.localdate()).order_by("since", "pk")
    told = held & {"member", "officer"}
    return {name: getattr(one, name) for name in names} | {
        **{name: getattr(one, name) if told else "" for name in PERSONAL},
        "ending": one.ending,
        "ended_on": one.ended_on,
        "heir": one.heir.uscc if one.heir else None,
        "chains": [{"chain": row.chain, "since": row.since} for row in chains],
    }


def _one(request: Request, uscc: str, *relations: str) -> tuple[Organisation, frozenset[str]]:
    found = get_object_or_404(Organisation, uscc=uscc.replace("\x00", ""))
    held = access.relations(request.user, found, timezone.localdate())
    if not held & frozenset(relations):
        raise Http404
    return found, held


@router.get("/organisations", response=OrganisationPage, auth=SIGNED_IN, summary="所管的单位（主管部门）")
def organisations(request: Request, chosen: Query[OrganisationFilter]) -> Any:
    groups = allowed.officer(request.user)
    rows = finds.unconfirmed(groups) if chosen.waiting else finds.managed(groups).order_by("name", "pk")
    rows = finds.with_members(rows, timezone.localdate())
    if q := chosen.q.replace("\x00", "").strip():
        rows = rows.filter(Q(name__icontains=q) | Q(uscc__istartswith=q))
    return shapes.cut(rows, chosen, lambda one: one)


@router.post("/organisations", response={201: RegisteredOut}, auth=SIGNED_IN, summary="登记一个单位（主管部门）")
def register(request: Request, given: OrganisationIn, response: HttpResponse) -> Any:
    """Whoever registers it has seen its licence: it stands confirmed."""
    allowed.officer(request.user)
    made = actions.register_checked(actor=request.user, now=timezone.now(), **given.dict())
    versions.tag(response, made.version)
    return Status(201, _shown(made, access.relations(request.user, made, timezone.localdate())))


@router.get("/organisations/{uscc}", response=RegisteredOut, auth=SIGNED_IN, summary="单位资料")
def organisation(request: Request, uscc: str, response: HttpResponse) -> Any:
    found, held = _one(request, uscc, "member", "officer", "auditor")
    versions.tag(response, found.version)
    return _shown(found, held)


@router.patch("/organisations/{uscc}", response=RegisteredOut, auth=SIGNED_IN, summary="更正单位资料")
def change(request: Request, uscc: str, given: OrganisationChange, response: HttpResponse) -> Any:
    """409 where an administrator changes what officers check."""
    found, held = _one(request, uscc, "admin", "officer")
    seen = versions.seen(request, given.seen_version)
    values = given.dict(exclude_unset=True, exclude={"seen_version", "why"})
    done = actions.correct(
        organisation=found, values=values, actor=request.user, now=timezone.now(), seen_version=seen, why=given.why
    )
    versions.tag(response, done.version)
    return _shown(done, held)


@router.post(
    "/organisations/{uscc}/confirm", response=RegisteredOut, auth=SIGNED_IN, summary="核实单位和代表它的人（主管部门）"
)
def confirm(request: Request, uscc: str, given: OrganisationConfirmIn, response: HttpResponse) -> Any:
    """Asked again, it answers the same. 409 where the caller acts for it or asks to; 422 where a member is left out."""
    found, held = _one(request, uscc, "officer")
    members = {int(pk): acts for pk, acts in given.members.items()}
    done = actions.confirm_organisation(
        organisation=found, actor=request.user, now=timezone.now(), type=given.type, members=members
    )
    versions.tag(response, done.version)
    return _shown(done, held)


@router.post("/organisations/{uscc}/chains", response=RegisteredOut, auth=SIGNED_IN, summary="列入产业链（主管部门）")
def join(request: Request, uscc: str, given: ChainIn) -> Any:
    found, held = _one(request, uscc, "officer")
    actions.join_chain(organisation=found, actor=request.user, now=timezone.now(), **given.dict())
    return _shown(found, held)


@router.post(
    "/organisations/{uscc}/chains/{chain}/end", response=RegisteredOut, auth=SIGNED_IN, summary="退出产业链（主管部门）"
)
def leave(request: Request, uscc: str, chain: str, given: ChainEndIn) -> Any:
    """404 where it is in no such chain."""
    found, held = _one(request, uscc, "officer")
    membership = get_object_or_404(found.chains, chain=chain.replace("\x00", ""), until__isnull=True)
    actions.leave_chain(membership=membership, until=given.until, actor=request.user, now=timezone.now())
    return _shown(found, held)


@router.post(
    "/organisations/{uscc}/end", response=RegisteredOut, auth=SIGNED_IN, summary="登记合并、换发代码、注销（主管部门）"
)
def end(request: Request, uscc: str, given: OrganisationEndIn, response: HttpResponse) -> Any:
    """409 where it has ended already, or the caller acts for one of the two."""
    found, held = _one(request, uscc, "officer")
    values = given.dict(exclude={"successor"})
    successor = organisation_of(given.successor, "successor") if given.successor.strip() else None
    done = actions.end_organisation(
        organisation=found, successor=successor, actor=request.user, now=timezone.now(), **values
    )
    versions.tag(response, done.version)
    return _shown(done, held)


@router.post(
    "/organisations/{uscc}/end/undo", response=RegisteredOut, auth=SIGNED_IN, summary="撤销终止登记（主管部门）"
)
def undo_end(request: Request, uscc: str, given: OrganisationUndoIn, response: HttpResponse) -> Any:
    """409 where it has not ended."""
    found, held = _one(request, uscc, "officer")
    done = actions.undo_ending(organisation=found, actor=request.user, now=timezone.now(), why=given.why)
    versions.tag(response, done.version)
    return _shown(done, held)
