"""The term of an answer: 2 working days [assumed: domain KPI], counted by the pack's calendar and never guessed.

Periods by 民法典 §201, §203 (domain §2.2): the day the need came is not counted; a term ends at 24:00 of its last day.
"""

from dataclasses import dataclass
from datetime import date

from triplehelix.foundation.calendar import MissingYear
from triplehelix.foundation.reference import BadReference
from triplehelix.records.parties import reference

LIST = "need_terms"


def days(on: date) -> int:
    """Working days for an answer, by the pack's term in force on a day. Raises BadReference when there is none."""
    listed = reference.code_list_with(LIST, {"term": str, "days": int})
    terms = [one for one in listed.current(on) if one.more["term"] == "answer"]
    if not terms:
        raise BadReference(f'{reference.where(LIST)}：term = "answer" 在 {on} 没有有效的条目')
    return int(terms[-1].more["days"])


def due(start: date, n: int) -> date | None:
    """The last day of the term; None while the calendar of a year it reaches is not there."""
    try:
        return reference.calendar().notice_end(start, n, "working")
    except MissingYear:
        return None


@dataclass(frozen=True, slots=True)
class Left:
    """How a term stands on a day. `state`: running, today, over, unknown (a year without a calendar). `days` are
    working days: left, or past the end."""

    state: str
    days: int = 0
    year: int = 0


def left(due_on: date | None, today: date) -> Left:
    """How a term that ends on `due_on` stands today."""
    if due_on is None:
        return Left("unknown")
    try:
        days_left = reference.calendar().working_days_left(today, due_on)
    except MissingYear as why:
        return Left("over", year=why.year) if today > due_on else Left("unknown", year=why.year)
    if today > due_on:
        return Left("over", max(1, -days_left))
    return Left("running" if days_left else "today", days_left)
