"""Keys for programs: made once, shown once, kept only as a digest."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from triplehelix.records.parties import letters
from triplehelix.records.parties.models import Account, ApiKey
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail import actions as trail

SCOPES = ("read", "write")
PREFIX_LENGTH = 8


def _digest(token: str) -> str:
    # Plain sha-256 is enough: the key has 192 bits of chance, there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_api_key(
    *,
    account: Account,
    name: str,
    now: datetime,
    scopes: Iterable[str] = SCOPES,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is never seen again; its account is told by mail that there is one.

    Raises Invalid: no such scope, no name, expired already.
    """
    chosen = list(dict.fromkeys(scopes))
    if not chosen or set(chosen) - set(SCOPES):
        raise Invalid({"scopes": _("密钥的范围只能是 read、write")})
    if not name.strip():
        raise Invalid({"name": _("请写密钥的用途，以后才认得它")})
    if expires_at is not None and expires_at <= now:
        raise Invalid({"expires_at": _("到期时间已经过去")})
    prefix, secret = secrets.token_hex(PREFIX_LENGTH // 2), secrets.token_urlsafe(24)
    token = f"th_{prefix}_{secret}"
    key = ApiKey.objects.create(
        account=account,
        name=name.strip()[:60],
        prefix=prefix,
        digest=_digest(token),
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    data = {"prefix": prefix, "scopes": chosen, "expires_at": expires_at}
    trail.record(kind="parties.account", id=str(account.pk), verb="create_key", actor=account, now=now, data=data)
    _tell(key, now)
    return key, token


def _tell(key: ApiKey, now: datetime) -> None:
    """Whoever is at a session somebody left open can make a key: the account's owner hears of it."""
    letters.write(
        [key.account], lambda: _made(key), kind="account.key", cause_kind="parties.account", cause_id=key.account_id,
        now=now, page=reverse("web:account"),
    )  # fmt: skip


def _made(key: ApiKey) -> tuple[str, str]:
    said = {"name": key.name, "prefix": key.prefix}
    body = _("您的账号新增了一个接口密钥“%(name)s”（%(prefix)s…）。不是您建立的，请马上作废它，并更换密码。") % said
    return _("新的接口密钥：%(name)s") % said, body + "\n"


@transaction.atomic
def revoke_api_key(*, key: ApiKey, actor: Account | None, now: datetime) -> ApiKey:
    """The key opens nothing from now on. Asked again, nothing changes."""
    key = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        data = {"prefix": key.prefix}
        trail.record(kind="parties.account", id=str(key.account_id), verb="revoke_key", actor=actor, now=now, data=data)
    return key


def account_of_key(*, token: str, now: datetime, scope: str = "") -> Account | None:
    """The account a key stands for, or None: unknown, revoked, expired, its account switched off, or not made for
    this `scope`. Writes nothing."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "th":
        return None
    key = ApiKey.objects.select_related("account").filter(prefix=parts[1]).first()
    if key is None or not secrets.compare_digest(key.digest, _digest(token)):
        return None
    ended = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
    if ended or not key.account.is_active or (scope and scope not in key.scopes):
        return None
    return key.account
