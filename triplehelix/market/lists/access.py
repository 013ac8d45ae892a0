"""Who may do what with lists: anybody reads them; the city science bureau's officers publish them."""

from datetime import date

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account


def may_publish(actor: Account | None, on: date) -> bool:
    """Whether somebody publishes lists and asks owners to confirm."""
    return "role:city_officer" in audiences(actor, on)
