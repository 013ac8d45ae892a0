"""The demo city's special fund, through the same actions everybody uses: money in every state."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from stdnum import luhn

from triplehelix.foundation.money import Fen
from triplehelix.fund import actions
from triplehelix.fund.models import Payment, Purse
from triplehelix.fund.payee import BankAccount
from triplehelix.records.parties.models import Organisation

ORDERED = ("ordered", "sent", "paid", "returned")
SENT = ("sent", "paid", "returned")
BANK = "澄湖农商银行营业部"


def open_year(path: Path, *, now: datetime) -> dict[str, Purse]:
    """The year's document and its purses by use, before anything is promised on them. The actor is the program."""
    data = tomllib.loads(path.read_text())
    year, early = timezone.localdate(now).year, now - timedelta(days=125)
    total = Fen.from_yuan(data["amount"])
    actions.appropriate(year=year, document=data["document"], amount_fen=total, actor=None, now=early)
    return {
        row["use"]: actions.open_purse(
            year=year,
            use=row["use"],
            label=row["label"],
            amount_fen=Fen.from_yuan(row["amount"]),
            actor=None,
            now=early,
        )
        for row in data["purse"]
    }


def load(path: Path, purses: Mapping[str, Purse], organisations: Mapping[str, Organisation], *, now: datetime) -> None:
    """What is promised without a case, ordered, sent and answered, in the last two weeks."""
    data, year = tomllib.loads(path.read_text()), timezone.localdate(now).year
    asked, sent_at, answered = (now - timedelta(days=days) for days in (12, 6, 3))
    made = [(row, _order(row, purses[row["use"]], organisations, year, asked)) for row in data["commitment"]]
    sent = [payment for row, payment in made if row["state"] in SENT and payment is not None]
    batch = actions.send_batch(payments=sent, actor=None, now=sent_at)
    answers = [
        actions.Answer(payment.key, payment.amount_fen, row["state"] == "paid", row.get("reason", ""))
        for row, payment in made
        if payment is not None and row["state"] in ("paid", "returned")
    ]
    actions.record_bank_answer(batch=batch, answers=answers, actor=None, now=answered)


def account_of(payee: Organisation) -> BankAccount:
    """An invented account with a right check digit."""
    number = f"6228{payee.pk:014d}"
    return BankAccount(payee.name, number + luhn.calc_check_digit(number), BANK)


def _order(
    row: Mapping[str, Any], purse: Purse, organisations: Mapping[str, Organisation], year: int, now: datetime
) -> Payment | None:
    payee, amount = organisations[row["payee"]], Fen.from_yuan(row["amount"])
    commitment = actions.commit(
        purse=purse, rule=row["rule"], payee=payee, subject=row["subject"], year=year, amount_fen=amount, actor=None,
        now=now,
    )  # fmt: skip
    if row["state"] not in ORDERED:
        return None
    account = account_of(payee)
    return actions.order_payment(
        commitment=commitment, amount_fen=amount, account=account, actor=None, now=now, purpose=row["subject"]
    )
