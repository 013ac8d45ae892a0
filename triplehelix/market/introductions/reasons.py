"""Why an invitation is declined, or a negotiation broken off: eight codes of the pack, each with what it says of the
pair's relevance (1 unrelated … 4 strong), or nothing."""

from dataclasses import dataclass
from datetime import date

from triplehelix.foundation.codes import Entry
from triplehelix.records.parties import reference

LIST = "decline_reasons"


@dataclass(frozen=True, slots=True)
class Reason:
    """`level` is None for a reason that says nothing of whether the two fit."""

    code: str
    label: str
    level: int | None
    about: str


def _made(entry: Entry) -> Reason:
    return Reason(entry.code, entry.name, entry.more.get("level"), str(entry.more.get("about", "")))


def reason(code: str) -> Reason:
    """The reason of a stored code, in force or not. Raises KeyError."""
    return _made(reference.code_list(LIST)[code])


def offered(on: date) -> list[Reason]:
    """The reasons to choose from on a day."""
    return [_made(entry) for entry in reference.code_list(LIST).current(on)]


def levels() -> dict[str, int | None]:
    """What every code, in force or not, says of the pair: code → level or None."""
    return {entry.code: entry.more.get("level") for entry in reference.code_list(LIST)}
