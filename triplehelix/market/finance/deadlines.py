"""Until when an institution has to move a case on."""

from datetime import date, datetime

from django.utils import timezone

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.finance.terms import value

#: The states an institution has to move on from, and the term it has for each.
TERMS = {"consented": "answer_days", "handling": "decide_days"}


def due(state: str, now: datetime) -> date | None:
    """The last day of the term of a state that begins now; none where next year's working days are not known yet."""
    today = timezone.localdate(now)
    try:
        return value(TERMS[state], today).end(today)
    except MissingYear:
        return None
