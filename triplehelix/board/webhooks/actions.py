"""The verbs of those who want to be told."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.board.webhooks import access, events, signing
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.board.webhooks.wake import send_later
from triplehelix.foundation import outward
from triplehelix.records.parties.finds import offices_of, organisations_of
from triplehelix.records.parties.models import Account, Office, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

MOST = 10


def owners_of(account: Account, now: datetime) -> tuple[list[Organisation], list[Office]]:
    """For whom an account may register: the organisations it acts for, the offices it holds."""
    today = timezone.localdate(now)
    offices = offices_of(account, today).filter(role__in=access.OFFICES)
    return list(organisations_of(account, today)), list(offices)


@transaction.atomic
def register(
    *, name: str, url: str, wanted: Iterable[str], account: Account, now: datetime,
    organisation: Organisation | None = None, office: Office | None = None,
) -> tuple[Hook, str]:  # fmt: skip
    """A new webhook and its secret, which is never shown again.

    Raises Refused (not the account's organisation or office) and Invalid at `name`, `url`, `events`.
    """
    _own(account, organisation, office, now)
    chosen = list(dict.fromkeys(wanted))
    plain = " ".join(name.replace("\x00", "").split())
    errors = _errors(plain, url.strip(), chosen, access.inside(organisation.pk if organisation else None))
    if errors:
        raise Invalid(errors)
    # One at a time, so that the limit holds.
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    mine = Hook.objects.exclude(state="ended").filter(organisation=organisation, role=office.role if office else "")
    if (mine if organisation else mine.filter(created_by=account)).count() >= MOST:
        raise Refused(_("最多登记 %(most)d 个，请先删除不用的") % {"most": MOST})
    secret = signing.new_secret()
    hook = Hook.objects.create(
        name=plain, organisation=organisation, role=office.role if office else "", unit=office.unit if office else "",
        url=url.strip(), events=chosen, secret=secret, created_at=now, created_by=account, state=Hook.workflow.start,
    )  # fmt: skip
    _record(hook, "register", account, now, {"url": hook.url, "events": chosen})
    return hook, secret


def _own(account: Account, organisation: Organisation | None, office: Office | None, now: datetime) -> None:
    organisations, offices = owners_of(account, now)
    if (organisation is None) == (office is None) or (organisation or office) not in [*organisations, *offices]:
        raise Refused(_("只能以本单位或本人职务的名义登记"))


def _errors(name: str, url: str, wanted: list[str], inside: outward.Networks) -> dict[str, str]:
    errors = {}
    if not 0 < len(name) <= 60:
        errors["name"] = _("请写用途，最多 60 个字，以后才认得它")
    try:
        outward.checked(url, inside=inside)
    except outward.BadAddress as why:
        errors["url"] = why.message
    if not wanted:
        errors["events"] = _("请至少选一项")
    elif set(wanted) - set(events.EVENTS):
        errors["events"] = _("没有这种事项")
    return errors


def _record(hook: Hook, verb: str, account: Account, now: datetime, data: dict[str, Any]) -> None:
    trail.record(kind=Hook.kind, id=str(hook.pk), verb=verb, actor=account, now=now, data=data)


def _mine(hook: Hook, account: Account, now: datetime) -> Hook:
    hook = Hook.objects.select_for_update(of=("self",)).get(pk=hook.pk)
    if access.OWNER not in hook.relations_of(account, now):
        raise Refused(_("您无权办理这一步"))
    return hook


@transaction.atomic
def renew_secret(*, hook: Hook, account: Account, now: datetime) -> str:
    """Another secret; the old one signs nothing any more. Raises Refused."""
    hook = _mine(hook, account, now)
    if hook.state == "ended":
        raise Refused(_("这个推送已经删除"))
    secret = signing.new_secret()
    hook.secret = secret
    hook.save(update_fields=["secret"])
    _record(hook, "renew_secret", account, now, {})
    return secret


@transaction.atomic
def test(*, hook: Hook, account: Account, now: datetime) -> Delivery:
    """A message that says nothing but that it arrives. Raises Refused, also where real ones would not be sent."""
    hook = _mine(hook, account, now)
    if hook.state != "on":
        raise Refused(_("已停用的推送不发消息，请先启用"))
    if not access.still_acts(hook, timezone.localdate(now)):
        raise Refused(_("登记它的人已经不代表本单位（或不再任职），这个推送不发消息：请停用以后由您重新启用"))
    made = Delivery.objects.create(
        hook=hook, message=f"msg_{uuid.uuid4().hex}", event=events.TEST, subject_kind=Hook.kind,
        subject_id=str(hook.pk), happened_at=now, next_try=now,
    )  # fmt: skip
    Hook.objects.filter(pk=hook.pk).update(next_try=None)
    send_later()
    return made


@transaction.atomic
def resend(*, delivery: Delivery, account: Account, now: datetime) -> Delivery:
    """Send a message again under its own number, from the first try; one that still waits is tried at once.

    Raises Refused.
    """
    hook = _mine(delivery.hook, account, now)
    if hook.state != "on":
        raise Refused(_("已停用的推送不发消息，请先启用"))
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    delivery.state, delivery.attempts, delivery.first_try, delivery.next_try = Delivery.QUEUED, 0, None, now
    delivery.save(update_fields=["state", "attempts", "first_try", "next_try"])
    Hook.objects.filter(pk=hook.pk).update(next_try=None)
    send_later()
    return delivery
