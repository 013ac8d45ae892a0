"""Filling in an application: every field saves itself; what the city knows is there already."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors import allowed
from triplehelix.doors.web import kept
from triplehelix.doors.web.asking import Form, wanted
from triplehelix.doors.web.fact_forms import FactForm
from triplehelix.doors.web.fact_words import missing
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.views import case_papers
from triplehelix.procedure.cases import access, actions, guards, history, judge
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.people import avoided_text
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take

#: The guards of handing in whose faults are told at their fields.
AT_FIELDS = (guards.facts_complete, guards.has_project, guards.papers_complete)


class AboutForm(Form):
    """What the application is about, beside the award's own facts."""

    title = forms.CharField(label=gettext_lazy("题目"), max_length=120)
    leader = forms.CharField(label=gettext_lazy("项目负责人"), max_length=40, required=False)
    summary = forms.CharField(
        label=gettext_lazy("内容"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("不要写单位和人员的名称：这一段专家会匿名评审"),
    )  # fmt: skip


class ReviewedForm(AboutForm):
    """One that a panel will judge may also name experts to be avoided."""

    avoid = forms.CharField(
        label=gettext_lazy("申请回避的专家"), max_length=800, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("每行一位：姓名：理由，最多 3 位"),
    )  # fmt: skip


def _forms(case: Case, data: Any) -> tuple[AboutForm, FactForm]:
    start = {"title": case.title, "leader": case.leader.name if case.leader else "", "summary": case.summary}
    facts = FactForm(case.award, data, facts=case.facts, only=judge.asked(case.award), partial=True)
    if "review" not in case.award.parts:
        return AboutForm(data, initial=start), facts
    about = ReviewedForm(data, initial=start | {"avoid": avoided_text(case.avoid)})
    for name in ("leader", "summary") if judge.has_panel(case) else ():
        wanted(about.fields[name], gettext_lazy("提交时必填"))
    return about, facts


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """The form from the declaration. Saved as it is typed (htmx), saved whole, or saved and submitted."""
    case = allowed.case(request.user, pk)
    if not access.may_write(case, case.relations_of(request.user, timezone.now())):
        raise Http404
    data = request.POST if request.method == "POST" else kept.kept(request)
    about, facts = _forms(case, data)
    if request.method == "POST":
        done = _save(request, case, about, facts)
        if done is not None:
            return done
    return _page(request, case, about, facts, 422 if request.method == "POST" else 200)


def _save(request: Request, case: Case, about: AboutForm, facts: FactForm) -> HttpResponse | None:
    """Save what can be saved; None when the page has to say what is wrong."""
    seen = request.POST.get("seen_version", "")
    good = about.is_valid() & facts.is_valid()
    if not good and not request.htmx:
        if "submit" in request.POST:
            _blame(about, facts, guards.project_missing(_as_typed(case, about)), {}, case)
        return None
    said = about.cleaned_data
    try:
        actions.write(
            case=case, facts=facts.given, title=said.get("title"), summary=said.get("summary"),
            leader=said.get("leader"), avoid=said.get("avoid"), actor=request.user, now=timezone.now(),
            seen_version=whole(seen) or 0,
        )  # fmt: skip
    except Invalid as why:
        for name, message in why.errors.items():
            about.add_error(name if name in about.fields else None, message)
        return _saved(request, case, str(why)) if request.htmx else None
    except Refused as why:
        about.add_error(None, str(why))
        return _saved(request, case, str(why)) if request.htmx else None
    kept.forget(request)
    # The page that may follow has seen what was written: saved again from it, nothing conflicts.
    case.refresh_from_db()
    if request.htmx:
        return _saved(request, case, "")
    if "submit" not in request.POST:
        messages.success(request, _("已保存"))
        return redirect("web:case", case.pk)
    return _submitted(request, case, about, facts)


def _as_typed(case: Case, about: AboutForm) -> Case:
    """The case with what is typed of it, not saved: only to be asked what is missing."""
    typed = copy(case)
    typed.summary = about.cleaned_data.get("summary", "")
    typed.leader_id = 0 if about.cleaned_data.get("leader") else None
    return typed


def _blame(
    about: AboutForm, facts: FactForm, project: Mapping[str, str], problems: Mapping[str, str], case: Case
) -> None:
    """Each fault at its field; what is left out in words for people, not in those of the API. Papers have no field."""
    if papers := guards.papers_complete(case, None, timezone.now()):
        about.add_error(None, papers)
    for name, message in project.items():
        about.add_error(name, message)
    left_out = {fact.key: missing(fact) for fact in facts.asked if fact.key not in facts.given}
    for key, message in problems.items():
        if key not in facts.errors:
            facts.add_error(key if key in facts.fields else None, left_out.get(key, message))


def _submitted(request: Request, case: Case, about: AboutForm, facts: FactForm) -> HttpResponse | None:
    """Hand it in, or say everything that is in the way at once."""
    step, now = "correct" if case.state == "correcting" else "submit", timezone.now()
    try:
        take(case=case, step=step, actor=request.user, now=now, seen_version=case.version)
    except Refused as why:
        case.refresh_from_db()
        asked = case.workflow[step].guards
        project = guards.project_missing(case) if guards.has_project in asked else {}
        _blame(about, facts, project, judge.problems(case), case)
        others = [guard(case, request.user, now) for guard in asked if guard not in AT_FIELDS]
        for message in filter(None, others):
            about.add_error(None, str(message))
        if not about.errors and not facts.errors:
            about.add_error(None, str(why))
        return None
    messages.success(request, _("已提交"))
    return redirect("web:case", case.pk)


def _saved(request: Request, case: Case, problem: str) -> HttpResponse:
    """What autosave answers: when it was saved, and the version the next saving has seen."""
    return render(request, "web/_saved.html", {"case": case, "problem": problem, "now": timezone.now()})


def _page(request: Request, case: Case, about: AboutForm, facts: FactForm, status: int) -> HttpResponse:
    context = {
        "case": case,
        "award": case.award,
        "about": about,
        "facts": facts,
        "correction": history.correction_asked(case),
        "writer": kept.writer(request),
        **case_papers.shown(request, case),
    }
    return render(request, "web/case_form.html", context, status=status)
