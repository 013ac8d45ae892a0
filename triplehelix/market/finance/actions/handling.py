"""The institution's desk: opening a firm's papers, declining, granting, and what happens to the money."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.dated import NotInForce
from triplehelix.foundation.money import Fen
from triplehelix.foundation.reference import BadReference
from triplehelix.market.finance import money, rules, terms
from triplehelix.market.finance.access import CITY, INSTITUTION
from triplehelix.market.finance.actions.shared import checked, contract_of, drop_claims, go, locked, saved, tell
from triplehelix.market.finance.models import Application, Consent, Loan, Loss, Payment, Recovery
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail.models import Entry

RUNNING = {"granted", "filed", "overdue", "unfiled"}
OPENED = "open"


@transaction.atomic
def open_papers(*, case: Application, actor: Account, now: datetime) -> Consent:
    """An institution looks at what it may: one row of the trail, which the firm sees. Raises Refused."""
    today = timezone.localdate(now)
    held = Application.objects.select_for_update(of=("self",)).get(pk=case.pk)
    consent = held.consent_on(today)
    if consent is None or INSTITUTION not in held.relations_of(actor, now):
        raise Refused(_("没有在有效期内的授权"))
    data = {"consent": consent.pk, "fields": consent.fields}
    trail.record(kind=held.kind, id=str(held.pk), verb=OPENED, actor=actor, now=now, data=data)
    return consent


def is_open(case: Application, actor: Account, now: datetime) -> bool:
    """Whether this account opened the papers so lately, under the consent that holds, that they still lie open."""
    consent = case.consent_on(timezone.localdate(now))
    if consent is None:
        return False
    minutes = terms.value("opened_minutes", timezone.localdate(now)).days
    rows = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), verb=OPENED, actor_account=actor.pk)
    return rows.filter(at__gt=now - timedelta(minutes=minutes), at__gte=consent.given_at).exists()


@transaction.atomic
def decline(
    *, case: Application, code: str, text: str, actor: Account, now: datetime, seen_version: int
) -> Application:
    """Not supported, with a coded reason the firm is told. Raises Refused, Invalid at `code`, `text`."""
    held = locked(case, actor, now, by={INSTITUTION}, seen=seen_version, states={"consented", "handling"})
    known, errors = terms.listed("decline_reasons"), dict[str, str]()
    if code not in known:
        errors["code"] = _("请选择婉拒原因")
    if len(text) > 500:
        errors["text"] = _("最多 %(most)d 个字") % {"most": 500}
    if errors:
        raise Invalid(errors)
    held.decline_code, held.decline_text = code, text.strip()
    held = saved(held, "reason", actor, now, {"code": code})
    said = known.label(code)
    return go(held, "decline", actor, now, f"{said}。{held.decline_text}" if held.decline_text else said)


@transaction.atomic
def grant(*, case: Application, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int) -> Loan:
    """The contract as signed. `values`: number, amount_fen, rate_ppm, premium_fen, first_on, last_on, use, early_stage,
    and of a guarantee (and a loan on credit alone) its security.

    Raises Refused, Invalid at the fields: a use that is 转贷、证券、消费; a contract number used before; an early_stage
    loan that is not for research or not on credit alone.
    """
    held = locked(case, actor, now, by={INSTITUTION}, seen=seen_version, states={"handling"})
    kind = held.lead.kind
    given, errors = contract_values(kind, values, timezone.localdate(now))
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Loan.objects.create(
                application=held, institution=held.institution, borrower=held.lead.organisation, kind=kind,
                recorded_at=now, recorded_by=actor, **given,
            )  # fmt: skip
    except IntegrityError as why:
        raise Invalid({"number": _("合同号 %(number)s 已经登记过") % given}) from why
    data = {"number": made.number, "fen": made.amount_fen, "rate_ppm": made.rate_ppm, "use": made.use}
    data |= {"security": made.security, "early_stage": made.early_stage}
    go(saved(held, "contract", actor, now, data), "grant", actor, now)
    return made


def contract_values(kind: str, values: Mapping[str, Any], today: date) -> tuple[dict[str, Any], dict[str, str]]:
    """A contract of this kind as it may be stored, and what is wrong with the other fields."""
    given, errors = checked(rules.GUARANTEE if kind == "guarantee" else rules.LOAN, values, today)
    if {"first_on", "last_on"} <= given.keys() and given["last_on"] <= given["first_on"]:
        errors["last_on"] = _("到期日应晚于起始日")
    if given.get("early_stage") and not rules.may_be_early(kind, given):
        errors["early_stage"] = _(
            "早期研发信用贷款须用于研发，增信方式是信用、没有抵质押和保证：请核对用途和增信方式，不是的不要勾选"
        )
    if kind == "insurance" and not given.get("premium_fen"):
        errors.setdefault("premium_fen", _("请填写实付保费"))
    if kind != "insurance":
        given["premium_fen"] = None
    return given, errors


@transaction.atomic
def record_payment(
    *, case: Application, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int
) -> Payment:
    """Principal or interest paid, by its voucher. `values`: kind, amount_fen, on, number.

    Interest above what amount × rate × days can bear is refused with the arithmetic. Raises Refused, Invalid.
    """
    held = locked(case, actor, now, by={INSTITUTION}, seen=seen_version, states=RUNNING)
    loan, today = contract_of(held), timezone.localdate(now)
    if loan.kind != "loan":
        raise Refused(_("只有贷款登记还款"))
    given, errors = checked(rules.PAYMENT, values, today)
    if "on" in given and given["on"] < loan.first_on:
        errors["on"] = _("不能早于起始日 %(day)s") % {"day": loan.first_on}
    if not errors:
        errors |= _too_much(loan, given, today)
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Payment.objects.create(loan=loan, recorded_at=now, recorded_by=actor, **given)
    except IntegrityError as why:
        raise Invalid({"number": _("凭证号 %(number)s 已经登记过") % given}) from why
    data = {"kind": made.kind, "fen": made.amount_fen, "on": str(made.on), "number": made.number}
    saved(held, "payment", actor, now, data)
    return made


def _too_much(loan: Loan, given: Mapping[str, Any], today: date) -> dict[str, str]:
    if given["kind"] == "principal" and given["amount_fen"] > (owed := loan.owed_fen):
        return {"amount_fen": _("超过尚欠本金 %(owed)s") % {"owed": exact(owed)}}
    rows = [(row.kind, row.on, row.amount_fen) for row in loan.standing_payments()]
    problem = unbearable(loan, [*rows, (given["kind"], given["on"], given["amount_fen"])], today)
    return {"amount_fen": problem} if problem else {}


def unbearable(loan: Loan, rows: list[tuple[str, date, int]], today: date) -> str:
    """What is wrong when, by some day, more interest was paid than the loan could bear; "" when nothing is.

    `rows` are (kind, day, fen) of every payment.
    """
    base = terms.value("interest_day_base", today).days
    repaid = [(on, fen) for kind, on, fen in rows if kind == "principal"]
    sum_fen = 0
    for day in sorted({on for kind, on, _fen in rows if kind == "interest"}):
        sum_fen += sum(fen for kind, on, fen in rows if kind == "interest" and on == day)
        held = money.stretches(loan.amount_fen, loan.first_on, day, repaid)
        if sum_fen > money.bearable(held, loan.rate_ppm, base):
            said = {"day": day, "sum": exact(sum_fen), "why": money.arithmetic(held, loan.rate_ppm, base)}
            return _("到 %(day)s 利息合计 %(sum)s，超过这笔贷款能产生的利息：%(why)s。请核对金额、利率和日期") % said
    return ""


@transaction.atomic
def report_loss(
    *, case: Application, values: Mapping[str, Any], decided: money.Decided, actor: Account, now: datetime,
    seen_version: int,
) -> Loss:  # fmt: skip
    """What of the principal is lost, shared by province, city and bank to the fen. `decided`: the terms the office set.

    Until it is compensated it may be reported anew: the firm may have paid back some of it. Raises Refused (not
    overdue, no award that shares a loss), Invalid at `principal_fen`, `document`, `on`.
    """
    held = locked(case, actor, now, by={INSTITUTION}, seen=seen_version, states={"overdue"})
    if not terms.pays("loss"):
        raise Refused(_("本市没有分担本金损失的办法"))
    loan, today = contract_of(held), timezone.localdate(now)
    given, errors = checked(rules.LOSS, values, today)
    if "principal_fen" in given and given["principal_fen"] > (owed := loan.owed_fen):
        errors["principal_fen"] = _("超过尚欠本金 %(owed)s") % {"owed": exact(owed)}
    if "on" in given and given["on"] < loan.first_on:
        errors["on"] = _("早于放款日 %(day)s，请核对日期") % {"day": loan.first_on}
    if errors:
        raise Invalid(errors)
    try:
        province, city, bank = money.split_loss(
            given["principal_fen"], early=loan.counts_as_early, on=given["on"], decided=decided
        )
    except (NotInForce, BadReference) as why:
        raise Invalid({"on": _("这一天还没有分担办法，请核对日期")}) from why
    shares = {"province_fen": province, "city_fen": city, "bank_fen": bank}
    made, _new = Loss.objects.update_or_create(
        loan=loan, defaults={**shares, "recorded_at": now, "recorded_by": actor, **given}
    )
    data = {"fen": made.principal_fen, "province": province, "city": city, "bank": bank, "document": made.document}
    _tell_loss(saved(held, "loss", actor, now, data), made, now)
    return made


def _tell_loss(case: Application, loss: Loss, now: datetime) -> None:
    """Only the city can compensate: it is told that there is something to look at."""

    def words() -> tuple[str, str]:
        amounts = {"loss": exact(loss.principal_fen), "city": exact(loss.city_fen)}
        said = {"case": case.number, "paper": loss.document, **amounts}
        body = _("本金损失 %(loss)s，市级分担 %(city)s，认定文件：%(paper)s。请核对后登记风险补偿。")
        return _("报送了本金损失：%(case)s") % said, body % said

    tell(case, "loss", (CITY,), words, now)


@transaction.atomic
def record_recovery(
    *, case: Application, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int
) -> Recovery:
    """Money got back after the compensation: what was claimed of the loss was too much, and is computed anew.

    Raises Refused, Invalid at `amount_fen`, `on`, `number`.
    """
    held = locked(case, actor, now, by={INSTITUTION, CITY}, seen=seen_version, states={"compensated"})
    loan, today = contract_of(held), timezone.localdate(now)
    given, errors = checked(rules.RECOVERY, values, today)
    before = loan.got_back_fen
    if "amount_fen" in given and before + given["amount_fen"] > loan.loss.principal_fen:
        left = Fen(loan.loss.principal_fen - before)
        errors["amount_fen"] = _("追回合计不能超过损失：还剩 %(left)s") % {"left": left}
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Recovery.objects.create(loan=loan, recorded_at=now, recorded_by=actor, **given)
    except IntegrityError as why:
        raise Invalid({"number": _("凭证号 %(number)s 已经登记过") % given}) from why
    data = {"fen": made.amount_fen, "on": str(made.on), "number": made.number}
    held = saved(held, "recovery", actor, now, data)
    drop_claims(held, ("loss",), _("以后又追回 %(sum)s，请重新计算") % {"sum": exact(made.amount_fen)}, actor, now)
    return made
