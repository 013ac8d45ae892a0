"""认定登记 of a technical contract: applied for once, answered by an authority, and perhaps taken back."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum import numdb

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.contracts.access import CITY, SELLER
from triplehelix.market.contracts.actions.amended import amended, tell_amended
from triplehelix.market.contracts.actions.settling import look_at_landing
from triplehelix.market.contracts.actions.shared import as_number, go, line, locked, paper, price, saved
from triplehelix.market.contracts.models import Amendment, Registration, Sale
from triplehelix.market.contracts.terms import listed, value
from triplehelix.records.amounts import exact
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.reference import calendar, code_list
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused


@transaction.atomic
def submit_registration(
    *, sale: Sale, authority: str, actor: Account | None, now: datetime, seen_version: int
) -> Registration:
    """The seller's side applies, once (domain §7). Raises Refused, Invalid at `authority`."""
    held = locked(sale, actor, now, by={SELLER}, seen=seen_version, states={"signed", "revoked"})
    today, known = timezone.localdate(now), listed("authorities")
    offered = {entry.code: entry for entry in known.current(today)}
    if authority not in offered:
        raise Invalid({"authority": _("请选择现在受理登记的机构")})
    made = Registration.objects.create(
        contract=held.contract, authority=authority, submitted_at=now, submitted_by=actor, due_on=_due(authority, today)
    )
    go(held, "submit_registration", actor, now, offered[authority].name)
    return made


def _due(authority: str, applied: date) -> date | None:
    """The last day of the authority's term for what was applied for on a day; None while a calendar is missing."""
    offered = {entry.code: entry for entry in listed("authorities").current(applied)}
    try:
        return calendar().add_working_days(applied, int(offered[authority].more.get("days", 10)))
    except MissingYear:
        return None


def set_due_days(*, now: datetime) -> int:
    """The last days for the authorities' answers that could not be set when somebody applied: next year's calendar was
    not there. Returns how many were set."""
    waiting = Registration.objects.filter(outcome="", due_on=None).order_by("pk")
    return sum(_day_set(pk, sale, now) for pk, sale in waiting.values_list("pk", "contract__sale"))


@transaction.atomic
def _day_set(pk: int, sale: int, now: datetime) -> bool:
    held = Sale.objects.select_for_update(of=("self",), no_key=True).get(pk=sale)
    made = Registration.objects.filter(pk=pk, outcome="", due_on=None).first()
    due = _due(made.authority, timezone.localdate(made.submitted_at)) if made is not None else None
    if made is None or due is None:
        return False
    made.due_on = due
    made.save(update_fields=["due_on"])
    saved(held, "set_due", None, now, {"due_on": due.isoformat()})
    return True


def _waiting(sale: Sale) -> Registration:
    return sale.contract.registrations.get(outcome="")


@dataclass(frozen=True)
class Certified:
    """What an authority's certificate says: number, type, 成交额 and 技术交易额 in whole fen, its day and the paper."""

    number: str
    type: str
    certified_fen: int
    technical_fen: int
    decided_on: date
    file: File | None


@transaction.atomic
def record_registration(
    *, sale: Sale, said: Certified, actor: Account | None, now: datetime, seen_version: int
) -> Registration:
    """The authority registered it, with the certificate.

    Raises Refused, Invalid at `number` (misshapen, of another year, used), `type`, `certified`, `technical`,
    `decided_on`, `file`.
    """
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states={"registering"})
    row, errors = _waiting(held), dict[str, str]()
    said = _checked(row, said, timezone.localdate(now), errors)
    paper(said.file, errors, "file", _("登记证明"))
    if errors:
        raise Invalid(errors)
    row.outcome = "registered"
    _written(row, said)
    done = go(held, "register", actor, now, row.number)
    look_at_landing(sale=done, now=now)
    return row


@transaction.atomic
def correct_registration(
    *, sale: Sale, said: Certified, reason: str, actor: Account | None, now: datetime, seen_version: int
) -> Amendment:
    """What was entered wrong of a certificate is put right without revoking what the authority decided; what stood
    there stays to be read. `said.file`: the right scan, or None. The sides are told.

    Raises Refused (also where nothing differs), Invalid as `record_registration`, and at `reason`.
    """
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states=set(Sale.workflow["revoke"].frm))
    row, errors = held.contract.registrations.get(outcome="registered"), dict[str, str]()
    why = line(reason, _("更正的原因"), 300, errors, "reason")
    said = _checked(row, said, timezone.localdate(now), errors)
    was, will = _kept(row), _kept(said)
    changes = {f"registration_{name}": [was[name], will[name]] for name in was if was[name] != will[name]}
    if errors:
        raise Invalid(errors)
    if not changes and said.file is None:
        raise Refused(_("没有改动：请改好再保存"))
    made = amended(held, "registered", why, changes, actor, now, file=said.file, replaced=row.file)
    _written(row, said)
    done = saved(held, "correct_registration", actor, now, made.told(), why)
    look_at_landing(sale=done, now=now)
    tell_amended(done, made, actor, now)
    return made


def _kept(of: Registration | Certified) -> dict[str, Any]:
    names = ("number", "type", "certified_fen", "technical_fen")
    assert of.decided_on is not None
    return {name: getattr(of, name) for name in names} | {"decided_on": of.decided_on.isoformat()}


def _checked(row: Registration, said: Certified, today: date, errors: dict[str, str]) -> Certified:
    """The certificate with its number evened out; what cannot be so is put into `errors`."""
    contract, number = row.contract, "".join(as_number(said.number).split())
    if not contract.signed_on <= said.decided_on <= today:
        errors["decided_on"] = _("认定日期应在签订日期以后、今天以前")
    elif wrong := _number_wrong(row, number, said.decided_on):
        errors["number"] = wrong
    if said.type not in code_list("contract_types"):
        errors["type"] = _("请选择五类技术合同之一")
    if price(said.certified_fen, errors, "certified") > contract.price_fen:
        errors["certified"] = _("认定的成交额不能大于合同金额 %(price)s") % {"price": exact(contract.price_fen)}
    if not 0 <= said.technical_fen <= said.certified_fen:
        errors["technical"] = _("技术交易额不能大于成交额")
    return replace(said, number=number)


def _written(row: Registration, said: Certified) -> None:
    """Raises Invalid at `number` when somebody has just used it."""
    row.number, row.type, row.decided_on = said.number, said.type, said.decided_on
    row.certified_fen, row.technical_fen = said.certified_fen, said.technical_fen
    row.file = said.file or row.file
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as why:
        raise Invalid({"number": _("登记编号 %(number)s 已经属于另一份合同") % {"number": said.number}}) from why


def _number_wrong(row: Registration, number: str, decided_on: date) -> str:
    """What shows that a registration number cannot be one: its shape, place, serial or year; or that it is taken."""
    pattern, example = value("registration_pattern", decided_on), value("registration_example", decided_on)
    match = re.fullmatch(pattern.value, number, re.ASCII)
    if match is None:
        return _("登记编号的格式不对：应像 %(example)s（平台设定的格式，登记证明上确是别的样子的，请先改设定）") % {
            "example": example.value
        }
    # The first two figures of a region are its province (GB/T 2260); a seller's authority may be in any of them.
    if not numdb.get("cn/loc").info(match["region"])[0][1].get("province"):
        return _("登记编号里的行政区划 %(region)s 不存在，请对照登记证明核对") % {"region": match["region"]}
    if not int(match["serial"]):
        return _("登记编号的流水号不能全是零，请对照登记证明核对")
    if match["year"] != str(decided_on.year):
        return _("登记编号的年度与认定日期不是同一年")
    own = Q(pk=row.pk) | Q(contract=row.contract_id, outcome="revoked")
    if Registration.objects.filter(number=number).exclude(own).exists():
        return _("登记编号 %(number)s 已经属于另一份合同") % {"number": number}
    return ""


@transaction.atomic
def refuse_registration(
    *, sale: Sale, reason: str, actor: Account | None, now: datetime, seen_version: int
) -> Registration:
    """Not registered, with the reason; the seller may put it right and apply again. Raises Refused, Invalid."""
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states={"registering"})
    return _answered(held, _waiting(held), "refused", "refuse_registration", reason, actor, now)


@transaction.atomic
def revoke_registration(
    *, sale: Sale, reason: str, actor: Account | None, now: datetime, seen_version: int
) -> Registration:
    """The registration is taken back: the contract has not landed any more. Raises Refused, Invalid at `reason`."""
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states=set(Sale.workflow["revoke"].frm))
    row = held.contract.registrations.get(outcome="registered")
    return _answered(held, row, "revoked", "revoke", reason, actor, now)


def _answered(
    sale: Sale, row: Registration, outcome: str, step: str, reason: str, actor: Account | None, now: datetime
) -> Registration:
    errors: dict[str, str] = {}
    row.reason = line(reason, _("理由"), 500, errors, "reason")
    if errors:
        raise Invalid(errors)
    row.outcome = outcome
    row.decided_on = row.decided_on or timezone.localdate(now)
    row.save()
    go(sale, step, actor, now, row.reason)
    return row
