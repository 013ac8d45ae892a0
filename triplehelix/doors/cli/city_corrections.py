"""What was registered of an organisation and put right since: by its own people, or by an officer with the ground."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation


def load(
    path: Path, officer: Account, organisations: Mapping[str, Organisation], clerks: Mapping[int, Account], *,
    now: datetime,
) -> None:  # fmt: skip
    """Each row: `of`, `days_ago`, what becomes of which fields; with a `why` an officer's."""
    with path.open("rb") as file:
        rows = tomllib.load(file)["correction"]
    for row in rows:
        values = {name: value for name, value in row.items() if name not in ("of", "days_ago", "why")}
        one = Organisation.objects.get(pk=organisations[row["of"]].pk)
        parties.correct(
            organisation=one, values=values, actor=officer if "why" in row else clerks[one.pk],
            now=now - timedelta(days=row["days_ago"]), seen_version=one.version, why=row.get("why", ""),
        )  # fmt: skip
