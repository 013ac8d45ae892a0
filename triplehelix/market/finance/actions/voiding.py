"""What was entered wrongly of a loan's money is voided: it stays to be read with the reason, and moves nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance import rules
from triplehelix.market.finance.access import CITY, FIRM, INSTITUTION
from triplehelix.market.finance.actions.handling import RUNNING
from triplehelix.market.finance.actions.shared import checked, contract_of, drop, drop_claims, go, locked, saved, tell
from triplehelix.market.finance.models import Application, Payment, Recovery
from triplehelix.records.amounts import exact
from triplehelix.records.lines import as_number
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail.models import Entry

#: Where a payment can be voided. After a compensation the loss that was shared stands on what had been paid.
PAYMENT_VOIDED_IN = RUNNING | {"repaid"}
RECOVERY_VOIDED_IN = {"compensated", "recovered"}


@transaction.atomic
def void_payment(
    *, case: Application, number: str, reason: str, actor: Account, now: datetime, seen_version: int
) -> Payment:
    """A payment that was entered wrongly falls away, and its voucher serves anew. `number` is the voucher's.

    What is owed is counted without it; interest claimed above what is left paid is void, and the firm is told; a loan
    that was settled goes back to where it was, for what is right to be entered. Raises Refused, Invalid at `number`,
    `reason`.
    """
    held = locked(case, actor, now, by={INSTITUTION}, seen=seen_version, states=PAYMENT_VOIDED_IN)
    found = contract_of(held).standing_payments().filter(number__in=(number, as_number(number))).first()
    why = _void(found, reason, now)
    assert found is not None
    data = {"kind": found.kind, "fen": found.amount_fen, "on": str(found.on), "number": found.number}
    held = saved(held, "void_payment", actor, now, data, why)
    if found.kind == "interest":
        held = _drop_interest(held, found, actor, now)
    if held.state == "repaid":
        go(held, f"unsettle_{_settled_from(held)}", actor, now, why)
    return found


def _void(found: Payment | Recovery | None, reason: str, now: datetime) -> str:
    """Write the reason into what was found. Returns it; raises Invalid at `number`, `reason`."""
    given, errors = checked(rules.VOID, {"reason": reason}, timezone.localdate(now))
    if found is None:
        errors["number"] = _("没有这张凭证，或已经作废")
    if errors:
        raise Invalid(errors)
    assert found is not None
    found.void_why = given["reason"]
    found.save(update_fields=["void_why"])
    return found.void_why


def _drop_interest(case: Application, payment: Payment, actor: Account, now: datetime) -> Application:
    """What was claimed of more interest than is left paid is void: the firm computes it anew."""
    loan = contract_of(case)
    rows = loan.claims.filter(kind="interest", void_why="", base_fen__gt=loan.paid("interest"))
    if not rows.exists():
        return case

    def said() -> dict[str, str]:
        amount = exact(payment.amount_fen)
        return {"number": payment.number, "sum": amount, "case": case.number, "why": payment.void_why}

    def words() -> tuple[str, str]:
        body = _(
            "机构作废了登记错的付息 %(number)s（%(sum)s）：%(why)s。按它计算的贴息已作废；"
            "机构登记正确的付息以后，请重新计算。"
        )
        return _("贴息要重新计算：%(case)s") % said(), body % said()

    why = _("付息 %(number)s（%(sum)s）登记错、已作废，请重新计算") % said()
    case = drop(case, rows, why, actor, now)
    tell(case, "void_payment", (FIRM,), words, now)
    return case


def _settled_from(case: Application) -> str:
    """The state a settled loan goes back to: as its filing stands today, and overdue if it was."""
    loan = contract_of(case)
    if loan.standing_filing() is None:
        return "granted" if loan.revoked_filing() is None else "unfiled"
    settled = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), verb="repay").last()
    return "overdue" if settled is not None and settled.data["from"] == "overdue" else "filed"


@transaction.atomic
def void_recovery(
    *, case: Application, number: str, reason: str, actor: Account, now: datetime, seen_version: int
) -> Recovery:
    """A recovery that was entered wrongly falls away, and its voucher serves anew. `number` is the voucher's.

    More is lost than was said: the claim of the loss is computed anew, and what is still to be recovered can be entered
    again. Institution and city are told. Raises Refused, Invalid at `number`, `reason`.
    """
    held = locked(case, actor, now, by={INSTITUTION, CITY}, seen=seen_version, states=RECOVERY_VOIDED_IN)
    found = contract_of(held).recoveries.filter(void_why="", number__in=(number, as_number(number))).first()
    why = _void(found, reason, now)
    assert found is not None
    data = {"fen": found.amount_fen, "on": str(found.on), "number": found.number}
    held = saved(held, "void_recovery", actor, now, data, why)
    gone = _("追偿 %(number)s（%(sum)s）登记错、已作废，请重新计算")
    gone %= {"number": found.number, "sum": exact(found.amount_fen)}
    held = drop_claims(held, ("loss",), gone, actor, now)
    _tell_recovery(held, found, why, actor, now)
    if held.state == "recovered":
        go(held, "unrecover", actor, now, why)
    return found


def _tell_recovery(case: Application, found: Recovery, why: str, actor: Account, now: datetime) -> None:
    def words() -> tuple[str, str]:
        said = {"number": found.number, "sum": exact(found.amount_fen), "case": case.number, "why": why}
        body = _(
            "追偿 %(number)s（%(sum)s）登记错，已作废：%(why)s。尚未追回的损失按没有这一笔计算，"
            "请核对市级分担和已计算、已拨付的风险补偿。"
        )
        return _("作废了登记错的追偿：%(case)s") % said, body % said

    tell(case, "void_recovery", (INSTITUTION, CITY), words, now, but=actor)
