"""Trying a round's money before promising it: four ways to divide it, side by side, and what if more come."""

from fractions import Fraction

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from triplehelix.doors.web import charts
from triplehelix.doors.web.parts import MoneyForm
from triplehelix.doors.web.requests import Request
from triplehelix.foundation.money import Fen
from triplehelix.fund.access import READERS, relations
from triplehelix.fund.simulate import Scenario
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.cases.trial import asking, budget_of, claims_of, tried

#: A bar of the chart, end to end, and its shades.
PARTS = (gettext_lazy("支持"), gettext_lazy("不够的"), gettext_lazy("余下"))
SHADES = (charts.SHADES[0], charts.SHORT, charts.LEFT)


class TrialForm(MoneyForm):
    money = ("budget",)
    above_zero = {"budget": gettext_lazy("请填写大于零的金额")}

    budget = forms.CharField(label=gettext_lazy("预算（元）"), max_length=20)
    growth = forms.IntegerField(label=gettext_lazy("申报家数增长（%）"), min_value=-90, max_value=900)


def _round(request: Request, pk: int) -> Round:
    if not READERS & relations(request.user, timezone.now()):
        raise Http404
    return get_object_or_404(Round, pk=pk)


def _tried(request: Request, round: Round) -> tuple[TrialForm, tuple[Scenario, ...]]:
    """The form as the address fills it, and each mode on the round's claims; none while the form is wrong, or
    there is nothing to divide."""
    known = claims_of(round, timezone.localdate())
    if not known:
        return TrialForm(initial={"growth": "0"}), ()
    start = {"budget": budget_of(round, known).yuan, "growth": "0"}
    form = TrialForm({name: request.GET.get(name) or value for name, value in start.items()})
    if not form.is_valid():
        return form, ()
    growth = Fraction(form.cleaned_data["growth"], 100)
    return form, tried(round, known, Fen(form.fen("budget")), growth)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The comparison; writes nothing."""
    round = _round(request, pk)
    form, scenarios = _tried(request, round)
    context = {"round": round, "form": form, "scenarios": scenarios, "parts": PARTS}
    context["query"] = request.GET.urlencode()
    if not form.is_bound:
        context["asking"] = asking(round)
    return render(request, "web/trial.html", context, status=422 if form.errors else 200)


@require_safe
def chart(request: Request, pk: int) -> HttpResponse:
    """Given, not given and left over under each mode, in 万元."""
    _form, scenarios = _tried(request, _round(request, pk))
    rows = [(str(one.assumption.name), _parts(one)) for one in scenarios]
    return charts.stacked(rows, [str(part) for part in PARTS], charts.Room.of(request), SHADES)


def _parts(one: Scenario) -> tuple[int, int, int]:
    return int(one.total.granted), int(one.total.short), int(one.total.left)
