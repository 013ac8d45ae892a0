"""What the policy promises, for everybody: the measures, and what one would get."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triplehelix.doors.web.fact_forms import FactForm
from triplehelix.doors.web.requests import Request
from triplehelix.foundation.dated import NotInForce
from triplehelix.fund import terms
from triplehelix.policy.answer import conclusion
from triplehelix.policy.award import Award
from triplehelix.policy.decision import Decided, decide_values, ground
from triplehelix.policy.registry import UnknownAward
from triplehelix.policy.terms import Spec
from triplehelix.procedure.cases import lanes
from triplehelix.procedure.terms import finds


def award_of(code: str) -> Award:
    """The award of this code, or 404."""
    try:
        return finds.pack().award(code)
    except UnknownAward:
        raise Http404 from None


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """All measures by chapter, each with what it pays."""
    pack = finds.pack()
    # The demo city is invented, and its policy is a real city's: it has the edition without the name.
    return render(request, "web/measure_list.html", {"pack": pack, "policy": "" if settings.CITY_FILE else pack.policy})


@login_not_required
@require_safe
def show(request: Request, code: str) -> HttpResponse:
    """One measure: clause, who, conditions, amount, steps, open questions."""
    try:
        measure = finds.pack().measure(code)
    except UnknownAward:
        raise Http404 from None
    today, decided, uses = timezone.localdate(), finds.decided(), terms.uses()
    awards = [
        {
            "award": award,
            "lanes": [lanes.NAMES[lane] for lane in award.lanes],
            "use": uses.get(award.use, award.use),
            **_standing(award, today, decided),
        }
        for award in measure.awards
    ]
    return render(request, "web/measure.html", {"measure": measure, "awards": awards, "edition": finds.pack().edition})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a term or a condition stands today: where it comes from, and of a term its value ("" while it is open)."""

    mark: str
    source: str
    value: str = ""


def _standing(award: Award, today: date, decided: Decided) -> dict[str, Any]:
    """The terms of an award as they stand, and what each of its conditions stands on."""
    terms = [(term.spec, _now(term.spec, today, decided)) for term in award.terms.values()]
    marks = {spec.code: (now.mark, now.source) for spec, now in terms}
    return {"terms": terms, "checks": [(one, Standing(*ground(one, marks))) for one in award.conditions]}


def _now(spec: Spec, today: date, decided: Decided) -> Standing:
    own = decided.get(spec.code)
    if own is not None and own.steps[0][0] <= today:
        return Standing("decided", own.source_on(today), spec.written(own.on(today)))
    return Standing(spec.mark, spec.source, "" if spec.question else spec.written(spec.value.on(today)))


@login_not_required
@require_safe
def calculate(request: Request, code: str) -> HttpResponse:
    """The calculator: facts in the address, the answer with its reasons below. Writes nothing."""
    award = award_of(code)
    asked = bool(request.GET)
    form = FactForm(award, request.GET if asked else None)
    decision, problem = None, ""
    if asked and form.is_valid():
        try:
            decision = decide_values(award, form.values, timezone.localdate(), finds.decided())
        except NotInForce as why:
            problem = str(why)
    context = {"award": award, "form": form, "decision": decision, "problem": problem, "edition": finds.pack().edition}
    context["conclusion"] = conclusion(decision) if decision else ""
    status = 422 if asked and form.errors else 200
    return render(request, "web/_decision.html" if request.htmx else "web/calculate.html", context, status=status)
