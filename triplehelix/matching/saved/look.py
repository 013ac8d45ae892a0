"""What a saved search finds today, with the permissions its owner has today. No transaction is open meanwhile: an
encoder may be at the other end of a network."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.exchange import finds as exchange
from triplehelix.market.listings.access import relations_of
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.ranked import match_listing, search
from triplehelix.matching.index.sources import WHAT
from triplehelix.matching.result import EmptyQuery, Facets, Hit, Result
from triplehelix.matching.saved.models import SavedSearch
from triplehelix.matching.search import standing
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

#: The best of what is found are looked at …
MOST = 100
#: … and where all of those are answers, apart from them what came up since the search was kept, in these days: it may
#: be further down. So many of those, the latest.
NEW_FOR = timedelta(days=60)
MOST_NEW = 5_000
LISTINGS: dict[str, type[Listing]] = {model.kind: model for model in (Need, Achievement)}


def news(saved: SavedSearch, now: datetime) -> list[Hit]:
    """The answers its owner has not been told of, best first, of what is published at this moment. One search, of a
    broad question two; its words are encoded once."""
    told = set(saved.told)
    best = answers(found(saved, now))
    hits = [hit for hit in best if hit.subject_id not in told]
    if len(best) < MOST:
        return standing(hits)
    said = {*told, *numbers(best)}
    among = tuple(number for number in _new(saved, now) if number not in said)
    return standing(hits + (answers(found(saved, now, among)) if among else []))


def _new(saved: SavedSearch, now: datetime) -> list[int]:
    """The numbers of what came up lately and since it was kept: our own, and those of other markets (below zero)."""
    since, model = max(saved.created_at, now - NEW_FOR), LISTINGS[saved.what]
    ours = model._default_manager.filter(state="published", published_at__gte=since).order_by("-published_at", "-pk")
    theirs = exchange.shown(WHAT[saved.what]).filter(received_at__gte=since).order_by("-received_at", "-pk")
    return [
        *ours.values_list("pk", flat=True)[:MOST_NEW],
        *(-pk for pk in theirs.values_list("pk", flat=True)[:MOST_NEW]),
    ]


def found(saved: SavedSearch, now: datetime, among: tuple[int, ...] = ()) -> Result:
    """Everything it finds, of these only when some are given; nothing for an account that is switched off, or a listing
    that is no longer one's own."""
    account, listing = saved.account, saved.listing
    if not account.is_active:
        return Result()
    try:
        if listing is not None:
            return of_listing(listing, account, now, among)
        groups, facets = audiences(account, timezone.localdate(now)), replace(saved.facets, subjects=among)
        return search(text=saved.text, audiences=groups, kind=saved.what, facets=facets, top=MOST, now=now)
    except EmptyQuery:
        return Result()


def of_listing(listing: Listing, account: Account, now: datetime, among: tuple[int, ...]) -> Result:
    """What answers an own, published listing; a firm's own need is read whole, also where it is confidential."""
    if listing.state != "published" or "owner" not in relations_of(listing, account, now):
        return Result()
    text = listing.words().whole if isinstance(listing, Need) else None
    facets = Facets(subjects=among)
    return match_listing(listing, actor=account, now=now, top=MOST, text=text, facets=facets).result


def answers(result: Result) -> list[Hit]:
    """The hits above the line where answers begin."""
    return [hit for hit in result.hits if not hit.weak]


def numbers(hits: list[Hit]) -> list[int]:
    """The subjects of hits, with those folded into them."""
    return [number for hit in hits for number in (hit.subject_id, *hit.same_as)]
