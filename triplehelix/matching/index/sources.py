"""What of a listing goes into the index: read as it is now, under lock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.access import PUBLIC

MODELS: dict[str, type[Listing]] = {Achievement.kind: Achievement, Need.kind: Need}


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


def locked(kind: str, ids: Iterable[int]) -> dict[int, Content]:
    """The documents of those subjects that have one now. Inside a transaction: nobody changes them until it ends."""
    rows = (
        MODELS[kind]
        ._default_manager.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .filter(pk__in=sorted(ids))
        .order_by("pk")
    )
    found = ((row.pk, of_listing(row)) for row in rows)
    return {pk: content for pk, content in found if content is not None}


def batches(kind: str, size: int, after: int = 0) -> Iterator[list[int]]:
    """The numbers of everything published, ascending from `after`, in batches."""
    while True:
        ids = list(
            MODELS[kind]
            ._default_manager.filter(state="published", pk__gt=after)
            .order_by("pk")
            .values_list("pk", flat=True)[:size]
        )
        if not ids:
            return
        yield ids
        after = ids[-1]


def published(kind: str, ids: Iterable[int]) -> list[int]:
    """Those of these subjects that are published."""
    return list(MODELS[kind]._default_manager.filter(state="published", pk__in=list(ids)).values_list("pk", flat=True))
