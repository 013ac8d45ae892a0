"""Accounts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties.actions.offices import require_another_city_officer
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import ACCOUNT, Invalid, clean
from triplehelix.records.trail import actions as trail

KIND = "parties.account"


def _note(
    account: Account, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any], why: str = ""
) -> None:
    trail.record(kind=KIND, id=str(account.pk), verb=verb, actor=actor, now=now, data=data, why=why)


@transaction.atomic
def create_account(
    *, email: str, name: str, password: str | None, actor: Account | None, now: datetime, language: str = "zh-hans"
) -> Account:
    """An account made for somebody by an officer or the system: its e-mail counts as verified.

    Without a password nobody can sign in until its owner asks for a new one by e-mail, or comes through the city's
    single sign-on. Raises Invalid: a wrong or taken e-mail.
    """
    values = clean(ACCOUNT, {"email": email, "name": name}, on=timezone.localdate(now))
    try:
        with transaction.atomic():
            account = Account.objects.create_user(password=password, language=language, created_at=now, **values)
    except IntegrityError as why:
        raise Invalid({"email": _("这个邮箱已经有账号")}) from why
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
    """Switch an account off or on. An account that is off is the public: it cannot sign in, and its sessions end.

    Raises Refused: off, and the city would be left without an officer.
    """
    if not active:
        require_another_city_officer(account, timezone.localdate(now))
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.is_active != active:
        account.is_active = active
        account.save(update_fields=["is_active"])
        _note(account, "switch_on" if active else "switch_off", actor, now, {}, why)
    return account
