"""The payment file for the bank (支付清单), and the bank's answer to it, as sheets.

The file goes out as xlsx or csv with account numbers as text; the answer comes back as any sheet with the payment
numbers. What cannot be read is said at its row and column, and nothing of such an answer is recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triplehelix.foundation.money import Fen, MoneyError, parse_amount
from triplehelix.foundation.sheet import (
    Column,
    Record,
    RowError,
    Schema,
    Sheet,
    SheetError,
    read_table,
    template,
    write_csv,
    write_xlsx,
)
from triplehelix.fund.actions import Answer, Partial
from triplehelix.fund.actions.answers import Wrong, faults
from triplehelix.fund.models import Batch, Payment
from triplehelix.fund.payee import BankAccount, receiver, warnings

HEADINGS = (
    "支付编号", "收款单位", "统一社会信用代码", "户名", "账号", "开户行", "联行号", "金额（元）", "用途",
)  # fmt: skip
PAID = frozenset({"成功", "已支付", "支付成功", "交易成功", "已入账", "SUCCESS", "00", "Y"})
RETURNED = frozenset({"退回", "失败", "已退回", "支付失败", "交易失败", "退票", "FAIL", "FAILED", "N"})
OUTCOMES = ("成功", "退回")
MOST_ROWS = 20_000


class BadAnswer(ValueError):
    """An answer that cannot be read; `errors` are the wrong cells, in the order of rows, `lines` all rows as far as
    they could be read."""

    def __init__(self, errors: list[RowError], lines: list[Partial]) -> None:
        self.errors, self.lines = errors, lines
        super().__init__("；".join(f"第 {e.row} 行“{e.column}”：{e.message}" for e in errors[:20]))


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of the file, with what looks odd about its account (`warnings`)."""

    payment: Payment
    cells: tuple[Any, ...]
    warnings: tuple[str, ...]


def lines(batch: Batch) -> Iterator[Line]:
    """The payments of a batch, by number, as they stand in the file."""
    rows = batch.payments.select_related("commitment__payee").order_by("pk")
    for one in rows:
        account = BankAccount(one.account_name, one.account_number, one.bank, one.bank_code)
        payee = receiver(one)
        cells = (
            one.key, payee.name, payee.uscc, one.account_name, one.account_number, one.bank, one.bank_code,
            Fen(one.amount_fen), one.purpose,
        )  # fmt: skip
        yield Line(one, cells, tuple(warnings(account)))


def as_xlsx(batch: Batch) -> bytes:
    """The batch as a workbook; account numbers are text, amounts numbers with two decimals."""
    return write_xlsx([Sheet(f"支付清单 {batch.number}", list(HEADINGS), (line.cells for line in lines(batch)))])


def as_csv(batch: Batch) -> bytes:
    """The same as UTF-8 csv with a byte order mark, which Excel wants."""
    return write_csv(list(HEADINGS), (line.cells for line in lines(batch)))


def answer_form(batch: Batch) -> bytes:
    """A sheet for an answer not given as one: what was sent and not answered yet, its outcome left to be filled in."""
    sent = batch.payments.filter(state="sent").order_by("pk")
    rows = [(one.key, str(Fen(one.amount_fen).yuan), "", "") for one in sent]
    return template(ANSWER, title=f"银行回单 {batch.number}", rows=rows)


def _amount(cell: str) -> int:
    try:
        return int(parse_amount(cell, "元"))
    except MoneyError as why:
        raise ValueError(why.message) from None


def _outcome(cell: str) -> bool:
    word = cell.strip().upper()
    if word in PAID or word in RETURNED:
        return word in PAID
    raise ValueError(f"请填“成功”或“退回”，现在是“{cell[:20]}”")


ANSWER = Schema(
    [
        Column("key", "支付编号", ("摘要", "附言"), required=True, help="支付清单里的编号"),
        Column("amount", "金额（元）", ("金额", "交易金额"), required=True, parse=_amount, amount=True),
        Column("paid", "结果", ("处理结果", "交易状态", "状态"), required=True, parse=_outcome, choices=OUTCOMES),
        Column("reason", "退回原因", ("失败原因", "原因"), help="退回的必填"),
    ]
)


def read_answer(content: bytes, name: str) -> list[Answer]:
    """The bank's answer from a sheet; amounts in fen. Raises SheetError for what is no sheet, BadAnswer with every cell
    that cannot be read."""
    table = read_table(content, name=name, max_rows=MOST_ROWS)
    checked = ANSWER.check(table)
    whole = [
        Answer(r.values["key"], r.values["amount"], r.values["paid"], r.values["reason"] or "", r.number)
        for r in checked.records
    ]
    if checked.errors:
        lines = [*whole, *map(_partial, checked.partial)]
        raise BadAnswer(checked.errors, sorted(lines, key=lambda one: one.row))
    return whole


def _partial(record: Record) -> Partial:
    got = record.values.get
    return Partial(got("key") or "", got("amount"), got("paid"), got("reason") or "", record.number)


def wrong_cells(batch: Batch, why: BadAnswer | Wrong) -> list[RowError]:
    """Everything wrong with an answer to a batch in one list, what cannot be read and what does not fit, under the
    columns' own names, in the order of rows."""
    read, found = (why.errors, faults(batch=batch, lines=why.lines)) if isinstance(why, BadAnswer) else ([], why.errors)
    told = [RowError(row, _column(field), message, field) for row, field, message in found]
    return sorted([*read, *told], key=lambda e: (e.row, e.column))


def _column(field: str) -> str:
    return ANSWER.by_key["paid" if field == "outcome" else field].heading


__all__ = [
    "ANSWER", "BadAnswer", "Line", "SheetError", "answer_form", "as_csv", "as_xlsx", "lines", "read_answer",
    "wrong_cells",
]  # fmt: skip
