"""Firms that are no more: merged into another, under a new code, or closed; and who works elsewhere by now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation, Person


def load(
    told: Mapping[str, Any], officer: Account, organisations: Mapping[str, Organisation],
    people: Mapping[str, Person], *, now: datetime,
) -> None:  # fmt: skip
    """Rows of `ended`: `firm`, `uscc`, `region`, `unit`, `ending`, `document`, `days_ago`, and `successor` unless it
    was closed. Rows of `moved`: `who`, `to`, `document`, `days_ago`. Names are the files'."""
    today = timezone.localdate(now)
    for row in told["ended"]:
        firm = parties.register_checked(
            actor=officer, now=now, uscc=row["uscc"], name=row["firm"], type="企业", region=row["region"],
            unit=row["unit"],
        )  # fmt: skip
        parties.end_organisation(
            organisation=firm, ending=row["ending"], on=today - timedelta(days=row["days_ago"]),
            document=row["document"], successor=organisations.get(row.get("successor", "")), actor=officer, now=now,
        )  # fmt: skip
    for row in told["moved"]:
        parties.move_person(
            person=people[row["who"]], home=organisations[row["to"]], last_day=today - timedelta(days=row["days_ago"]),
            actor=officer, now=now, why=row["document"],
        )  # fmt: skip
