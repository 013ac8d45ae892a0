"""What the pages of the procedure share: the case behind an address, who may look."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from triplehelix.doors.web.requests import Request
from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.access import audiences


def case_of(request: Request, pk: int) -> Case:
    """The case, for those who may see it; 404 for everybody else."""
    rows = Case.objects.select_related("organisation", "round", "leader")
    return get_object_or_404(access.visible(rows, request.user, timezone.localdate()), pk=pk)


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
