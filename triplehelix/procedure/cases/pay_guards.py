"""Why money of a case does not move yet, or cannot be taken back. Asked and answered as `guards` are."""

from datetime import datetime

from django.utils.translation import gettext as _

from triplehelix.fund.payee import checked
from triplehelix.procedure.cases import guards, pay
from triplehelix.procedure.cases.models import Case, Milestone
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused


def account_good(case: Case, actor: Account | None, now: datetime) -> str | None:
    """直拨到实施单位: the account's name is the unit's own."""
    if not (case.account_name and case.account_number and case.bank):
        return _("请先填写户名、账号和开户银行")
    try:
        checked(pay.account_of(case), case.organisation.standing.name)
    except Refused as why:
        return str(why)
    return None


def something_due(case: Case, actor: Account | None, now: datetime) -> str | None:
    """No payment beyond a reached milestone."""
    if not due_milestones(case) and not pay.is_recalled(case):
        return _("没有已通过而未拨付的里程碑：先通过考核，再拨付")
    if case.is_staged:
        # What the award's own rule says comes first: stages reached, less what has been paid.
        return guards.would_be_granted(case, actor, now)
    return None


def due_milestones(case: Case) -> list[Milestone]:
    """Milestones reached and never ordered, in their order."""
    ordered = {payment.part for payment in pay.payments_of(case)}
    return [
        one
        for one in case.milestones.filter(reached_at__isnull=False, amount_fen__gt=0).order_by("seq")
        if str(one.seq) not in ordered
    ]


def not_ordered(case: Case, actor: Account | None, now: datetime) -> str | None:
    return _("已经安排过拨付") if any(one.state != "returned" for one in pay.payments_of(case)) else None


def never_ordered(case: Case, actor: Account | None, now: datetime) -> str | None:
    """What was ordered once is ordered again as it was: another amount needs another decision, or money back."""
    if pay.payments_of(case):
        return _("已经安排过拨付，不能再撤下公示：没有到账的请撤销支持决定，到账的请追回资金")
    return None


def something_ordered(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Only an order the bank has not got can be taken back."""
    states = {payment.state for payment in pay.payments_of(case)}
    if "ordered" in states:
        return None
    return _("支付单已送银行，收不回来：等银行回单") if "sent" in states else _("没有待送银行的支付单")


def nothing_left(case: Case, actor: Account | None, now: datetime) -> str | None:
    """A decision is taken back while all of its money is here: afterwards money is demanded back."""
    states = {payment.state for payment in pay.payments_of(case)}
    if "sent" in states:
        return _("支付单已送银行，不能再撤销：退回的可以撤销，到账的请追回资金")
    if "paid" in states:
        return _("已有款项到账，不能撤销：请终止或追回资金")
    return None


def has_arrived(case: Case, actor: Account | None, now: datetime) -> str | None:
    """The bank has confirmed the whole."""
    if case.granted_fen is None or pay.paid(case) < case.granted_fen:
        return _("款项还没有全部到账")
    return None


def has_come_back(case: Case, actor: Account | None, now: datetime) -> str | None:
    return None if pay.is_returned(case) else _("没有被银行退回的款项")


def nothing_sent(case: Case, actor: Account | None, now: datetime) -> str | None:
    """What the bank has in hand cannot be taken back: how much is to be demanded is known after its answer."""
    if any(payment.state == "sent" for payment in pay.payments_of(case)):
        return _("还有款项已送银行：等银行回单后再追回")
    return None


def nothing_under_way(case: Case, actor: Account | None, now: datetime) -> str | None:
    """A case does not end while the bank has money of it in hand."""
    if any(payment.state in ("ordered", "sent") for payment in pay.payments_of(case)):
        return _("还有款项在支付途中，等银行回单后再办")
    return None
