"""What of a listing goes into a public list, and what changed of it. No contact detail is ever among it."""

from collections.abc import Collection, Mapping
from typing import Any

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import reference

#: Compared between lists; names of codes are not: a chain that is renamed has not changed its needs.
COMPARED = ("title", "text", "organisation", "unit", "field", "chain", "region", "modes", "price_fen", "trl",
            "trl_assessed_by", "type", "ip", "rights")  # fmt: skip
#: What somebody wrote: always there, so that a former value of None is one that is withheld.
WORDS = ("title", "text")


def of(listing: Listing) -> dict[str, Any]:
    """The values of a row, with the names its codes have today. `price_fen` in fen or None (面议). `text` is what
    anybody may read: of a confidential need it is the public summary (see Need)."""
    modes = reference.code_list("transfer_modes")
    unit = listing.organisation.unit
    found: dict[str, Any] = {
        "title": listing.title,
        "text": listing.text,
        "organisation": listing.organisation.name,
        "unit": unit,
        "unit_name": _name("units", unit) if unit in reference.units() else _name("regions", unit),
        "field": listing.field,
        "field_name": _name("fields", listing.field),
        "chain": listing.chain,
        "chain_name": _name("chains", listing.chain),
        "region": listing.region,
        "region_name": _name("regions", listing.region),
        "modes": list(listing.modes),
        "modes_names": [modes.label(one) for one in listing.modes],
        "price_fen": listing.price_fen,
    }
    if isinstance(listing, Need):
        return found | {"trl": listing.trl_wanted}
    assert isinstance(listing, Achievement)
    own = ("trl", "trl_assessed_by", "type", "rights")
    ip = [{"type": one.get("type", ""), "number": one.get("number", "")} for one in listing.ip]
    return found | {name: getattr(listing, name) for name in own} | {"ip": ip}


def unrepeated(listing: Listing) -> tuple[str, ...]:
    """Whose former values no new list says again: the words of a need that is confidential now, which an older list
    may have told in full."""
    return WORDS if isinstance(listing, Need) and listing.is_confidential else ()


def changes(before: Mapping[str, Any], after: Mapping[str, Any], unrepeated: Collection[str] = ()) -> dict[str, Any]:
    """The former values of what differs, with the names its codes had; None for what is not to be said again."""
    found: dict[str, Any] = {}
    for name in COMPARED:
        if before.get(name) != after.get(name):
            found[name] = None if name in unrepeated else before.get(name)
            found |= {beside: before[beside] for beside in (f"{name}_name", f"{name}_names") if beside in before}
    return found


def _name(listed: str, code: str) -> str:
    return reference.code_list(listed).label(code) if code else ""
