"""The bank's answer to a batch: all of it or nothing; answered again, nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.fund import locks
from triplehelix.fund.access import require_finance
from triplehelix.fund.actions.payments import move, note_many, returned
from triplehelix.fund.models import Batch, Ledger, Payment
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused


@dataclass(frozen=True, slots=True)
class Partial:
    """One line of the bank's answer as far as it could be read: None (no `key`: "") where it could not. `reason` says
    why a payment came back. `row` is where it stands in the file."""

    key: str
    amount_fen: int | None
    paid: bool | None
    reason: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Answer(Partial):
    """One line that could be read whole."""

    amount_fen: int
    paid: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer changed: payments now paid and returned, and lines that said what was known."""

    paid: tuple[Payment, ...]
    returned: tuple[Payment, ...]
    unchanged: int


class Wrong(Refused):
    """Lines that cannot be right; `errors` are (row, field, message), field one of key, amount, outcome, reason."""

    def __init__(self, errors: list[tuple[int, str, str]]) -> None:
        self.errors = errors
        said = [_("第 %(row)d 行：%(why)s") % {"row": row, "why": why} if row else why for row, _field, why in errors]
        super().__init__("；".join(said))


@transaction.atomic
def record_bank_answer(*, batch: Batch, answers: Sequence[Answer], actor: Account | None, now: datetime) -> Answered:
    """What the bank did with the payments of a batch; lines may be of a part of it, the rest may follow later.

    A payment paid that the bank returns later is returned; one returned does not become paid (it may have been sent
    anew). Raises Wrong with every line that is wrong, before anything changes.
    """
    require_finance(actor, now)
    in_batch = Payment.objects.filter(batch=batch, key__in=[answer.key for answer in answers])
    found = {payment.key: payment for payment in locks.payments(in_batch)}
    if errors := _errors(batch, answers, found):
        raise Wrong(errors)
    paid: list[Payment] = []
    back: list[Payment] = []
    unchanged = 0
    for answer in sorted(answers, key=lambda one: found[one.key].pk):
        payment = found[answer.key]
        if payment.state == ("paid" if answer.paid else "returned"):
            unchanged += 1
        elif answer.paid:
            paid.append(payment)
            move(payment, Ledger.PAID, Ledger.ORDERED, "pay", actor, now)
        else:
            back.append(returned(payment, answer.reason, actor, now))
    Payment.objects.filter(pk__in=[payment.pk for payment in paid]).update(state="paid", answered_at=now)
    for payment in paid:
        payment.state, payment.answered_at = "paid", now
    note_many(paid, "pay", actor, now, {"batch": batch.number})
    return Answered(tuple(paid), tuple(back), unchanged)


def faults(*, batch: Batch, lines: Sequence[Partial]) -> "list[tuple[int, str, str]]":
    """What cannot be right in these lines, as `Wrong.errors`; nothing is recorded."""
    found = Payment.objects.filter(batch=batch, key__in=[line.key for line in lines])
    return _errors(batch, lines, {payment.key: payment for payment in found})


def _errors(batch: Batch, lines: Sequence[Partial], found: dict[str, Payment]) -> "list[tuple[int, str, str]]":
    errors: list[tuple[int, str, str]] = []
    rows: dict[str, int] = {}
    for line in lines:
        if line.key in rows:
            said = {"key": line.key, "row": rows[line.key]}
            errors.append((line.row, "key", _("支付编号 %(key)s 在第 %(row)d 行已经出现过") % said))
        if line.key:
            rows.setdefault(line.key, line.row)
            errors += [(line.row, *told) for told in _strange(batch, line, found.get(line.key))]
        if line.paid is False and not line.reason.strip():
            errors.append((line.row, "reason", _("退回的支付要写明原因")))
    return errors


def _strange(batch: Batch, line: Partial, payment: Payment | None) -> "list[tuple[str, str]]":
    """Where a line does not fit the payment it names: (field, message)."""
    if payment is None:
        missing = {"key": line.key[:40], "batch": batch.number}
        return [("key", _("支付编号 %(key)s 不在清单 %(batch)s 里") % missing)]
    errors: list[tuple[str, str]] = []
    if line.amount_fen is not None and payment.amount_fen != line.amount_fen:
        said = {"asked": str(Fen(payment.amount_fen)), "is": str(Fen(line.amount_fen))}
        errors.append(("amount", _("金额 %(is)s 与送出的 %(asked)s 不同") % said))
    if line.paid and payment.state == "returned":
        back = {"reason": payment.reason}
        errors.append(("outcome", _("这笔已经登记为退回（%(reason)s），不能再登记为已支付") % back))
    return errors
