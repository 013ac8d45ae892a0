"""Periods of the procedure in working days, and who is asked within them. All of them proposed values, not official."""

from datetime import date

from triplehelix.foundation.calendar import MissingYear
from triplehelix.records.parties import reference
from triplehelix.records.parties.reference import calendar

#: The list of the pack that says for how long something is made public, and its code.
LIST, NOTICE = "case_terms", "notice"

#: Working days for each state in which somebody has to act; a state not named has no period.
DAYS: dict[str, int] = {
    "confirming": 10, "held": 10, "unit_review": 5, "recommending": 5, "accepting": 5, "correcting": 10, "checking": 10,
    "reviewing": 30, "site_check": 10, "deciding": 10, "noticing": 5, "agreeing": 20, "paying": 20, "objected": 15,
    "pay_returned": 10, "evaluating": 20,
}  # fmt: skip


def due_from(state: str, today: date) -> date | None:
    """The last day of the period a state allows; None without a period or without the year's calendar."""
    days = DAYS.get(state)
    try:
        return calendar().add_working_days(today, days) if days else None
    except MissingYear:
        return None


def notice_days() -> int:
    """Working days of a public notice where no round says otherwise, from the pack. Raises BadReference."""
    return int(reference.code_list_with(LIST, {"days": int}, (NOTICE,))[NOTICE].more["days"])
