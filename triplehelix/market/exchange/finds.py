"""Querysets of the exchange: what is shown of other markets, and how the traffic stands."""

from django.db.models import Count, Q, QuerySet

from triplehelix.market.exchange.models import Conflict, ForeignListing, Peer, Refused

#: A peer that was cut is not shown any more; one that is paused keeps what it said.
SHOWING = ("active", "paused")


def shown(what: str = "") -> "QuerySet[ForeignListing]":
    """Listings of other markets that anybody may read, newest first."""
    rows = ForeignListing.objects.select_related("peer").filter(
        state="shown", hidden_at__isnull=True, peer__state__in=SHOWING
    )
    return (rows.filter(what=what) if what else rows).order_by("-changed_at", "-pk")


def peers() -> "QuerySet[Peer]":
    """Every peer with both directions, and how many conflicts wait."""
    waiting = Count("conflicts", filter=Q(conflicts__decision=""), distinct=True)
    return Peer.objects.select_related("outgoing", "incoming").annotate(waiting=waiting).order_by("name", "pk")


def conflicts(peer: Peer | None = None) -> "QuerySet[Conflict]":
    """Those that wait first, then the newest."""
    rows = Conflict.objects.select_related("peer", "listing", "decided_by").order_by("decision", "-found_at", "-pk")
    return rows.filter(peer=peer) if peer else rows


def refusals(peer: Peer | None = None) -> "QuerySet[Refused]":
    """The newest first."""
    rows = Refused.objects.select_related("peer").order_by("-last_at", "-pk")
    return rows.filter(peer=peer) if peer else rows
