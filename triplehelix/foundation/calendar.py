"""Working days and periods, from tables of each year's holidays and make-up working days.

The State Council office decides each year's days in the November before. A year whose table is missing is an error:
Monday to Friday would be a guess, and a notice that ends on a guessed day can be contested.

Periods follow 民法典 §201 and §203: the first day is not counted; a period of calendar days that ends on a day of
rest ends on the next working day. A period ends at 24:00 of its last day.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from triplehelix.foundation.reference import BadReference, load_toml

Kind = Literal["working", "calendar"]
DAY = timedelta(days=1)
#: The name of a file that holds a year's table.
NAMED = re.compile(r"calendar_(\d{4})\.toml")
#: So many wrong days of a table are named.
SHOWN = 5
SATURDAY = 5
#: A day as people and Excel write it in China: year first, one sign between the parts or 年月日, the time left aside.
WRITTEN = re.compile(
    r"(\d{4})(?:\s*(?P<sign>[-/.])\s*(\d{1,2})\s*(?P=sign)\s*(\d{1,2})|\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]"
    r"|(\d\d)(\d\d))(?:[T ]\s*\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?",
    re.ASCII,
)
#: Excel counts days from here (its 1 is 1900-01-01, and it believes in a 29 February 1900).
EXCEL_BEGINS = date(1899, 12, 30)
#: What Excel shows of the days from 1954 to 2064 in a cell that is not formatted as one.
SERIAL = re.compile(r"([2-5]\d{4})(?:\.\d+)?", re.ASCII)


def day_of(text: str) -> date | None:
    """The day a text says: 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日, 20260305, with or without a time behind it;
    None for anything else and for days that are none. Which of two days a text means is never guessed."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None and part.isdecimal())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_of_serial(text: str) -> date | None:
    """The day behind a number such as 46086, which Excel leaves of a day where the cell has lost its format."""
    found = SERIAL.fullmatch(text.strip())
    return EXCEL_BEGINS + int(found.group(1)) * DAY if found else None


class MissingYear(LookupError):
    """There is no table for the year. `year` names it, `code` is stable."""

    def __init__(self, year: int, known: Iterable[int]) -> None:
        have = "、".join(f"{y}" for y in sorted(known)) or "无"
        super().__init__(f"缺少 {year} 年的放假调休安排（现有：{have}），不能推算工作日；请管理员先录入当年安排")
        self.code = "missing_year"
        self.message = str(self)
        self.year = year


@dataclass(frozen=True, slots=True)
class Year:
    """One year's table: `holidays` are days of rest by name, `workdays` weekend days on which people work."""

    year: int
    holidays: Mapping[date, str]
    workdays: frozenset[date]
    source: str

    def __post_init__(self) -> None:
        """Raises ValueError for days of another year, on both sides, or make-up days that are no weekend."""
        days = {*self.holidays, *self.workdays}
        if foreign := sorted(day for day in days if day.year != self.year):
            more = f" 等 {len(foreign)} 天" if len(foreign) > SHOWN else ""
            raise ValueError(f"{self.year} 年：不是这一年的日子：{'、'.join(map(str, foreign[:SHOWN]))}{more}")
        if both := sorted(self.workdays & self.holidays.keys()):
            raise ValueError(f"{self.year} 年：既放假又上班：{'、'.join(map(str, both))}")
        if plain := sorted(day for day in self.workdays if day.weekday() < SATURDAY):
            raise ValueError(f"{self.year} 年：调休上班的日子不是周末：{'、'.join(map(str, plain))}")
        if not self.source:
            raise ValueError(f"{self.year} 年：没有来源（source）")


class WorkingCalendar:
    """Working days of the years it has tables for; every other year raises MissingYear."""

    def __init__(self, years: Iterable[Year]) -> None:
        given = list(years)
        self.years = {year.year: year for year in given}
        if len(self.years) != len(given):
            raise ValueError("同一年有两份放假调休安排")

    @classmethod
    def from_toml(cls, *paths: Path | str) -> "WorkingCalendar":
        """From files with `year`, `source`, `[[holiday]]` name/from/to and `[workdays]` days. Raises BadReference."""
        try:
            return cls(_year(path) for path in paths)
        except ValueError as why:
            raise why if isinstance(why, BadReference) else BadReference(str(why)) from why

    @classmethod
    def from_folder(cls, *folders: Path | str) -> "WorkingCalendar":
        """From every `calendar_<year>.toml` of the folders, a year from the first that has it. Raises BadReference."""
        found: dict[str, Path] = {}
        for folder in folders:
            found = {path.name: path for path in Path(folder).glob("calendar_*.toml")} | found
        return cls.from_toml(*(found[name] for name in sorted(found)))

    def is_working(self, day: date) -> bool:
        """Whether people work on this day. Raises MissingYear."""
        table = self._table(day)
        if day in table.workdays:
            return True
        return day.weekday() < SATURDAY and day not in table.holidays

    def name_of(self, day: date) -> str:
        """What is unusual about a day: a holiday's name, 周末, 调休上班, or "". Raises MissingYear."""
        table = self._table(day)
        if day in table.workdays:
            return "调休上班"
        return table.holidays.get(day) or ("周末" if day.weekday() >= SATURDAY else "")

    def next_working_day(self, day: date) -> date:
        """The day itself when people work on it, else the first after it on which they do. Raises MissingYear."""
        while not self.is_working(day):
            day += DAY
        return day

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`, which is not counted; with n = 0, the start itself.

        Raises ValueError for a negative n, MissingYear when the way leads into a year without a table.
        """
        if n < 0:
            raise ValueError(f"a number of working days is not negative: {n}")
        self._table(start)
        day = start
        while n:
            day += DAY
            n -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later. Raises MissingYear."""
        self._table(start)
        self._table(end)
        days = (start + i * DAY for i in range(1, (end - start).days + 1))
        return sum(self.is_working(day) for day in days)

    def notice_end(self, start: date, n: int, kind: Kind = "working") -> date:
        """The last day of a period of n days that begins with an event on `start`.

        `working`: n working days. `calendar`: n days, moved to the next working day if the last is one of rest.
        Raises ValueError for n < 1 or another kind, MissingYear.
        """
        if n < 1:
            raise ValueError(f"a period has at least one day: {n}")
        if kind == "working":
            return self.add_working_days(start, n)
        if kind != "calendar":
            raise ValueError(f"kind is working or calendar: {kind!r}")
        self._table(start)
        return self.next_working_day(start + n * DAY)

    def working_days_left(self, now_day: date, deadline: date) -> int:
        """Working days still to come until the deadline: 0 on its day, negative (working days late) after it."""
        if deadline >= now_day:
            return self.working_days_between(now_day, deadline)
        return -self.working_days_between(deadline, now_day)

    def _table(self, day: date) -> Year:
        if isinstance(day, datetime):
            raise ValueError(f"a day is needed, not the moment {day!r}")
        try:
            return self.years[day.year]
        except KeyError:
            raise MissingYear(day.year, self.years) from None


def _year(path: Path | str) -> Year:
    """One year's table from its file."""
    data = load_toml(path)
    try:
        holidays = {day: str(span["name"]) for span in data["holiday"] for day in _days(span, path)}
        workdays = frozenset(data["workdays"]["days"])
        year = int(data["year"])
        if (named := NAMED.fullmatch(Path(path).name)) and int(named.group(1)) != year:
            # Copied from the year before, as keep-reference-lists.md says, and not gone through to the end.
            raise BadReference(
                f"{path}：文件名是 {named.group(1)} 年，里面写的是 year = {year}：请改 year，再逐条改日期"
            )
        return Year(year, holidays, workdays, str(data["source"]))
    except (KeyError, TypeError) as why:
        raise BadReference(
            f"{path}：要有 year、source、[[holiday]] 的 name/from/to 和 [workdays] 的 days：{why}"
        ) from why
    except ValueError as why:
        raise why if isinstance(why, BadReference) else BadReference(f"{path}：{why}") from why


def _days(span: Mapping[str, Any], path: Path | str) -> list[date]:
    first, last = span["from"], span["to"]
    if last < first:
        raise BadReference(f"{path}：{span['name']} 的末日早于首日")
    return [first + i * DAY for i in range((last - first).days + 1)]
