"""The demo's special fund in the years before this one: paid, carried over, handed back, returned, still promised."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import F
from django.utils import timezone

from triplehelix.doors.cli.city_fund import account_of
from triplehelix.foundation.money import Fen
from triplehelix.fund import actions
from triplehelix.fund.models import Commitment, Payment, Purse
from triplehelix.records.parties.models import Organisation


def load(path: Path, organisations: Mapping[str, Organisation], *, now: datetime) -> None:
    """The past years of the file, the earliest first: what one carries over, the next may spend. The program acts."""
    with path.open("rb") as file:
        rows = tomllib.load(file)["past"]
    for row in sorted(rows, key=lambda row: -row["back"]):
        _year(row, timezone.localdate(now).year - row["back"], organisations, now)


def _on(year: int, month: int, day: int, now: datetime) -> datetime:
    """A morning of that year, and never later than now: the demo may be loaded on the first of January."""
    return min(now, datetime(year, month, day, 10, tzinfo=timezone.get_current_timezone()))


def _year(row: Mapping[str, Any], year: int, organisations: Mapping[str, Organisation], now: datetime) -> None:
    spring, winter = _on(year, 3, 12, now), _on(year + 1, 1, 12, now)
    actions.appropriate(
        year=year, document=f"澄财教指〔{year}〕{row['number']}号", amount_fen=Fen.from_yuan(row["amount"]),
        actor=None, now=spring,
    )  # fmt: skip
    for use in row["purse"]:
        actions.open_purse(year=year, use=use["use"], amount_fen=Fen.from_yuan(use["amount"]), actor=None, now=spring)
    made = [(said, _promise(said, year, organisations, now)) for said in row["commitment"]]
    _paid(made, year, now)
    for use in row["carried"]:
        left = Purse.objects.filter(pool__year=year, use=use, amount_fen__gt=F("committed_fen"))
        for purse in left.order_by("origin_year"):
            actions.carry_over(purse=purse, actor=None, now=winter, why="年终结转")
    if row["closed"]:
        actions.close_year(year=year, actor=None, now=winter)
    for said, commitment in made:
        if said["state"] == "released":
            # Given up only when the year had been closed: its money is free once more.
            actions.release(commitment=commitment, actor=None, now=_on(year + 1, 4, 8, now), why=said["why"])


def _promise(
    said: Mapping[str, Any], year: int, organisations: Mapping[str, Organisation], now: datetime
) -> Commitment:
    purse = Purse.objects.get(pool__year=year, use=said["use"], origin_year=year - said.get("older", 0))
    return actions.commit(
        purse=purse, rule=said["rule"], payee=organisations[said["payee"]], subject=said["subject"], year=year,
        amount_fen=Fen.from_yuan(said["amount"]), actor=None, now=_on(year, 6, 4, now),
    )  # fmt: skip


def _paid(made: Sequence[tuple[Mapping[str, Any], Commitment]], year: int, now: datetime) -> None:
    """What was ordered goes to the bank in one file and comes back answered; then what payees gave back."""
    orders: list[tuple[Mapping[str, Any], Payment]] = [
        (
            said,
            actions.order_payment(
                commitment=commitment, amount_fen=Fen.from_yuan(said.get("paid", said["amount"])),
                account=account_of(commitment.payee), actor=None, now=_on(year, 6, 18, now),
            ),
        )
        for said, commitment in made
        if said["state"] in ("paid", "returned")
    ]  # fmt: skip
    batch = actions.send_batch(payments=[one for _said, one in orders], actor=None, now=_on(year, 6, 19, now))
    answers = [
        actions.Answer(one.key, one.amount_fen, said["state"] == "paid", said.get("reason", "")) for said, one in orders
    ]
    actions.record_bank_answer(batch=batch, answers=answers, actor=None, now=_on(year, 6, 23, now))
    for said, commitment in made:
        if "refund" in said:
            actions.refund(
                commitment=commitment, amount_fen=Fen.from_yuan(said["refund"]), receipt=said["receipt"],
                why=said["why"], actor=None, now=_on(year, 11, 6, now),
            )  # fmt: skip
