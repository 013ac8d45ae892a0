"""Terms of an introduction, from the pack's introduction_terms: dated, assumed, shown as the platform's own."""

from datetime import date

from triplehelix.foundation.calendar import MissingYear
from triplehelix.records.parties import reference

#: States that move only when somebody does something; each has its number of days after which it counts as stuck.
MOVING = ("accepted", "talking", "intended", "negotiating")
TERMS = ("answer", "remind", "asks", "again", *(f"stuck_{state}" for state in MOVING))
LIST = "introduction_terms"


def term(name: str, on: date) -> int:
    """The number in force on a day. Raises BadReference when there is none."""
    assert name in TERMS
    return reference.number(LIST, name, on)


def answer_by(asked_on: date) -> date | None:
    """The last day to answer an invitation; None while the calendar of the year it falls into is not known yet."""
    try:
        return reference.calendar().add_working_days(asked_on, term("answer", asked_on))
    except MissingYear:
        return None


def stuck_after(on: date) -> dict[str, int]:
    """State → days without any movement after which a case counts as stuck."""
    return {state: term(f"stuck_{state}", on) for state in MOVING}
