"""Appointments, an intent, papers of the room, and who looks after an introduction, over the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import Seen, content_of, paper_at, said_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.introduction_shapes import IntroductionOut, MeetingOut
from triplehelix.doors.api.introductions import answered, inside, meeting_shown, opened
from triplehelix.market.introductions import actions
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.listings.rules import MOST_FEN
from triplehelix.records.evidence.models import File as Kept
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["introductions"])


class PlanIn(Seen):
    kind: Literal["talk", "visit"]
    planned_at: datetime = Field(description="with its offset from UTC")
    place: str = Field(max_length=120, description="or how: by phone, by video")


class WhyIn(Seen):
    why: str = Field(max_length=200)


class IntentIn(Seen):
    """意向书: no contract, and no deal. The signed paper is the file."""

    signed_on: date
    about: str = Field(max_length=500)
    number: str = Field("", max_length=60)
    event: str = Field("", max_length=120, description="at which event it was signed")
    amount_fen: int | None = Field(None, ge=1, le=MOST_FEN)


class IntentOut(Schema):
    """意向书: no contract. What it says of the matter is for those inside the introduction."""

    number: str
    signed_on: date
    event: str
    about: str
    amount_fen: int | None
    name: str = Field(description="of the paper, see …/intent/file")


class ManagerIn(Seen):
    manager: str = Field(max_length=254, description="e-mail of a technology manager or an officer of the city")


class PaperIn(shapes.Given):
    title: str = Field("", max_length=120)


class LaidOut(Schema):
    id: int
    title: str
    name: str
    added_at: datetime


@contextmanager
def _acting(request: Request, pk: int, given: Seen) -> Iterator[dict[str, Any]]:
    """An act on an introduction the caller may see: what its action is given, done whole or not at all.

    Raises Http404, HttpError 428 where no version is named, Invalid at the fields of the call; Refused comes through.
    """
    introduction = opened(request, pk)
    seen = versions.seen(request, given.seen_version)
    with transaction.atomic(), said_at(given):
        yield {"introduction": introduction, "actor": request.user, "now": timezone.now(), "seen_version": seen}


def _keep(introduction: Introduction, paper: UploadedFile, request: Request) -> Kept:
    content, name = content_of(paper)
    with paper_at("file"):
        return actions.keep_paper(
            introduction=introduction, content=content, name=name, actor=request.user, now=timezone.now()
        )


@router.post("/introductions/{int:pk}/plan", response={201: MeetingOut}, auth=SIGNED_IN, summary="约洽谈、考察的时间")
def plan(request: Request, pk: int, given: PlanIn) -> Any:
    if timezone.is_naive(given.planned_at):
        raise Invalid({"planned_at": _("请写明时区，例如 2026-12-01T09:30:00+08:00")})
    with _acting(request, pk, given) as one:
        made = actions.plan(**given.said(), **one)
    return Status(201, meeting_shown(made))


@router.post(
    "/introductions/{int:pk}/meetings/{int:meeting}/cancel",
    response=IntroductionOut,
    auth=SIGNED_IN,
    summary="取消约定",
)
def cancel(request: Request, pk: int, meeting: int, given: WhyIn) -> Any:
    with _acting(request, pk, given) as one:
        gone = get_object_or_404(one["introduction"].meetings, pk=meeting)
        actions.cancel(meeting=gone, **given.said(), **one)
    return answered(request, pk)


@router.post(
    "/introductions/{int:pk}/meetings/{int:meeting}/void",
    response=IntroductionOut,
    auth=SIGNED_IN,
    summary="作废登记错的洽谈、考察",
)
def void_meeting(request: Request, pk: int, meeting: int, given: WhyIn) -> Any:
    """It counts no more, and is recorded anew."""
    with _acting(request, pk, given) as one:
        gone = get_object_or_404(one["introduction"].meetings, pk=meeting)
        actions.void_meeting(meeting=gone, **given.said(), **one)
    return answered(request, pk)


@router.get("/introductions/{int:pk}/intent", response=IntentOut, auth=SIGNED_IN, summary="登记的意向书")
def signed_intent(request: Request, pk: int) -> Any:
    found = get_object_or_404(inside(request, pk).intents.select_related("file"), void_why="")
    plain = ("number", "signed_on", "event", "about", "amount_fen")
    return {"name": found.file.name} | {name: getattr(found, name) for name in plain}


@router.post("/introductions/{int:pk}/intent", response=IntroductionOut, auth=SIGNED_IN, summary="登记意向书")
def intent(request: Request, pk: int, given: IntentIn, file: File[UploadedFile]) -> Any:
    with _acting(request, pk, given) as one:
        kept = _keep(one["introduction"], file, request)
        actions.sign_intent(file=kept, **given.said(), **one)
    return answered(request, pk)


@router.post(
    "/introductions/{int:pk}/intent/void", response=IntroductionOut, auth=SIGNED_IN, summary="作废登记错的意向书"
)
def void_intent(request: Request, pk: int, given: WhyIn) -> Any:
    """Its number and paper serve anew."""
    with _acting(request, pk, given) as one:
        actions.void_intent(**given.said(), **one)
    return answered(request, pk)


@router.post("/introductions/{int:pk}/assign", response=IntroductionOut, auth=SIGNED_IN, summary="指派技术经理人")
def assign(request: Request, pk: int, given: ManagerIn) -> Any:
    """By an officer of the city; who names himself has agreed by it."""
    with _acting(request, pk, given) as one:
        manager = Account.objects.filter(email=given.manager.strip().lower()).first()
        if manager is None:
            raise Invalid({"manager": _("请选择现任的技术经理人或市科技局工作人员")})
        actions.assign(manager=manager, **one)
    return answered(request, pk)


@router.post("/introductions/{int:pk}/agree-to-manage", response=IntroductionOut, auth=SIGNED_IN, summary="同意办理")
def agree_to_manage(request: Request, pk: int, given: Seen) -> Any:
    with _acting(request, pk, given) as one:
        actions.agree_to_manage(**one)
    return answered(request, pk)


@router.post("/introductions/{int:pk}/refuse-to-manage", response={204: None}, auth=SIGNED_IN, summary="不能办理")
def refuse_to_manage(request: Request, pk: int, given: WhyIn) -> Any:
    """Who was named does not do it, and may see it no more."""
    with _acting(request, pk, given) as one:
        actions.refuse_to_manage(**given.said(), **one)
    return Status(204, None)


@router.get("/introductions/{int:pk}/papers", response=list[LaidOut], auth=SIGNED_IN, summary="谈判室文件")
def papers(request: Request, pk: int) -> Any:
    return [_paper(one) for one in inside(request, pk).papers.select_related("file")]


def _paper(one: Any) -> dict[str, Any]:
    return {"id": one.pk, "title": one.title, "name": one.file.name, "added_at": one.added_at}


@router.post("/introductions/{int:pk}/papers", response={201: LaidOut}, auth=SIGNED_IN, summary="上传谈判室文件")
def lay(request: Request, pk: int, given: PaperIn, file: File[UploadedFile]) -> Any:
    introduction = opened(request, pk)
    with transaction.atomic():
        kept = _keep(introduction, file, request)
        made = actions.lay(
            introduction=introduction, file=kept, title=given.title, actor=request.user, now=timezone.now()
        )
    return Status(201, _paper(made))
