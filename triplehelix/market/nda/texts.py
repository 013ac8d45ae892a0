"""The agreement's text, by versions of the pack (reference/nda_texts.toml): a model text, marked as assumed."""

from dataclasses import dataclass
from datetime import date

from triplehelix.foundation.reference import BadReference
from triplehelix.records.parties import reference

LIST = "nda_texts"


@dataclass(frozen=True, slots=True)
class Text:
    """One version; an `assumed` one is never shown as official."""

    version: str
    name: str
    text: str
    assumed: bool


def current(on: date) -> Text:
    """The version in force on a day, the newest one. Raises BadReference when there is none."""
    if not (held := reference.code_list_with(LIST, {"text": str}).current(on)):
        raise BadReference(f"{reference.where(LIST)}：{on} 没有有效的文本")
    entry = held[-1]
    return Text(entry.code, entry.name, str(entry.more["text"]).strip(), entry.assumed)
