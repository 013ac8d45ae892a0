"""Organisations, and who asks to act for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Account, Membership, Organisation
from triplehelix.records.parties.rules import ORGANISATION, Invalid, clean, type_of
from triplehelix.records.trail import actions as trail

KIND = "parties.organisation"
#: Whoever was refused so often within so many days asks no more until then: once may have been a mistake.
MOST_REFUSED, AGAIN_AFTER = 2, timedelta(days=30)


def note(
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
    note(organisation, "register", actor, now, {"uscc": organisation.uscc, "name": organisation.name})
    return organisation


@transaction.atomic
def speak_of(*, organisations: Iterable[Organisation], actor: Account | None, now: datetime) -> None:
    """To be called before the actor writes about these organisations: a visit, a row of a sheet, a case.

    Anybody may claim an organisation that nobody has registered, and would then read what offices write about it. So
    from the first such writing on, nobody acts for an unconfirmed organisation until an officer has checked who does
    (`Organisation.is_withheld`). What its own people write changes nothing. Sets `spoken_of_at` on the rows and on the
    caller's own objects.
    """
    known = {one.pk: one for one in organisations if one.confirmed_at is None}
    if not known:
        return
    own = Membership.objects.seated(timezone.localdate(now)).filter(account=actor).values("organisation")
    rows = Organisation.objects.select_for_update(of=("self",)).filter(pk__in=known).exclude(pk__in=own).order_by("pk")
    fresh = [one.pk for one in rows if one.confirmed_at is None and one.spoken_of_at is None]
    Organisation.objects.filter(pk__in=fresh).update(spoken_of_at=now)
    for pk in fresh:
        known[pk].spoken_of_at = now
    trail.record_many(kind=KIND, ids=[str(pk) for pk in fresh], verb="speak_of", actor=actor, now=now, data={})


@transaction.atomic
def claim_organisation(*, account: Account, uscc: str, name: str, now: datetime, **more: Any) -> Membership:
    """Somebody who signed up says: this is my organisation.

    One nobody knows yet is registered, unconfirmed, with this account as its administrator: it can draft, and not
    publish until an officer has checked it; what others write of it before, it does not see (`speak_of`). One that
    exists is not handed over: the membership waits until an administrator of the organisation or an officer accepts it.
    Raises Invalid; also for who was refused again and again (`MOST_REFUSED`).
    """
    today = timezone.localdate(now)
    code_given = clean(ORGANISATION, {"uscc": uscc}, on=today)["uscc"]
    organisation = Organisation.objects.select_for_update(of=("self",)).filter(uscc=code_given).first()
    if organisation is None:
        more.setdefault("type", type_of(code_given, name, today))
        organisation = register_organisation(uscc=code_given, name=name, actor=account, now=now, **more)
        return add_member(account=account, organisation=organisation, role="admin", since=today, actor=account, now=now)
    if why := finds.gone(organisation):
        raise Invalid({"uscc": why})
    if Membership.objects.filter(account=account, organisation=organisation, until__isnull=True).exists():
        raise Invalid({"uscc": _("您已经是这个单位的成员，或者申请正在等待核对")})
    refused = Membership.objects.filter(account=account, organisation=organisation, accepted_at__isnull=True)
    if refused.filter(until__gt=today - AGAIN_AFTER).count() >= MOST_REFUSED:
        said = {"times": MOST_REFUSED, "days": AGAIN_AFTER.days}
        why = _("%(days)d 天内已有 %(times)d 次没有同意：请先联系单位的管理员或主管部门，以后再申请")
        raise Invalid({"uscc": why % said})
    membership = Membership.objects.create(account=account, organisation=organisation, role="clerk", since=today)
    note(organisation, "claim", account, now, {"account": account.pk, "membership": membership.pk})
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
    data = {"account": account.pk, "membership": membership.pk, "role": role, "since": since}
    note(organisation, "add_member", actor, now, data)
    return membership
