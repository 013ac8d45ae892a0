"""The list of introductions as the address narrows it; every number of the desk opens it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web import exports
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request, searched
from triplehelix.foundation.sheet import Sheet
from triplehelix.market.introductions import access, finds, reasons
from triplehelix.market.introductions.flow import FLOW
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.states import FINAL, RUNNING
from triplehelix.records.parties.access import audiences

Rows = QuerySet[Introduction]
#: The word in the address, what it is called, and what it leaves.
VIEWS: dict[str, tuple[Any, Callable[[Rows, Request, date], Rows]]] = {
    "mine": (
        gettext_lazy("轮到我办"),
        lambda rows, request, on: rows.filter(pk__in=finds.waiting_for(request.user, on).values("pk")),
    ),
    "waiting": (gettext_lazy("对方还没有答复"), lambda rows, request, on: rows.filter(state="invited")),
    "unanswered": (gettext_lazy("逾期没有答复"), lambda rows, request, on: rows.filter(state="unanswered")),
    "running": (gettext_lazy("洽谈中"), lambda rows, request, on: rows.filter(state__in=RUNNING)),
    "stuck": (
        gettext_lazy("停滞"),
        lambda rows, request, on: rows.filter(pk__in=finds.stuck(on).order_by().values("pk")),
    ),
    "agreed": (gettext_lazy("条款已谈定"), lambda rows, request, on: rows.filter(state="agreed")),
    "open": (gettext_lazy("没有结束的"), lambda rows, request, on: rows.exclude(state__in=FINAL)),
    "ended": (gettext_lazy("已结束"), lambda rows, request, on: rows.filter(state__in=FINAL)),
}
#: Shown as tabs; the others are reached from the desk.
TABS = ("mine", "waiting", "running", "ended")


@dataclass(frozen=True)
class Chosen:
    """The rows, and how the address narrowed them."""

    rows: Rows
    view: str
    parts: dict[str, str]
    own: frozenset[int]
    may_manage: bool

    @property
    def tabs(self) -> list[tuple[str, Any]]:
        shown = TABS if self.view in ("", *TABS) else (*TABS, self.view)
        return [(name, VIEWS[name][0]) for name in shown]

    @property
    def states(self) -> list[tuple[str, Any]]:
        return [(state.code, state.label) for state in FLOW.states]

    def side_of(self, introduction: Introduction) -> str:
        """Which side of this one the reader stands on, if any."""
        if introduction.need.organisation_id in self.own:
            return access.NEED
        return access.ACHIEVEMENT if introduction.achievement.organisation_id in self.own else ""


def chosen(request: Request) -> Chosen:
    """What is not known in the address is ignored."""
    today = timezone.localdate()
    groups = audiences(request.user, today)
    rows, parts = finds.shown_to(request.user, today, groups), {}
    view = request.GET.get("view", "")
    if view in VIEWS:
        rows = VIEWS[view][1](rows, request, today)
    if (state := request.GET.get("state", "")) in {one.code for one in FLOW.states}:
        parts["state"], rows = state, rows.filter(state=state)
    manager = request.GET.get("manager", "")
    if manager == "none":
        parts["manager"], rows = manager, rows.filter(finds.nobodys(today))
    elif (number := whole(manager)) is not None:
        parts["manager"], rows = manager, rows.filter(manager=number)
    if words := searched(request):
        parts["q"] = words
        either = Q()
        for side in ("need", "achievement"):
            either |= Q(**{f"{side}__title__icontains": words}) | Q(**{f"{side}__organisation__name__icontains": words})
        rows = rows.filter(either)
    own = frozenset(int(one.removeprefix("org:")) for one in groups if one.startswith("org:"))
    return Chosen(rows, view if view in VIEWS else "", parts, own, bool(access.MANAGING & groups))


def sheet_of(rows: Rows) -> Sheet:
    """How far each introduction is; no contact, no notes, no terms."""
    names = {state.code: str(state.label) for state in FLOW.states}
    labels = {code: reasons.reason(code).label for code in reasons.levels()}
    headings = ["编号", "需求", "需求单位", "成果", "成果单位", "状态", "发起日期", "答复期限", "谢绝或终止原因"]
    headings += ["经理人", "最近动静"]
    lines = (
        (
            one.number, one.need.title, one.need.organisation.name, one.achievement.title,
            one.achievement.organisation.name, names[one.state], timezone.localdate(one.invited_at), one.answer_by,
            labels.get(one.decline_reason or one.break_reason, ""), str(one.manager or ""),
            timezone.localdate(one.moved_at),
        )
        for one in rows.iterator(chunk_size=exports.CHUNK)
    )  # fmt: skip
    return Sheet(_("引荐"), headings, lines)
