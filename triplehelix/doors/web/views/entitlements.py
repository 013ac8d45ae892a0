"""My entitlements: what a firm is owed or why not, award by award, with the missing fact named."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triplehelix.doors.web.requests import Request
from triplehelix.procedure.cases import lanes
from triplehelix.procedure.cases.entitled import entitlements
from triplehelix.records.parties.finds import organisations_of


@require_safe
def index(request: Request) -> HttpResponse:
    """Every award against what the city knows of my organisation."""
    today = timezone.localdate()
    own = list(organisations_of(request.user, today))
    chosen = next((o for o in own if str(o.pk) == request.GET.get("organisation")), own[0] if own else None)
    found = entitlements(chosen, today) if chosen is not None else []
    rows = [(one, [lanes.NAMES[lane] for lane in one.award.lanes]) for one in found]
    context = {"organisations": own, "organisation": chosen, "rows": rows}
    return render(request, "web/entitlements.html", context)
