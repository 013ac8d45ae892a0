"""Following the trail: what lands opens a case, what is taken back takes it back, a new round opens what waits; a
case in doubt that has ended, or says less now, settles its opening."""

from collections.abc import Sequence

from django.utils import timezone

from triplehelix.market.contracts.models import Sale
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.openings import actions, finds

NAME = "openings"
KINDS = (Sale.kind, Round.kind, Case.kind)


def handle(subjects: Sequence[tuple[str, str]]) -> None:
    """Called inside the transaction that marks these subjects read; each is looked at as it is now."""
    now = timezone.now()
    for kind, id in subjects:
        if kind == Sale.kind:
            actions.look_at(sale=int(id), now=now)
        elif kind == Case.kind:
            for sale in finds.in_doubt(case=int(id)):
                actions.look_at(sale=sale, now=now)
        else:
            actions.open_waiting(now=now)
