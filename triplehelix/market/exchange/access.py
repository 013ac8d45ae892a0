"""Who looks after the exchange: the city science bureau's officers and the market's operator. Audit reads.

keeper 市科技局工作人员、科技大市场运营     auditor 审计     public 任何人: reads what is shown
"""

from datetime import datetime

from django.utils import timezone

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

KEEPER = "keeper"
OFFICES = frozenset({"role:city_officer", "role:operator"})


def relations_of(actor: Account | None, now: datetime) -> frozenset[str]:
    """What somebody is to every peer and every listing of theirs."""
    held = audiences(actor, timezone.localdate(now))
    found = {"public"}
    if held & OFFICES:
        found.add(KEEPER)
    if "auditor" in held:
        found.add("auditor")
    return frozenset(found)


def keeps(actor: Account | None, now: datetime) -> bool:
    return KEEPER in relations_of(actor, now)
