"""What may be claimed of public money, computed by the declared measures. The application itself is a case."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count, islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.dated import NotInForce
from triplehelix.foundation.money import Fen
from triplehelix.market.finance import facts, money, terms
from triplehelix.market.finance.access import CITY, FIRM, INSTITUTION
from triplehelix.market.finance.actions.handling import unbearable
from triplehelix.market.finance.actions.shared import contract_of, drop, locked, saved
from triplehelix.market.finance.models import Application, Claim, Loan
from triplehelix.market.finance.models.claims import ONCE
from triplehelix.policy.answer import conclusion, steps
from triplehelix.policy.award import Award
from triplehelix.policy.decision import Decided, Decision, decide
from triplehelix.records.amounts import exact
from triplehelix.records.parties import standing
from triplehelix.records.parties.finds import family
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry
from triplehelix.records.wording import as_recorded

#: Which kind of contract each claim is for, and who claims: the firm or the institution.
OF = {"interest": "loan", "premium": "insurance", "guarantee": "guarantee", "payout": "guarantee", "loss": "loan"}
BY = {"interest": FIRM, "premium": FIRM, "guarantee": INSTITUTION, "payout": INSTITUTION, "loss": INSTITUTION}
#: States in which each may be claimed: a filing that was revoked gives nothing.
IN = {
    "interest": {"filed", "overdue", "repaid"}, "premium": {"granted", "repaid"}, "guarantee": {"granted", "repaid"},
    "payout": {"granted"}, "loss": {"compensated", "recovered"},
}  # fmt: skip


def offered(case: Application, held: frozenset[str]) -> list[str]:
    """The claims somebody with these relations may compute for a case now."""
    loan = case.loan
    if loan is None:
        return []
    return [kind for kind in OF if may(kind, loan) and BY[kind] in held and case.state in IN[kind]]


def may(kind: str, loan: Loan) -> bool:
    """Whether this contract is of the kind the claim is for, and the city pays for it at all."""
    return OF[kind] == loan.kind and terms.pays(kind)


@transaction.atomic
def claim(
    *, case: Application, kind: str, base_fen: int | None, decided: Decided, actor: Account, now: datetime,
    seen_version: int,
) -> Claim:  # fmt: skip
    """Compute a claim and keep it. `base_fen`: the interest claimed (None: all that was paid), the amount paid out.

    Interest: one loan of a firm, once, and no more than was paid. Guarantee: the next of its years that has begun, by
    the days the contract is in force in it; settled earlier, it is void and computed anew (`guarantee_settled`).
    Raises Refused with the measure's own reasons, Invalid at `base_fen`.
    """
    held = locked(case, actor, now, by={BY[kind]}, seen=seen_version, states=IN[kind])
    loan, today = contract_of(held), timezone.localdate(now)
    if not may(kind, loan):
        raise Refused(_("这份合同不适用这一事项"))
    payee = loan.borrower if BY[kind] == FIRM else loan.institution.organisation
    # One claim of a payee after another, and of whom it has become one with: the caps of a firm and a year are sums
    # over the claims of all of them, and one of their loans is subsidised.
    standing.hold(payee.pk)
    payee.refresh_from_db()
    if problem := untimely(kind, loan, today):
        raise Refused(problem)
    base = _base(kind, loan, base_fen, today)
    given = facts.of_contract(loan, base, _more(kind, loan, payee, today))
    made = _computed(kind, base, given, decided, today)
    try:
        with transaction.atomic():
            row = Claim.objects.create(
                loan=loan, payee=payee, kind=kind, year=today.year, base_fen=base, made_at=now, made_by=actor, **made
            )
    except IntegrityError as why:
        raise Refused(_taken(kind, payee)) from why
    data = {"claim": kind, "base": base, "fen": row.amount_fen, "award": row.award}
    saved(held, "claim", actor, now, data)
    return row


def untimely(kind: str, loan: Loan, today: date) -> str:
    """Why this is not the time for a claim; "" when it is. A guarantee is subsidised once for each of its years, in a
    calendar year in which it was in force."""
    if kind != "guarantee":
        return ""
    last = _guaranteed_until(loan)
    if not loan.first_on.year <= today.year <= last.year:
        said = {"first": loan.first_on, "last": last, "year": today.year}
        return _("担保期为 %(first)s 至 %(last)s，%(year)d 年不在担保期内，没有补贴") % said
    begun = money.years_begun(loan.first_on, last, today)
    if _next_year(loan) > begun:
        return _("已经开始的 %(begun)d 个担保年度都计算过，下一个担保年度还没有开始") % {"begun": begun}
    return ""


def _guaranteed_until(loan: Loan) -> date:
    """The guarantee's last day: of the contract, or earlier when it was settled."""
    case = loan.application
    settled = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), verb="repay").last()
    return loan.last_on if settled is None else min(loan.last_on, timezone.localdate(settled.at))


def _next_year(loan: Loan) -> int:
    """The first year of a guarantee, from 1, that nothing living was computed for.

    What was computed before years were kept was computed in their order.
    """
    said = [row.facts for row in loan.claims.filter(kind="guarantee", void_why="")]
    taken = {one["guarantee_year"] for one in said if "guarantee_year" in one}
    unnamed = sum("guarantee_year" not in one for one in said)
    free = (year for year in count(1) if year not in taken)
    return next(islice(free, unnamed, None))


def _days_of(kind: str, loan: Loan) -> dict[str, Any]:
    """A year of a guarantee and its days, by key: by the contract, or till it was settled. The next to be subsidised;
    what is paid out concerns no year, and stands on the first."""
    if loan.kind != "guarantee":
        return {}
    year = _next_year(loan) if kind == "guarantee" else 1
    days, whole = money.days_in_force(loan.first_on, _guaranteed_until(loan), year)
    return {"guarantee_year": year, "guarantee_days": days, "guarantee_year_days": whole}


def guarantee_settled(case: Application, actor: Account | None, now: datetime) -> Application:
    """A guarantee settled today: what was computed for more days than it was in force is void, and computed anew from
    the days there were. What was computed for whole years before days were kept stays."""
    loan, today = contract_of(case), timezone.localdate(now)
    too_long = []
    for row in loan.claims.filter(kind="guarantee", void_why=""):
        if "guarantee_days" in row.facts:
            days, _whole = money.days_in_force(loan.first_on, min(loan.last_on, today), row.facts["guarantee_year"])
            too_long += [row.pk] if days < row.facts["guarantee_days"] else []
    with as_recorded():
        why = _("担保于 %(day)s 提前结清，在保天数少于计算的天数，请按实际天数重新计算") % {"day": today}
    return drop(case, loan.claims.filter(pk__in=too_long), why, actor, now)


def _taken(kind: str, payee: Organisation) -> str:
    if kind == "interest":
        first = (
            Claim.objects.filter(family(payee, "payee"), kind="interest", void_why="").select_related("loan").first()
        )
        said = {"number": first.loan.number if first else ""}
        return _("一家企业只能选一笔贷款贴息，已经选了合同 %(number)s；要换的，请先作废原来那一笔") % said
    return _("这份合同已经计算过，只计算一次") if kind in ONCE else _("这份合同本年度已经计算过")


def _base(kind: str, loan: Loan, asked: int | None, today: date) -> int:
    """What the claim is computed from. Raises Invalid at `base_fen`."""
    if kind == "interest":
        return _interest(loan, asked, today)
    if kind == "payout":
        if asked is None or not 0 < asked <= loan.amount_fen:
            raise Invalid(
                {"base_fen": _("代偿金额应大于零、不超过担保金额 %(most)s") % {"most": exact(loan.amount_fen)}}
            )
        return asked
    if kind == "loss":
        if not loan.still_lost_fen:
            raise Refused(_("损失已全部追回"))
        return loan.still_lost_fen
    return loan.amount_fen if kind == "guarantee" else loan.premium_fen or 0


def _interest(loan: Loan, asked: int | None, today: date) -> int:
    paid = loan.paid("interest")
    if not paid:
        raise Invalid({"base_fen": _("银行还没有登记付息，不能计算")})
    base = paid if asked is None else asked
    if not 0 < base <= paid:
        said = {"asked": exact(base), "paid": exact(paid)}
        raise Invalid({"base_fen": _("申请的利息 %(asked)s 超过实际支付的 %(paid)s：只按实付利息贴息") % said})
    rows = [(row.kind, row.on, row.amount_fen) for row in loan.standing_payments()]
    if problem := unbearable(loan, rows, today):
        raise Invalid({"base_fen": problem})
    return base


def _more(kind: str, loan: Loan, payee: Organisation, today: date) -> dict[str, Any]:
    """Facts that depend on what else the payee has claimed."""
    own = Claim.objects.filter(family(payee, "payee"), kind=kind, void_why="")
    had = own.filter(year=today.year).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    first = (
        Loan.objects.filter(family(loan.borrower, "borrower"), kind="insurance", application__product__scheme__gt="")
        .order_by("first_on")
        .values_list("first_on", flat=True)
    )
    begun = first.first() or loan.first_on
    interest = Claim.objects.filter(family(payee, "payee"), kind="interest", void_why="")
    return {
        "only_loan_subsidised": not interest.exists(),
        "premium_subsidy_this_year_yuan": Fen(had if kind == "premium" else 0).yuan,
        "policy_year": loan.first_on.year - begun.year + 1,
        **_days_of(kind, loan),
    }


def _computed(kind: str, base: int, given: Mapping[str, Any], decided: Decided, today: date) -> dict[str, Any]:
    """Amount, award, facts and reasons. What no measure declares is computed here. Raises Refused."""
    if kind == "payout":
        # 鲁科担 is one thing: what is not subsidised as such is not compensated as such.
        _granted(terms.award_for("guarantee"), given, decided, today)
        amount, rate = money.compensation(base, today), terms.value("guarantee_compensation", today)
        with as_recorded():
            line = _("代偿 %(base)s × %(rate)s = %(amount)s（%(source)s）")
            line %= {"base": exact(base), "rate": rate.rate, "amount": exact(amount), "source": rate.source}
        return {"amount_fen": amount, "award": "", "facts": {}, "steps": [line]}
    award = terms.award_for(kind)
    decision = _granted(award, given, decided, today)
    asked = facts.for_award(award, dict(given))
    return {"amount_fen": int(decision.granted or 0), "award": award.code, "facts": asked, "steps": steps(decision)}


def _granted(award: Award, given: Mapping[str, Any], decided: Decided, today: date) -> Decision:
    """The award's answer. Raises Refused with its own reasons when it grants nothing."""
    try:
        decision = decide(award, facts.for_award(award, dict(given)), today, decided)
    except NotInForce as why:
        raise Refused(why.message) from why
    if decision.refused or decision.granted is None:
        reasons = [check.message for check in decision.refused] or [one.question for one in decision.open]
        raise Refused("；".join(reasons or [conclusion(decision)]))
    return decision


@transaction.atomic
def void(*, claim: Claim, why: str, actor: Account, now: datetime) -> Claim:
    """The payee (or the city) takes a claim back, before it has been applied for elsewhere: another loan may be chosen.

    Raises Refused, Invalid at `why`.
    """
    if not why.strip():
        raise Invalid({"why": _("请写明原因")})
    case = Application.objects.select_for_update(of=("self",)).get(pk=claim.loan.application_id)
    held = case.relations_of(actor, now)
    if not held & {BY[claim.kind], CITY}:
        raise Refused(_("您无权办理这一步"))
    row = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if row.void_why:
        raise Refused(_("已经作废"))
    row.void_why = why.strip()[:200]
    row.save(update_fields=["void_why"])
    saved(case, "void_claim", actor, now, {"claim": row.kind, "fen": row.amount_fen}, row.void_why)
    return row
