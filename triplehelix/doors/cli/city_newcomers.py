"""Who signed up alone and says to act for a firm: an officer has to look at both."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from triplehelix.records.parties import actions as parties


def load(rows: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Each row: `email`, `name`, `firm`, `uscc`, `region`, `unit`, `days_ago`."""
    for row in rows:
        at = now - timedelta(days=row["days_ago"])
        account = parties.create_account(email=row["email"], name=row["name"], password=None, actor=None, now=at)
        parties.claim_organisation(
            account=account, uscc=row["uscc"], name=row["firm"], region=row["region"], unit=row["unit"], now=at
        )
