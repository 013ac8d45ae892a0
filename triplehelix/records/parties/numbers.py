"""Dated numbers of the pack's reference files: periods, shares, limits, each from a day on and with its source.

A file under reference/ keeps them under [values]::

    answer_days = [{ since = 2024-01-01, value = 5, unit = "working", source = "本平台建议值", assumed = true }]
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from triplehelix.foundation.reference import BadReference, load_toml
from triplehelix.records.parties.reference import calendar


@dataclass(frozen=True, slots=True)
class Value:
    """One value in force, with where it comes from; an `assumed` one is never shown as official."""

    value: Any
    unit: Literal["calendar", "working", ""]
    source: str
    assumed: bool

    @property
    def days(self) -> int:
        return int(self.value)

    @property
    def rate(self) -> Fraction:
        return Fraction(self.value)

    def end(self, first: date) -> date:
        """The last day of a period that begins on `first`. Raises MissingYear."""
        assert self.unit
        return calendar().notice_end(first, self.days, self.unit)


def value(file: str, key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    rows = _values(Path(settings.PACK_DIR), file).get(key, [])
    held = [row for row in rows if row["since"] <= on <= row.get("until", date.max)]
    if not held:
        raise BadReference(f"{file}.toml: no value of {key} in force on {on}")
    row = max(held, key=lambda one: one["since"])
    return Value(row["value"], row.get("unit", ""), row["source"], bool(row.get("assumed", False)))


@lru_cache(maxsize=8)
def _values(folder: Path, file: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = load_toml(folder / "reference" / f"{file}.toml").get("values", {})
    return found
