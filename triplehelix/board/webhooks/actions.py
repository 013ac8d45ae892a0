"""The verbs of those who want to be told."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.board.webhooks import access, signing
from triplehelix.board.webhooks.events import EVENTS, TEST
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.board.webhooks.wake import send_later
from triplehelix.foundation import outward
from triplehelix.records.parties.finds import offices_of, organisations_of
from triplehelix.records.parties.models import Account, Office, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
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

    Raises Refused (not the account's organisation or office) and Invalid at `name`, `url` (also where it serves this
    owner already), `events`.
    """
    _own(account, organisation, office, now)
    chosen = list(dict.fromkeys(wanted))
    plain = " ".join(name.replace("\x00", "").split())
    mine = _others(organisation, office.role if office else "", account)
    errors = _errors(plain, url.strip(), chosen, access.inside(organisation.pk if organisation else None))
    if errors := errors | (_twice(mine, url.strip()) if "url" not in errors else {}):
        raise Invalid(errors)
    if mine.count() >= MOST:
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


def _others(organisation: Organisation | None, role: str, account: Account) -> "QuerySet[Hook]":
    """The webhooks of an owner that are not deleted. One writer of an owner at a time, so that what is asked of them
    still holds when another is made."""
    if organisation is not None:
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        return Hook.objects.exclude(state="ended").filter(organisation=organisation)
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    return Hook.objects.exclude(state="ended").filter(organisation=None, role=role, created_by=account)


def _twice(others: "QuerySet[Hook]", url: str) -> dict[str, str]:
    """One address would be told everything twice: a form sent twice, or another choice of events meant for a change."""
    return {"url": _("这个地址已经登记过，可以在那里修改推送的事项")} if others.filter(url=url).exists() else {}


@transaction.atomic
def change(
    *, hook: Hook, name: str, url: str, wanted: Iterable[str], account: Account, now: datetime, seen_version: int
) -> Hook:
    """Another purpose, address or choice of events, under the same secret. What waits goes to the new address, at once.
    What is the same changes nothing.

    Raises Refused (changed since it was seen, not one's own, deleted) and Invalid at `name`, `url`, `events`.
    """
    others = _others(hook.organisation, hook.role, hook.created_by)
    held = acts.locked(
        hook, account, now, by={access.OWNER}, seen=seen_version, states={"on", "off"}, related=("created_by",)
    )
    values: dict[str, Any] = {
        "name": " ".join(name.replace("\x00", "").split()), "url": url.strip(), "events": list(dict.fromkeys(wanted)),
    }  # fmt: skip
    errors = _errors(**values, inside=access.inside(held.organisation_id))
    if errors := errors | (_twice(others.exclude(pk=held.pk), values["url"]) if "url" not in errors else {}):
        raise Invalid(errors)
    was = {key: getattr(held, key) for key, new in values.items() if getattr(held, key) != new}
    if not was:
        return held
    for key in was:
        setattr(held, key, values[key])
    if "url" in was:
        # The tries at the receiver before it are not counted against this one.
        held.next_try, held.failing_since = None, None
        held.deliveries.filter(state=Delivery.QUEUED).update(attempts=0, first_try=None, next_try=now)
    held = acts.saved(held, "change", account, now, {"was": was, **{key: values[key] for key in was}})
    if "url" in was:
        # What is told leaves the house: colleagues learn that it goes elsewhere from now on.
        acts.tell(held, "change", [access.OWNER], lambda: _moved(held, was["url"], account), now, but=account)
    send_later()
    return held


def _moved(hook: Hook, before: str, account: Account) -> tuple[str, str]:
    said = {"hook": hook.name, "before": before, "now": hook.url, "who": account}
    body = _("%(who)s把“%(hook)s”的接收地址从\n%(before)s\n改为\n%(now)s\n\n不是本单位要改的，请登录后停用它。")
    return _("推送的接收地址已修改：%(hook)s") % said, f"{body % said}\n"


def _errors(name: str, url: str, events: list[str], inside: outward.Networks) -> dict[str, str]:
    errors = {}
    if not 0 < len(name) <= 60:
        errors["name"] = _("请写用途，最多 60 个字，以后才认得它")
    try:
        outward.checked(url, inside=inside)
    except outward.BadAddress as why:
        errors["url"] = why.message
    if not events:
        errors["events"] = _("请至少选择一项")
    elif set(events) - set(EVENTS):
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
        hook=hook, message=f"msg_{uuid.uuid4().hex}", event=TEST, subject_kind=Hook.kind,
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
