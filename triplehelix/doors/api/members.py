"""Who acts for an organisation, over the API: for its administrators and the officers who look after it."""

from datetime import date, datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.records.parties import actions, finds
from triplehelix.records.parties.models import Membership, Organisation

router = Router(tags=["members"])
ROLES = {"accept": "", "accept-admin": "admin"}


class MemberOut(Schema):
    """`accepted_at` null: asks to act for the organisation."""

    id: int
    name: str
    email: str
    role: str
    since: date
    until: date | None
    accepted_at: datetime | None
    is_active: bool = Field(description="the account may sign in")


class MemberPage(Schema):
    items: list[MemberOut]
    total: int


class MemberEndIn(shapes.Given):
    why: str = Field(max_length=200, description="told to the member")


def _shown(one: Membership) -> dict[str, Any]:
    who = one.account
    return {"id": one.pk, "name": who.name, "email": who.email, "is_active": who.is_active} | {
        name: getattr(one, name) for name in ("role", "since", "until", "accepted_at")
    }


@router.get("/organisations/{uscc}/members", response=MemberPage, auth=SIGNED_IN, summary="单位的成员")
def members(request: Request, uscc: str, part: Query[shapes.Part]) -> Any:
    """Who asks to act for it first, then administrators, then the others."""
    organisation = get_object_or_404(Organisation, uscc=uscc.replace("\x00", ""))
    allowed.members(request.user, organisation)
    return shapes.cut(finds.members(organisation, timezone.localdate()), part, _shown)


@router.post("/members/{int:pk}/end", response=MemberOut, auth=SIGNED_IN, summary="结束一个人的代表资格")
def end(request: Request, pk: int, given: MemberEndIn) -> Any:
    """At once. 409 where nobody would be left to administer the organisation."""
    found = allowed.membership(request.user, pk)
    done = actions.end_membership(membership=found, until=None, actor=request.user, now=timezone.now(), why=given.why)
    return _shown(done)


@router.post(
    "/members/{int:pk}/{answer}", response=MemberOut, auth=SIGNED_IN,
    summary="同意为经办人（accept）、为管理员（accept-admin），或不同意（refuse）",
)  # fmt: skip
def answer(request: Request, pk: int, answer: Literal["accept", "accept-admin", "refuse"]) -> Any:
    found, now = allowed.membership(request.user, pk), timezone.now()
    if answer == "refuse":
        return _shown(actions.refuse_member(membership=found, actor=request.user, now=now))
    return _shown(actions.accept_member(membership=found, actor=request.user, now=now, role=ROLES[answer]))
