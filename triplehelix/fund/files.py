"""The payment file for the bank (支付清单), and the bank's answer to it, as sheets.

The file goes out as xlsx or csv with account numbers as text; the answer comes back as any sheet with the payment
numbers. What cannot be read is said at its row and column, and nothing of such an answer is recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triplehelix.foundation.money import Fen, MoneyError, parse_amount
from triplehelix.foundation.sheet import Column, RowError, Schema, Sheet, SheetError, read_table, write_csv, write_xlsx
from triplehelix.fund.actions import Answer
from triplehelix.fund.models import Batch, Payment
from triplehelix.fund.payee import BankAccount, warnings

HEADINGS = (
    "支付编号", "收款单位", "统一社会信用代码", "户名", "账号", "开户行", "联行号", "金额（元）", "用途",
)  # fmt: skip
PAID = frozenset({"成功", "已支付", "支付成功", "交易成功", "已入账", "SUCCESS", "00", "Y"})
RETURNED = frozenset({"退回", "失败", "已退回", "支付失败", "交易失败", "退票", "FAIL", "FAILED", "N"})
OUTCOMES = ("成功", "退回")
MOST_ROWS = 20_000


class BadAnswer(ValueError):
    """An answer that cannot be recorded; `errors` are the wrong cells, in the order of rows."""

    def __init__(self, errors: list[RowError]) -> None:
        self.errors = errors
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
        payee = one.commitment.payee
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
        Column("amount", "金额（元）", ("金额", "交易金额"), required=True, parse=_amount),
        Column("paid", "结果", ("处理结果", "交易状态", "状态"), required=True, parse=_outcome, choices=OUTCOMES),
        Column("reason", "退回原因", ("失败原因", "原因"), help="退回的必填"),
    ]
)


def read_answer(content: bytes, name: str) -> list[Answer]:
    """The bank's answer from a sheet. Raises SheetError for what is no sheet, BadAnswer with every wrong cell."""
    table = read_table(content, name=name, max_rows=MOST_ROWS)
    checked = ANSWER.check(table)
    errors = list(checked.errors)
    for record in checked.records:
        if not record.values["paid"] and not record.values["reason"]:
            errors.append(RowError(record.number, "退回原因", "退回的支付要写明原因", "required"))
    if errors:
        raise BadAnswer(sorted(errors, key=lambda e: (e.row, e.column)))
    return [
        Answer(r.values["key"], r.values["amount"], r.values["paid"], r.values["reason"] or "", r.number)
        for r in checked.records
    ]


__all__ = ["ANSWER", "BadAnswer", "Line", "SheetError", "as_csv", "as_xlsx", "lines", "read_answer"]
