"""Correcting what is known of an organisation: by itself, and by its officers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.records.parties import access, finds, letters
from triplehelix.records.parties.actions.confirming import mark_confirmed
from triplehelix.records.parties.actions.organisations import KIND, note
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import ORGANISATION, PERSONAL, Invalid, Refused, clean

#: What an organisation says of itself, and what is checked, in words: size, flags and place decide who is supported.
OWN = frozenset({"about", "contact_name", "contact_post", "contact_phone", "contact_email"})
CHECKED = {
    "name": gettext_lazy("名称"), "type": gettext_lazy("类型"), "region": gettext_lazy("所在地"),
    "unit": gettext_lazy("主管单位"), "size": gettext_lazy("规模"), "flags": gettext_lazy("标识"),
}  # fmt: skip


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
    was = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    held = access.relations(actor, was, timezone.localdate(now))
    is_officer = "officer" in held
    if not is_officer and ("admin" not in held or not values.keys() <= OWN):
        raise Refused(_("这些由主管部门更正：请联系主管部门，说明哪里不对"))
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
            changed = mark_confirmed(changed, actor, now, changed.type)
    _tell(changed, said, actor, now, why.strip())
    return changed


def _tell(organisation: Organisation, changed: list[str], actor: Account, now: datetime, why: str) -> None:

    def letter() -> tuple[str, str]:
        fields = "、".join(str(CHECKED[name]) for name in changed)
        lines = [_("%(name)s的%(fields)s由主管部门更正。") % {"name": organisation.name, "fields": fields}]
        if why:
            lines.append(_("依据：%(why)s") % {"why": why})
        lines.append(_("经办：%(actor)s。不对的，请联系主管部门。") % {"actor": actor})
        return _("单位资料已更正：%(fields)s") % {"fields": fields}, "\n\n".join(lines) + "\n"

    letters.write(
        finds.members_of(organisation, timezone.localdate(now)), letter, kind=f"{KIND}.amend", cause_kind=KIND,
        cause_id=organisation.pk, now=now, page=reverse("web:organisation", args=[organisation.pk]),
    )  # fmt: skip
