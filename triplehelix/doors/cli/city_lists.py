"""The demo city's lists: several periods, one put right by another, and entries that changed in between."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from triplehelix.foundation.money import Fen
from triplehelix.market.listings import actions as listings
from triplehelix.market.lists import actions, prepare, rules
from triplehelix.market.lists.models import PublishedList
from triplehelix.records.parties.models import Account

DAY = timedelta(days=1)


def load(path: Path, officer: Account, clerks: Mapping[int, Account], *, now: datetime) -> None:
    """Edits and lists in the order of their days, so that each list holds what stood on its day."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    rows = [("edit", row) for row in data["edit"]] + [("list", row) for row in data["list"]]
    made: dict[str, PublishedList] = {}
    for what, row in sorted(rows, key=lambda one: -one[1]["days_ago"]):
        at = now - row["days_ago"] * DAY
        if what == "edit":
            _edit(row, clerks, at)
        else:
            found = _publish(row, officer, made, at)
            made[f"{rules.kind_of(found.kind).short}{len(made) + 1}"] = found


def _edit(row: Mapping[str, Any], clerks: Mapping[int, Account], at: datetime) -> None:
    need = prepare.MODELS["needs"]._default_manager.get(number=row["number"])
    values = {name: row[name] for name in ("title", "modes") if name in row}
    if "price_wan" in row:
        values["price_fen"] = int(Fen.from_unit(row["price_wan"], "万元"))
    listings.edit(
        listing=need, values=values, actor=clerks[need.organisation_id], now=at, seen_version=need.version,
        why=row["why"],
    )  # fmt: skip


def _publish(
    row: Mapping[str, Any], officer: Account, made: Mapping[str, PublishedList], at: datetime
) -> PublishedList:
    replaces = made[row["replaces"]] if "replaces" in row else None
    day = timezone.localdate(at)
    month, quarter = f"{day:%Y-%m}", f"{day.year}Q{(day.month + 2) // 3}"
    given = {**row, "period": replaces.period if replaces else {"month": month, "quarter": quarter}[row["period"]]}
    wanted = rules.wanted(given, day)
    model = prepare.MODELS[row["kind"]]
    left = list(model._default_manager.filter(number__in=row.get("leave_out", [])).values_list("pk", flat=True))
    seen = prepare.preview(wanted=wanted, now=at, leave_out=left, replaces=replaces).seen
    return actions.publish(
        wanted=wanted, seen=seen, actor=officer, now=at, leave_out=left, left_why=row.get("left_why", ""),
        not_alike=True, replaces=replaces, why=row.get("why", ""),
    )  # fmt: skip
