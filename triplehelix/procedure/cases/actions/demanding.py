"""追回: money demanded back, the amount put right, the demand taken back, the money with the treasury."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.fund import actions as fund
from triplehelix.fund.models import Refund
from triplehelix.procedure.cases import demands, earlier, guards, pay
from triplehelix.procedure.cases.actions.shared import line, locked, saved
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK, FINANCE
from triplehelix.procedure.cases.states import DEMANDED
from triplehelix.records.amounts import exact
from triplehelix.records.lines import as_number
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused, take

LONGEST_DOCUMENT, LONGEST_REASON = 80, 200


@transaction.atomic
def demand_back(*, case: Case, amount_fen: int, why: str, actor: Account, now: datetime, seen_version: int) -> Case:
    """Demand money back (追回), or more of it: the amount is kept, and the step taken, together or not at all. Raises
    Refused."""
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    case.demanded_fen = pay.refunded(case) + amount_fen
    if wrong := demands.money_left(case, actor, now):
        raise Refused(wrong)
    saved(case, "demand_amount", actor, now, {"amount_fen": case.demanded_fen}, why)
    return take(case=case, step=demands.STEP, actor=actor, now=now, seen_version=case.version, note=why)


@transaction.atomic
def change_demand(
    *, case: Case, amount_fen: int, why: str, document: str, actor: Account, now: datetime, seen_version: int
) -> Case:
    """Put the amount of a demand right: what is to be with the treasury in all, never less than is there already nor
    more than was paid. When all of that is there, the case is closed as such.

    Raises Refused (no demand stands; lowered, where another case was given for the same thing when all had come back),
    Invalid at `amount`, `why`, `document`.
    """
    case = _demanded(case, actor, now, seen_version)
    if amount_fen < case.demanded_fen and (given := guards.not_given_since(case, actor, now)):
        raise Refused(given)
    errors, said = _ground(why, document)
    back, paid = pay.refunded(case), pay.paid(case)
    if amount_fen == case.demanded_fen:
        errors["amount"] = _("追回金额没有变")
    elif not back <= amount_fen <= paid:
        told = {"back": exact(back), "paid": exact(paid)}
        errors["amount"] = _("追回金额应不低于已缴回的 %(back)s，不超过已支付的 %(paid)s") % told
    elif amount_fen <= demands.back_before(case):
        errors["amount"] = _("一分不再追回的，请办理“撤销追回”")
    if errors:
        raise Invalid(errors)
    case = _amount(case, amount_fen, said, actor, now)
    acts.tell(case, "demand_amount", (APPLICANT, FINANCE), lambda: _words(case, said), now, but=actor)
    if back >= amount_fen:
        return take(case=case, step="clawed", actor=None, now=now, seen_version=case.version)
    return case


@transaction.atomic
def lift_demand(*, case: Case, why: str, document: str, actor: Account, now: datetime, seen_version: int) -> Case:
    """撤销追回: the case goes back to where it was before the demand, and what the demand released is promised again.

    Raises Refused (no demand stands, something has come back for it, the money is not there any more, another case was
    given for the same thing meanwhile), Invalid at `why`, `document`.
    """
    # Rounds before cases, as whoever publishes locks them: both count what is left of the round's budget.
    list(Round.objects.select_for_update().filter(cases=case))
    case = _demanded(case, actor, now, seen_version)
    errors, said = _ground(why, document)
    if errors:
        raise Invalid(errors)
    where = demands.goes_back_to(case)
    if not where:
        raise Refused(_("留痕里没有这次追回，不能撤销：请先报审计核对"))
    case = _amount(case, pay.refunded(case), said, actor, now)
    return take(
        case=case, step=demands.lift_to(where), actor=actor, now=now, seen_version=case.version, note=said["why"]
    )


def _demanded(case: Case, actor: Account, now: datetime, seen: int) -> Case:
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen)
    if case.state != "clawing":
        raise Refused(_("这一件没有要追回的资金"))
    return case


def _ground(why: str, document: str) -> tuple[dict[str, str], dict[str, str]]:
    """What is wrong with reason and document, by field; and both as the trail keeps them, readable in one line."""
    errors: dict[str, str] = {}
    reason = line(why, _("理由"), 500, errors, "why")
    number = line(document, _("依据文件"), LONGEST_DOCUMENT, errors, "document")
    return errors, {"why": f"{reason}（{number}）", "document": number}


def _amount(case: Case, amount_fen: int, said: dict[str, str], actor: Account, now: datetime) -> Case:
    data = {"amount_fen": amount_fen, "from_fen": case.demanded_fen, "document": said["document"]}
    case.demanded_fen = amount_fen
    return saved(case, "demand_amount", actor, now, data, said["why"])


def _words(case: Case, said: dict[str, str]) -> tuple[str, str]:
    told = {"case": case, "amount": exact(case.demanded_fen), "back": exact(pay.refunded(case)), "why": said["why"]}
    return (
        _("追回金额已更正：%(case)s") % told,
        _("“%(case)s”的追回金额改为 %(amount)s，已缴回 %(back)s。理由：%(why)s") % told + "\n",
    )


@transaction.atomic
def record_refund(
    *, case: Case, amount_fen: int, receipt: str, actor: Account, now: datetime, seen_version: int
) -> Case:
    """The treasury has money back; when all that was demanded is there, the case is closed as such. Raises Refused."""
    case = locked(case, actor, now, by=frozenset({FINANCE}), seen=seen_version)
    commitment = pay.commitment_of(case)
    if commitment is None or case.state != "clawing":
        raise Refused(_("这一件没有要追回的资金"))
    fund.refund(commitment=commitment, amount_fen=amount_fen, receipt=receipt, why=case.number, actor=actor, now=now)
    case = saved(case, "refund", actor, now, {"amount": str(Fen(amount_fen)), "receipt": receipt})
    if pay.refunded(case) >= case.demanded_fen:
        return take(case=case, step="clawed", actor=actor, now=now, seen_version=case.version)
    return case


@transaction.atomic
def void_refund(*, case: Case, receipt: str, reason: str, actor: Account, now: datetime, seen_version: int) -> Case:
    """A refund of this demand that was recorded wrongly falls away, and its receipt serves anew; a case that was closed
    by it waits for the money again. The applicant and the clerk are told.

    Raises Refused (no demand, one of an earlier demand, another case was supplemented for what came back), Invalid at
    `receipt`, `reason`.
    """
    case = locked(case, actor, now, by=frozenset({FINANCE}), seen=seen_version)
    if case.state not in DEMANDED:
        raise Refused(_("这一件没有要追回的资金"))
    errors: dict[str, str] = {}
    reason = line(reason, _("作废的原因"), LONGEST_REASON, errors, "reason")
    found = pay.refunds(case).filter(receipt__in=(receipt, as_number(receipt))).first()
    if found is None:
        errors["receipt"] = _("没有这张缴款书，或已经作废")
    if errors:
        raise Invalid(errors)
    assert found is not None
    if pay.refunded(case) - found.amount_fen < demands.back_before(case):
        raise Refused(_("这张缴款书属于以前的追回，已经结清，不能作废：请先报审计核对"))
    earlier.hold(case)
    was = pay.kept(case)
    why = f"{found.receipt}（{exact(found.amount_fen)}）：{reason}"
    fund.void_refund(refund=found, why=reason, actor=actor, now=now)
    earlier.not_larger(case, was, pay.kept(case))
    case = saved(case, "void_refund", actor, now, {"receipt": found.receipt, "amount_fen": found.amount_fen}, why)
    acts.tell(case, "void_refund", (APPLICANT, CLERK, FINANCE), lambda: _voided(case, found, reason), now, but=actor)
    if case.state == "clawed":
        return take(case=case, step=demands.REOPEN, actor=actor, now=now, seen_version=case.version, note=why)
    return case


def _voided(case: Case, refund: Refund, reason: str) -> tuple[str, str]:
    said = {"case": case, "receipt": refund.receipt, "sum": exact(refund.amount_fen), "why": reason}
    said |= {"amount": exact(case.demanded_fen), "back": exact(pay.refunded(case))}
    body = _(
        "“%(case)s”登记的缴款书 %(receipt)s（%(sum)s）有误，已经作废：%(why)s。"
        "应追回 %(amount)s，现在登记已缴回 %(back)s。与您的缴款书不一致的，请联系市财政局。"
    )
    return _("缴回国库的登记已作废：%(case)s") % said, body % said + "\n"
