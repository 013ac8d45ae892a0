"""Who opens the rows behind the funnel's numbers. The numbers themselves are for everybody (domain §8.2),
but for a sum of money that would tell what one firm has paid (`stages.withholds_money`)."""

from datetime import date

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

#: The whole city, in a unit's place.
CITY = ""


def units_of(actor: Account | None, on: date) -> frozenset[str] | None:
    """The units whose rows this viewer may open: `{CITY}` for the city and audit, the own ones for a county's officer,
    None for whoever opens none."""
    groups = audiences(actor, on)
    if groups & {"role:city_officer", "role:operator", "auditor"}:
        return frozenset({CITY})
    own = frozenset(group.removeprefix("unit:") for group in groups if group.startswith("unit:"))
    return own or None


def may_open(units: frozenset[str] | None, unit: str) -> bool:
    """Whether somebody with these units opens the rows of this one (or of the whole city)."""
    return units is not None and (CITY in units or unit in units)
