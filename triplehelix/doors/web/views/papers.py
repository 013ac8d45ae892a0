"""Official documents of a case."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triplehelix.doors import allowed, handed
from triplehelix.doors.web.requests import Request
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import FAILED
from triplehelix.procedure.documents import official
from triplehelix.procedure.letters.letter import BadLetter, Letter


def _letter(request: Request, pk: int, kind: str) -> tuple[Case, Letter]:
    case = allowed.case(request.user, pk)
    try:
        return case, official.of_case(case, kind, case.relations_of(request.user, timezone.now()))
    except (KeyError, BadLetter):
        raise Http404 from None


@require_safe
def show(request: Request, pk: int, kind: str) -> HttpResponse:
    """A document as a page to read and print. A letter whose case has failed since stays, and its page says so."""
    case, letter = _letter(request, pk, kind)
    ended = case.workflow.state(case.state).label if case.state in FAILED else ""
    return render(request, "web/letter.html", {"letter": letter, "case": case, "kind": kind, "ended": ended})


@require_safe
def document(request: Request, pk: int, kind: str) -> HttpResponse:
    """The same as a Word file."""
    return handed.document(_letter(request, pk, kind)[1])
