"""Periods of the procedure in working days, as the pack has them (lists.toml [case_terms])."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from triplehelix.foundation.calendar import MissingYear
from triplehelix.foundation.reference import BadReference
from triplehelix.records.parties import reference
from triplehelix.records.parties.reference import calendar

if TYPE_CHECKING:
    from triplehelix.procedure.cases.models import Case

#: The list of the pack that says for how long something is made public, how long an objection may wait for its answer,
#: and how many working days each state has in which somebody has to act. A state not named here has no period.
LIST, NOTICE, ANSWER = "case_terms", "notice", "objection_answer"
STATES = (
    "confirming", "held", "unit_review", "recommending", "accepting", "correcting", "checking", "reviewing",
    "site_check", "deciding", "noticing", "agreeing", "paying", "objected", "pay_returned", "evaluating",
)  # fmt: skip


#: Working days from acceptance (免申即享: from the unit's promise) to the money, in principle, where the pack says so.
PAID_WITHIN = "paid_within"
#: Between the two; nothing has been refused or taken back.
ON_THE_WAY = (
    "checking", "correcting", "deciding", "noticing", "on_notice", "objected", "held", "paying", "pay_returned",
)  # fmt: skip


def paid_by(case: "Case") -> date | None:
    """The day by which a case without a panel is paid in principle (省“直达快享”, found S49: 60 working days); None for
    others, for packs that say no such period, before it begins, and without the year's calendar."""
    begun = timezone.localdate(case.consented_at) if case.lane == "entitled" and case.consented_at else case.judged_on
    listed = reference.code_list_with(LIST, {"days": int})
    if case.lane not in ("entitled", "quick") or case.state not in ON_THE_WAY or not begun or PAID_WITHIN not in listed:
        return None
    try:
        return calendar().add_working_days(begun, int(listed[PAID_WITHIN].more["days"]))
    except MissingYear:
        return None


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
