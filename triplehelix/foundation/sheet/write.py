"""Sheets out: xlsx and csv that no program will run as formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from triplehelix.foundation.money import Fen

#: A text that a spreadsheet program would take for a formula, perhaps behind apostrophes already there. The
#: full-width signs count: some programs fold them to the half-width ones.
DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
#: Signs XML cannot hold, and lone halves of surrogate pairs.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Excel's own limits.
MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
NAME_LENGTH = 31
CUT = "…（超出一格能放的长度，已截断）"
MEASURED_ROWS = 200
#: Points; Excel draws no row taller than 409.
LINE_HEIGHT, TALLEST = 15, 409
WIDEST, NARROWEST = 60, 8
WHOLE = 15  # digits Excel keeps

#: Text stays text: xlsxwriter must not turn it into formulas, links or numbers.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

Written = str | int | float | Decimal | bool | date | datetime | time | timedelta | None


def neutralised(text: str) -> str:
    """The text as csv may hold it: an apostrophe before what would run as a formula. Reading takes it away again."""
    return f"'{text}" if DANGEROUS.match(text) else text


@dataclass(frozen=True)
class Sheet:
    """One sheet to write. Values keep their type: text, whole and decimal numbers, Fen (shown in yuan), days.

    `widths` are in characters (None or left out: measured on the first rows); `wrap` names headings whose text is
    broken into lines. It prints on A4 with the header on every page; a moment is written in its own time zone.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Written]]
    widths: Sequence[int | None] = ()
    wrap: Iterable[str] = ()
    landscape: bool = True


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Written]], *, bom: bool = True) -> bytes:
    """UTF-8 with CRLF, by default with the mark Excel needs to read Chinese. Amounts of Fen are written in yuan."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(neutralised, headings))
    for row in rows:
        writer.writerow([_csv_value(value) for value in row])
    text = out.getvalue().encode("utf-8", errors="replace").replace(b"\0", b"")
    return (b"\xef\xbb\xbf" if bom else b"") + text


def _csv_value(value: Written) -> Any:
    if isinstance(value, Fen):
        return value.yuan
    if isinstance(value, str):
        return neutralised(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else value


def write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """A workbook. Rows are written as they come: memory does not grow with them. Raises ValueError without a sheet."""
    out = io.BytesIO()
    taken: set[str] = set()
    with xlsxwriter.Workbook(out, {"constant_memory": True, **SAFE}) as book:
        looks = Looks(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet_name(sheet.name, taken))
            _fill(page, sheet, looks)
    if not taken:
        raise ValueError("a workbook needs a sheet")
    return out.getvalue()


class Looks:
    """The formats of a workbook, made once."""

    def __init__(self, book: Workbook) -> None:
        base: dict[str, Any] = {"valign": "top"}
        self.text = book.add_format({**base, "num_format": "@"})
        self.guarded = book.add_format({**base, "num_format": "@", "quote_prefix": True})
        self.wrapped = book.add_format({**base, "num_format": "@", "text_wrap": True})
        self.wrapped_guarded = book.add_format({**base, "num_format": "@", "text_wrap": True, "quote_prefix": True})
        self.number = book.add_format(base)
        self.money = book.add_format({**base, "num_format": "#,##0.00"})
        self.day = book.add_format({**base, "num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm"})
        self.clock = book.add_format({**base, "num_format": "[h]:mm:ss"})
        head = {"bold": True, "bg_color": "#E4F0EF", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        self.head = book.add_format(head)
        self.head_required = book.add_format({**head, "bg_color": "#FBE5DF"})
        self.example = book.add_format({**base, "italic": True, "font_color": "#767676", "num_format": "@"})
        self.wrong = book.add_format({**base, "bg_color": "#F8D0C8", "font_color": "#9C1C0F", "num_format": "@"})
        self.reason = book.add_format({**base, "font_color": "#9C1C0F", "text_wrap": True, "num_format": "@"})


def writable(text: str) -> str:
    """The text as a cell of xlsx can hold it."""
    text = UNWRITABLE.sub("", text)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(CUT)] + CUT


def put(page: Worksheet, row: int, column: int, value: Written, looks: Looks, look: Format | None = None) -> None:
    """Write one value in its type; `look` replaces the usual look. Places are counted from 0."""
    if value is None or value == "":
        if look is not None:
            page.write_blank(row, column, None, look)
    elif isinstance(value, str):
        text = writable(value)
        usual = looks.guarded if DANGEROUS.match(text) else looks.text
        page.write_string(row, column, text, look or usual)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, look or looks.number)
    elif isinstance(value, Fen):
        _put_number(page, row, column, Decimal(value.yuan), look or looks.money)
    elif isinstance(value, int | float | Decimal):
        _put_number(page, row, column, value, look or looks.number)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value.replace(tzinfo=None), look or looks.moment)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, look or looks.day)
    else:
        page.write_datetime(row, column, value, look or looks.clock)


def _put_number(page: Worksheet, row: int, column: int, value: int | float | Decimal, look: Format) -> None:
    """A number Excel can hold exactly enough; one with more digits, or none at all, is written as text."""
    digits = len(Decimal(value).normalize().as_tuple().digits) if isinstance(value, int | Decimal) else 0
    number = float(value)
    if digits > WHOLE or number != number or abs(number) == float("inf"):
        page.write_string(row, column, str(value), look)
    else:
        page.write_number(row, column, number, look)


def sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel accepts, not used before in this workbook; it is added to `taken`."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", UNWRITABLE.sub("", name)).strip("' ")[:NAME_LENGTH] or "表"
    free, count = clean, 1
    while free.casefold() in taken:
        count += 1
        free = f"{clean[: NAME_LENGTH - len(str(count)) - 2]}({count})"
    taken.add(free.casefold())
    return free


def width_of(text: str) -> int:
    """How wide the widest line of a text is, in Latin characters; Chinese ones count twice."""
    return max((sum(1 + (east_asian_width(c) in "WF") for c in line[:WIDEST]) for line in text.splitlines()), default=0)


def measured(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> list[int]:
    """A width for each column from its heading and some rows."""
    widths = [width_of(heading) for heading in headings]
    for row in rows:
        for place, value in enumerate(row[: len(widths)]):
            widths[place] = max(widths[place], width_of("" if value is None else str(value)))
    return [min(max(width + 2, NARROWEST), WIDEST) for width in widths]


def print_well(page: Worksheet, *, header_row: int = 0, landscape: bool = True) -> None:
    """A4, one page wide, the header on every page, numbered pages."""
    page.set_paper(9)
    if landscape:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(header_row)
    page.set_footer("&L&A&R第 &P 页，共 &N 页")


def _width(sheet: Sheet, place: int, measured: Sequence[int]) -> int:
    """A column's width in characters: as given, else as measured."""
    given = sheet.widths[place] if place < len(sheet.widths) else None
    return given or measured[place]


def _lines(row: Sequence[Written], widths: Mapping[int, int]) -> int:
    """How many lines the longest broken text of a row takes. A program that opens the sheet may not count itself."""
    most = 1
    for place, width in widths.items():
        if place < len(row) and isinstance(text := row[place], str):
            # A line ends a character early where the next one is wide.
            parts = [sum(1 + (east_asian_width(c) in "WF") for c in line) for line in text.splitlines()]
            most = max(most, sum(max(ceil(part / max(width - 2, 1)), 1) for part in parts))
    return most


def _fill(page: Worksheet, sheet: Sheet, looks: Looks) -> None:
    rows: Iterator[Sequence[Written]] = iter(sheet.rows)
    first = list(islice(rows, MEASURED_ROWS))
    wide = measured(sheet.headings, first)
    for place in range(len(wide)):
        page.set_column(place, place, _width(sheet, place, wide))
    for place, heading in enumerate(sheet.headings):
        page.write_string(0, place, writable(heading), looks.head)
    wrapped = {place for place, heading in enumerate(sheet.headings) if heading in set(sheet.wrap)}
    drawn = {place: _width(sheet, place, wide) for place in wrapped}
    last = 0
    for last, row in enumerate(chain(first, rows), start=1):
        if last >= MOST_ROWS:
            raise ValueError(f"a sheet holds {MOST_ROWS} rows")
        if (lines := _lines(row, drawn)) > 1:
            page.set_row(last, min(lines * LINE_HEIGHT, TALLEST))
        for place, value in enumerate(row):
            look = None
            if place in wrapped and isinstance(value, str):
                look = looks.wrapped_guarded if DANGEROUS.match(value) else looks.wrapped
            put(page, last, place, value, looks, look)
    page.freeze_panes(1, 0)
    if last and sheet.headings:
        page.autofilter(0, 0, last, len(sheet.headings) - 1)
    print_well(page, landscape=sheet.landscape)
