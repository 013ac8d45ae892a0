"""Needs and achievements over the API: the same finds, actions and steps as the pages."""

import json
from collections.abc import Container
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request, account_of
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import finds as experts
from triplehelix.market.listings import actions, finds
from triplehelix.market.listings.access import CONTACT_RELATIONS, relations_of
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import TOLD, Need
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import offered, take

router = Router(tags=["market"])
MODELS: dict[str, type[Listing]] = {"needs": Need, "achievements": Achievement}
OWN = {
    "needs": (*TOLD, "needed_by", "secrecy", "trl_wanted", "region_wanted"),
    "achievements": ("type", "trl", "trl_assessed_by", "trl_assessed_on", "ip", "rights"),
}


def shown(
    listing: Listing, kind: str, *, contact: bool, unnamed: Container[tuple[int, int]] = frozenset()
) -> dict[str, Any]:
    """A listing as the API gives it; contact only where the caller's relation shows it. `unnamed`: (achievement,
    person) the caller is not told of (experts.finds)."""
    plain = ("state", "version", "number", "title", "text", "field", "chain", "region", "modes", "price_fen")
    return {
        "id": listing.pk,
        "kind": kind,
        "organisation": listing.organisation.uscc,
        "organisation_name": listing.organisation.name,
        **{name: getattr(listing, name) for name in (*plain, "published_at", "valid_until")},
        "contact": {
            "name": listing.contact_name,
            "phone": listing.contact_phone,
            "email": listing.contact_email,
        }
        if contact
        else None,
        "more": {name: getattr(listing, name) for name in OWN[kind]} | _people(listing, unnamed),
    }


def _people(listing: Listing, unnamed: Container[tuple[int, int]]) -> dict[str, Any]:
    """完成人 of an achievement; a need has none."""
    if not isinstance(listing, Achievement):
        return {}
    told = (one for one in listing.people.all() if (listing.pk, one.pk) not in unnamed)
    return {"people": [{"id": one.pk, "name": one.name, "organisation": one.home.uscc} for one in told]}


def with_people(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """The people of a list of achievements, in two queries for all of it."""
    return rows.prefetch_related("people__home") if rows.model is Achievement else rows


def opened(request: Request, kind: str, pk: int) -> Listing:
    """The listing, for callers who may see it; 404 for all others."""
    return get_object_or_404(finds.shown_to(MODELS[kind], account_of(request), timezone.now()), pk=pk)


def one(request: Request, response: HttpResponse, kind: str, listing: Listing) -> dict[str, Any]:
    now, account = timezone.now(), account_of(request)
    mine = relations_of(listing, account, now)
    found = shown(listing, kind, contact=bool(CONTACT_RELATIONS & mine), unnamed=_unnamed(listing, mine))
    versions.tag(response, listing.version, _names(listing, found))
    found["steps"] = [step.code for step in offered(case=listing, actor=account, now=now)] if account else []
    if isinstance(listing, Need) and listing.is_confidential and "owner" in mine:
        words = listing.words()
        found["more"] |= {"confidential": {name: getattr(words, name) for name in TOLD} | {"text": words.whole}}
    return found


def _unnamed(listing: Listing, mine: frozenset[str]) -> set[tuple[int, int]]:
    """As on its page: who keeps an achievement is told of everybody it names."""
    if not isinstance(listing, Achievement):
        return set()
    prefetch_related_objects([listing], "people__home")
    return set() if mine & experts.KEEPERS or not listing.people.all() else experts.unnamed([listing.pk])


def _names(listing: Listing, found: dict[str, Any]) -> str:
    """Whom an answer names, for its tag: a person who is not to be named any more makes no new version."""
    named = isinstance(listing, Achievement) and listing.people.all()
    return json.dumps(found["more"]["people"]) if named else ""


def own_organisation(request: Request, uscc: str) -> Organisation:
    own = organisations_of(request.user, timezone.localdate())
    return get_object_or_404(own, uscc=uscc)


class Narrowed(Schema):
    """What a list is narrowed to, and which part of it is wanted."""

    chain: str = ""
    field: str = ""
    region: str = ""
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


def _listed(kind: str, narrowed: Narrowed) -> dict[str, Any]:
    """What anybody is told, whoever asks: no contact, and nobody who is not to be named."""
    rows = with_people(finds.published(MODELS[kind]))
    for name in ("chain", "field", "region"):
        if value := getattr(narrowed, name).replace("\x00", ""):
            rows = rows.filter(**{name: value})
    end = narrowed.offset + narrowed.limit
    page = list(rows[narrowed.offset : end])
    unnamed = experts.unnamed(row.pk for row in page) if kind == "achievements" and page else set()
    return {"items": [shown(row, kind, contact=False, unnamed=unnamed) for row in page], "total": rows.count()}


@router.get("/needs", response=shapes.Page, auth=PUBLIC, summary="已发布的需求")
def needs(request: Request, narrowed: Query[Narrowed]) -> Any:
    return _listed("needs", narrowed)


@router.get("/achievements", response=shapes.Page, auth=PUBLIC, summary="已发布的成果")
def achievements(request: Request, narrowed: Query[Narrowed]) -> Any:
    return _listed("achievements", narrowed)


ONE = {200: shapes.ListingOut, 304: None}


def _read(request: Request, response: HttpResponse, kind: str, pk: int) -> Any:
    found = one(request, response, kind, opened(request, kind, pk))
    return Status(304, None) if versions.unchanged(request, response) else found


@router.get("/needs/{int:pk}", response=ONE, auth=PUBLIC, summary="一条需求")
def need(request: Request, response: HttpResponse, pk: int) -> Any:
    return _read(request, response, "needs", pk)


@router.get("/achievements/{int:pk}", response=ONE, auth=PUBLIC, summary="一项成果")
def achievement(request: Request, response: HttpResponse, pk: int) -> Any:
    return _read(request, response, "achievements", pk)


def _create(request: Request, response: HttpResponse, kind: str, given: shapes.Common) -> Any:
    values = given.dict(exclude_unset=True)
    organisation = own_organisation(request, values.pop("organisation"))
    listing = actions.create(
        model=MODELS[kind], organisation=organisation, values=values, actor=request.user, now=timezone.now()
    )
    return Status(201, one(request, response, kind, listing))


@router.post("/needs", response={201: shapes.ListingOut}, auth=SIGNED_IN, summary="新需求（草稿）")
def new_need(request: Request, response: HttpResponse, given: shapes.NewNeed) -> Any:
    return _create(request, response, "needs", given)


@router.post("/achievements", response={201: shapes.ListingOut}, auth=SIGNED_IN, summary="新成果（草稿）")
def new_achievement(request: Request, response: HttpResponse, given: shapes.NewAchievement) -> Any:
    return _create(request, response, "achievements", given)


def _change(
    request: Request, response: HttpResponse, kind: str, pk: int, given: shapes.Common, seen_version: int | None
) -> Any:
    seen = versions.seen(request, seen_version)
    listing = opened(request, kind, pk)
    if "owner" not in relations_of(listing, request.user, timezone.now()):
        raise Http404
    changed = actions.edit(
        listing=listing,
        values=given.dict(exclude_unset=True),
        actor=request.user,
        now=timezone.now(),
        seen_version=seen,
    )
    return one(request, response, kind, changed)


@router.put("/needs/{int:pk}", response=shapes.ListingOut, auth=SIGNED_IN, summary="修改需求")
def change_need(
    request: Request, response: HttpResponse, pk: int, given: shapes.NeedIn, seen_version: int | None = None
) -> Any:
    return _change(request, response, "needs", pk, given, seen_version)


@router.put("/achievements/{int:pk}", response=shapes.ListingOut, auth=SIGNED_IN, summary="修改成果")
def change_achievement(
    request: Request, response: HttpResponse, pk: int, given: shapes.AchievementIn, seen_version: int | None = None
) -> Any:
    return _change(request, response, "achievements", pk, given, seen_version)


@router.post("/{kind}/{int:pk}/steps/{step}", response=shapes.ListingOut, auth=SIGNED_IN, summary="办理一步")
def step(
    request: Request, response: HttpResponse, kind: shapes.Kind, pk: int, step: str, given: shapes.VersionedStepIn
) -> Any:
    seen = versions.seen(request, given.seen_version)
    listing = opened(request, kind, pk)
    if step not in listing.workflow:
        raise Http404
    taken = take(
        case=listing,
        step=step,
        actor=request.user,
        now=timezone.now(),
        seen_version=seen,
        note=given.note,
    )
    return one(request, response, kind, taken)
