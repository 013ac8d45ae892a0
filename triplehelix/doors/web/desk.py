"""Who may look at the pages of the procedure."""

from django.http import Http404
from django.utils import timezone

from triplehelix.doors.web.requests import Request
from triplehelix.procedure.cases import access
from triplehelix.records.parties.access import audiences


def clerk(request: Request) -> None:
    """404 for whoever is no officer of the city's science bureau."""
    if not request.user.is_authenticated or not access.is_clerk(request.user, timezone.localdate()):
        raise Http404


def keeps_register(request: Request) -> bool:
    """Whether somebody may write in what the bureau keeps (a register, a panel): its officers; the auditor reads along,
    and writes nothing. 404 for everybody else."""
    today = timezone.localdate()
    if access.is_clerk(request.user, today):
        return True
    if request.method == "POST" or "auditor" not in audiences(request.user, today):
        raise Http404
    return False
