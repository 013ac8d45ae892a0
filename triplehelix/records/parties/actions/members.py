"""Who acts for an organisation: letting in, turning down, ending. Whether the actor may is asked here and not by the
caller: two administrators may end each other at the same moment, and only who holds the lock knows who is still one."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import letters
from triplehelix.records.parties.access import KEEPS_MEMBERS, relations
from triplehelix.records.parties.finds import signed
from triplehelix.records.parties.models import Account, Membership, Organisation
from triplehelix.records.parties.rules import Invalid, Refused, short
from triplehelix.records.trail import actions as trail

KIND = "parties.organisation"


def _note(membership: Membership, verb: str, actor: Account | None, now: datetime, why: str = "", **more: Any) -> None:
    data: Mapping[str, Any] = {"account": membership.account_id, "membership": membership.pk, **more}
    trail.record(
        kind=KIND, id=str(membership.organisation_id), verb=verb, actor=actor, now=now, data=data, why=why
    )  # fmt: skip


def _held(membership: Membership, actor: Account | None, today: date) -> tuple[Membership, frozenset[str]]:
    """The row as it stands, under the organisation's lock, and what the actor is to the organisation; the system is
    whatever it needs to be. Raises Refused: the actor keeps no members of it."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=membership.organisation_id)
    held = relations(actor, organisation, today) if actor is not None else KEEPS_MEMBERS
    if not held & KEEPS_MEMBERS:
        raise Refused(_("只有这个单位的管理员和主管部门可以办理单位成员"))
    rows = Membership.objects.select_for_update(of=("self",)).select_related("account", "organisation")
    return rows.get(pk=membership.pk), held


@transaction.atomic
def accept_member(*, membership: Membership, actor: Account | None, now: datetime, role: str = "") -> Membership:
    """Let a waiting membership count, in the role asked for or in `role`. Asked again, nothing changes.

    Raises Refused: the actor may not, or somebody has turned it down. Raises Invalid: no such role.
    """
    if role and role not in dict(Membership.ROLES):
        raise Invalid({"role": _("没有这种角色：%(role)s") % {"role": role}})
    membership, _relations = _held(membership, actor, timezone.localdate(now))
    if membership.accepted_at is not None:
        return membership
    _not_oneself(membership, actor)
    if membership.until is not None:
        raise Refused(_("这个申请已经有人答复：不同意；仍要加入的，请本人重新申请"))
    membership.accepted_at, membership.role = now, role or membership.role
    membership.save(update_fields=["accepted_at", "role"])
    _note(membership, "accept_member", actor, now, role=membership.role)
    _tell(membership, "accept_member", _may_act, actor, now)
    return membership


def _not_oneself(membership: Membership, actor: Account | None) -> None:
    """Nobody answers the own request, whatever the office."""
    if actor is not None and actor.pk == membership.account_id:
        raise Refused(_("不能答复自己的申请：请另一位工作人员办理"))


@transaction.atomic
def refuse_member(*, membership: Membership, actor: Account | None, now: datetime) -> Membership:
    """Turn down a waiting membership. Asked again, nothing changes.

    Raises Refused: the actor may not, or somebody has accepted it.
    """
    today = timezone.localdate(now)
    membership, _relations = _held(membership, actor, today)
    if membership.accepted_at is not None:
        raise Refused(_("这个申请已经有人同意；不该同意的，请在单位成员里结束"))
    _not_oneself(membership, actor)
    if membership.until is None:
        membership.until = max(today, membership.since)
        membership.save(update_fields=["until"])
        _note(membership, "refuse_member", actor, now)
        _tell(membership, "refuse_member", _may_not, actor, now)
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, until: date | None, actor: Account | None, now: datetime, why: str = ""
) -> Membership:
    """`until` is the last day of a membership; None ends it at once. Only the system may do without a reason.

    Raises Invalid: no reason, or a day before its first. Raises Refused: the actor may not, it waits to be accepted,
    has ended already, or the actor would leave the organisation without an administrator.
    """
    today = timezone.localdate(now)
    membership, held = _held(membership, actor, today)
    if membership.accepted_at is None:
        raise Refused(_("这个申请还没有同意；请同意或不同意"))
    if membership.stopped_at is not None or (membership.until is not None and membership.until < today):
        raise Refused(_("这个人已经不再代表这个单位"))
    errors = {"until": _("结束日期不能早于开始日期")} if until is not None and until < membership.since else {}
    try:
        why = short(200, needed="" if actor is None else _("请写事由"))(why, today)
    except ValueError as wrong:
        errors["why"] = str(wrong)
    if errors:
        raise Invalid(errors)
    if "officer" not in held and _is_own_last_seat(membership, actor, today):
        raise Refused(
            _("您是这个单位唯一的管理员；请先同意另一位做管理员，再结束自己的；没有别人的，请主管部门办理")
        )  # fmt: skip
    membership.until = until or max(today, membership.since)
    membership.stopped_at = now if until is None else None
    membership.save(update_fields=["until", "stopped_at"])
    _note(membership, "end_membership", actor, now, why, until=membership.until, at_once=until is None)
    _tell(membership, "end_membership", lambda held: _no_longer(held, why), actor, now)
    return membership


def _is_own_last_seat(membership: Membership, actor: Account | None, today: date) -> bool:
    if actor is None or actor.pk != membership.account_id or membership.role != "admin":
        return False
    staying = Membership.objects.seated(today).filter(
        organisation=membership.organisation_id, role="admin", account__is_active=True, until__isnull=True
    )
    return not staying.exclude(pk=membership.pk).exists()


def _tell(
    membership: Membership, verb: str, words: Callable[[Membership], tuple[str, str]], actor: Account | None,
    now: datetime,
) -> None:  # fmt: skip
    """Who asked to act for an organisation, or acted for it, hears what became of it, unless by his own hand."""
    account = membership.account
    if actor is not None and actor.pk == account.pk:
        return

    def letter() -> tuple[str, str]:
        subject, said = words(membership)
        by = _("经办：%(actor)s") % {"actor": signed(actor, timezone.localdate(now))}
        return subject, "\n\n".join([said, by, _("有疑问的，请找本单位的管理员或主管部门。")]) + "\n"

    letters.write(
        [account], letter, kind=f"{KIND}.{verb}", cause_kind=KIND, cause_id=membership.organisation_id, now=now,
        page=reverse("web:account"),
    )  # fmt: skip


def _may_act(membership: Membership) -> tuple[str, str]:
    said = {"organisation": membership.organisation.name, "role": membership.get_role_display()}
    if membership.organisation.is_withheld:
        words = _("您申请代表单位，已经同意；主管部门核实这家单位以后，您就可以代表它。角色：%(role)s") % said
        return _("同意您代表：%(organisation)s") % said, words
    return _("您现在可以代表：%(organisation)s") % said, _("您申请代表单位，已经同意。角色：%(role)s") % said


def _may_not(membership: Membership) -> tuple[str, str]:
    subject = _("没有同意您代表：%(organisation)s") % {"organisation": membership.organisation.name}
    return subject, _("确实在这个单位经办的，请先联系单位的管理员，再重新申请。")


def _no_longer(membership: Membership, why: str) -> tuple[str, str]:
    last = _("权限已经收回。") if membership.stopped_at else _("最后一天：%(day)s") % {"day": membership.until}
    said = [_("事由：%(why)s") % {"why": why}, last] if why else [last]
    return _("您不再代表：%(organisation)s") % {"organisation": membership.organisation.name}, "\n\n".join(said)
