"""Talks and visits, planned and held."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.introductions.access import ACHIEVEMENT, MANAGER, NEED
from triplehelix.market.introductions.actions.shared import Refused, day, fields, go, hold, long, saved, short, tell
from triplehelix.market.introductions.guards import TOOK_PLACE
from triplehelix.market.introductions.models import Introduction, Meeting
from triplehelix.market.introductions.states import MET, RUNNING
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import YEARS_AHEAD, Invalid

PARTIES = frozenset({NEED, ACHIEVEMENT, MANAGER})
PLAN = {"place": short(120, needed=gettext_lazy("请写地点，或写明电话、视频"))}
HELD = {
    "place": short(120),
    "held_on": day(needed=True),
    "people": short(500, needed=gettext_lazy("请写双方参加的人")),
    "notes": long(5000),
}


@transaction.atomic
def plan(
    *, introduction: Introduction, kind: str, planned_at: datetime, place: str, actor: Account, now: datetime,
    seen_version: int,
) -> Meeting:  # fmt: skip
    """Make an appointment; the others are told. Raises Refused, Invalid at `kind`, `planned_at`, `place`."""
    held = hold(introduction, actor, now, by=PARTIES, seen=seen_version, states=RUNNING)
    errors = _kind_wrong(kind)
    if planned_at <= now:
        errors["planned_at"] = _("约定时间已经过了；已经谈过的，请直接登记结果")
    elif planned_at.year > now.year + YEARS_AHEAD:
        errors["planned_at"] = _("最多安排到 %(years)d 年以内") % {"years": YEARS_AHEAD}
    cleaned = cleaned_with(errors, PLAN, {"place": place}, now)
    made = Meeting.objects.create(
        introduction=held, kind=kind, planned_at=planned_at, made_at=now, made_by=actor, **cleaned
    )
    saved(held, "plan", actor, now, {"meeting": made.pk, "kind": kind, "at": planned_at.isoformat()})
    tell(held, "plan", lambda: _planned(made), actor, now)
    return made


@transaction.atomic
def record_meeting(
    *, introduction: Introduction, kind: str, held_on: date | None, people: str, notes: str, actor: Account,
    now: datetime, seen_version: int, place: str = "", meeting: Meeting | None = None,
) -> Meeting:  # fmt: skip
    """It took place: the day, who was there, what was agreed. `meeting` is the appointment it was, if there was one.

    The first one moves the introduction to 洽谈中. Raises Refused, Invalid at `kind`, `held_on`, `people`, `notes`.
    """
    held = hold(introduction, actor, now, by=PARTIES, seen=seen_version, states=RUNNING)
    errors = _kind_wrong(kind)
    values = {"place": place, "held_on": held_on, "people": people, "notes": notes}
    cleaned = cleaned_with(errors, HELD, values, now)
    if cleaned["held_on"] < timezone.localdate(held.accepted_at):
        raise Invalid({"held_on": _("不能早于双方接受引荐的日期")})
    made = _open_meeting(held, meeting) if meeting is not None else Meeting(introduction=held, made_at=now)
    made.kind, made.made_by = kind, actor
    for name, value in cleaned.items():
        if name != "place" or value:
            setattr(made, name, value)
    made.save()
    data = {"meeting": made.pk, "kind": kind, "on": str(made.held_on)}
    held = saved(held, "meet", actor, now, data)
    if held.state == "accepted":
        go(held, "talk", actor, now)
    return made


@transaction.atomic
def cancel(
    *, introduction: Introduction, meeting: Meeting, why: str, actor: Account, now: datetime, seen_version: int
) -> Meeting:
    """An appointment that will not be kept; the others are told why. Raises Refused, Invalid at `why`."""
    held = hold(introduction, actor, now, by=PARTIES, seen=seen_version, states=RUNNING)
    gone = _open_meeting(held, meeting)
    rule = {"why": short(200, needed=gettext_lazy("请写明为什么取消"))}
    gone.cancel_why, gone.cancelled_at = fields(rule, {"why": why}, now)["why"], now
    gone.save(update_fields=["cancel_why", "cancelled_at"])
    saved(held, "cancel", actor, now, {"meeting": gone.pk}, gone.cancel_why)
    tell(held, "cancel", lambda: _cancelled(gone), actor, now)
    return gone


@transaction.atomic
def void_meeting(
    *, introduction: Introduction, meeting: Meeting, why: str, actor: Account, now: datetime, seen_version: int
) -> Meeting:
    """What was recorded of a talk or visit is wrong: it counts no more, and is recorded anew. The others are told why.

    Where it was the only one, the introduction waits for a talk again. Raises Refused (void already, not held; an
    intent rests on it), Invalid at `why`.
    """
    held = hold(introduction, actor, now, by=PARTIES, seen=seen_version, states=MET)
    gone = held.meetings.select_for_update().filter(TOOK_PLACE, pk=meeting.pk).first()
    if gone is None:
        raise Refused(_("这一次没有登记过结果，或已经作废"))
    others = held.meetings.filter(TOOK_PLACE).exclude(pk=gone.pk)
    if held.state == "intended" and not others.exists():
        raise Refused(_("意向书之前要有洽谈：请先登记正确的一次，或先作废意向书"))
    rule = {"why": short(200, needed=gettext_lazy("请写明错在哪里"))}
    gone.void_why = fields(rule, {"why": why}, now)["why"]
    gone.save(update_fields=["void_why"])
    held = saved(held, "void_meeting", actor, now, {"meeting": gone.pk, "on": str(gone.held_on)}, gone.void_why)
    tell(held, "void_meeting", lambda: _voided(gone), actor, now)
    if held.state == "talking" and not others.exists():
        go(held, "untalk", actor, now)
    return gone


def _voided(meeting: Meeting) -> tuple[str, str]:
    said = {
        "case": str(meeting.introduction), "kind": meeting.get_kind_display(), "day": meeting.held_on,
        "why": meeting.void_why,
    }  # fmt: skip
    body = _("“%(case)s”登记的%(kind)s（%(day)s）有误，已经作废：%(why)s。正确的可以重新登记。")
    return _("%(kind)s的登记已作废：%(case)s") % said, body % said + "\n"


def _planned(meeting: Meeting) -> tuple[str, str]:
    return (
        _("已约定%(kind)s：%(case)s") % _said(meeting),
        _("“%(case)s”约定了%(kind)s：%(at)s，%(place)s。不合适的，请登录后取消并另约。") % _said(meeting) + "\n",
    )


def _cancelled(meeting: Meeting) -> tuple[str, str]:
    return (
        _("%(kind)s取消：%(case)s") % _said(meeting),
        _("“%(case)s”原定 %(at)s 的%(kind)s取消了：%(why)s") % _said(meeting) + "\n",
    )


def _said(meeting: Meeting) -> dict[str, str]:
    at = timezone.localtime(meeting.planned_at).strftime("%Y-%m-%d %H:%M")
    return {
        "case": str(meeting.introduction), "kind": meeting.get_kind_display(), "at": at, "place": meeting.place,
        "why": meeting.cancel_why,
    }  # fmt: skip


def _open_meeting(introduction: Introduction, meeting: Meeting) -> Meeting:
    found = introduction.meetings.filter(pk=meeting.pk, held_on__isnull=True, cancelled_at__isnull=True).first()
    if found is None:
        raise Refused(_("这一次已经登记过结果，或已取消"))
    return found


def _kind_wrong(kind: str) -> dict[str, str]:
    return {} if kind in dict(Meeting.KINDS) else {"kind": _("请选择洽谈或考察")}


def cleaned_with(errors: dict[str, str], rules: dict, values: dict, now: datetime) -> dict:  # type: ignore[type-arg]
    """Cleaned values; raises Invalid with what was wrong before and what is wrong here."""
    try:
        cleaned = fields(rules, values, now)
    except Invalid as why:
        raise Invalid({**errors, **why.errors}) from None
    if errors:
        raise Invalid(errors)
    return cleaned
