"""What a saved search finds today, with the permissions its owner has today. No transaction is open meanwhile: an
encoder may be at the other end of a network."""

from datetime import datetime

from django.utils import timezone

from triplehelix.market.listings.access import relations_of
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.ranked import match_listing, search
from triplehelix.matching.result import EmptyQuery, Hit, Result
from triplehelix.matching.saved.models import SavedSearch
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

MOST = 100


def found(saved: SavedSearch, now: datetime) -> Result:
    """Everything it finds; nothing for an account that is switched off, or a listing that is no longer one's own."""
    account, listing = saved.account, saved.listing
    if not account.is_active:
        return Result()
    try:
        if listing is not None:
            return of_listing(listing, account, now)
        groups = audiences(account, timezone.localdate(now))
        return search(text=saved.text, audiences=groups, kind=saved.what, facets=saved.facets, top=MOST, now=now)
    except EmptyQuery:
        return Result()


def of_listing(listing: Listing, account: Account, now: datetime) -> Result:
    """What answers an own, published listing; a firm's own need is read whole, also where it is confidential."""
    if listing.state != "published" or "owner" not in relations_of(listing, account, now):
        return Result()
    text = listing.words().whole if isinstance(listing, Need) else None
    return match_listing(listing, actor=account, now=now, top=MOST, text=text).result


def answers(result: Result) -> list[Hit]:
    """The hits above the line where answers begin."""
    return [hit for hit in result.hits if not hit.weak]


def numbers(hits: list[Hit]) -> list[int]:
    """The subjects of hits, with those folded into them."""
    return [number for hit in hits for number in (hit.subject_id, *hit.same_as)]
