"""The agreement's text, by versions of the pack (reference/nda_texts.toml): a model text, marked as assumed."""

from datetime import date

from triplehelix.records.parties import texts
from triplehelix.records.parties.texts import Text

LIST = "nda_texts"


def current(on: date) -> Text:
    """The version in force on a day, the newest one. Raises BadReference when there is none."""
    return texts.current(LIST, on)
