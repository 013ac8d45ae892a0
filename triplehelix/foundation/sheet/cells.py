"""What a sheet is once read: cells with their text, rows with the number the user sees, a table with its header."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from triplehelix.foundation.coded import Coded
from triplehelix.foundation.text import visible

#: Excel keeps 15 significant digits; a longer number typed into a cell has already lost its end.
EXACT = 10**15
#: What Excel writes of such a number into csv, and into a cell it is copied to as text.
SCIENTIFIC = re.compile(r"\s*[1-9](?:\.[0-9]+)?E\+[0-9]{2,3}\s*")
#: Blanks, and the signs without a shape that are copied along with a number: zero-width and directional ones.
EDGE = r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
EDGES = re.compile(rf"\A{EDGE}|{EDGE}\Z")
#: How far down a header may stand below titles and remarks.
HEADER_WITHIN = 20

Value = str | int | Decimal | bool | date | datetime | time | timedelta | None


class SheetError(Coded):
    """The file as a whole cannot be used. `code` is stable, `message` is Chinese and says what to do.

    Codes: empty, too_large, too_many_rows, too_many_columns, password, not_a_sheet, damaged, encoding, no_header,
    no_rows, no_sheet.
    """


class RowError(NamedTuple):
    """One thing wrong. `row` is the number the user sees (0: the file as a whole), `column` a heading or ""."""

    row: int
    column: str
    message: str
    code: str = ""


class Problem(NamedTuple):
    """Why a cell's value cannot be trusted, found while reading: formula, merged, error_value, precision."""

    code: str
    message: str


FORMULA = Problem("formula", "单元格是公式，请改填数值或文字（可复制后“选择性粘贴”为数值）")
ERROR_VALUE = Problem("error_value", "单元格是错误值（如 #N/A、#REF!），请改填正确内容")
PRECISION = Problem("precision", "数字超过 15 位，Excel 已丢掉末尾几位：请先把这一列设为“文本”格式，再重新填写")

ROUNDED = Problem(
    "precision",
    "Excel 把长数字写成了科学计数法，末尾几位已经丢掉：请先把这一列设为“文本”格式，再重新填写",
)


def merged(area: str) -> Problem:
    """The problem of a cell inside a merged area such as B3:C4."""
    return Problem("merged", f"单元格是合并的（{area}），请取消合并并逐行填写")


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is what parsers get: 371502.0 reads 371502, a day reads 2026-01-31. `value` keeps Excel's type."""

    text: str = ""
    value: Value = None
    problem: Problem | None = None


EMPTY = Cell()


def cell(value: object, problem: Problem | None = None) -> Cell:
    """A cell from what a reader returned (str, float, bool, date, time or None)."""
    if value is None or value == "":
        return Cell("", None, problem) if problem else EMPTY
    if isinstance(value, str):
        value = value.replace("\x00", "")  # no database keeps it, and nobody typed it
        return Cell(value, value, problem or (ROUNDED if SCIENTIFIC.fullmatch(value) else None))
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE", value, problem)
    if isinstance(value, int | float):
        return _number(value, problem)
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value
        text = value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
        return Cell(text, value, problem)
    if isinstance(value, date | time | timedelta):
        return Cell(str(value), value, problem)
    raise TypeError(f"a reader returned {value!r}")


def _number(value: float, problem: Problem | None) -> Cell:
    """Whole numbers without a decimal point, others with the 15 digits that Excel shows: what it keeps beyond them is
    the rest of a sum (0.1 + 0.2 is kept as 0.30000000000000004)."""
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return Cell(str(value), None, problem or ERROR_VALUE)
    if abs(exact) < EXACT:
        exact = Decimal(f"{value:.15g}")
    if exact == exact.to_integral_value():
        whole = int(exact)
        lost = PRECISION if abs(whole) >= EXACT else None
        return Cell(str(whole), whole, problem or lost)
    return Cell(f"{exact:f}", exact, problem)


class Row(NamedTuple):
    """One row that holds something. `number` is its number in Excel; `cells` has every header of the table."""

    number: int
    cells: dict[str, Cell]

    def text(self, header: str) -> str:
        """The text of one cell as `trimmed`; "" when the table has no such header."""
        found = self.cells.get(header)
        return trimmed(found.text) if found else ""


Line = tuple[int, tuple[Cell, ...]]


class Reading(NamedTuple):
    """What a reader found in a file, before anybody asks where the header is."""

    lines: list[Line]
    kind: str
    sheet: str
    encoding: str
    warnings: list[str]


def trimmed(text: str) -> str:
    """A text without blanks, and signs nobody sees, at its ends."""
    return EDGES.sub("", text)


def heading(text: str) -> str:
    """A heading as shown: one line, without the star or colon that marks it, and without signs nobody sees."""
    return " ".join(visible(text).split()).strip("*＊:： ")


def same(text: str) -> str:
    """How headings are compared: width, case, blanks and a trailing （必填） do not matter."""
    key = "".join(unicodedata.normalize("NFKC", heading(text)).casefold().split())
    return heading(key.removesuffix("(必填)").removesuffix("(选填)"))


def letters(index: int) -> str:
    """The letters Excel shows for a column, counted from 0: 0 → A, 27 → AB."""
    name = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        name, index = chr(65 + rest) + name, index - 1
    return name


@dataclass(frozen=True)
class Table:
    """A sheet with its header found. `lines` are all rows that hold something, titles above the header included.

    `headers` are unique: a second column of the same name is shown as `名称（D 列）`, one without a name as `（D 列）`
    if something stands below it. `warnings` are Chinese sentences for the user. `kind` is xlsx, xls or csv.
    """

    lines: Sequence[Line]
    at: int
    kind: str
    name: str = ""
    sheet: str = ""
    encoding: str = ""
    warnings: list[str] = field(default_factory=list)

    @property
    def header_row(self) -> int:
        """The number of the header's row as the user sees it."""
        return self.lines[self.at][0]

    @cached_property
    def columns(self) -> dict[str, int]:
        """Each header with its place, counted from 0."""
        cells = self.lines[self.at][1]
        below = self.lines[self.at + 1 :]
        used = {place for _n, line in below for place, one in enumerate(line) if one.text}
        found: dict[str, int] = {}
        for place in range(max([len(cells), *(p + 1 for p in used)])):
            text = heading(self._heading_at(place)) if place < len(cells) else ""
            if text or place in used:
                found[text if text and text not in found else f"{text}（{letters(place)} 列）"] = place
        return found

    def _heading_at(self, place: int) -> str:
        """The text of a header cell; of one merged with cells above it, the text that stands there."""
        for _number, cells in reversed(self.lines[: self.at + 1]):
            one = cells[place] if place < len(cells) else EMPTY
            if one.text.strip() or one.problem is None:
                return one.text
        return ""

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(self.columns)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows below the header, in order; blank rows are left out and keep no place."""
        places = list(self.columns.items())
        return [
            Row(number, {header: line[place] if place < len(line) else EMPTY for header, place in places})
            for number, line in self.lines[self.at + 1 :]
        ]

    def headed_by(self, wanted: Iterable[Iterable[str]]) -> "Table":
        """The table with the header taken from the row that has most of the wanted headings.

        `wanted` gives for each column the headings it goes by. The table itself comes back when no row within the
        first 20 has more of them than its present header.
        """
        names = [{same(text) for text in texts} for texts in wanted]

        def matches(line: Line) -> int:
            shown = {same(one.text) for one in line[1] if one.text}
            return sum(bool(shown & texts) for texts in names)

        best = max(range(min(HEADER_WITHIN, len(self.lines))), key=lambda i: (matches(self.lines[i]), i == self.at, -i))
        if best == self.at or not matches(self.lines[best]):
            return self
        return Table(self.lines, best, self.kind, self.name, self.sheet, self.encoding, self.warnings)
