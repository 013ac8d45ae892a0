"""The numbers and lists of the trade, from the pack's reference/contracts.toml: dated, each with its source."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.reference import BadReference, load_code_list, load_toml
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


def value(key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    rows = _values(Path(settings.PACK_DIR)).get(key, [])
    held = [row for row in rows if row["since"] <= on <= row.get("until", date.max)]
    if not held:
        raise BadReference(f"contracts.toml: no value of {key} in force on {on}")
    row = max(held, key=lambda one: one["since"])
    return Value(row["value"], row.get("unit", ""), row["source"], bool(row.get("assumed", False)))


def value_or_none(key: str, on: date) -> Value | None:
    """The same for what may have ended: a guidance with an expiry day."""
    try:
        return value(key, on)
    except BadReference:
        return None


def listed(name: str) -> CodeList:
    """`authorities` or `trade_tags`."""
    return _list(Path(settings.PACK_DIR), name)


@lru_cache(maxsize=8)
def _values(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = load_toml(folder / "reference" / "contracts.toml").get("values", {})
    return found


@lru_cache(maxsize=16)
def _list(folder: Path, name: str) -> CodeList:
    return load_code_list(folder / "reference" / "contracts.toml", name)
