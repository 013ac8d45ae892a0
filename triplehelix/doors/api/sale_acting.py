"""One act on a sale: found, the version checked, done whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja.files import UploadedFile

from triplehelix.doors.api import versions
from triplehelix.doors.api.acting import Seen, content_of, paper_at, said_at
from triplehelix.doors.api.callers import Request
from triplehelix.market.contracts import actions, finds
from triplehelix.market.contracts.models import Sale
from triplehelix.records.evidence.models import File

ACT = "/sales/{int:pk}/acts"


@dataclass(frozen=True)
class Acting:
    """What every action on a sale is given, and how the papers of the call are kept with it."""

    sale: Sale
    actor: Any
    now: datetime
    seen: int

    @property
    def given(self) -> dict[str, Any]:
        return {"sale": self.sale, "actor": self.actor, "now": self.now, "seen_version": self.seen}

    def keep(self, paper: UploadedFile | None, field: str) -> File | None:
        """The paper, kept for the seller; None for none. Raises Invalid at the field."""
        if paper is None:
            return None
        content, name = content_of(paper)
        with paper_at(field):
            return actions.keep_paper(sale=self.sale, content=content, name=name, actor=self.actor, now=self.now)


def opened(request: Request, pk: int) -> Sale:
    """The sale, for those who may see it. Raises Http404 for everybody else."""
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@contextmanager
def acting(request: Request, pk: int, given: Seen) -> Iterator[Acting]:
    """An act on a sale the caller may see; what is refused leaves nothing behind.

    Raises Http404, HttpError 428 where no version is named, Invalid at the fields of the call; Refused comes through.
    """
    sale = opened(request, pk)
    seen = versions.seen(request, given.seen_version)
    with transaction.atomic(), said_at(given):
        yield Acting(sale, request.user, timezone.now(), seen)
