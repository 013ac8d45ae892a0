"""The demo city's webhooks: what happened becomes messages as a worker makes them; what receivers answered is told by
the file, because no address is real and none is called."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from triplehelix.board.webhooks import actions, follower, send
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.foundation.outward import Answer
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take
from triplehelix.records.trail import followers

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def load(path: Path, *, now: datetime) -> None:
    """Every webhook of the file, with its messages."""
    with path.open("rb") as file:
        rows = tomllib.load(file)["webhook"]
    made = [(_registered(row, now), row) for row in rows]
    while followers.drain(follower.NAME):
        pass
    for hook, row in made:
        _answered(hook, row, now)


def _registered(row: Mapping[str, Any], now: datetime) -> Hook:
    account = Account.objects.get(email=row["account"])
    organisations, offices = actions.owners_of(account, now)
    office = next((one for one in offices if one.role == row.get("role")), None)
    hook, _secret = actions.register(
        name=row["name"], url=row["url"], wanted=row["events"], account=account, now=now - row["days_ago"] * DAY,
        organisation=None if office else organisations[0], office=office,
    )  # fmt: skip
    return hook


def _answered(hook: Hook, row: Mapping[str, Any], now: datetime) -> None:
    """The receiver's answers to what waits, oldest first; then it is stopped, or was by a receiver that said 410."""
    answers: Iterator[int] = iter(row["answers"])
    Delivery.objects.exclude(hook=hook).filter(state=Delivery.QUEUED).update(next_try=now + DAY)
    Delivery.objects.filter(hook=hook).update(next_try=now - HOUR)
    at = now - HOUR
    while at <= now:
        claimed = send.claim(at)
        if claimed is None:  # all that is due has been sent; what failed is tried again after its wait
            at += MINUTE
            continue
        body = send.body_of(claimed, at)
        if body is None:
            Delivery.objects.filter(pk=claimed.pk).update(state=Delivery.DROPPED)
        else:
            send.judge(claimed, body, Answer(next(answers, 200), {}, b""), at)
    hook.refresh_from_db()
    if row.get("stop"):
        take(case=hook, step="stop", actor=hook.created_by, now=now, seen_version=hook.version)
