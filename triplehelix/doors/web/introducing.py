"""The way from a match to an introduction: which hit's button leads where, for this viewer."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from triplehelix.doors.web.found import Door
from triplehelix.doors.web.shown import account_of
from triplehelix.market.introductions import access, finds
from triplehelix.market.introductions.flow import FINAL
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.search import Hit
from triplehelix.records.parties.access import audiences

NAMES = {"market.need": "need", "market.achievement": "achievement"}


def from_match(request: HttpRequest, listing: Listing) -> Door:
    """For the matches of a listing: its owner, the owner of the hit, or whoever brings others together."""
    account, today = account_of(request), timezone.localdate()
    groups = audiences(account, today)
    mine = f"org:{listing.organisation_id}" in groups or bool(access.MANAGING & groups)
    other = "achievement" if isinstance(listing, Need) else "need"
    rows = finds.shown_to(account, today).filter(**{NAMES[listing.kind]: listing}).exclude(state__in=FINAL)
    known = dict(rows.values_list(other, "pk")) if account else {}

    def door(hit: Hit) -> tuple[str, bool]:
        if hit.subject_id in known:
            return reverse("web:introduction", args=[known[hit.subject_id]]), True
        if listing.state != "published" or not (mine or f"org:{hit.organisation}" in groups):
            return "", False
        pair = {NAMES[listing.kind]: listing.pk, NAMES[hit.kind]: hit.subject_id}
        return _new(**pair), False

    return door


def from_search(request: HttpRequest) -> Door | None:
    """For what a search found: a member puts one of the own listings beside it."""
    groups = audiences(account_of(request), timezone.localdate())
    own = {group for group in groups if group.startswith("org:")}
    if not own or "member" not in groups:
        return None

    def door(hit: Hit) -> tuple[str, bool]:
        return ("" if f"org:{hit.organisation}" in own else _new(**{NAMES[hit.kind]: hit.subject_id})), False

    return door


def of_listing(listing: Listing, groups: frozenset[str]) -> str:
    """The address at which a member puts one of the own listings beside this one; "" for whoever cannot."""
    own = f"org:{listing.organisation_id}" in groups
    may = "member" in groups and any(group.startswith("org:") for group in groups) and not own
    return _new(**{NAMES[listing.kind]: listing.pk}) if may and listing.state == "published" else ""


def _new(**pair: int) -> str:
    query = "&".join(f"{name}={pair[name]}" for name in ("need", "achievement") if name in pair)
    return f"{reverse('web:introduction-new')}?{query}"
