"""Review: an expert's tasks and one scoring page; the officer's panel with its draw, scores and order."""

from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web import desk, panel_seats
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.words import in_list
from triplehelix.procedure.cases import anonymous
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.panels import access, actions, credit, finds
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat
from triplehelix.procedure.panels.terms import score_sheets
from triplehelix.procedure.review.credit import RULES
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

PER_PAGE = 20
SHARES = {"0": gettext_lazy("不限"), "1/2": gettext_lazy("半数以上"), "1": gettext_lazy("全部")}


def _sheets() -> list[tuple[str, str]]:
    return [(code, sheet.title) for code, sheet in score_sheets().items()]


class DrawForm(Form):
    sheet = forms.ChoiceField(label=gettext_lazy("评分表"), choices=_sheets)
    size = forms.IntegerField(label=gettext_lazy("抽取人数（单数）"), initial=7, min_value=1, max_value=99)
    per_case = forms.IntegerField(label=gettext_lazy("每项评审人数（单数）"), initial=5, min_value=1, max_value=99)
    outside = forms.ChoiceField(label=gettext_lazy("市外专家"), choices=list(SHARES.items()), initial="1/2")


class DeclareForm(Form):
    reason = forms.CharField(label=gettext_lazy("回避原因"), max_length=200)


@require_safe
def index(request: Request) -> HttpResponse:
    """What I am asked to score, and what was confirmed about how I scored before."""
    context = {
        "page": Paginator(finds.seats_of(request.user), PER_PAGE).get_page(request.GET.get("page")),
        "credit": credit.own(request.user, timezone.localdate()),
        "years": RULES.years,
    }
    return render(request, "web/review_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def score(request: Request, pk: int) -> HttpResponse:
    """The whole of one scoring on one page: the blind copy, the sheet; saved as it is typed."""
    seat = allowed.seat(request.user, pk)
    if request.method == "POST" and request.htmx:
        return _autosaved(request, seat)
    faults: dict[str, str] = {}
    if request.method == "POST":
        sent, submit = _sent(request), "submit" in request.POST
        try:
            seat = actions.save_scores(seat=seat, submit=submit, actor=request.user, now=timezone.now(), **sent)
        except Invalid as why:
            faults = why.errors
            # What was typed stays on the page, though it cannot be kept yet.
            seat.points, seat.comments = sent["points"], sent["comments"]
        except Refused as why:
            faults = {"": str(why)}
        if not faults:
            messages.success(request, _("评分已提交") if submit else _("已保存，还没有提交"))
            return redirect("web:reviews" if submit else request.path)
    return _score_page(request, seat, faults, DeclareForm(), 422 if faults else 200)


def _autosaved(request: Request, seat: Seat) -> HttpResponse:
    """What is right was kept; what is wrong is named beside the time."""
    now = timezone.now()
    try:
        wrong = actions.autosave_scores(seat=seat, actor=request.user, now=now, **_sent(request))
        problem = _("没有保存：") + "；".join(wrong.values()) if wrong else ""
    except Refused as why:
        problem = str(why)
    return render(request, "web/_saved.html", {"problem": problem, "now": now, "case": None})


def _sent(request: Request) -> dict[str, Any]:
    """The sheet as it was posted, as the actions take it."""
    sent = {name: request.POST.get(name, "") for name in request.POST}
    answers = {key: {"yes": True, "no": False}.get(said) for key, said in _part(sent, "answer_").items()}
    return {"points": _part(sent, "points_"), "comments": _part(sent, "comment_"), "answers": answers}


def _part(sent: dict[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in sent.items() if name.startswith(prefix)}


def _score_page(request: Request, seat: Seat, faults: dict[str, str], form: forms.Form, status: int) -> HttpResponse:
    sheet = seat.panel.score_sheet
    context = {
        "seat": seat,
        "sheet": sheet,
        "items": [
            (item, seat.points.get(item.code, ""), seat.comments.get(item.code, ""), faults.get(item.code, ""))
            for item in sheet.items
        ],
        "questions": [(q, seat.answers.get(q.code), faults.get(q.code, "")) for q in sheet.questions],
        "open": seat.is_open,
        "copy": anonymous.copy(seat.case),
        "faults": faults,
        "general": faults.get("", ""),
        "form": form,
    }
    return render(request, "web/review.html", context, status=status)


@require_POST
def declare(request: Request, pk: int) -> HttpResponse:
    """Step aside from one case."""
    seat = allowed.seat(request.user, pk)
    form = DeclareForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.declare(seat=seat, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now())
            messages.success(request, _("已登记回避，这一项不用您评了"))
            return redirect("web:reviews")
    return _score_page(request, seat, {}, form, form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: Request, pk: int) -> HttpResponse:
    """The panel of a round: draw it, follow it, put it together (the city's officers); the auditor reads it."""
    may_run = desk.keeps_register(request)
    round = get_object_or_404(Round, pk=pk, lane="ordinary")
    if access.stands_aside(round, request.user, timezone.localdate()):
        raise Http404
    form = DrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = dict(form.cleaned_data) | {"outside": Fraction(form.cleaned_data["outside"])}
        with form.blaming():
            actions.draw_panel(round=round, actor=request.user, now=timezone.now(), **said)
            messages.success(request, _("已抽取并分配"))
            return redirect("web:panel", pk)
    return _panel_page(request, round, form if may_run else None, form.status)


def _panel_page(request: Request, round: Round, form: forms.Form | None, status: int) -> HttpResponse:
    """`form`: of the draw; None for a reader, who is shown no other act either."""
    held = Panel.objects.filter(round=round).first()
    context: dict[str, Any] = {"round": round, "panel": held, "form": form, "cases": list(finds.under_review(round))}
    if held is None:
        context["not_drawn"] = finds.not_drawn(timezone.localdate())
    else:
        barred = finds.barred_now(held, timezone.localdate())
        seats = finds.seated(held, barred)
        context |= {
            "order": Paginator(finds.standings(held, barred), PER_PAGE).get_page(request.GET.get("page")),
            "late": [case.number for case in finds.without_seats(held)],
            "seats": panel_seats.chosen(request, seats),
            "findings": list(finds.findings(held)),
            "barred": [(seat, why, short) for seat, why, short in seats if seat.pk in barred],
            "leaks": _leaks(context["cases"]),
        }
    return render(request, "web/panel.html", context, status=status)


def _leaks(cases: list[Case]) -> list[tuple[Case, int]]:
    """The cases whose originals give the applicant away, with in how many places."""
    found = anonymous.leak_counts(cases)
    return [(case, found[case.pk]) for case in cases if found[case.pk]]


@require_POST
def late(request: Request, pk: int) -> HttpResponse:
    """Draw for the cases that came under review after the draw."""
    desk.clerk(request)
    held = get_object_or_404(Panel, round=pk)
    with told(request):
        cases = actions.draw_late(panel=held, actor=request.user, now=timezone.now())
        seats = held.seats.filter(case__in=cases).select_related("expert").order_by("case", "pk")
        drawn = in_list(dict.fromkeys(seat.expert.name for seat in seats))
        messages.success(request, _("已抽取并分配：%(experts)s") % {"experts": drawn})
    return redirect("web:panel", pk)


@require_POST
def settle(request: Request, pk: int) -> HttpResponse:
    """Put the scores of a round together."""
    desk.clerk(request)
    held = get_object_or_404(Panel, round=pk)
    with told(request):
        actions.settle(panel=held, actor=request.user, now=timezone.now())
        messages.success(request, _("已汇总"))
    return redirect("web:panel", pk)


@require_POST
def seat(request: Request, pk: int, act: str) -> HttpResponse:
    """Void a score, or draw a substitute for a void one."""
    desk.clerk(request)
    held = get_object_or_404(Seat.objects.select_related("panel"), pk=pk)
    now = timezone.now()
    with told(request):
        if act == "void":
            actions.void_score(
                seat=held, reason=request.POST.get("reason", ""), absent="absent" in request.POST, actor=request.user,
                now=now,
            )  # fmt: skip
        elif act == "replace":
            expert = actions.replace(seat=held, actor=request.user, now=now).expert
            said = {"expert": expert.name, "home": expert.home.name, "case": held.case.number}
            messages.success(request, _("%(case)s 已补抽专家：%(expert)s（%(home)s）") % said)
        else:
            raise Http404
    # Back to where the seat was found: among those of one kind, on its page.
    return redirect(reverse("web:panel", args=[held.panel.round_id], query=request.GET, fragment="seats"))


@require_POST
def credit_answer(request: Request, pk: int, said: str) -> HttpResponse:
    """Confirm a lead about an expert's scoring, or not."""
    desk.clerk(request)
    held = get_object_or_404(CreditFinding.objects.select_related("panel"), pk=pk)
    if said not in credit.ANSWERS:
        raise Http404
    with told(request):
        credit.answer(
            finding=held, said=said, why=request.POST.get("why", ""), seen=request.POST.get("seen", ""),
            actor=request.user, now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("已认定，本人会收到通知") if said == "confirmed" else _("已认定为不成立"))
    return redirect("web:panel", held.panel.round_id)
