"""Who may import what: members their own organisation's rows, officers everybody's."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Account, Organisation

if TYPE_CHECKING:
    from triplehelix.market.imports.models import Import


@dataclass(frozen=True)
class Importer:
    """`organisation` None: an officer, whose sheet may hold rows of any organisation."""

    organisation: Organisation | None


def importer(account: Account, on: date) -> Importer | None:
    """In what role this account may import on this day, or None."""
    groups = audiences(account, on)
    if "city" in groups or any(group.startswith("unit:") for group in groups):
        return Importer(None)
    own = organisations_of(account, on).first()
    return Importer(own) if own else None


def still_may(case: "Import", on: date) -> bool:
    """Whether who uploaded a sheet may still land it: an office ends, or a membership, between check and landing."""
    if case.organisation_id is not None:
        return f"org:{case.organisation_id}" in audiences(case.account, on)
    found = importer(case.account, on)
    return found is not None and found.organisation is None
