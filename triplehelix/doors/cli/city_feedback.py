"""The demo city's judgements, and two versions of a ranking that were learned from too few of them."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from triplehelix.doors.cli.city_introductions import MANAGER
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback import actions, training
from triplehelix.records.parties.models import Account


def load(path: Path, officer: Account, *, now: datetime) -> None:
    """Judgements and models in the order of their days."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    people = {"officer": officer, "manager": Account.objects.get(email=MANAGER)}
    rows = [("judgement", row) for row in data["judgement"]] + [("model", row) for row in data["model"]]
    for what, row in sorted(rows, key=lambda one: -one[1]["days_ago"]):
        at = now - timedelta(days=row["days_ago"])
        if what == "judgement":
            _judge(row, people, at)
        else:
            training.learn(pk=actions.ask_training(actor=officer, now=at, later=False).pk, now=at)


def _judge(row: Mapping[str, Any], people: Mapping[str, Account], at: datetime) -> None:
    actions.judge(
        need=Need.objects.get(number=row["need"]), achievement=Achievement.objects.get(number=row["achievement"]),
        level=row["level"], actor=people[row["who"]], now=at, words=row.get("words", ""),
    )  # fmt: skip
