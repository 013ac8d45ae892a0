"""Who may import what: members their own organisation's rows, officers everybody's."""

from dataclasses import dataclass
from datetime import date

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Account, Organisation


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
