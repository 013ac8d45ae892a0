"""Organisations, and who asks to act for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties import access, finds
from triplehelix.records.parties.actions.members import end_membership
from triplehelix.records.parties.models import Account, Membership, Organisation
from triplehelix.records.parties.rules import ORGANISATION, PERSONAL, Invalid, Refused, clean, type_of
from triplehelix.records.trail import actions as trail
from triplehelix.records.wording import as_recorded

KIND = "parties.organisation"
#: Whoever was refused so often within so many days asks no more until then: once may have been a mistake.
MOST_REFUSED, AGAIN_AFTER = 2, timedelta(days=30)
#: What an organisation says of itself, and what is checked, in words: size, flags and place decide who is supported.
OWN = frozenset({"about", "contact_name", "contact_post", "contact_phone", "contact_email"})
CHECKED = {
    "name": gettext_lazy("名称"), "type": gettext_lazy("类型"), "region": gettext_lazy("所在地"),
    "unit": gettext_lazy("主管单位"), "size": gettext_lazy("规模"), "flags": gettext_lazy("标识"),
}  # fmt: skip


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
def register_checked(*, actor: Account, now: datetime, **values: Any) -> Organisation:
    """An officer registers one whose licence he has seen: it is confirmed by that. Raises Invalid; also where he would
    not be the officer of it."""
    made = register_organisation(actor=actor, now=now, **values)
    if "officer" not in access.relations(actor, made, timezone.localdate(now)):
        raise Invalid({"unit": _("请选择您所在的县（市区）或开发区")})
    return confirm_organisation(organisation=made, actor=actor, now=now)


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
    before = {name: old for name, new in cleaned.items() if _differs(old := getattr(organisation, name), new)}
    if not before:
        return organisation
    for name in before:
        setattr(organisation, name, cleaned[name])
    if {"name", "type"} & before.keys():
        organisation.confirmed_at = organisation.confirmed_by = None
    organisation.version += 1
    organisation.save()
    changed = {name: None if name in PERSONAL else value for name, value in before.items()}
    note(organisation, "amend", actor, now, {"changed": changed}, why)
    return organisation


def _differs(old: Any, new: Any) -> bool:
    """Whether a value is another; of several flags the order says nothing."""
    return sorted(old) != sorted(new) if isinstance(new, list) else old != new


@transaction.atomic
def correct(
    *, organisation: Organisation, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int,
    why: str = "",
) -> Organisation:  # fmt: skip
    """What people change: administrators of the organisation what they say of it (OWN), its officers everything but the
    code. What an officer corrects stays confirmed, since he has checked it, and its members get a letter.

    Raises Refused (neither; somebody changed it meanwhile), Invalid (a wrong field; `why`, where an officer changes
    what was checked).
    """
    held = access.relations(actor, organisation, timezone.localdate(now))
    is_officer = "officer" in held
    if not is_officer and ("admin" not in held or not values.keys() <= OWN):
        raise Refused(_("这些由主管部门更正：请联系主管部门，说明哪里不对"))
    was = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if was.version != seen_version:
        raise Refused(_("别人刚刚修改过，请先看最新内容，再改您的部分"))
    changed = amend(organisation=was, values=values, actor=actor, now=now, why=why)
    said = [name for name in CHECKED if _differs(getattr(was, name), getattr(changed, name))]
    if not said:
        return changed
    if was.confirmed_at is not None:
        if not why.strip():
            raise Invalid({"why": _("请写明依据，例如：营业执照变更、年度认定公告")})
        if changed.confirmed_at is None:
            changed = _confirm(changed, actor, now, changed.type)
    _tell(changed, said, actor, now, why.strip())
    return changed


def _tell(organisation: Organisation, changed: list[str], actor: Account, now: datetime, why: str) -> None:
    for account in finds.members_of(organisation, timezone.localdate(now)):
        with translation.override(account.language):
            fields = "、".join(str(CHECKED[name]) for name in changed)
            lines = [_("%(name)s的%(fields)s由主管部门更正。") % {"name": organisation.name, "fields": fields}]
            if why:
                lines.append(_("依据：%(why)s") % {"why": why})
            lines.append(_("经办：%(actor)s。不对的，请联系主管部门。") % {"actor": actor})
            subject = _("单位资料已更正：%(fields)s") % {"fields": fields}
        outbox.tell(
            kind=f"{KIND}.amend", to=account.email, subject=subject, body="\n\n".join(lines) + "\n",
            cause_kind=KIND, cause_id=str(organisation.pk), now=now,
            page=reverse("web:organisation", args=[organisation.pk]),
        )  # fmt: skip


@transaction.atomic
def confirm_organisation(
    *, organisation: Organisation, actor: Account | None, now: datetime, type: str = "",
    members: Mapping[int, bool] | None = None,
) -> Organisation:  # fmt: skip
    """An officer has checked the organisation against its licence, and what `type` it is where that was entered
    wrongly: lists and visits go by it. `members` answers for each who acts for it or would, by the number of the
    membership, whether it is theirs to do: whom the officer does not know acts for nothing. Each is told. The system
    knows them all. Asked again, nothing changes.

    Raises Invalid at `type`, and at `members` (somebody is not answered for). Raises Refused: not its officer, or one
    who acts for it or asks to.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if organisation.confirmed_at is not None:
        return organisation
    if actor is not None:
        _by_officer(organisation, actor, timezone.localdate(now))
    answered = _answered(organisation, members or {}, actor, now)
    return _told(_confirm(organisation, actor, now, type or organisation.type), answered, actor, now)


def _by_officer(organisation: Organisation, actor: Account, today: date) -> None:
    own = Membership.objects.filter(account=actor, organisation=organisation, stopped_at__isnull=True)
    if own.filter(Q(until__isnull=True) | Q(until__gte=today)).exists():
        raise Refused(_("您代表或者申请代表这家单位：请另一位工作人员办理"))
    if "officer" not in access.relations(actor, organisation, today):
        raise Refused(_("只有主管部门可以核实单位"))


def _answered(
    organisation: Organisation, members: Mapping[int, bool], actor: Account | None, now: datetime
) -> dict[Membership, bool]:
    """Each who acts for the organisation or would, with whether they go on; who does not, does not from now on."""
    found = list(finds.seated([organisation], timezone.localdate(now)))
    open_ones = [str(one.account) for one in found if one.pk not in members and actor is not None]
    if open_ones:
        names = "、".join(open_ones)
        raise Invalid({"members": _("请逐一答复这些人能不能代表这家单位：%(names)s") % {"names": names}})
    answered = {one: members.get(one.pk, True) for one in found}
    for one, stays in answered.items():
        if not stays:
            with as_recorded():
                why = _("核实单位时没有同意")
            end_membership(membership=one, until=None, actor=actor, now=now, why=why)
    return answered


def _confirm(organisation: Organisation, actor: Account | None, now: datetime, type: str) -> Organisation:
    was = organisation.type
    organisation.type = clean(ORGANISATION, {"type": type}, on=timezone.localdate(now))["type"]
    organisation.confirmed_at, organisation.confirmed_by = now, actor
    organisation.version += 1
    organisation.save(update_fields=["type", "confirmed_at", "confirmed_by", "version"])
    data = {"type": {"from": was, "to": organisation.type}} if organisation.type != was else {}
    note(organisation, "confirm", actor, now, data)
    return organisation


def _told(
    organisation: Organisation, answered: Mapping[Membership, bool], actor: Account | None, now: datetime
) -> Organisation:
    """Whoever stays hears that all of it is theirs now: what offices wrote before was told to nobody."""
    for account in [one.account for one, stays in answered.items() if stays and actor is not None]:
        with translation.override(account.language):
            said = {"name": organisation.name, "actor": finds.signed(actor, timezone.localdate(now))}
            subject = _("单位已核实：%(name)s") % said
            lines = [_("您现在可以用它的名义发布和申报；以前写给它的走访记录、候选名单等，登录后可以看到。")]
            lines.append(_("经办：%(actor)s") % said)
        outbox.tell(
            kind=f"{KIND}.confirm", to=account.email, subject=subject, body="\n\n".join(lines) + "\n",
            cause_kind=KIND, cause_id=str(organisation.pk), now=now,
            page=reverse("web:organisation", args=[organisation.pk]),
        )  # fmt: skip
    return organisation


@transaction.atomic
def speak_of(*, organisations: Iterable[Organisation], actor: Account | None, now: datetime) -> None:
    """The actor writes something of these organisations: a visit, a row of a sheet, a case. Whoever said first of one
    that nobody has confirmed "it is mine" must not read that: until an officer has checked who acts for it, nobody
    does. What its own people write changes nothing. Called before anything is written, since it tells the caller's
    organisations too."""
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
    note(organisation, "claim", account, now, {"account": account.pk})
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
    note(organisation, "add_member", actor, now, {"account": account.pk, "role": role, "since": since})
    return membership
