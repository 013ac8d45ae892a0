"""Openings: what has earned a support by itself, waits for a round or has a case; with the papers that prove it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from triplehelix.doors import handed
from triplehelix.doors.web.act_forms import said
from triplehelix.doors.web.requests import Request
from triplehelix.procedure.openings import actions, finds
from triplehelix.procedure.openings.models import Opening
from triplehelix.records.steps.history import history

PER_PAGE = 20
DEEDS = {"earn": gettext_lazy("合同成功落地"), "refill": gettext_lazy("按交易更新事实")}


@require_safe
def index(request: Request) -> HttpResponse:
    """Every opening I may see, by state."""
    rows = finds.shown_to(request.user, timezone.localdate())
    states = {state.code: state.label for state in Opening.workflow.states}
    state = request.GET.get("state", "")
    rows = rows.filter(state=state) if state in states else rows
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": list(states.items()),
    }
    return render(request, "web/opening_list.html", context)


def _opening(request: Request, pk: int) -> Opening:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One opening: where it stands, what is known of its facts, and what proves them."""
    found = _opening(request, pk)
    award = found.award
    # In doubt, what counts is what the sale tells today; what it told last is said in the case.
    known = actions.facts_of(found.sale, award) if found.state == "doubtful" else found.facts
    context = {
        "opening": found,
        "award": award,
        "facts": [(fact, said(fact, known[fact.key]) if fact.key in known else "") for fact in award.facts],
        "changed": _changed(found, known),
        "papers": [(label, file) for _what, label, file in finds.papers(found.sale)],
        "round": finds.open_round_for(found.award_code, timezone.localdate()),
        "sees_sale": bool(found.sale.relations_of(request.user, timezone.now())),
        "history": history(found, DEEDS),
    }
    return render(request, "web/opening.html", context)


def _changed(opening: Opening, known: dict[str, Any]) -> list[tuple[Any, str, str]]:
    """Where a case in doubt says something else than its sale does now: (fact, as handed in, as it is)."""
    if opening.state != "doubtful" or opening.case is None:
        return []
    handed_in = opening.case.facts
    told = [fact for fact in opening.award.facts if fact.key in known]
    rows = [(fact, said(fact, handed_in.get(fact.key)), said(fact, known[fact.key])) for fact in told]
    return [row for row in rows if row[1] != row[2]]


@require_safe
def paper(request: Request, pk: int, file: int) -> HttpResponse:
    """A paper that proves a fact of an opening, for those who may see the opening."""
    found = next((one for _what, _label, one in finds.papers(_opening(request, pk).sale) if one.pk == file), None)
    if found is None:
        raise Http404
    return handed.paper(found)
