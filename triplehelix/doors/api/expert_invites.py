"""Asking an expert without an account by mail: the address the own organisation gives, and the letter."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.market.experts import access, actions, finds
from triplehelix.records.parties.models import Person

router = Router(tags=["experts"])


class AddressIn(shapes.Given):
    email: str = Field(max_length=200, description="only to be invited by, never shown; empty takes it back")


class InvitedOut(Schema):
    sent_at: datetime
    expires_at: datetime


def _person(request: Request, pk: int, *relations: str) -> Person:
    """The person behind an expert, for who has one of these relations to it. Raises Http404 for everybody else."""
    today = timezone.localdate()
    expert = get_object_or_404(finds.shown_to(request.user, today), pk=pk)
    if expert.person is None or not access.relations_of(expert, request.user, today) & set(relations):
        raise Http404
    return expert.person


@router.post("/experts/{int:pk}/address", response={204: None}, auth=SIGNED_IN, summary="本单位人员的邀请邮箱")
def address(request: Request, pk: int, given: AddressIn) -> Any:
    """By the person's own organisation."""
    person = _person(request, pk, access.HOME)
    actions.give_address(person=person, email=given.email, actor=request.user, now=timezone.now())
    return Status(204, None)


@router.post("/experts/{int:pk}/invite", response={201: InvitedOut}, auth=SIGNED_IN, summary="发信邀请确认成果")
def invite(request: Request, pk: int) -> Any:
    """By the own organisation or the desk; the letter opens the person's own list and nothing else."""
    person = _person(request, pk, access.HOME, access.DESK)
    base = request.build_absolute_uri("/")
    made = actions.invite(person=person, base_url=base, actor=request.user, now=timezone.now())
    return Status(201, made)
