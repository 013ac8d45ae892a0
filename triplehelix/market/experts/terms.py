"""The weights and limits of this room, from the pack's reference/experts.toml: dated, each with its source."""

from datetime import date

from triplehelix.records.parties import numbers
from triplehelix.records.parties.numbers import Value

FILE = "experts"
WEIGHT = "weight_"
#: What each piece of evidence counts (`likeness`), and the other numbers of the room.
WEIGHTS = (
    "han", "letters", "initials", "orcid_told", "organisation", "elsewhere", "coauthor", "source", "subject", "years"
)  # fmt: skip
NUMBERS = ("propose_from", "sure_from", "invitation_days", "invite_again_days", *(f"{WEIGHT}{one}" for one in WEIGHTS))


def value(key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    assert key in NUMBERS
    return numbers.value(FILE, key, on)


def weights(on: date) -> dict[str, int]:
    """What each piece of evidence counts, out of 100 (`candidates`)."""
    return {one: int(value(f"{WEIGHT}{one}", on).value) for one in WEIGHTS}
