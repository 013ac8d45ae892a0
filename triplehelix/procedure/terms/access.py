"""Who reads what the office has set, and who sets it."""

from datetime import date

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

#: Settings are internal papers of the offices; what is in force is on the public page of the measure.
READERS = frozenset({"city", "finance", "auditor"})


def may_read(account: Account | None, on: date) -> bool:
    return bool(READERS & audiences(account, on))


def may_settle(account: Account | None, on: date) -> bool:
    """Settings are the city science bureau's."""
    return "role:city_officer" in audiences(account, on)
