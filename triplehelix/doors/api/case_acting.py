"""One act on a case: found for who stands in the relation it asks for, the version checked, all of it or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from triplehelix.doors.api import versions
from triplehelix.doors.api.acting import Seen, said_at
from triplehelix.doors.api.callers import Request
from triplehelix.doors.api.procedure import opened
from triplehelix.procedure.cases.acts import ACTS
from triplehelix.procedure.cases.models import Case

ACT = "/cases/{int:pk}/acts"


def standing(request: Request, pk: int, act: str) -> Case:
    """The case, for those whose act (procedure.cases.acts) it is. Raises Http404 for all others, as its page does."""
    case = opened(request, pk)
    if ACTS[act].relation not in case.relations_of(request.user, timezone.now()):
        raise Http404
    return case


@contextmanager
def acting(request: Request, pk: int, given: Seen, act: str) -> Iterator[dict[str, Any]]:
    """What every action on the case is given; what is refused leaves nothing behind.

    Raises Http404, HttpError 428 where no version is named, Invalid at the fields of the call; Refused comes through.
    """
    case = standing(request, pk, act)
    seen = versions.seen(request, given.seen_version)
    with transaction.atomic(), said_at(given):
        yield {"case": case, "actor": request.user, "now": timezone.now(), "seen_version": seen}
