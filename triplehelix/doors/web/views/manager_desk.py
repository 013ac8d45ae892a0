"""经理人工作台: my cases, what is stuck, who has not answered, the next meetings; for officers, who has how much."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from triplehelix.doors.web.requests import Request
from triplehelix.market.introductions import access, finds, terms
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.states import FINAL, RUNNING
from triplehelix.records.parties.access import audiences

SHOWN = 10


@require_safe
def desk(request: Request) -> HttpResponse:
    """404 for whoever neither manages nor supervises."""
    now = timezone.now()
    today = timezone.localdate(now)
    groups = audiences(request.user, today)
    if not access.MANAGING & groups:
        raise Http404
    mine = finds.looked_after_by(request.user)
    is_officer = "role:city_officer" in groups
    context = {
        "counts": _counts(mine, request.user.pk, today),
        "to_agree": finds.to_agree(request.user, today)[:SHOWN],
        "stuck": _late(mine.filter(finds.stuck_when(today)).order_by("moved_at", "pk")[:SHOWN], today),
        "unanswered": mine.filter(state="unanswered").order_by("answer_by", "pk")[:SHOWN],
        "waiting": mine.filter(state="invited").order_by("answer_by", "pk")[:SHOWN],
        "unsold": mine.filter(state="agreed", sales__isnull=True).order_by("ended_at", "pk")[:SHOWN],
        "ahead": finds.meetings_ahead(mine, now)[:SHOWN],
        "to_record": finds.meetings_to_record(mine, now)[:SHOWN],
        "me": request.user.pk,
        "is_officer": is_officer,
        "managers": finds.managers_with_load(today) if is_officer else [],
        "unassigned": finds.unassigned(today)[:SHOWN] if is_officer else [],
        "unassigned_count": finds.unassigned(today).count() if is_officer else 0,
        "days": [(state.label, terms.stuck_after(today)[state.code]) for state in Introduction.workflow.states
                 if state.code in terms.MOVING],
    }  # fmt: skip
    return render(request, "web/manager_desk.html", context)


def _counts(mine: "QuerySet[Introduction]", me: int, today: Any) -> list[tuple[str, int, str]]:
    """What I look after, in numbers: label, how many, the rows behind it."""
    rows = [
        (_("没有结束的"), "open", mine.exclude(state__in=FINAL)),
        (_("对方还没有答复"), "waiting", mine.filter(state="invited")),
        (_("逾期没有答复"), "unanswered", mine.filter(state="unanswered")),
        (_("洽谈中"), "running", mine.filter(state__in=RUNNING)),
        (_("停滞"), "stuck", mine.filter(finds.stuck_when(today))),
        (_("条款已谈定"), "agreed", mine.filter(state="agreed")),
    ]
    url = reverse("web:introductions")
    return [(label, found.count(), f"{url}?manager={me}&view={view}") for label, view, found in rows]


def _late(rows: "QuerySet[Introduction]", today: Any) -> list[tuple[Introduction, int]]:
    """Each with the days since anything moved."""
    return [(one, (today - timezone.localdate(one.moved_at)).days) for one in rows]
