"""Who may do what with the fund.

finance  the finance bureau: documents, purses, batches, the bank's answers, year's end   city  the science bureau:
reads, commits and orders by its cases   auditor  reads
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused

READERS = frozenset({"finance", "city", "auditor"})


def relations(account: Account | None, now: datetime) -> frozenset[str]:
    """The account's relations to the fund. Only the city's science officers count as city, not the market's."""
    held = audiences(account, timezone.localdate(now))
    return frozenset(held & {"finance", "auditor"}) | ({"city"} if "role:city_officer" in held else frozenset())


def require_finance(actor: Account | None, now: datetime) -> None:
    """Raises Refused for anybody else than the finance bureau and the program itself (None)."""
    if actor is not None and "finance" not in relations(actor, now):
        raise Refused(_("只有市财政局工作人员可以办理"))
