"""Texts people agree to, by versions of the pack: a code list whose entries hold a `text`."""

from dataclasses import dataclass
from datetime import date

from triplehelix.foundation.reference import BadReference
from triplehelix.records.parties import reference


@dataclass(frozen=True, slots=True)
class Text:
    """One version; an `assumed` one is never shown as official."""

    version: str
    name: str
    text: str
    assumed: bool


def current(listed: str, on: date) -> Text:
    """The version of a list in force on a day, the newest one. Raises BadReference when there is none."""
    if not (held := reference.code_list_with(listed, {"text": str}).current(on)):
        raise BadReference(f"{reference.where(listed)}：{on} 没有有效的文本")
    entry = held[-1]
    return Text(entry.code, entry.name, str(entry.more["text"]).strip(), entry.assumed)
