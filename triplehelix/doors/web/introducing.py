"""The way from a match to an introduction: which hit's button leads where, for this viewer."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.found import Door
from triplehelix.doors.web.shown import account_of
from triplehelix.market.introductions import access, finds
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.reasons import reason
from triplehelix.market.introductions.states import FINAL
from triplehelix.market.introductions.terms import term
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.search import Hit
from triplehelix.records.parties.access import audiences

INVITE = gettext_lazy("引荐 · 约谈")
NAMES = {"market.need": "need", "market.achievement": "achievement"}


def from_match(request: HttpRequest, listing: Listing) -> Door:
    """For the matches of a listing: its owner, the owner of the hit, or whoever brings others together."""
    account, today = account_of(request), timezone.localdate()
    groups = audiences(account, today)
    mine = f"org:{listing.organisation_id}" in groups or bool(access.MANAGING & groups)
    other = "achievement" if isinstance(listing, Need) else "need"
    rows = finds.shown_to(account, today).filter(**{NAMES[listing.kind]: listing}).order_by("invited_at")
    known = {getattr(one, f"{other}_id"): one for one in rows} if account else {}

    def door(hit: Hit) -> tuple[str, Any]:
        before = known.get(hit.subject_id)
        if before is not None and (word := _word(before, today)):
            return reverse("web:introduction", args=[before.pk]), word
        if listing.state != "published" or not (mine or f"org:{hit.organisation}" in groups):
            return "", ""
        return _new(**{NAMES[listing.kind]: listing.pk, NAMES[hit.kind]: hit.subject_id}), INVITE

    return door


def _word(before: Introduction, today: date) -> str:
    """How the pair's last introduction stands, where that matters more than a new one; "" where one may invite anew."""
    if before.state not in FINAL:
        return _("已在引荐，去看看")
    if before.state == "agreed":
        return _("条款已谈定")
    code = before.decline_reason or before.break_reason
    again = timezone.localdate(before.moved_at) + timedelta(days=term("again", today))
    return _("谢绝过：%(reason)s") % {"reason": reason(code).label} if code and today <= again else ""


def from_search(request: HttpRequest) -> Door | None:
    """For what a search found: a member puts one of the own listings beside it."""
    groups = audiences(account_of(request), timezone.localdate())
    own = {group for group in groups if group.startswith("org:")}
    if not own or "member" not in groups:
        return None

    def door(hit: Hit) -> tuple[str, Any]:
        mine = f"org:{hit.organisation}" in own
        return ("", "") if mine else (_new(**{NAMES[hit.kind]: hit.subject_id}), INVITE)

    return door


def of_listing(listing: Listing, groups: frozenset[str]) -> str:
    """The address at which a member puts one of the own listings beside this one; "" for whoever cannot."""
    own = f"org:{listing.organisation_id}" in groups
    may = "member" in groups and any(group.startswith("org:") for group in groups) and not own
    return _new(**{NAMES[listing.kind]: listing.pk}) if may and listing.state == "published" else ""


def _new(**pair: int) -> str:
    query = "&".join(f"{name}={pair[name]}" for name in ("need", "achievement") if name in pair)
    return f"{reverse('web:introduction-new')}?{query}"
