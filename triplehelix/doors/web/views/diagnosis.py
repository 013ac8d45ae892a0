"""需求会诊: the desk of those who answer, one diagnosis with its clock, the judgement, the firm's answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors.web import kept, need_page
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.market.diagnosis import access, actions, clock, finds
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.market.needs import completeness
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import offered
from triplehelix.records.steps.history import history

PER_PAGE = 20
#: What the desk can show: the word in the address, its label, and which states.
VIEWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "waiting": (gettext_lazy("待会诊"), ("waiting", "taken")),
    "overdue": (gettext_lazy("已超期"), ("waiting", "taken")),
    "mine": (gettext_lazy("我承办的"), ("taken", "refine")),
    "refine": (gettext_lazy("等企业补充"), ("refine",)),
    "done": (gettext_lazy("已答复"), ("ready", "long_term", "dropped")),
}
DEEDS = {"open": gettext_lazy("收到需求，开始计时"), "set_due": gettext_lazy("补定办理期限")}


class AssignForm(Form):
    to = forms.TypedChoiceField(label=gettext_lazy("交给"), coerce=int)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, diagnosis: Diagnosis) -> None:
        super().__init__(data, initial={"to": diagnosis.assigned_to_id})
        today = timezone.localdate()
        own = access.own_people(diagnosis.need.organisation, today).values("pk")
        people = access.may_diagnose(today).exclude(pk__in=own).select_related("person__home")
        self.fields["to"].choices = [(one.pk, _who(one)) for one in people]  # type: ignore[attr-defined]


def _who(account: Account) -> str:
    person = getattr(account, "person", None)
    return f"{account}（{person.home.name}）" if person else _("%(name)s（技术经理人）") % {"name": account}


class JudgeForm(Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("结论"), widget=forms.RadioSelect,
        choices=[
            ("ready", gettext_lazy("可对接：写得清楚，可以找人谈")),
            ("refine", gettext_lazy("需完善：要企业先补充几点")),
            ("long_term", gettext_lazy("长期：现有成果解决不了，例如要联合攻关")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("企业会看到。长期的请写明去处，例如列入联合攻关、申报市重点研发"),
    )  # fmt: skip
    questions = forms.CharField(
        label=gettext_lazy("要企业补充的问题"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("判“需完善”时写，一行一个"),
    )  # fmt: skip
    not_alike = forms.BooleanField(label=gettext_lazy("可能重复的已核对，不是重复"), required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class AnswersForm(Form):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, diagnosis: Diagnosis) -> None:
        super().__init__(data)
        for one in diagnosis.open_questions():
            self.fields[f"question_{one.seq}"] = forms.CharField(
                label=one.text, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
            )

    def answers(self) -> dict[int, str]:
        found = {name.removeprefix("question_"): said for name, said in self.cleaned_data.items()}
        return {number: said for seq, said in found.items() if (number := whole(seq)) is not None}


@require_safe
def index(request: Request) -> HttpResponse:
    """What waits for a judgement, by what the address asks for."""
    today = timezone.localdate()
    shown = request.GET.get("show", "waiting")
    shown = shown if shown in VIEWS else "waiting"
    rows = finds.shown_to(request.user, today)
    late = finds.overdue(rows, today)
    chosen = late if shown == "overdue" else rows.filter(state__in=VIEWS[shown][1])
    if shown == "mine":
        chosen = chosen.filter(assigned_to=request.user)
    if shown == "done":
        chosen = finds.with_answers(chosen).order_by("-judged_at", "-pk")
    context = {
        "page": Paginator(chosen, PER_PAGE).get_page(request.GET.get("page")),
        "shown": shown,
        "views": [(code, label) for code, (label, _states) in VIEWS.items()],
        "late": late.count(),
        "days": clock.days(today),
    }
    return render(request, "web/diagnosis_list.html", context)


def _open(request: Request, pk: int) -> Diagnosis:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, _open(request, pk))


def _page(
    request: Request, diagnosis: Diagnosis, given: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    need, mine = diagnosis.need, diagnosis.relations_of(request.user, now)
    on_need = need.relations_of(request.user, now)
    steps = {step.code: step for step in offered(case=diagnosis, actor=request.user, now=now)}
    hidden = access.closed(diagnosis, request.user, today)
    given = given or {}
    context = {
        "diagnosis": diagnosis,
        "listing": need,
        "parts": [] if hidden else need_page.told(need.words()),
        "hidden": hidden,
        "may_open": diagnosis.state in actions.JUDGING and "diagnoser" in mine,
        "completeness": None if hidden else completeness.of_need(need),
        "alike": need_page.alike(need, request.user, now),
        "shows_need": bool(on_need),
        "mine": mine,
        "questions": finds.asked(diagnosis, closed=hidden),
        "steps": [step for code, step in steps.items() if code not in actions.OF_THEIR_OWN],
        "quiet": set(steps) if {"assign", "ready"} & set(steps) else (),  # the forms above them stand out
        "step_form": given.get("step", StepForm()),
        "assign_form": given.get("assign", AssignForm(None, diagnosis)) if "assign" in steps else None,
        "judge_form": given.get("judge", JudgeForm()) if "ready" in steps else None,
        "answers_form": given.get("answers", AnswersForm(None, diagnosis)) if "resubmit" in steps else None,
        "history": history(diagnosis, DEEDS),
        "writer": kept.writer(request),
    }
    return render(request, "web/diagnosis.html", context, status=status)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """A step that needs no more than a note: take up, release, reconsider."""
    diagnosis = _open(request, pk)
    form = StepForm(request.POST)
    if stepped(request, diagnosis, step, form, own=actions.OF_THEIR_OWN):
        return redirect("web:diagnosis", pk)
    return _page(request, diagnosis, {"step": form}, 409)


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """assign, judge, answer: each by its own form, which says at its fields what is wrong."""
    diagnosis = _open(request, pk)
    makers: dict[str, Any] = {
        "assign": lambda: AssignForm(request.POST, diagnosis),
        "judge": lambda: JudgeForm(request.POST),
        "answers": lambda: AnswersForm(request.POST, diagnosis),
    }
    if act not in makers:
        raise Http404
    form = makers[act]()
    if form.is_valid():
        with form.blaming():
            done = RUN[act](request, diagnosis, form)
            messages.success(request, _("已办理：%(step)s") % {"step": done.workflow.state(done.state).label})
            return redirect("web:diagnosis", pk)
    return _page(request, diagnosis, {act: form}, form.status)


def _given(request: Request, diagnosis: Diagnosis, form: Any) -> dict[str, Any]:
    seen = form.cleaned_data["seen_version"]
    return {"diagnosis": diagnosis, "actor": request.user, "now": timezone.now(), "seen_version": seen}


def _assign(request: Request, diagnosis: Diagnosis, form: Any) -> Diagnosis:
    to = Account.objects.get(pk=form.cleaned_data["to"])
    return actions.assign(to=to, **_given(request, diagnosis, form))


def _judge(request: Request, diagnosis: Diagnosis, form: Any) -> Diagnosis:
    said = form.cleaned_data
    return actions.judge(
        outcome=said["outcome"], reason=said["reason"], questions=said["questions"].splitlines(),
        not_alike=said["not_alike"], **_given(request, diagnosis, form),
    )  # fmt: skip


def _answers(request: Request, diagnosis: Diagnosis, form: Any) -> Diagnosis:
    return actions.answer(answers=form.answers(), **_given(request, diagnosis, form))


RUN = {"assign": _assign, "judge": _judge, "answers": _answers}


@require_POST
@never_cache
def words(request: Request, pk: int) -> HttpResponse:
    """The confidential words, for who judges the need and promises to keep them; recorded each time."""
    diagnosis = _open(request, pk)
    if not diagnosis.need.is_confidential:
        raise Http404
    with told(request):
        found = actions.open_words(
            diagnosis=diagnosis, actor=request.user, now=timezone.now(), promised="promised" in request.POST
        )
        if found is None:
            raise Http404
        context = {
            "listing": diagnosis.need, "parts": need_page.told(found), "whole": found.whole, "back": diagnosis.pk,
            "questions": finds.asked(diagnosis, closed=False),
        }  # fmt: skip
        return render(request, "web/need_text.html", context)
    return redirect("web:diagnosis", pk)
