"""A contract that was typed wrong is put right while nothing final stands on it; what was computed of it is void."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance import changes, rules
from triplehelix.market.finance.access import CITY, FIRM, INSTITUTION
from triplehelix.market.finance.actions.claims import OF
from triplehelix.market.finance.actions.handling import contract_values, unbearable
from triplehelix.market.finance.actions.shared import checked, contract_of, drop_claims, locked, saved, tell
from triplehelix.market.finance.models import Application, Loan, Loss
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

#: Where it is offered; where it is refused it says what to do first.
CORRECTED_IN = {"granted", "filed", "overdue", "unfiled", "repaid"}
SHARED = {"compensated", "recovered"}


@transaction.atomic
def correct_contract(
    *, case: Application, values: Mapping[str, Any], reason: str, applied: Callable[[Loan], Sequence[str]],
    actor: Account, now: datetime, seen_version: int,
) -> Loan:  # fmt: skip
    """The contract as it is right. `values` as of `grant`; `applied`: the numbers of the cases that rest on what was
    computed of a contract, which the rooms above know.

    What was claimed of it, and a loss that was reported and not shared yet, are void and computed anew; firm and city
    are told what was changed. Raises Refused (a filing stands or waits, something was applied for, a loss was shared,
    nothing is changed), Invalid at the fields and at `reason`: also where payments that stand do not fit it.
    """
    held = locked(case, actor, now, by={INSTITUTION}, seen=seen_version, states=CORRECTED_IN | SHARED)
    loan, today = contract_of(held), timezone.localdate(now)
    if bar := _barred(held, loan, applied(loan)):
        raise Refused(bar)
    given, errors = contract_values(loan.kind, values, today)
    said, wrong = checked(rules.VOID, {"reason": reason}, today)
    errors |= wrong
    was = {name: getattr(loan, name) for name in given if getattr(loan, name) != given[name]}
    if not errors:
        errors |= _unfit(held, loan, given, today)
    if errors:
        raise Invalid(errors)
    if not was:
        raise Refused(_("和登记的完全一样：请改要更正的项目"))
    return _corrected(held, loan, was, {name: given[name] for name in was}, said["reason"], actor, now)


def _barred(case: Application, loan: Loan, applied: Sequence[str]) -> str:
    """What has to be taken back first; "" when nothing has."""
    if case.state in SHARED:
        return _("本金损失已经分担，合同不能再更正：请与市科技局核对")
    filing = loan.filing()
    if filing is not None and filing.outcome:
        return _("合同已经按登记的内容备案：请市科技局先撤销备案，更正以后再恢复")
    if filing is not None:
        return _("备案正在等结果：请等结果，或请市科技局退回以后再更正")
    if applied:
        return _("已经按这份合同申报（%(cases)s）：请先撤回申报再更正；已经拨付的不能更正") % {
            "cases": "、".join(applied)
        }
    return ""


def _unfit(case: Application, loan: Loan, given: Mapping[str, Any], today: date) -> dict[str, str]:
    """What of the contract as given does not go with what stands: payments, and what the city has decided of it."""
    errors: dict[str, str] = {}
    accepted = loan.filings.filter(outcome="accepted").exists()
    if given["early_stage"] and not loan.early_stage and accepted:
        errors["early_stage"] = _("已经备案过：是不是早期研发信用贷款由市科技局在备案时核定，不能再勾选")
    rows = list(loan.standing_payments())
    early = next((row for row in rows if row.on < given["first_on"]), None)
    if early is not None:
        said = {"number": early.number, "on": early.on}
        errors["first_on"] = _("晚于凭证 %(number)s 的日期 %(on)s：登记错的还款请先作废") % said
    repaid = sum(row.amount_fen for row in rows if row.kind == "principal")
    if repaid > given["amount_fen"]:
        errors["amount_fen"] = _("少于已归还的本金 %(sum)s：登记错的还款请先作废") % {"sum": exact(repaid)}
    elif loan.kind == "loan" and case.state == "repaid" and repaid != given["amount_fen"]:
        errors["amount_fen"] = _("已经结清，归还的本金是 %(sum)s：登记错的还款请先作废") % {"sum": exact(repaid)}
    if errors or loan.kind != "loan":
        return errors
    as_right = Loan(**{name: given[name] for name in ("amount_fen", "rate_ppm", "first_on")})
    problem = unbearable(as_right, [(row.kind, row.on, row.amount_fen) for row in rows], today)
    return {"rate_ppm": _("%(why)s；登记错的付息请先作废") % {"why": problem}} if problem else {}


def _corrected(
    case: Application, loan: Loan, was: dict[str, Any], right: dict[str, Any], why: str, actor: Account, now: datetime
) -> Loan:
    for name, value in right.items():
        setattr(loan, name, value)
    try:
        with transaction.atomic():
            loan.save(update_fields=list(right))
    except IntegrityError as clash:
        raise Invalid({"number": _("合同号 %(number)s 已经登记过") % {"number": loan.number}}) from clash
    data: dict[str, Any] = {"was": _plain(was), "now": _plain(right)}
    lost = Loss.objects.filter(loan=loan).first()
    if lost is not None:  # reported and not compensated: the shares were of the contract as it was
        data["loss"] = {"fen": lost.principal_fen, "document": lost.document, "on": str(lost.on)}
        lost.delete()
    case = saved(case, "correct_contract", actor, now, data, why)
    case = drop_claims(case, OF, _("合同已更正（%(why)s），请重新计算") % {"why": why}, actor, now)
    _tell(case, data, why, now)
    return loan


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the trail keeps it."""
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


def _tell(case: Application, data: Mapping[str, Any], why: str, now: datetime) -> None:
    def words() -> tuple[str, str]:
        said = {"case": case.number, "why": why, "changes": "；".join(changes.lines(data["was"], data["now"]))}
        body = _("机构更正了登记错的合同：%(changes)s。原因：%(why)s。以前按它计算过补助的，计算已作废，请重新计算。")
        return _("合同已更正：%(case)s") % said, body % said

    tell(case, "correct_contract", (FIRM, CITY), words, now)
