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

from triplehelix.foundation.reference import BadReference, day_of, load_toml, required
from triplehelix.records.parties.reference import calendar

#: How days are counted; "" for a number that is no period.
UNITS = ("calendar", "working", "")
#: What a row may say.
KEYS = ("since", "until", "value", "unit", "source", "assumed")


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
        raise BadReference(f"{_path(Path(settings.PACK_DIR), file)} [values]：{key} 在 {on} 没有有效的值")
    row = max(held, key=lambda one: one["since"])
    return Value(row["value"], row.get("unit", ""), row["source"], bool(row.get("assumed", False)))


def whole(file: str, key: str, on: date) -> int:
    """The same for a whole number of at least one. Raises BadReference."""
    found = value(file, key, on).value
    if type(found) is not int or found < 1:
        raise BadReference(f"{_path(Path(settings.PACK_DIR), file)} [values] {key}：应为正整数，现在是 {found!r}")
    return found


def part(file: str, key: str, on: date) -> Fraction:
    """The same for a part of one, written "1/3": above zero, at most all of it. Raises BadReference."""
    found = value(file, key, on).value
    try:
        rate = Fraction(found) if isinstance(found, str | int) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= 1:
        said = f'应为大于零、不超过一的比例，写成 "3/10"，现在是 {found!r}'
        raise BadReference(f"{_path(Path(settings.PACK_DIR), file)} [values] {key}：{said}")
    return rate


@lru_cache(maxsize=8)
def _values(folder: Path, file: str) -> dict[str, list[dict[str, Any]]]:
    path = _path(folder, file)
    found: dict[str, list[dict[str, Any]]] = load_toml(path).get("values", {})
    required(found, (), f"{path} [values]")
    for key, rows in found.items():
        if not isinstance(rows, list):
            raise BadReference(f"{path} [values] {key}：应为一列，每项有 since、value、source")
        for n, row in enumerate(rows, start=1):
            _checked(row, f"{path} [values] {key} 第 {n} 项")
        _apart(rows, f"{path} [values] {key}")
    return found


def _checked(row: Any, where: str) -> None:
    """Raises BadReference for a row that no reader could use."""
    required(row, ("since", "value", "source"), where)
    if strange := sorted(row.keys() - KEYS):
        raise BadReference(f"{where}：不认识 {'、'.join(strange)}；可写：{'、'.join(KEYS)}")
    for name in ("since", "until"):
        day_of(row, name, where)
    if row.get("unit", "") not in UNITS:
        raise BadReference(f"{where}：unit 应为 calendar 或 working，现在是 {row['unit']!r}")
    if row.get("unit") and type(row["value"]) is not int:
        raise BadReference(f"{where}：value 应为天数，现在是 {row['value']!r}")


def _apart(rows: list[dict[str, Any]], where: str) -> None:
    """Raises BadReference for two values of one day: which of them counts nobody could say. A later row without an end
    of its predecessor takes over on its first day."""
    days = [row["since"] for row in rows]
    if twice := sorted({day for day in days if days.count(day) > 1}):
        raise BadReference(f"{where}：有两个值都从 {twice[0]} 起，请留下一个或改日期")
    for row in rows:
        if row.get("until", row["since"]) < row["since"]:
            raise BadReference(f"{where}：until {row['until']} 早于 since {row['since']}，请改正日期")


def _path(folder: Path, file: str) -> Path:
    return folder / "reference" / f"{file}.toml"
