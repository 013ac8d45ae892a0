"""Introductions over the API: the same finds, actions and relations as the pages. What was said is for the two sides,
their manager and the auditor."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.introduction_shapes import (
    IntroductionFilter,
    IntroductionOut,
    IntroductionPage,
    InviteIn,
    MeetingIn,
    MeetingOut,
    MessageIn,
    MessageOut,
    ReasonIn,
    SeenIn,
    TermsIn,
    VersionOut,
)
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import access, actions, finds
from triplehelix.market.introductions.flow import FLOW
from triplehelix.market.introductions.history import of_introduction
from triplehelix.market.introductions.models import Introduction, Version
from triplehelix.market.needs.models import Need
from triplehelix.records.steps.actions import take

router = Router(tags=["introductions"])
#: Steps that ask for nothing but a press; the others have a call of their own.
STEPS = ("take_back", "ask_again")
SPOKEN = ("words", "decline_words", "break_words")
CONTACT = ("name", "phone", "email")


def opened(request: Request, pk: int) -> Introduction:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


def inside(request: Request, pk: int) -> Introduction:
    introduction = opened(request, pk)
    if introduction.accepted_at is None or not introduction.relations_of(request.user, timezone.now()) & access.INSIDE:
        raise Http404
    return introduction


def _given(request: Request, introduction: Introduction, seen_version: int) -> dict[str, Any]:
    return {
        "introduction": introduction, "actor": request.user, "now": timezone.now(), "seen_version": seen_version,
    }  # fmt: skip


def shown(introduction: Introduction, held: frozenset[str]) -> dict[str, Any]:
    """An introduction as the API gives it."""
    plain = (
        "state", "version", "invited_by_side", "invited_at", "answer_by", "declined_by_side", "decline_reason",
        "break_reason", "moved_at", "ended_at", "number",
    )  # fmt: skip
    return {
        "id": introduction.pk,
        **{name: getattr(introduction, name) for name in plain},
        **{name: getattr(introduction, name) if held & access.INSIDE else "" for name in SPOKEN},
        "manager": str(introduction.manager or ""),
        **{side: _side(introduction, side, held) for side in (access.NEED, access.ACHIEVEMENT)},
    }


def _side(introduction: Introduction, side: str, held: frozenset[str]) -> dict[str, Any]:
    listing = introduction.need if side == access.NEED else introduction.achievement
    met = introduction.accepted_at is not None and bool(held & access.PARTICIPANTS)
    contact = {name: getattr(listing, f"contact_{name}") for name in CONTACT}
    return {
        "id": listing.pk, "title": listing.title, "organisation": listing.organisation.uscc,
        "organisation_name": listing.organisation.name, "accepted_at": getattr(introduction, f"{side}_accepted_at"),
        "contact": contact if met or side in held else None,
    }  # fmt: skip


def answered(request: Request, pk: int) -> dict[str, Any]:
    introduction = opened(request, pk)
    return shown(introduction, introduction.relations_of(request.user, timezone.now()))


@router.get(
    "/introductions",
    response=IntroductionPage,
    auth=SIGNED_IN,
    summary="看得到的引荐，最近有动静的在前",
)
def introductions(request: Request, chosen: Query[IntroductionFilter]) -> Any:
    rows = finds.shown_to(request.user, timezone.localdate())
    if chosen.mine:
        rows = rows.filter(pk__in=finds.waiting_for(request.user, timezone.localdate()).values("pk"))
    if chosen.state in {state.code for state in FLOW.states}:
        rows = rows.filter(state=chosen.state)
    page = list(rows[chosen.offset : chosen.offset + chosen.limit])
    held = access.relations_to(page, request.user, timezone.localdate())
    return {"items": [shown(one, held[one.pk]) for one in page], "total": rows.count()}


@router.post("/introductions", response={201: IntroductionOut}, auth=SIGNED_IN, summary="发起引荐")
def invite(request: Request, given: InviteIn) -> Any:
    """For the side the caller acts for; a technology manager or officer asks both. A pair under way is answered."""
    need = get_object_or_404(Need, pk=given.need, state="published")
    achievement = get_object_or_404(Achievement, pk=given.achievement, state="published")
    side = access.side_for(request.user, need, achievement, timezone.localdate())
    if not side:
        raise Http404
    made = actions.invite(
        need=need, achievement=achievement, side=side, actor=request.user, now=timezone.now(), words=given.words
    )
    return Status(201, answered(request, made.pk))


@router.get("/introductions/{int:pk}", response=IntroductionOut, auth=SIGNED_IN, summary="一件引荐")
def introduction(request: Request, pk: int) -> Any:
    return answered(request, pk)


@router.get("/introductions/{int:pk}/history", response=list[shapes.LineOut], auth=SIGNED_IN, summary="引荐的办理过程")
def history(request: Request, pk: int) -> Any:
    """Oldest first; what the two said to each other is for those inside."""
    introduction = opened(request, pk)
    return of_introduction(introduction, introduction.relations_of(request.user, timezone.now()))


@router.post("/introductions/{int:pk}/accept", response=IntroductionOut, auth=SIGNED_IN, summary="接受")
def accept(request: Request, pk: int, given: SeenIn) -> Any:
    actions.accept(**_given(request, opened(request, pk), given.seen_version))
    return answered(request, pk)


@router.post(
    "/introductions/{int:pk}/decline", response=IntroductionOut, auth=SIGNED_IN,
    summary="谢绝，八类原因必选其一",
)  # fmt: skip
def decline(request: Request, pk: int, given: ReasonIn) -> Any:
    more = _given(request, opened(request, pk), given.seen_version)
    actions.decline(reason_code=given.reason, words=given.words, **more)
    return answered(request, pk)


@router.post("/introductions/{int:pk}/break-off", response=IntroductionOut, auth=SIGNED_IN, summary="终止洽谈")
def break_off(request: Request, pk: int, given: ReasonIn) -> Any:
    more = _given(request, opened(request, pk), given.seen_version)
    actions.break_off(reason_code=given.reason, words=given.words, **more)
    return answered(request, pk)


@router.post(
    "/introductions/{int:pk}/steps/{step}", response=IntroductionOut, auth=SIGNED_IN,
    summary="撤回邀请（take_back）、再次邀请（ask_again）",
)  # fmt: skip
def step(request: Request, pk: int, step: str, given: SeenIn) -> Any:
    introduction = opened(request, pk)
    if step not in STEPS:
        raise Http404
    take(case=introduction, step=step, actor=request.user, now=timezone.now(), seen_version=given.seen_version)
    return answered(request, pk)


@router.get(
    "/introductions/{int:pk}/meetings", response=list[MeetingOut], auth=SIGNED_IN,
    summary="洽谈和考察",
)  # fmt: skip
def meetings(request: Request, pk: int) -> Any:
    return [meeting_shown(one) for one in inside(request, pk).meetings.filter(cancelled_at__isnull=True, void_why="")]


def meeting_shown(meeting: Any) -> dict[str, Any]:
    names = ("kind", "planned_at", "held_on", "place", "people", "notes")
    return {"id": meeting.pk, **{name: getattr(meeting, name) for name in names}}


@router.post(
    "/introductions/{int:pk}/meetings", response={201: MeetingOut}, auth=SIGNED_IN,
    summary="登记一次洽谈或考察",
)  # fmt: skip
def meet(request: Request, pk: int, given: MeetingIn) -> Any:
    values = given.dict()
    more = _given(request, opened(request, pk), values.pop("seen_version"))
    return Status(201, meeting_shown(actions.record_meeting(**values, **more)))


@router.get("/introductions/{int:pk}/versions", response=list[VersionOut], auth=SIGNED_IN, summary="各版条款")
def versions(request: Request, pk: int) -> Any:
    return [_version(one) for one in inside(request, pk).versions.all()]


def _version(version: Version) -> dict[str, Any]:
    return {name: getattr(version, name) for name in VersionOut.model_fields}


@router.post("/introductions/{int:pk}/versions", response={201: VersionOut}, auth=SIGNED_IN, summary="提出一版条款")
def propose(request: Request, pk: int, given: TermsIn) -> Any:
    values = given.dict()
    more = _given(request, opened(request, pk), values.pop("seen_version"))
    values["rows"] = [(row["name"], row["fen"], row["due"]) for row in values["rows"]]
    return Status(201, _version(actions.propose(terms=actions.Terms(**values), **more)))


@router.post(
    "/introductions/{int:pk}/versions/{int:n}/accept", response=IntroductionOut, auth=SIGNED_IN,
    summary="接受这一版条款",
)  # fmt: skip
def accept_terms(request: Request, pk: int, n: int, given: SeenIn) -> Any:
    actions.accept_terms(n=n, **_given(request, opened(request, pk), given.seen_version))
    return answered(request, pk)


@router.get(
    "/introductions/{int:pk}/messages",
    response=list[MessageOut],
    auth=SIGNED_IN,
    summary="谈判室留言",
)
def messages(request: Request, pk: int) -> Any:
    return list(inside(request, pk).messages.all())


@router.post("/introductions/{int:pk}/messages", response={201: MessageOut}, auth=SIGNED_IN, summary="在引荐里留言")
def say(request: Request, pk: int, given: MessageIn) -> Any:
    made = actions.say(introduction=opened(request, pk), text=given.text, actor=request.user, now=timezone.now())
    return Status(201, {"side": made.side, "text": made.text, "said_at": made.said_at})
