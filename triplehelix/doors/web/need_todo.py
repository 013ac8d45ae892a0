"""What of needs waits for somebody: to be judged, to be answered, to be agreed to."""

from datetime import date
from typing import Any

from triplehelix.market.diagnosis import finds as diagnoses
from triplehelix.market.nda import finds as agreements
from triplehelix.market.visits import finds as visits
from triplehelix.records.parties.models import Account

SHOWN = 10


def work(account: Account, today: date) -> dict[str, list[Any]]:
    """Diagnoses, asks of visits and agreements that wait for this person; empty where nothing does."""
    found: dict[str, list[Any]] = {
        "diagnoses": list(diagnoses.waiting_for(account, today)[:SHOWN]),
        "asks": list(visits.waiting_for(account, today)[:SHOWN]),
        "agreements": list(agreements.waiting_for(account, today)[:SHOWN]),
    }
    return {name: rows for name, rows in found.items() if rows}
