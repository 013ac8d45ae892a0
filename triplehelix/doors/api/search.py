"""Matching over the API: the same search as the pages."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, Request, account_of
from triplehelix.doors.api.listings import MODELS, opened
from triplehelix.market.listings.access import relations_of
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.ranked import match_listing, search
from triplehelix.matching.search import Facets, Result, standing
from triplehelix.records.parties.access import audiences

router = Router(tags=["matching"])
KIND_OF = {model.kind: kind for kind, model in MODELS.items()}


def found(result: Result) -> dict[str, Any]:
    hits = [
        {
            "id": abs(hit.subject_id),
            "is_foreign": hit.subject_id < 0,
            "kind": KIND_OF[hit.kind],
            "title": hit.title,
            "organisation_name": hit.holder,
            "score": round(hit.score, 4),
            "weak": hit.weak,
            "why": hit.why,
            "terms": list(hit.terms),
            "missing": [one.told() for one in hit.missing],
            "same_as": [pk for pk in hit.same_as if pk > 0],
        }
        for hit in standing(result.hits)
    ]
    return {"hits": hits, "notices": list(result.notices), "facets": result.facets}


@router.post("/search", response=shapes.Found, auth=PUBLIC, summary="一句话或一页资料找成果或需求")
def find(request: HttpRequest, query: shapes.Query) -> Any:
    facets = Facets(
        chain=tuple(query.chain), field=tuple(query.field), region=tuple(query.region), trl_min=query.trl_min
    )
    now = timezone.now()
    result = search(
        title=query.title,
        text=query.text,
        audiences=audiences(account_of(request), timezone.localdate(now)),
        kind=MODELS[query.kind].kind,
        facets=facets,
        top=query.top,
        now=now,
    )
    return found(result)


@router.get("/{kind}/{int:pk}/matches", response=shapes.Found, auth=PUBLIC, summary="这条需求的成果，或这项成果的需求")
def matches(request: Request, kind: shapes.Kind, pk: int) -> Any:
    listing, now = opened(request, kind, pk), timezone.now()
    own = isinstance(listing, Need) and "owner" in relations_of(listing, account_of(request), now)
    text = listing.words().whole if own and isinstance(listing, Need) else None
    return found(match_listing(listing, actor=account_of(request), now=now, text=text).result)
