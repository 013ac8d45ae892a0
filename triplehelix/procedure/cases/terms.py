"""What the pack says of who may apply and how long a project may take (reference/procedure.toml), with its source."""

from datetime import date

from triplehelix.records.parties import numbers

FILE = "procedure"
#: How many projects somebody may lead at once; for how many years an ended or clawed-back one keeps its leader out; how
#: often a project may be extended, and by how many years each time.
NUMBERS = ("running_most", "block_years", "extension_times", "extension_years")


def value(key: str, on: date) -> int:
    """The number of this key in force on a day. Raises BadReference when there is none."""
    assert key in NUMBERS
    return numbers.whole(FILE, key, on)
