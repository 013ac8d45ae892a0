"""Introductions: the list, one with everything that may be done with it, its negotiation room, a new one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors import handed
from triplehelix.doors.web import exports, introduction_list, judged
from triplehelix.doors.web import introduction_acts as acts
from triplehelix.doors.web.introduction_forms import ActForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request
from triplehelix.market.contracts import access as contracts
from triplehelix.market.introductions import access, compare, finds, reasons
from triplehelix.market.introductions.history import of_introduction
from triplehelix.market.introductions.models import Introduction, Meeting

PER_PAGE = 20


def opened(request: Request, pk: int) -> Introduction:
    """The introduction, for those who may see it; 404 for everybody else."""
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@require_safe
def index(request: Request) -> HttpResponse:
    """Everything I may see, filtered by what the address says."""
    chosen = introduction_list.chosen(request)
    page = Paginator(chosen.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [(one, chosen.side_of(one), _reason(one.decline_reason or one.break_reason)) for one in page],
        "chosen": chosen,
    }
    return render(request, "web/introduction_list.html", context)


@require_safe
def export(request: Request) -> HttpResponse:
    """The list as it is filtered now, as a workbook: how far each is, nothing of what was said."""
    rows = introduction_list.chosen(request).rows
    return exports.workbook(
        request, rows, lambda rows: [introduction_list.sheet_of(rows)], _("引荐"),
        back=exports.address(request, reverse("web:introductions")),
    )  # fmt: skip


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return page(request, opened(request, pk))


@require_safe
def room(request: Request, pk: int) -> HttpResponse:
    """谈判室, for the two sides, their manager and the auditor."""
    return _room(request, _inside(request, pk))


def _inside(request: Request, pk: int) -> Introduction:
    introduction = opened(request, pk)
    held = introduction.relations_of(request.user, timezone.now())
    if introduction.accepted_at is None or not held & access.INSIDE:
        raise Http404
    return introduction


Failed = tuple[str, ActForm]


def _forms(
    introduction: Introduction, held: frozenset[str], failed: Failed | None, *, in_room: bool
) -> list[tuple[acts.Act, ActForm]]:
    """The acts offered, each with its form: the one that came back, or a fresh one with ids of its own."""
    found = []
    for act in acts.offered(introduction, held, in_room=in_room):
        form = failed[1] if failed and failed[0] == act.code else act.made(introduction, auto_id=f"id_{act.code}_%s")
        found.append((act, form))
    return found


def page(request: Request, introduction: Introduction, failed: Failed | None = None, status: int = 200) -> HttpResponse:
    """One introduction. `failed` is the act whose form came back, with the form."""
    now = timezone.now()
    held = introduction.relations_of(request.user, now)
    inside = bool(held & access.INSIDE)
    newest = introduction.versions.order_by("-n").first() if inside else None
    forms = _forms(introduction, held, failed, in_room=False)
    context = {
        "introduction": introduction,
        "held": held,
        "inside": inside,
        "sides": [_side(introduction, side, held) for side in (access.NEED, access.ACHIEVEMENT)],
        "judge": judged.of_pair(introduction.need, introduction.achievement, request),
        "now": [(act, form) for act, form in forms if not act.folded],
        "acts": [(act, form) for act, form in forms if act.folded],
        "meetings": [_meeting(one, inside, now) for one in introduction.meetings.all()],
        "intents": introduction.intents.select_related("file"),
        "newest": newest,
        "declined": _reason(introduction.decline_reason),
        "broken": _reason(introduction.break_reason),
        "sales": _sales(introduction, request),
        "history": of_introduction(introduction, held),
    }
    return render(request, "web/introduction.html", context, status=status)


def _side(introduction: Introduction, side: str, held: frozenset[str]) -> dict[str, Any]:
    """One of the two, with the contact for those who may have it: after both accepted, and the own one always."""
    listing = introduction.need if side == access.NEED else introduction.achievement
    organisation = listing.organisation
    met = introduction.accepted_at is not None and bool(held & access.PARTICIPANTS)
    contact = [getattr(listing, f"contact_{what}") or getattr(organisation, f"contact_{what}") for what in
               ("name", "phone", "email")]  # fmt: skip
    return {
        "kind": "needs" if side == access.NEED else "achievements",
        "listing": listing,
        "organisation": organisation,
        "mine": side in held,
        "accepted_at": getattr(introduction, f"{side}_accepted_at"),
        "contact": contact if met or side in held else None,
        "met": met,
    }


def _meeting(meeting: Meeting, inside: bool, now: Any) -> dict[str, Any]:
    planned = meeting.held_on is None and meeting.cancelled_at is None
    return {
        "meeting": meeting,
        "planned": planned,
        "late": planned and meeting.planned_at is not None and meeting.planned_at < now,
        "people": meeting.people if inside else "",
        "notes": meeting.notes if inside else "",
    }


def _sales(introduction: Introduction, request: Request) -> list[dict[str, Any]]:
    """The sales opened from agreed terms, in the state the reader is shown; `opens`: may their page be opened."""
    if introduction.state != "agreed":
        return []
    today, rows = timezone.localdate(), introduction.sales.order_by("-pk")
    opened = set(contracts.visible(rows, request.user, today).values_list("pk", flat=True))
    return [{"sale": one, "opens": one.pk in opened} for one in contracts.as_shown(rows, request.user, today)]


def _reason(code: str) -> reasons.Reason | None:
    return reasons.reason(code) if code else None


def _room(
    request: Request, introduction: Introduction, failed: Failed | None = None, status: int = 200
) -> HttpResponse:
    held = introduction.relations_of(request.user, timezone.now())
    versions = list(introduction.versions.select_related("proposed_by"))
    shown = [
        {"version": version, "clauses": compare.clauses(version, versions[i - 1] if i else None)}
        for i, version in enumerate(versions)
    ]
    forms = {act.code: (act, form) for act, form in _forms(introduction, held, failed, in_room=True)}
    mine = [side for side in (access.NEED, access.ACHIEVEMENT) if side in held]
    newest = versions[-1] if versions else None
    context = {
        "introduction": introduction,
        "newest": shown[-1] if shown else None,
        "older": shown[-2::-1],
        "may_accept": "accept_terms" in forms and newest is not None and bool(set(mine) - set(newest.accepted_by)),
        "accept_form": forms["accept_terms"][1] if "accept_terms" in forms else None,
        "propose": forms.get("propose"),
        "say": forms.get("say"),
        "lay": forms.get("lay"),
        "said": introduction.messages.select_related("said_by"),
        "papers": introduction.papers.select_related("file"),
        "mine": mine,
        "sales": _sales(introduction, request),
    }
    return render(request, "web/introduction_room.html", context, status=status)


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """Do one act, or say at its fields what is wrong."""
    introduction, known = opened(request, pk), acts.ACTS.get(act)
    held = introduction.relations_of(request.user, timezone.now())
    if known is None or not held & set(known.relations):
        raise Http404
    answer, where = (_room, "web:introduction-room") if known.in_room else (page, "web:introduction")
    if not known.offered(introduction, held):
        messages.warning(request, _("这一件已经往前走了，请看最新情况"))
        return redirect("web:introduction", pk)
    form = known.made(introduction, request.POST, request.FILES, auto_id=f"id_{act}_%s")
    seen = request.POST.get("seen_version", "")
    if form.is_valid():
        with form.blaming():
            told = acts.run(known, request, introduction, form, whole(seen) or 0)
            messages.success(request, told)
            return redirect(where, pk)
    return answer(request, opened(request, pk), (act, form), form.status)


@require_safe
def paper(request: Request, pk: int, number: int) -> HttpResponse:
    """A file of the negotiation, for those inside it."""
    return handed.paper(get_object_or_404(_inside(request, pk).papers.select_related("file"), pk=number).file)


@require_safe
def intent_paper(request: Request, pk: int) -> HttpResponse:
    """The signed letter of intent."""
    return handed.paper(get_object_or_404(_inside(request, pk).intents.select_related("file"), void_why="").file)
