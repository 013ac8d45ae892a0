"""The last day of a case that got none, because the calendar of its year was not there yet."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from triplehelix.procedure.cases.actions.shared import saved
from triplehelix.procedure.cases.days import STATES, due_from
from triplehelix.procedure.cases.models import Case


def set_missing_days(*, now: datetime) -> int:
    """Give every case that waits without a last day the whole period of its state, from today: nobody was told of a day
    before. Answers how many; none while the calendar is still missing."""
    waiting = Case.objects.filter(due_on__isnull=True, state__in=STATES).order_by("pk")
    return sum(_set(pk, now) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _set(pk: int, now: datetime) -> bool:
    case = Case.objects.select_for_update(of=("self",)).select_related("organisation", "round").get(pk=pk)
    day = due_from(case.state, timezone.localdate(now))
    if case.due_on is not None or day is None:
        return False
    case.due_on = day
    saved(case, "set_due", None, now, {"due_on": day.isoformat()})
    return True
