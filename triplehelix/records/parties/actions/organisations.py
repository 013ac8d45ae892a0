"""Organisations, who asks to act for them, and the chains they belong to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Account, ChainMembership, Membership, Organisation
from triplehelix.records.parties.rules import ORGANISATION, PERSONAL, Invalid, clean, code, type_of
from triplehelix.records.trail import actions as trail

KIND = "parties.organisation"


def _note(
    organisation: Organisation, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any], why: str = ""
) -> None:
    trail.record(kind=KIND, id=str(organisation.pk), verb=verb, actor=actor, now=now, data=data, why=why)


@transaction.atomic
def register_organisation(
    *,
    uscc: str,
    name: str,
    actor: Account | None,
    now: datetime,
    type: str = "",
    region: str = "",
    unit: str = "",
    size: str = "",
    flags: Sequence[str] = (),
    about: str = "",
    contact_name: str = "",
    contact_post: str = "",
    contact_phone: str = "",
    contact_email: str = "",
) -> Organisation:
    """A new organisation, unconfirmed. Codes may be given by name. Raises Invalid: a wrong field, or a USCC that is
    registered already."""
    values = clean(
        ORGANISATION,
        {
            "uscc": uscc, "name": name, "type": type, "region": region, "unit": unit, "size": size, "flags": flags,
            "about": about, "contact_name": contact_name, "contact_post": contact_post,
            "contact_phone": contact_phone, "contact_email": contact_email,
        },
        on=timezone.localdate(now),
    )  # fmt: skip
    organisation, made = Organisation.objects.get_or_create(
        uscc=values["uscc"], defaults=values | {"created_at": now, "confirmed_at": None}
    )
    if not made:
        raise Invalid({"uscc": _("这个单位已经登记过：%(name)s") % {"name": organisation.name}})
    _note(organisation, "register", actor, now, {"uscc": organisation.uscc, "name": organisation.name})
    return organisation


@transaction.atomic
def amend(
    *, organisation: Organisation, values: Mapping[str, Any], actor: Account | None, now: datetime, why: str = ""
) -> Organisation:
    """Change fields. What was checked against the licence (name, type) must be checked again after a change by others
    than officers: the caller says so by `confirm_organisation`. The USCC stays: another code is another organisation.

    Raises Invalid with a message at each wrong field.
    """
    if "uscc" in values:
        raise Invalid({"uscc": _("统一社会信用代码不能改：代码不同就是另一个单位")})
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    cleaned = clean(ORGANISATION, values, on=timezone.localdate(now))
    before = {name: getattr(organisation, name) for name, new in cleaned.items() if getattr(organisation, name) != new}
    if not before:
        return organisation
    for name in before:
        setattr(organisation, name, cleaned[name])
    if {"name", "type"} & before.keys():
        organisation.confirmed_at = organisation.confirmed_by = None
    organisation.save()
    changed = {name: None if name in PERSONAL else value for name, value in before.items()}
    _note(organisation, "amend", actor, now, {"changed": changed}, why)
    return organisation


@transaction.atomic
def confirm_organisation(
    *, organisation: Organisation, actor: Account | None, now: datetime, type: str = ""
) -> Organisation:
    """An officer has checked organisation and first member against the licence, and what `type` it is where that was
    entered wrongly: lists and visits go by it. Asked again, nothing changes. Raises Invalid at `type`."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if organisation.confirmed_at is None:
        was = organisation.type
        organisation.type = clean(ORGANISATION, {"type": type or was}, on=timezone.localdate(now))["type"]
        organisation.confirmed_at, organisation.confirmed_by = now, actor
        organisation.save(update_fields=["type", "confirmed_at", "confirmed_by"])
        data = {"type": {"from": was, "to": organisation.type}} if organisation.type != was else {}
        _note(organisation, "confirm", actor, now, data)
    return organisation


@transaction.atomic
def claim_organisation(*, account: Account, uscc: str, name: str, now: datetime, **more: Any) -> Membership:
    """Somebody who signed up says: this is my organisation.

    One nobody knows yet is registered, unconfirmed, with this account as its administrator: it can draft, and not
    publish until an officer has checked it. One that exists is not handed over: the membership waits until an
    administrator of the organisation or an officer accepts it. Raises Invalid.
    """
    today = timezone.localdate(now)
    code_given = clean(ORGANISATION, {"uscc": uscc}, on=today)["uscc"]
    organisation = Organisation.objects.select_for_update(of=("self",)).filter(uscc=code_given).first()
    if organisation is None:
        more.setdefault("type", type_of(code_given, name, today))
        organisation = register_organisation(uscc=code_given, name=name, actor=account, now=now, **more)
        return add_member(account=account, organisation=organisation, role="admin", since=today, actor=account, now=now)
    if Membership.objects.filter(account=account, organisation=organisation, until__isnull=True).exists():
        raise Invalid({"uscc": _("您已经是这个单位的成员，或者申请正在等待核对")})
    membership = Membership.objects.create(account=account, organisation=organisation, role="clerk", since=today)
    _note(organisation, "claim", account, now, {"account": account.pk})
    return membership


@transaction.atomic
def add_member(
    *, account: Account, organisation: Organisation, role: str, since: date, actor: Account | None, now: datetime
) -> Membership:
    """The account acts for the organisation from this day on. Raises Invalid: no such role, or a member already."""
    if role not in dict(Membership.ROLES):
        raise Invalid({"role": _("没有这种角色：%(role)s") % {"role": role}})
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if Membership.objects.filter(account=account, organisation=organisation, until__isnull=True).exists():
        raise Invalid({"account": _("%(name)s已经是这个单位的成员") % {"name": account}})
    membership = Membership.objects.create(
        account=account, organisation=organisation, role=role, since=since, accepted_at=now
    )
    _note(organisation, "add_member", actor, now, {"account": account.pk, "role": role, "since": since})
    return membership


@transaction.atomic
def join_chain(
    *, organisation: Organisation, chain: str, since: date, actor: Account | None, now: datetime
) -> ChainMembership:
    """The organisation belongs to this chain from that day on. Raises Invalid: no such chain, or in it already."""
    try:
        chain = code(chain, timezone.localdate(now), reference.chains())
    except ValueError as why:
        raise Invalid({"chain": str(why)}) from None
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if ChainMembership.objects.filter(organisation=organisation, chain=chain, until__isnull=True).exists():
        raise Invalid({"chain": _("这个单位已经在这条产业链里")})
    made = ChainMembership.objects.create(organisation=organisation, chain=chain, since=since)
    _note(organisation, "join_chain", actor, now, {"chain": chain, "since": since})
    return made


@transaction.atomic
def leave_chain(*, membership: ChainMembership, until: date, actor: Account | None, now: datetime) -> ChainMembership:
    """The last day in a chain. Raises Invalid."""
    membership = ChainMembership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if until < membership.since:
        raise Invalid({"until": _("结束日期不能早于开始日期")})
    membership.until = until
    membership.save(update_fields=["until"])
    _note(membership.organisation, "leave_chain", actor, now, {"chain": membership.chain, "until": until})
    return membership
