"""A case's money in the fund: promised, ordered, counted. The fund itself keeps it from being paid twice."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.text import folded
from triplehelix.fund import actions as fund
from triplehelix.fund import locks, terms
from triplehelix.fund.models import Commitment, Payment, Purse, Refund
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases.matter import named
from triplehelix.procedure.cases.models import Case
from triplehelix.records.amounts import exact
from triplehelix.records.parties import standing
from triplehelix.records.parties.finds import family
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused

#: The whole of an award that is not paid by milestones.
WHOLE = "1"


def account_of(case: Case) -> BankAccount:
    """The account the case names; whether it is good is asked elsewhere (`fund.payee.checked`)."""
    return BankAccount(case.account_name, case.account_number, case.bank, case.bank_code)


def goes_to(payment: Payment, case: Case) -> bool:
    """Whether an order is for the account the case has now."""
    return (payment.account_name, payment.account_number) == (case.account_name, case.account_number)


def commitment_of(case: Case) -> Commitment | None:
    """What the fund has promised for the case, if anything: the promise that stands, else the last one released.

    A unique fact corrected after a notice gives the promise another name, and so another row; the first stays, empty.
    """
    found = Commitment.objects.filter(case_ref=case.ref).select_related("purse", "payee")
    return found.order_by("-amount_fen", "-pk").first()


def payments_of(case: Case) -> list[Payment]:
    """Every order for the case, oldest first, returned ones included; none of an earlier case's for the same thing."""
    found = Payment.objects.filter(commitment__case_ref=case.ref, pk__gt=F("commitment__orders_before"))
    return list(found.select_related("batch").order_by("pk"))


def paid_or_ordered(case: Case) -> int:
    """Fen that have left or are on their way."""
    held = commitment_of(case)
    return 0 if held is None else held.paid_fen + held.ordered_fen


def left_for(cases: QuerySet[Case]) -> int:
    """Fen that have left or are on their way for all of these."""
    refs = [case.ref for case in cases.only("pk")]
    sums = Commitment.objects.filter(case_ref__in=refs).aggregate(paid=Sum("paid_fen"), ordered=Sum("ordered_fen"))
    return (sums["paid"] or 0) + (sums["ordered"] or 0) if refs else 0


def unordered(cases: Iterable[Case]) -> int:
    """Fen promised for all of these that have neither left nor are on their way."""
    held = Commitment.objects.filter(case_ref__in=[case.ref for case in cases])
    return held.aggregate(sum=Sum(F("amount_fen") - F("ordered_fen") - F("paid_fen")))["sum"] or 0


def paid(case: Case) -> int:
    """Fen that have arrived."""
    held = commitment_of(case)
    return 0 if held is None else held.paid_fen


def kept(case: Case) -> int:
    """Fen that have left or are on their way, less what came back to the treasury."""
    return paid_or_ordered(case) - refunded(case)


def refunded(case: Case) -> int:
    """Fen paid back to the treasury."""
    held = commitment_of(case)
    return 0 if held is None else held.refunded_fen


def refunds(case: Case) -> QuerySet[Refund]:
    """What the treasury is recorded to have back of it, by receipt; without what was voided."""
    return Refund.objects.filter(commitment=commitment_of(case), void_why="").select_related("commitment")


def subject_of(case: Case) -> str:
    """What is paid for, once a year to one payee: the facts the award names as unique, or else the matter's name."""
    if matter := named(case.award, case.facts):
        return f"{case.award.name}：{matter}"[:120]
    # What follows from a year's data is given once a year; a project is known by its title.
    return (case.award.name if case.lane == "entitled" else case.title)[:120]


def is_used_up(case: Case) -> bool:
    """Whether what the case is for has been promised to the payee this year, paid and wholly returned: the fund would
    refuse to promise it again. A case whose own promise stands needs no other."""
    mine = Q(case_ref=case.ref) if case.pk else Q()
    back = Q(subject=" ".join(subject_of(case).split()), refunded_fen=F("amount_fen"))
    rows = Commitment.objects.filter(
        mine | back, family(case.organisation, "payee"), rule=case.award_code, year=case.year, amount_fen__gt=0
    )
    refs = set(rows.values_list("case_ref", flat=True))
    return bool(refs) and case.ref not in refs


def purse_for(case: Case, amount_fen: int, now: datetime) -> Purse:
    """The purse of the award's use with enough left, money carried over first. Raises Refused.

    It is a purse of the case's year; once that is over, one of the running year with money of the case's year or
    before, carried over (R4). The running year's own money is for its own cases.
    """
    use = case.award.use
    called = terms.uses().get(use, use)
    year = max(case.year, timezone.localdate(now).year)
    open_ones = Purse.objects.filter(use=use, year=year, origin_year__lte=case.year, closed_at__isnull=True)
    purses = open_ones.order_by("origin_year", "pk")
    if not purses:
        said = {"year": case.year, "use": called, "now": year}
        if year > case.year:
            raise Refused(
                _(
                    "%(year)s 年的“%(use)s”资金没有结转到 %(now)s 年：请市财政局先办理结转；"
                    "已交回国库的，改为不予支持，在新年度批次另行申报"
                )
                % said
            )
        raise Refused(_("%(year)s 年没有“%(use)s”的资金，请市财政局先登记预算文件、设立用途") % said)
    for purse in purses:
        if purse.free >= amount_fen:
            return purse
    free = max((purse.free for purse in purses), default=0)
    said = {"use": called, "free": exact(free), "asked": exact(amount_fen)}
    raise Refused(_("“%(use)s”只剩 %(free)s，不够 %(asked)s：请先调整用途额度，或按比例分配、排到下一年") % said)


def hold(cases: Iterable[Case]) -> None:
    """Lock what promises to all of these need, the purses and then the units, before the first of them: whoever locks
    several of either does so in one order."""
    found = list(cases)
    locks.purses(case.award.use for case in found)
    standing.hold_all(case.organisation_id for case in found)


def promise(case: Case, actor: Account | None, now: datetime) -> Commitment:
    """Commit what is granted. Asked again, the promise that stands is answered. Raises Refused."""
    amount = int(case.granted_fen or 0)
    if (own := _own_share(case)) is not None and amount > own:
        # 直拨到实施单位: one unit may not be paid for the others (decided so before each had its own case).
        raise Refused(_("这一项由几个单位分享，资金直拨到各实施单位：本件只付本单位的份额，请重新决定"))
    held = commitment_of(case)
    if held is not None and 0 < held.amount_fen < amount:
        # A demand released the rest, and was taken back when the year of the purse was over.
        said = {"has": exact(held.amount_fen), "rest": exact(amount - held.amount_fen)}
        raise Refused(_("只承诺了 %(has)s，其余 %(rest)s 追回时已收回、年度已过，不能再拨付：请终止") % said)
    purse = held.purse if held is not None and held.amount_fen else purse_for(case, amount, now)
    return fund.commit(
        # A promise that stands keeps its name, whatever became of the facts and of how names are made.
        purse=purse, rule=case.award_code, payee=case.organisation, year=case.year,
        subject=held.subject if held is not None and held.amount_fen else subject_of(case),
        amount_fen=amount, case_ref=case.ref, actor=actor, now=now, why=case.number,
    )  # fmt: skip


def promise_rest(case: Case, actor: Account | None, now: datetime) -> int:
    """Promise again what of the grant is neither paid nor promised any more. Answers fen that nobody can promise: the
    purse is closed, and what was released has gone on or to the treasury.

    Raises Refused: too little left; the purse's year is over and it is not closed yet, so nobody knows where it goes.
    """
    held = commitment_of(case)
    rest = int(case.granted_fen or 0) - held.amount_fen if held is not None else 0
    if held is None or rest <= 0:
        return 0
    if held.purse.closed_at is not None:
        return rest
    if timezone.localdate(now).year > held.purse.year:
        said = {"purse": held.purse}
        raise Refused(_("“%(purse)s”的年度已过、还没有关账：请市财政局先办理年终结转和关账，再撤销追回") % said)
    fund.promise_again(commitment=held, amount_fen=rest, actor=actor, now=now, why=case.number)
    return 0


def _own_share(case: Case) -> int | None:
    """Fen of the case's own unit in a decision that units share; None where nobody shares."""
    shares = {folded(str(one["id"])): int(one["granted_fen"]) for one in case.decision.get("shares", ())}
    return shares.get(folded(case.organisation.uscc), 0) if shares else None


def order(case: Case, part: str, amount_fen: int, actor: Account | None, now: datetime) -> Payment:
    """Order a part of what is promised to the case's own account. Raises Refused."""
    held = promise(case, actor, now)
    return fund.order_payment(
        commitment=held, amount_fen=amount_fen, account=account_of(case), part=part, purpose=case.award.name,
        actor=actor, now=now,
    )  # fmt: skip


def order_again(case: Case, actor: Account | None, now: datetime) -> None:
    """Order what came back or was recalled anew, to the account as it now stands. Raises Refused."""
    for payment in payments_of(case):
        if payment.state == "returned" and not _followed(payment):
            fund.resend(payment=payment, account=account_of(case), actor=actor, now=now)


def _followed(payment: Payment) -> bool:
    later = Payment.objects.filter(commitment=payment.commitment_id, part=payment.part, attempt__gt=payment.attempt)
    return later.exists()


def is_returned(case: Case) -> bool:
    """Whether the bank has sent something back that has not been ordered again."""
    return any(one.state == "returned" and one.batch_id and not _followed(one) for one in payments_of(case))


def is_recalled(case: Case) -> bool:
    """Whether an order was taken back before the bank had it, and not made again."""
    return any(one.state == "returned" and not one.batch_id and not _followed(one) for one in payments_of(case))


def waiting_for_account(cases: Iterable[Case]) -> set[int]:
    """Of these the keys of those with an order that was recalled and an account that is still the one it was made for:
    nobody orders that in bulk. One query."""
    held = {case.ref: case for case in cases}
    later = Payment.objects.filter(
        commitment=OuterRef("commitment"), part=OuterRef("part"), attempt__gt=OuterRef("attempt")
    )
    orders = Payment.objects.filter(commitment__case_ref__in=held, pk__gt=F("commitment__orders_before"))
    recalled = orders.filter(~Exists(later), state="returned", batch__isnull=True).select_related("commitment")
    found = ((one, held[one.commitment.case_ref]) for one in recalled)
    return {case.pk for one, case in found if goes_to(one, case)}


def account_bound(case: Case) -> str:
    """Why the account cannot be changed now, or "": an order goes to the account it was made for, and nowhere else.

    What the bank has sent back waits for another account, whatever else of the case is under way.
    """
    if case.state == "pay_returned":
        return ""
    for payment in payments_of(case):
        said = {"key": payment.key, "tail": payment.account_number[-4:]}
        if payment.state == "ordered":
            return _("支付单 %(key)s 已按尾号 %(tail)s 的账户开出：要改账户，请先联系市财政局收回支付单") % said
        if payment.state == "sent":
            return _("支付单 %(key)s 已按尾号 %(tail)s 的账户送银行：等银行回单，退回的可以改账户再支付") % said
    return ""


def take_back_orders(case: Case, actor: Account | None, now: datetime) -> None:
    """Orders the bank has not got are none any more; the commitment has the money again."""
    for payment in payments_of(case):
        if payment.state == "ordered":
            fund.cancel_order(payment=payment, reason=case.noted or case.number, actor=actor, now=now)


def give_back(case: Case, actor: Account | None, now: datetime) -> None:
    """Release what is promised and not on its way: the case has ended without it."""
    held = commitment_of(case)
    if held is not None and held.free:
        fund.release(commitment=held, actor=actor, now=now, why=case.number)
