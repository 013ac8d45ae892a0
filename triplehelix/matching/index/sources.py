"""What of a listing goes into the index: read as it is now, under lock.

Listings of other markets are documents of the same kinds, weighed and found with ours: a subject below zero is the
foreign listing of that number. So they can be told apart wherever a hit is opened, and nothing that asks for listings
of ours ever meets one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.exchange import finds as exchange
from triplehelix.market.exchange.models import ForeignListing
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.access import PUBLIC

MODELS: dict[str, type[Listing]] = {Achievement.kind: Achievement, Need.kind: Need}
#: What a foreign listing is, by the kind of its document.
WHAT = {Achievement.kind: "achievement", Need.kind: "need"}
#: Below every subject there can be.
LOWEST = -(2**62)


@dataclass(frozen=True)
class Content:
    """A document before it is weighed: what is searched, what it is filtered by, who may find it."""

    kind: str
    subject_id: int
    title: str
    text: str = ""
    holder: str = ""
    organisation: int | None = None
    audiences: tuple[str, ...] = (PUBLIC,)
    field: str = ""
    chain: str = ""
    region: str = ""
    region_wanted: str = ""
    trl: int | None = None
    modes: tuple[str, ...] = ()
    rights: str = ""


def of_listing(listing: Listing) -> Content | None:
    """The document of a listing; None for one that nobody may find. Only what is published is found, by anybody."""
    if listing.state != "published":
        return None
    return Content(
        kind=listing.kind,
        subject_id=listing.pk,
        title=listing.title,
        text=listing.text,
        holder=listing.organisation.name,
        organisation=listing.organisation_id,
        field=listing.field,
        chain=listing.chain,
        region=listing.region,
        region_wanted=getattr(listing, "region_wanted", ""),
        trl=listing.trl if isinstance(listing, Achievement) else getattr(listing, "trl_wanted", None),
        modes=tuple(listing.modes),
        rights=getattr(listing, "rights", ""),
    )


def of_foreign(listing: ForeignListing) -> Content | None:
    """The document of a listing of another market; None for one that is not shown."""
    if not listing.is_shown or listing.peer.state not in exchange.SHOWING:
        return None
    said = listing.body
    return Content(
        kind=next(kind for kind, what in WHAT.items() if what == listing.what),
        subject_id=-listing.pk,
        title=listing.title,
        text=said["text"],
        holder=said["holder"],
        field=listing.field,
        chain=listing.chain,
        region=listing.region,
        trl=said["trl"],
        modes=tuple(said["modes"]),
        rights=said["rights"],
    )


def locked(kind: str, ids: Iterable[int]) -> dict[int, Content]:
    """The documents of those subjects that have one now. Inside a transaction: nobody changes them until it ends."""
    asked = sorted(ids)
    rows = (
        MODELS[kind]
        ._default_manager.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .filter(pk__in=[id for id in asked if id > 0])
        .order_by("pk")
    )
    found = {row.pk: of_listing(row) for row in rows} | _foreign_locked(kind, [-id for id in asked if id < 0])
    return {pk: content for pk, content in found.items() if content is not None}


def _foreign_locked(kind: str, ids: list[int]) -> dict[int, Content | None]:
    if not ids:
        return {}
    rows = (
        ForeignListing.objects.select_for_update(of=("self",), no_key=True)
        .select_related("peer")
        .filter(pk__in=ids, what=WHAT[kind])
        .order_by("pk")
    )
    return {-row.pk: of_foreign(row) for row in rows}


def batches(kind: str, size: int) -> Iterator[list[int]]:
    """The subjects of everything published, in batches: ours ascending, then those of other markets."""
    ours = MODELS[kind]._default_manager.filter(state="published")
    for rows, sign in ((ours, 1), (exchange.shown(WHAT[kind]), -1)):
        after = 0
        while ids := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]):
            yield [sign * id for id in ids]
            after = ids[-1]


def published(kind: str, ids: Iterable[int]) -> list[int]:
    """Those of these subjects that are published."""
    asked = list(ids)
    ours = MODELS[kind]._default_manager.filter(state="published", pk__in=[id for id in asked if id > 0])
    theirs = exchange.shown(WHAT[kind]).filter(pk__in=[-id for id in asked if id < 0])
    return [*ours.values_list("pk", flat=True), *(-pk for pk in theirs.values_list("pk", flat=True))]
