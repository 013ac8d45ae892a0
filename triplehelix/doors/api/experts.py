"""Experts over the API: who is found, why somebody fits a need, and what a person says of their works."""

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request, account_of
from triplehelix.market.experts import access, actions, asked, finds
from triplehelix.market.experts.models import Authorship, Expert
from triplehelix.market.listings import finds as listings
from triplehelix.market.needs.models import Need
from triplehelix.matching.people import experts_for
from triplehelix.records.parties.models import Person

router = Router(tags=["experts"])


class ExpertHead(shapes.Given):
    id: int
    name: str
    title: str
    organisation: str = Field(description="empty for somebody not in the register of people")
    confirmed: bool = Field(description="the person has said which works are theirs; else harvested, for members only")
    works: int


class WorkOut(shapes.Given):
    id: int
    authorship: int = Field(description="this expert's name on it, by which it is answered or taken out")
    kind: str = Field(description="paper, patent, achievement, project")
    title: str
    year: int | None
    venue: str
    number: str
    doi: str
    url: str
    subjects: list[str]
    authors: list[str] = Field(description="as written, in order")
    confirmed: bool = Field(description="by the person")
    achievement: int | None = Field(description="its number among the achievements of this platform")


class ExpertOut(ExpertHead):
    discipline: str
    about: str
    works_list: list[WorkOut]


class ExpertPage(shapes.Given):
    items: list[ExpertHead]
    total: int


class ExpertFilter(shapes.Given):
    q: str = Field("", max_length=100, description="a name (also in letters), a unit, or words over the works")
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


class LikenessReason(shapes.Given):
    work: str
    kind: str
    year: int | None
    percent: int = Field(description="how well it fits the need, 0 to 100; 50 is where answers begin")
    words: list[str]


class SuggestionOut(shapes.Given):
    expert: int
    name: str
    organisation: str
    confirmed: bool
    percent: int
    because: list[LikenessReason]


def _head(one: Expert, works: int) -> dict[str, Any]:
    person = one.person
    profile = getattr(person, "profile", None) if person is not None else None
    return {
        "id": one.pk,
        "name": one.name,
        "title": person.title if person else "",
        "organisation": person.home.name if person else "",
        "confirmed": bool(profile and profile.confirmed_at),
        "works": works,
    }


@router.get("/experts", response=ExpertPage, auth=PUBLIC, summary="专家")
def experts(request: Request, chosen: Query[ExpertFilter]) -> Any:
    rows = finds.listed(account_of(request), timezone.localdate(), q=chosen.q.strip())
    page = rows[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [_head(one, getattr(one, "works", 0)) for one in page], "total": rows.count()}


@router.get("/experts/{int:pk}", response=ExpertOut, auth=PUBLIC, summary="一位专家和成果")
def one_expert(request: Request, pk: int) -> Any:
    today, account = timezone.localdate(), account_of(request)
    one = get_object_or_404(finds.shown_to(account, today), pk=pk)
    rows = list(finds.works_of(one, confirmed_only=not access.relations_of(one, account, today))[:500])
    names = finds.with_coauthors(rows, told=finds.named_to(account, today))
    person = one.person
    return {
        **_head(one, len(rows)),
        "discipline": person.discipline if person else "",
        "about": person.about if person else "",
        "works_list": [_work(row, names.get(row.work_id, [])) for row in rows],
    }


def _work(row: Authorship, authors: list[str]) -> dict[str, Any]:
    work = row.work
    told = ("kind", "title", "year", "venue", "number", "doi", "url", "subjects")
    return {name: getattr(work, name) for name in told} | {
        "id": work.pk,
        "authorship": row.pk,
        "authors": authors,
        "confirmed": bool(getattr(row, "is_confirmed", False)),
        "achievement": work.achievement_id,
    }


@router.get("/needs/{int:pk}/experts", response=list[SuggestionOut], auth=PUBLIC, summary="可以请教的专家")
def for_need(request: Request, pk: int) -> Any:
    """Who has made something that answers this need, and why; nothing else counts."""
    now, account = timezone.now(), account_of(request)
    need = get_object_or_404(listings.shown_to(Need, account, now), pk=pk)
    return [_suggestion(one) for one in experts_for(need, actor=account, now=now)]


def _suggestion(one: Any) -> dict[str, Any]:
    head = _head(one.expert, 0)
    return {
        "expert": one.expert.pk,
        **{name: head[name] for name in ("name", "organisation", "confirmed")},
        "percent": one.percent,
        "because": [
            {"work": why.work.title, "kind": why.work.kind, "year": why.work.year, "percent": why.percent,
             "words": list(why.words)}
            for why in one.because
        ],
    }  # fmt: skip


class ExpertAskedOut(shapes.Given):
    authorship: int
    title: str
    name: str = Field(description="as written")
    year: int | None
    said: str = Field(description="mine, not_mine, or empty while it waits")
    own: bool = Field(description="stands under the person already; else proposed, with the reasons")
    reasons: list[str]


class ExpertAnswerIn(shapes.Given):
    authorships: list[int] = Field(min_length=1, max_length=500)


class Counted(shapes.Given):
    count: int


def _person(request: Request) -> Person:
    return get_object_or_404(Person, account=request.user)


@router.get("/experts/mine", response=list[ExpertAskedOut], auth=SIGNED_IN, summary="这些是您的成果吗")
def mine(request: Request) -> Any:
    return [
        {"authorship": row.pk, "title": row.work.title, "name": row.name, "year": row.work.year, "said": row.said,
         "own": group.own, "reasons": group.reasons}
        for group in asked.groups(_person(request))
        for row in group.rows
    ]  # fmt: skip


class VisibilityIn(shapes.Given):
    visibility: Literal["members", "public", "hidden"] = Field(
        description="members: confirmed organisations; public: only after the person has confirmed a work; hidden"
    )


class VisibilityOut(VisibilityIn):
    confirmed: bool = Field(description="the person has said which works are theirs")


# Above the answers: their address would take this one for an answer.
@router.put("/experts/mine/visibility", response=VisibilityOut, auth=SIGNED_IN, summary="我的专家页给谁看")
def show_as(request: Request, given: VisibilityIn) -> Any:
    person = _person(request)
    made = actions.show_as(person=person, visibility=given.visibility, actor=request.user, now=timezone.now())
    return {"visibility": made.visibility, "confirmed": made.confirmed_at is not None}


@router.post("/experts/mine/{answer}", response=Counted, auth=SIGNED_IN, summary="本人确认或否认")
def answer(request: Request, answer: Literal["confirm", "refuse"], given: ExpertAnswerIn) -> Any:
    act = actions.confirm if answer == "confirm" else actions.refuse
    person, ids = _person(request), given.authorships
    return {"count": act(person=person, authorships=ids, actor=request.user, via="account", now=timezone.now())}
