"""Payments: ordered within the commitment, sent in a batch, returned, ordered again to another account."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.fund import ledger, locks, orders
from triplehelix.fund.access import require_finance
from triplehelix.fund.actions.commitments import note
from triplehelix.fund.models import Batch, Commitment, Ledger, Payment
from triplehelix.fund.orders import KIND
from triplehelix.fund.payee import BankAccount, checked
from triplehelix.records.alone import alone
from triplehelix.records.amounts import exact
from triplehelix.records.parties.finds import gone
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

#: What the bank's column for remarks holds: letters and digits that survive every form.
KEY_LENGTH = 20


def key_of(commitment: Commitment, part: str, attempt: int) -> str:
    """The idempotency key of one order: the same on every machine, without asking the database for a number."""
    said = (commitment.rule, commitment.payee.uscc, commitment.subject, str(commitment.year), part, str(attempt))
    digest = hashlib.sha256("\x1f".join(said).encode()).digest()
    return f"{commitment.year}{base64.b32encode(digest).decode()[:KEY_LENGTH]}"


@transaction.atomic
def order_payment(
    *,
    commitment: Commitment,
    amount_fen: int,
    account: BankAccount,
    actor: Account | None,
    now: datetime,
    part: str = "1",
    purpose: str = "",
) -> Payment:
    """Order money of the commitment to the payee's account; `part` names the instalment and is ordered once.

    Asked again with the same amount, the order that stands is answered and nothing changes, paid or not; after a
    return, `resend` orders anew. Orders of an earlier case's promise, all returned, do not count. Raises Refused: wrong
    account, more than is left, the part ordered otherwise.
    """
    ledger.amount(amount_fen)
    part = part.strip()
    if not part or len(part) > 40 or len(purpose) > 120 or "\x00" in part + purpose:
        raise Refused(_("期次最多 40 个字，用途最多 120 个字"))
    commitment = locks.commitment(commitment)
    last = Payment.objects.filter(commitment=commitment, part=part).order_by("attempt").last()
    if last is not None and last.pk > commitment.orders_before:
        return _ordered_before(last, amount_fen)
    attempt = 1 if last is None else last.attempt + 1
    return _order(commitment, part, attempt, amount_fen, account, purpose, actor, now)


def _ordered_before(last: Payment, amount_fen: int) -> Payment:
    if last.state == "returned":
        said = {"part": last.part, "reason": last.reason}
        raise Refused(_("第 %(part)s 期曾被退回（%(reason)s），请核对账户后重新支付") % said)
    if last.amount_fen != amount_fen:
        said = {"part": last.part, "was": str(Fen(last.amount_fen)), "asked": str(Fen(amount_fen))}
        raise Refused(_("第 %(part)s 期已经开单 %(was)s，不能再开 %(asked)s") % said)
    return last


def _order(
    commitment: Commitment,
    part: str,
    attempt: int,
    amount_fen: int,
    account: BankAccount,
    purpose: str,
    actor: Account | None,
    now: datetime,
) -> Payment:
    """The next order of a part; purse locked, commitment fresh."""
    if commitment.payee.ending == "closed":
        raise Refused(gone(commitment.payee))
    good = checked(account, commitment.payee.standing.name)
    if amount_fen > commitment.free:
        said = {"amount": exact(commitment.amount_fen), "paid": exact(commitment.ordered_fen + commitment.paid_fen)}
        said |= {"free": exact(commitment.free), "asked": exact(amount_fen)}
        raise Refused(_("承诺 %(amount)s，已支付或支付中 %(paid)s，只剩 %(free)s，不够支付 %(asked)s") % said)
    made = Payment(
        commitment=commitment,
        part=part,
        attempt=attempt,
        key=key_of(commitment, part, attempt),
        amount_fen=amount_fen,
        account_name=good.name,
        account_number=good.number,
        bank=good.bank,
        bank_code=good.bank_code,
        purpose=purpose.strip() or f"{commitment.subject}"[:120],
        ordered_by=actor,
        ordered_at=now,
    )
    made.save(force_insert=True)
    move(made, Ledger.ORDERED, Ledger.COMMITTED, "order", actor, now)
    data = {"payment": made.key, "part": part, "amount_fen": amount_fen, **kept.said(orders.groups(made))}
    note(commitment, "order", actor, now, data)
    return made


def move(
    payment: Payment, debit: Ledger, credit: Ledger, verb: str, actor: Account | None, now: datetime, why: str = ""
) -> None:
    """A payment's money between two accounts of its purse, which the caller has locked."""
    purse = payment.commitment.purse
    ledger.post(
        pool_id=purse.pool_id, debit=debit, credit=credit, debit_purse=purse.pk, credit_purse=purse.pk,
        commitment=payment.commitment_id, payment=payment, amount_fen=payment.amount_fen,
        verb=verb, actor=actor, now=now, why=why,
    )  # fmt: skip


@transaction.atomic
def send_batch(*, payments: Iterable[Payment], actor: Account | None, now: datetime) -> Batch:
    """Put ordered payments into one file for the bank. Raises Refused when one of them is not waiting any more."""
    require_finance(actor, now)
    found = locks.payments(payments)
    if not found:
        raise Refused(_("没有待送银行的支付"))
    if other := next((one for one in found if one.state != "ordered"), None):
        said = {"key": other.key, "payee": other.account_name, "state": other.get_state_display()}
        raise Refused(_("%(payee)s的支付 %(key)s 已是“%(state)s”，请刷新后重选") % said)
    total = sum(one.amount_fen for one in found)
    batch = Batch.objects.create(number=_number(now), count=len(found), total_fen=total, sent_by=actor, sent_at=now)
    Payment.objects.filter(pk__in=[one.pk for one in found]).update(state="sent", batch=batch)
    note_many(found, "send", actor, now, {"batch": batch.number})
    return batch


def _number(now: datetime) -> str:
    """The next number of the year; two who send at once wait for each other here."""
    year = timezone.localdate(now).year
    alone("fund batch")
    last = Batch.objects.filter(number__startswith=f"{year}-").order_by("pk").last()
    return f"{year}-{int(last.number.partition('-')[2]) + 1 if last else 1:04d}"


def note_many(
    payments: Iterable[Payment], verb: str, actor: Account | None, now: datetime, data: dict[str, object]
) -> None:
    """The same happening to many payments: a trail row each, in as few statements as subjects allow."""
    rounds: list[set[str]] = []
    times: dict[str, int] = defaultdict(int)
    for payment in payments:
        id = str(payment.commitment_id)
        if times[id] == len(rounds):
            rounds.append(set())
        rounds[times[id]].add(id)
        times[id] += 1
    for ids in rounds:
        trail.record_many(kind=KIND, ids=sorted(ids, key=int), verb=verb, actor=actor, now=now, data=data)


@transaction.atomic
def return_payment(*, payment: Payment, reason: str, actor: Account | None, now: datetime) -> Payment:
    """The money came back, or the order is taken back before it is sent: the commitment has it again.

    The trail row `return` names the case (`case_ref`), which the room that handles it follows. Returned again, nothing
    changes. Raises Refused without a reason.
    """
    require_finance(actor, now)
    (payment,) = locks.payments([payment])
    return returned(payment, reason, actor, now)


@transaction.atomic
def cancel_order(*, payment: Payment, reason: str, actor: Account | None, now: datetime) -> Payment:
    """Whoever ordered a payment takes the order back before it is sent: the commitment has the money again.

    Raises Refused when it is with the bank already.
    """
    (payment,) = locks.payments([payment])
    if payment.state != "ordered":
        said = {"key": payment.key, "state": payment.get_state_display()}
        raise Refused(_("支付 %(key)s 现在是“%(state)s”，不能取消") % said)
    return returned(payment, reason, actor, now)


def returned(payment: Payment, reason: str, actor: Account | None, now: datetime) -> Payment:
    """`return_payment` for a payment that is locked already."""
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refused(_("请写明退回原因"))
    if payment.state == "returned":
        return payment
    credit = Ledger.PAID if payment.state == "paid" else Ledger.ORDERED
    if credit == Ledger.PAID and payment.commitment.refunded_fen > payment.commitment.paid_fen - payment.amount_fen:
        said = {"refunded": exact(payment.commitment.refunded_fen)}
        raise Refused(_("这笔款项已有 %(refunded)s 缴回国库，不能再作退回") % said)
    payment.state, payment.reason, payment.answered_at = "returned", reason, now
    payment.save(update_fields=["state", "reason", "answered_at"])
    move(payment, Ledger.COMMITTED, credit, "return", actor, now, reason)
    data = {"payment": payment.key, "part": payment.part, "amount_fen": payment.amount_fen}
    note(payment.commitment, "return", actor, now, data, reason)
    return payment


@transaction.atomic
def resend(*, payment: Payment, account: BankAccount, actor: Account | None, now: datetime) -> Payment:
    """Order a returned payment anew, to a corrected account: a new order with a new key, the returned one stays.

    Asked again, the new order is answered. Raises Refused: not returned, wrong account, money released since.
    """
    (payment,) = locks.payments([payment])
    if payment.state != "returned":
        said = {"key": payment.key, "state": payment.get_state_display()}
        raise Refused(_("支付 %(key)s 现在是“%(state)s”，没有退回，不能重新支付") % said)
    after = Payment.objects.filter(commitment=payment.commitment_id, part=payment.part, attempt__gt=payment.attempt)
    if next_one := after.order_by("attempt").first():
        return next_one
    return _order(
        payment.commitment, payment.part, payment.attempt + 1, payment.amount_fen, account, payment.purpose, actor, now
    )
