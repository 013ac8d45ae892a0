"""Who runs the calls of the procedure: the city's science bureau, and nobody else; the auditor reads along."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from triplehelix.doors.api.callers import Request
from triplehelix.procedure.cases import access
from triplehelix.records.parties.access import audiences


def clerk(request: Request) -> dict[str, Any]:
    """Who acts, and when. Raises Http404 for whoever is no officer of the city's science bureau."""
    now = timezone.now()
    if not access.is_clerk(request.user, timezone.localdate(now)):
        raise Http404
    return {"actor": request.user, "now": now}


def reader(request: Request) -> None:
    """Raises Http404 for whoever neither keeps what the bureau keeps nor audits it."""
    if "auditor" not in audiences(request.user, timezone.localdate()):
        clerk(request)
