"""Who may import what: members rows of their own organisation, a county's officer those of its units, the city's
offices everybody's; technology managers only drafts."""

from dataclasses import dataclass
from datetime import date

from triplehelix.market.imports.models import Import
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Account, Organisation


@dataclass(frozen=True)
class Importer:
    """`organisation` None: an office, whose sheet may hold rows of many organisations: of those of these `units`, or of
    all (None). Who does not publish hands in drafts, and the firm or its officer publishes them."""

    organisation: Organisation | None
    units: frozenset[str] | None = None
    publishes: bool = True

    @property
    def publishes_for_others(self) -> bool:
        """An office that vouches for what is others', whose drafts it does not see."""
        return self.organisation is None and self.publishes

    @property
    def home(self) -> str:
        """Where a row is that says no place: the office's one unit, "" for who imports for several."""
        return next(iter(self.units)) if self.units is not None and len(self.units) == 1 else ""


def importer(account: Account, on: date, chosen: int | None = None) -> Importer | None:
    """In what role this account may import on this day, or None. `chosen`: the organisation, for whoever acts for
    several; without it, the first."""
    groups = audiences(account, on)
    if groups & {"role:city_officer", "role:operator"}:
        return Importer(None)
    if units := frozenset(group.removeprefix("unit:") for group in groups if group.startswith("unit:")):
        return Importer(None, units)
    if "role:technology_manager" in groups:
        return Importer(None, publishes=False)
    own = organisations_of(account, on)
    found = (own.filter(pk=chosen) if chosen is not None else own.order_by("name", "pk")).first()
    return Importer(found) if found else None


def still_may(case: Import, on: date) -> bool:
    """Whether who uploaded a sheet may still land it: an office ends, or a membership, between check and landing."""
    if case.organisation_id is not None:
        return f"org:{case.organisation_id}" in audiences(case.account, on)
    found = importer(case.account, on)
    return found is not None and found.organisation is None


def relations_of(case: Import, actor: Account | None, on: date) -> frozenset[str]:
    """owner: who uploaded it; nobody else has anything to do with it."""
    return frozenset({"owner"}) if actor is not None and actor.pk == case.account_id else frozenset()
