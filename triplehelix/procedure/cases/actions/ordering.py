"""Ordering everything that waits to be paid at once."""

from dataclasses import dataclass
from datetime import datetime

from triplehelix.procedure.cases import waiting
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.known import remembered
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused, take


@dataclass(frozen=True, slots=True)
class Ordered:
    """How many cases were ordered; which could not be, and why."""

    done: int
    refused: list[tuple[Case, str]]


def order_all(*, actor: Account, now: datetime) -> Ordered:
    """Order every case that waits to be paid: each by itself, so that one that cannot be keeps no other."""
    done, refused = 0, []
    with remembered():
        for case in waiting.to_order().select_related("organisation").order_by("pk"):
            try:
                take(case=case, step="order", actor=actor, now=now, seen_version=case.version)
            except Refused as why:
                refused.append((case, str(why)))
            else:
                done += 1
    return Ordered(done, refused)
