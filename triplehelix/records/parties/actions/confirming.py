"""Confirming organisations: an officer has compared one with its licence, and knows who acts for it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import access, finds, letters
from triplehelix.records.parties.actions.members import end_membership
from triplehelix.records.parties.actions.organisations import KIND, note, register_organisation
from triplehelix.records.parties.models import Account, Membership, Organisation
from triplehelix.records.parties.rules import ORGANISATION, Invalid, Refused, clean
from triplehelix.records.wording import as_recorded


@transaction.atomic
def register_checked(*, actor: Account, now: datetime, **values: Any) -> Organisation:
    """An officer registers one whose licence he has seen: it is confirmed by that. Raises Invalid; also where he would
    not be the officer of it."""
    made = register_organisation(actor=actor, now=now, **values)
    if "officer" not in access.relations(actor, made, timezone.localdate(now)):
        raise Invalid({"unit": _("请选择您所在的县（市区）或开发区")})
    return confirm_organisation(organisation=made, actor=actor, now=now)


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
    confirmed = mark_confirmed(organisation, actor, now, type or organisation.type)
    _tell(confirmed, [one.account for one, stays in answered.items() if stays and actor is not None], actor, now)
    return confirmed


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


def mark_confirmed(organisation: Organisation, actor: Account | None, now: datetime, type: str) -> Organisation:
    """Write down that it is confirmed, as this `type`; nobody is asked and nobody told. The caller holds its lock."""
    was = organisation.type
    organisation.type = clean(ORGANISATION, {"type": type}, on=timezone.localdate(now))["type"]
    organisation.confirmed_at, organisation.confirmed_by = now, actor
    organisation.version += 1
    organisation.save(update_fields=["type", "confirmed_at", "confirmed_by", "version"])
    data = {"type": {"from": was, "to": organisation.type}} if organisation.type != was else {}
    note(organisation, "confirm", actor, now, data)
    return organisation


def _tell(organisation: Organisation, staying: Iterable[Account], actor: Account | None, now: datetime) -> None:
    """Whoever stays hears that all of it is theirs now: what offices wrote before was told to nobody."""

    def letter() -> tuple[str, str]:
        said = {"name": organisation.name, "actor": finds.signed(actor, timezone.localdate(now))}
        lines = [_("您现在可以用它的名义发布和申报；以前写给它的走访记录、候选名单等，登录后可以看到。")]
        lines.append(_("经办：%(actor)s") % said)
        return _("单位已核实：%(name)s") % said, "\n\n".join(lines) + "\n"

    letters.write(
        staying, letter, kind=f"{KIND}.confirm", cause_kind=KIND, cause_id=organisation.pk, now=now,
        page=reverse("web:organisation", args=[organisation.pk]),
    )  # fmt: skip
