"""Judging a match, and the models learned from judgements: versions, what each is worth, which one ranks."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import finds as listings
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback import access, actions, finds, inforce
from triplehelix.matching.feedback.models import LEVELS, LearnedModel

#: The nDCG of so many needs is shown; the rest is said in a number.
NEEDS_SHOWN = 200


class LevelForm(Form):
    level = forms.TypedChoiceField(choices=LEVELS, coerce=int, required=False, empty_value=None)
    words = forms.CharField(max_length=300, required=False)


class SwitchForm(Form):
    """Empty `model` is the zero-shot score."""

    model = forms.ModelChoiceField(LearnedModel.objects.all(), required=False, label=gettext_lazy("改用"))
    why = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, required=False, help_text=gettext_lazy("会留痕，之后可以查")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        ready = [(one.pk, f"V{one.number}") for one in finds.versions() if one.is_ready]
        self.fields["model"].choices = [("", _("零样本")), *ready]  # type: ignore[attr-defined]


@require_POST
def judge(request: Request, kind: str, pk: int, other: int) -> HttpResponse:
    """A level for the pair of a listing and one of its matches; nothing chosen takes an earlier one back."""
    now = timezone.now()
    if not access.may_judge(request.user, timezone.localdate(now)):
        raise Http404
    need, achievement = (pk, other) if kind == "needs" else (other, pk)
    form = LevelForm(request.POST)
    with told(request):
        actions.judge(
            need=_seen(request, Need, need, now), achievement=_seen(request, Achievement, achievement, now),
            level=form.cleaned_data["level"] if form.is_valid() else 0,
            words=form.cleaned_data.get("words", ""), actor=request.user, now=now,
        )  # fmt: skip
        messages.success(request, _("已记下评判，排序随之改变"))
    return redirect("web:listing-matches", kind, pk)


def _seen(request: Request, model: Any, pk: int, now: datetime) -> Any:
    return get_object_or_404(listings.shown_to(model, request.user, now), pk=pk)


def _reader(request: Request) -> None:
    if not access.may_read(request.user, timezone.localdate()):
        raise Http404


@require_safe
def models(request: Request) -> HttpResponse:
    """All versions side by side, which one ranks, and why none does."""
    _reader(request)
    return _models(request, SwitchForm())


def _models(request: Request, form: SwitchForm, status: int = 200) -> HttpResponse:
    versions = list(finds.versions())
    judged = finds.levels()
    context = {
        "rows": [_row(one) for one in versions],
        "zero_shot": next((one.quality["total"]["zero_shot"] for one in versions if one.quality), None),
        "force": inforce.in_force(),
        "learning": next((one for one in versions if one.finished_at is None), None),
        "may_switch": access.may_switch(request.user, timezone.localdate()),
        "form": form,
        "needs": len(judged),
        "judgements": sum(map(len, judged.values())),
    }
    name = "web/_models_panel.html" if request.htmx else "web/models.html"
    return render(request, name, context, status=status)


def _row(model: LearnedModel) -> dict[str, Any]:
    total = model.quality.get("total")
    ratios = model.quality.get("ratios") or []
    return {
        "model": model,
        "total": total["learned"] if total else None,
        "ratio": sum(ratios) / len(ratios) if ratios else None,
        "why_not": "" if model.is_ready else inforce.why_not(model),
    }


@require_POST
def train(request: Request) -> HttpResponse:
    allowed.models(request.user)
    with told(request):
        made = actions.ask_training(actor=request.user, now=timezone.now())
        messages.success(request, _("V%(n)d 开始学习，可以离开这一页") % {"n": made.number})
    return redirect("web:models")


@require_POST
def switch(request: Request) -> HttpResponse:
    """Another model ranks from now on, or none."""
    allowed.models(request.user)
    form = SwitchForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with form.blaming():
            actions.switch(model=given["model"], actor=request.user, now=timezone.now(), why=given["why"])
            messages.success(request, _("已切换，新的查找按它排序"))
            return redirect("web:models")
    return _models(request, form, status=form.status)


@require_safe
def model(request: Request, pk: int) -> HttpResponse:
    """One version: its folds, what it does to each need, and for one need both rankings."""
    _reader(request)
    found = get_object_or_404(LearnedModel.objects.select_related("asked_by"), pk=pk)
    chosen = request.GET.get("need", "")
    titles = dict(Need.objects.filter(pk__in=[one["need"] for one in found.each]).values_list("pk", "title"))
    needs = [one | {"title": titles.get(one["need"], "")} for one in found.each]
    return render(request, "web/model.html", {
        "model": found,
        "row": _row(found),
        "folds": [(n, one["zero_shot"], one["learned"]) for n, one in enumerate(found.quality.get("folds", []), 1)],
        "needs": needs[:NEEDS_SHOWN],
        "more": max(0, len(needs) - NEEDS_SHOWN),
        "both": _both(next((one for one in needs if str(one["need"]) == chosen), None)),
        "switches": found.switches.select_related("by"),
    })  # fmt: skip


def _both(need: dict[str, Any] | None) -> dict[str, Any] | None:
    """Both rankings of one need, each as (title, level the judges gave)."""
    if need is None:
        return None
    ids = {*need["plain"], *need["order"]}
    titles = dict(Achievement.objects.filter(pk__in=ids).values_list("pk", "title"))
    levels = finds.levels().get(need["need"], {})
    words = dict(LEVELS)

    def lines(order: list[int]) -> list[tuple[int, str, Any]]:
        # What another market lists has no page here.
        return [(pk, titles[pk], words.get(levels.get(pk, 0), "")) for pk in order if pk in titles]

    return need | {"plain": lines(need["plain"]), "order": lines(need["order"])}
