"""Roadshows: announced by the city, registered for by organisations, attendance written down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.equity import access, rules
from triplehelix.market.equity.models import Event, Project, Registration, Showing
from triplehelix.market.equity.rules import checked
from triplehelix.market.finance.access import own_organisations
from triplehelix.records.alone import alone
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail


@transaction.atomic
def announce(*, values: Mapping[str, Any], projects: Iterable[Project], actor: Account | None, now: datetime) -> Event:
    """A roadshow with its projects in their order. Only projects whose owners are willing go on stage.

    Raises Refused, Invalid at the fields (at `title` where it is announced already) and at `projects`.
    """
    _city(actor, now)
    alone("roadshows")
    shown = list(projects)
    given, errors = _checked(values, shown, now)
    if not errors and _is_announced(given, shown):
        errors["title"] = _("同一时间的同名活动已经发布")
    if errors:
        raise Invalid(errors)
    made = Event.objects.create(state=Event.workflow.start, changed_at=now, created_by=actor, **given)
    _put_on_stage(made, shown)
    data = {"title": made.title, "starts_at": made.starts_at.isoformat(), "projects": [one.pk for one in shown]}
    trail.record(kind=Event.kind, id=str(made.pk), verb="announce", actor=actor, now=now, data=data)
    acts.tell(made, "announce", ["registered"], lambda: _invitation(made, shown), now)
    return made


@transaction.atomic
def change(
    *, event: Event, values: Mapping[str, Any], projects: Iterable[Project], actor: Account, now: datetime,
    seen_version: int, why: str,
) -> Event:  # fmt: skip
    """Another time, place, room or programme before it begins. Whoever has registered, and the firms on stage before
    and after, get a letter with what is new and why. What is the same changes nothing and writes to nobody.

    Raises Refused (changed since it was seen; not the city; it has begun or is over), Invalid at the fields, at
    `projects`, `capacity` (more people have registered) and `why`.
    """
    held = acts.locked(event, actor, now, by={access.CITY}, seen=seen_version, states={"open"})
    if held.starts_at <= now:
        raise Refused(_("活动已经开始，不能再改"))
    shown, before = list(projects), [row.project for row in held.showings.select_related("project")]
    given, errors = _checked(values, shown, now, already=before)
    if given.get("capacity", held.capacity) < (coming := taken(held)):
        errors["capacity"] = _("已有 %(n)d 人报名，名额不能更少") % {"n": coming}
    was = {name: getattr(held, name) for name, new in given.items() if getattr(held, name) != new}
    if not errors and not was and shown == before:
        return held
    if not why.strip():
        errors["why"] = _("请写明为什么改，报名的单位会收到")
    if errors:
        raise Invalid(errors)
    told = {account.pk: account for account in held.accounts_in("registered", now)}
    for name in was:
        setattr(held, name, given[name])
    held.changed_at = now
    _put_on_stage(held, shown)
    data = {"was": {name: _plain(old) for name, old in was.items()}, "projects": [one.pk for one in shown]}
    held = acts.saved(held, "change", actor, now, data, why.strip())
    told |= {account.pk: account for account in held.accounts_in("registered", now)}
    acts.write(held, "change", told.values(), lambda: _letter(held, why.strip()), now)
    return held


def _is_announced(given: Mapping[str, Any], shown: Sequence[Project]) -> bool:
    """Whether this very roadshow, with the same programme, waits to be held: sent twice, it is one."""
    same = Event.objects.filter(state=Event.workflow.start, title=given["title"], starts_at=given["starts_at"])
    programmes = [list(one.showings.order_by("seq").values_list("project", flat=True)) for one in same]
    return [one.pk for one in shown] in programmes


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _said(event: Event) -> dict[str, str]:
    """What letters say of a roadshow."""
    begins, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    return {"event": event.title, "from": f"{begins:%Y-%m-%d %H:%M}", "to": f"{ends:%H:%M}",
            "place": event.place or event.online}  # fmt: skip


def _invitation(event: Event, shown: Sequence[Project]) -> tuple[str, str]:
    """To those whose projects were put on stage."""
    said = _said(event) | {"projects": "、".join(one.listing.title for one in shown), "contact": event.contact}
    lines = [
        _("“%(event)s”安排了这些项目上台：%(projects)s。") % said,
        _("时间：%(from)s 至 %(to)s") % said,
        _("地点：%(place)s") % said,
        _("不能上台的，请与主办方联系：%(contact)s") % said,
    ]
    return _("您的项目将上台路演：%(event)s") % said, "\n\n".join(lines) + "\n"


def _letter(event: Event, why: str) -> tuple[str, str]:
    said = _said(event) | {"why": why}
    lines = [
        _("“%(event)s”有变动，请以下面的安排为准。") % said,
        _("时间：%(from)s 至 %(to)s") % said,
        _("地点：%(place)s") % said,
        _("原因：%(why)s") % said,
        _("不能来的，请登录后在活动页取消报名，把名额让给别人。"),
    ]
    return _("活动有变动：%(event)s") % said, "\n\n".join(lines) + "\n"


def _checked(
    values: Mapping[str, Any], shown: Sequence[Project], now: datetime, already: Sequence[Project] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """What was given, cleaned, and what is wrong with it. Projects `already` on the programme may stay on it."""
    given, errors = checked(rules.EVENT, values, timezone.localdate(now))
    if {"starts_at", "ends_at"} <= given.keys():
        if given["ends_at"] <= given["starts_at"]:
            errors["ends_at"] = _("结束应晚于开始")
        elif given["starts_at"] <= now:
            errors["starts_at"] = _("开始时间已经过去")
    if not given.get("place") and not given.get("online"):
        errors.setdefault("place", _("请写地点或线上地址"))
    new = [one for one in shown if one not in already]
    if any(one.closed_at is not None or not one.on_stage or one.listing.state != "published" for one in new):
        errors["projects"] = _("只能选在融资中、愿意路演的项目")
    return given, errors


def _put_on_stage(event: Event, shown: Sequence[Project]) -> None:
    event.showings.all().delete()
    Showing.objects.bulk_create(Showing(event=event, project=one, seq=n) for n, one in enumerate(shown, start=1))


def taken(event: Event) -> int:
    """How many people have registered."""
    return event.registrations.filter(cancelled_at=None).aggregate(sum=Sum("people"))["sum"] or 0


@transaction.atomic
def register(
    *, event: Event, organisation: Organisation, values: Mapping[str, Any], actor: Account, now: datetime
) -> Registration:
    """So many people come; never more than there is room. Raises Refused (full, closed, twice), Invalid at `people`."""
    held = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if organisation.pk not in own_organisations(actor, timezone.localdate(now)):
        raise Refused(_("只能以本单位的名义报名"))
    if organisation.confirmed_at is None:
        raise Refused(_("单位还没有经过核实，核实以后才能报名"))
    if held.state != "open" or held.starts_at <= now:
        raise Refused(_("报名已经结束"))
    given, errors = checked(rules.REGISTRATION, values, timezone.localdate(now))
    if errors:
        raise Invalid(errors)
    if given["people"] > (left := held.capacity - taken(held)):
        raise Refused(_("名额不够：还剩 %(left)d 个") % {"left": max(0, left)})
    try:
        with transaction.atomic():
            made = Registration.objects.create(
                event=held, organisation=organisation, account=actor, registered_at=now, **given
            )
    except IntegrityError as why:
        raise Refused(_("贵单位已经报名")) from why
    data = {"organisation": organisation.pk, "people": made.people}
    trail.record(kind=Event.kind, id=str(held.pk), verb="register", actor=actor, now=now, data=data)
    return made


@transaction.atomic
def unregister(*, registration: Registration, actor: Account, now: datetime) -> Registration:
    """Do not come after all: the room is free again. Raises Refused."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=registration.event_id)
    row = Registration.objects.get(pk=registration.pk)
    if row.organisation_id not in own_organisations(actor, timezone.localdate(now)):
        raise Refused(_("只能取消本单位的报名"))
    if row.cancelled_at is not None or event.starts_at <= now:
        raise Refused(_("已经取消，或活动已经开始"))
    row.cancelled_at = now
    row.save(update_fields=["cancelled_at"])
    data = {"organisation": row.organisation_id}
    trail.record(kind=Event.kind, id=str(event.pk), verb="unregister", actor=actor, now=now, data=data)
    return row


@transaction.atomic
def attend(*, event: Event, came: Iterable[int], actor: Account, now: datetime, seen_version: int) -> int:
    """Who came, by the numbers of registrations; the others did not. Returns how many people came.

    Raises Refused (not the city; written down by somebody else meanwhile; cancelled; not begun).
    """
    held = acts.locked(event, actor, now, by={access.CITY}, seen=seen_version, states={"open", "done"})
    if held.starts_at > now:
        raise Refused(_("活动还没有开始"))
    rows = held.registrations.filter(cancelled_at=None)
    present = set(came)
    rows.filter(pk__in=present).update(came=True)
    rows.exclude(pk__in=present).update(came=False)
    people = rows.filter(came=True).aggregate(sum=Sum("people"))["sum"] or 0
    acts.saved(held, "attend", actor, now, {"came": people, "registered": taken(held)})
    return int(people)


def _city(actor: Account | None, now: datetime) -> None:
    if actor is not None and not access.is_city(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以这样办"))
