"""Periods of the procedure in working days, as the pack has them (lists.toml [case_terms])."""

from datetime import date

from triplehelix.foundation.calendar import MissingYear
from triplehelix.foundation.reference import BadReference
from triplehelix.records.parties import reference
from triplehelix.records.parties.reference import calendar

#: The list of the pack that says for how long something is made public, how long an objection may wait for its answer,
#: and how many working days each state has in which somebody has to act. A state not named here has no period.
LIST, NOTICE, ANSWER = "case_terms", "notice", "objection_answer"
STATES = (
    "confirming", "held", "unit_review", "recommending", "accepting", "correcting", "checking", "reviewing",
    "site_check", "deciding", "noticing", "agreeing", "paying", "objected", "pay_returned", "evaluating",
)  # fmt: skip


def due_from(state: str, today: date) -> date | None:
    """The last day of the period a state allows; None without a period or without the year's calendar."""
    days = _days(state) if state in STATES else 0
    try:
        return calendar().add_working_days(today, days) if days else None
    except MissingYear:
        return None


def notice_days() -> int:
    """Working days of a public notice where no round says otherwise. Raises BadReference."""
    return _days(NOTICE)


def answer_days() -> int:
    """Working days within which an objection is answered. Raises BadReference."""
    return _days(ANSWER)


def _days(code: str) -> int:
    """Working days the pack gives for a code, at least one. Raises BadReference."""
    days = int(reference.code_list_with(LIST, {"days": int}, (NOTICE, ANSWER, *STATES))[code].more["days"])
    if days < 1:
        raise BadReference(f"{reference.where(LIST)} {code}：days 应为至少 1 个工作日，现在是 {days}")
    return days


def read() -> None:
    """Every period, as the start asks. Raises BadReference."""
    for code in (NOTICE, ANSWER, *STATES):
        _days(code)
