"""How long until a day: in working days where the calendar knows them, else in plain days, and said which."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from triplehelix.foundation.calendar import MissingYear
from triplehelix.records.parties.reference import calendar


@dataclass(frozen=True)
class Left:
    """`days` until the end; negative when past. `working` says whether they are working days."""

    days: int
    working: bool


def days_late(day: date) -> Left:
    """How long a day is over: working days if one has passed and the calendar knows them, else plain days."""
    today = timezone.localdate()
    try:
        late = -calendar().working_days_left(today, day)
    except MissingYear:
        late = 0
    return Left(late, working=True) if late else Left((today - day).days, working=False)


def days_left(when: Any) -> Left:
    day: date = timezone.localtime(when).date() if isinstance(when, datetime) else when
    today = timezone.localdate()
    if day < today:
        return Left((day - today).days, working=False)
    try:
        return Left(calendar().working_days_left(today, day), working=True)
    except MissingYear:
        return Left((day - today).days, working=False)
