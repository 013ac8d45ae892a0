"""The agreement's text, by versions of the pack (reference/nda_texts.toml): a model text, marked as assumed."""

from dataclasses import dataclass
from datetime import date

from triplehelix.records.parties import reference


@dataclass(frozen=True, slots=True)
class Text:
    """One version; an `assumed` one is never shown as official."""

    version: str
    name: str
    text: str
    assumed: bool


def current(on: date) -> Text:
    """The version in force on a day, the newest one."""
    entry = reference.code_list("nda_texts").current(on)[-1]
    return Text(entry.code, entry.name, str(entry.more["text"]).strip(), entry.assumed)
