"""Batches to the bank and its answers, with what they mean for the cases: all in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.fund import actions as fund
from triplehelix.fund.models import Batch, Payment
from triplehelix.fund.payee import plain
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.actions.shared import saved
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import FAILED
from triplehelix.records.parties.known import remembered
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused, take


@transaction.atomic
def send_batch(*, payments: Iterable[Payment], actor: Account | None, now: datetime) -> Batch:
    """One file for the bank. Raises Refused: a payment is not waiting any more, or not for the account of its case."""
    found = list(Payment.objects.filter(pk__in=[one.pk for one in payments]).select_related("commitment"))
    numbers = filter(None, map(_case_of, found))
    # Cases first, as everybody locks them: an account or a decision does not change while the file is made.
    list(Case.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"))
    if wrong := misdirected(found):
        raise Refused(left_out(wrong))
    return fund.send_batch(payments=found, actor=actor, now=now)


def misdirected(payments: Iterable[Payment]) -> list[Payment]:
    """Orders, with their commitments, that are for another account than their case has by now, or whose account is not
    its unit's any more: an end of it was entered, or taken back, since."""
    found = [(one, _case_of(one)) for one in payments if one.state == "ordered"]
    rows = Case.objects.select_related("organisation__heir")
    cases = rows.in_bulk(number for _one, number in found if number is not None)
    return [one for one, number in found if number in cases and not _reaches(one, cases[number])]


def _reaches(payment: Payment, case: Case) -> bool:
    unit = case.organisation.standing
    return pay.goes_to(payment, case) and not unit.ending and plain(payment.account_name) == plain(unit.name)


def left_out(payments: Iterable[Payment]) -> str:
    """What to do with them."""
    said = {"orders": "、".join(f"{one.account_name} {one.key}" for one in payments)}
    return _("支付单与办件现在的收款账户、单位不符，没有送银行；请先收回、再安排拨付：%(orders)s") % said


@transaction.atomic
def answer_batch(
    *, batch: Batch, answers: Sequence[fund.Answer], actor: Account | None, now: datetime
) -> fund.Answered:
    """Record the bank's answer: what arrived closes its case, what came back reopens it. All of it or nothing.

    Raises fund.answers.Wrong with every line that is wrong.
    """
    payments = batch.payments.select_related("commitment")
    numbers = {pk for payment in payments if (pk := _case_of(payment)) is not None}
    # Cases first, as every step locks them, in the order of their numbers: nobody waits for another in a ring, and
    # nobody changes a case between the answer and what it means. An answer repeated takes a step that was left out.
    cases = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"))
    paid = {case.pk: pay.paid(case) for case in cases if case.state == "clawing"}
    found = fund.record_bank_answer(batch=batch, answers=answers, actor=actor, now=now)
    with remembered():
        for case in cases:
            _answered(case, paid.get(case.pk, 0), batch, actor, now)
    return found


def _answered(case: Case, paid: int, batch: Batch, actor: Account | None, now: datetime) -> None:
    """What the bank's answer means for one case; `paid` is what its unit had before, in fen."""
    step = "pay_returned" if pay.is_returned(case) else "paid"
    if step in case.workflow and case.state in case.workflow[step].frm:
        take_by_system(case, step, now, note=batch.number)
    elif case.state in FAILED:
        _came_back(case, paid, batch, actor, now)


def _came_back(case: Case, paid: int, batch: Batch, actor: Account | None, now: datetime) -> None:
    """The bank returned money of a case that has ended, or of which money is demanded back; `paid` is what the unit had
    before, in fen.

    Nothing of the case is paid any more, so the promise is released. What the bank returned is not demanded from the
    unit a second time: the demand falls by it. Where that would leave less than nothing to demand, the office decides
    (it may take the demand back); until then no more is demanded than the unit has.
    """
    pay.give_back(case, actor, now)
    if case.state != "clawing":
        return
    has = pay.paid(case)
    left = case.demanded_fen - (paid - has)
    if left <= pay.refunded(case):
        left = min(case.demanded_fen, has)
    if left != case.demanded_fen:
        case.demanded_fen = left
        saved(case, "demand_amount", None, now, {"amount_fen": left}, batch.number)
    take_by_system(case, "clawed", now, note=batch.number)


def take_by_system(case: Case, step: str, now: datetime, note: str = "") -> bool:
    """A step of the program itself, unless the case is not ready for it; whether it was taken."""
    try:
        take(case=case, step=step, actor=None, now=now, seen_version=case.version, note=note)
    except Refused:
        return False
    return True


def _case_of(payment: Payment) -> int | None:
    """The case an order was made for; None when it was an earlier case's, whose promise another has taken up."""
    if payment.pk <= payment.commitment.orders_before:
        return None
    kind, _colon, number = payment.commitment.case_ref.partition(":")
    return int(number) if kind == "case" and number.isdecimal() else None
