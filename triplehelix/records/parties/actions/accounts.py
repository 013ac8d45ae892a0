"""Accounts and the offices they hold."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties.models import Account, Office
from triplehelix.records.parties.rules import ACCOUNT, Invalid, clean, managing_unit
from triplehelix.records.trail import actions as trail

KIND = "parties.account"


def _note(account: Account, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any]) -> None:
    trail.record(kind=KIND, id=str(account.pk), verb=verb, actor=actor, now=now, data=data)


@transaction.atomic
def create_account(
    *, email: str, name: str, password: str | None, actor: Account | None, now: datetime, language: str = "zh-hans"
) -> Account:
    """An account made for somebody by an officer or the system: its e-mail counts as verified.

    Without a password nobody can sign in until its owner asks for a new one by e-mail, or comes through the city's
    single sign-on. Raises Invalid: a wrong or taken e-mail.
    """
    values = clean(ACCOUNT, {"email": email, "name": name}, on=timezone.localdate(now))
    if Account.objects.filter(email=values["email"]).exists():
        raise Invalid({"email": _("这个邮箱已经有账号")})
    account = Account.objects.create_user(password=password, language=language, created_at=now, **values)
    EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)
    _note(account, "create", actor, now, {})
    return account


@transaction.atomic
def note_sign_up(*, account: Account, now: datetime) -> Account:
    """The trail's row of somebody who signed up alone; allauth has saved the account in the same transaction."""
    _note(account, "sign_up", account, now, {})
    return account


@transaction.atomic
def rename_account(*, account: Account, name: str, language: str, actor: Account | None, now: datetime) -> Account:
    """What the owner of an account may change by himself. Raises Invalid."""
    values = clean(ACCOUNT, {"name": name}, on=timezone.localdate(now))
    if language not in dict(Account.LANGUAGES):
        raise Invalid({"language": _("没有这种语言")})
    account = Account.objects.select_for_update().get(pk=account.pk)
    account.name, account.language = values["name"], language
    account.save(update_fields=["name", "language"])
    _note(account, "rename", actor, now, {"language": language})
    return account


@transaction.atomic
def set_active(*, account: Account, active: bool, actor: Account | None, now: datetime, why: str = "") -> Account:
    """Switch an account off or on. An account that is off is the public: it cannot sign in, and its sessions end."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.is_active != active:
        account.is_active = active
        account.save(update_fields=["is_active"])
        _note(account, "switch_on" if active else "switch_off", actor, now, {"why": why})
    return account


@transaction.atomic
def appoint(
    *,
    account: Account,
    role: str,
    unit: str,
    since: date,
    actor: Account | None,
    now: datetime,
    until: date | None = None,
) -> Office:
    """The account holds an office from this day on. `unit` by code or name; empty for an office of the whole city.

    Raises Invalid: no such role or unit, a county officer without a unit, a term that ends before it starts, or the
    same office held already.
    """
    if role not in dict(Office.ROLES):
        raise Invalid({"role": _("没有这种职务：%(role)s") % {"role": role}})
    try:
        unit = managing_unit(unit, timezone.localdate(now))
    except ValueError as why:
        raise Invalid({"unit": str(why)}) from None
    if role == "county_officer" and not unit:
        raise Invalid({"unit": _("请选择县市区或开发区")})
    if until is not None and until < since:
        raise Invalid({"until": _("结束日期不能早于开始日期")})
    Account.objects.select_for_update().get(pk=account.pk)
    if Office.objects.filter(account=account, role=role, unit=unit, until__isnull=True).exists():
        raise Invalid({"role": _("%(name)s已经担任这个职务") % {"name": account}})
    office = Office.objects.create(account=account, role=role, unit=unit, since=since, until=until)
    _note(account, "appoint", actor, now, {"role": role, "unit": unit, "since": since, "until": until})
    return office


@transaction.atomic
def end_office(*, office: Office, until: date, actor: Account | None, now: datetime) -> Office:
    """The last day of an office. Raises Invalid."""
    office = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if until < office.since:
        raise Invalid({"until": _("结束日期不能早于开始日期")})
    office.until = until
    office.save(update_fields=["until"])
    _note(office.account, "end_office", actor, now, {"role": office.role, "unit": office.unit, "until": until})
    return office
