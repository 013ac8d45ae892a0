"""The user's own sheet given back with every wrong cell marked."""

import io
from collections import defaultdict
from collections.abc import Iterable

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from triplehelix.foundation.sheet.cells import Cell, RowError, Table, same
from triplehelix.foundation.sheet.headings import REASON
from triplehelix.foundation.sheet.schema import Schema
from triplehelix.foundation.sheet.write import SAFE, Looks, Written, measured, print_well, put, sheet_name, writable

LIST_SHEET = "错误清单"
#: Comments are drawings and slow to open; past these, colour and the column of reasons still tell everything.
MOST_COMMENTS = 2000
COMMENT_LENGTH = 500
MEASURED_ROWS = 200
REASON_WIDTH = 60


def annotate(table: Table, errors: Iterable[RowError], schema: Schema | None = None) -> bytes:
    """A workbook with every row and column of the table in its place, so that row numbers stay true.

    Wrong cells are red with a comment, 错误说明 after the last column says everything about its row, and a second
    sheet lists all errors. `column` of an error may be a header of the table or, with the schema, its own heading.
    Uploaded again after correction, it is read like any other sheet: 错误说明 is not a column of any schema.
    """
    table = schema.fitted(table) if schema else table
    places = _places(table, schema)
    by_row: dict[int, list[RowError]] = defaultdict(list)
    for error in errors:
        by_row[error.row].append(error)
    reason_at = _reason_place(table)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        looks = Looks(book)
        page = book.add_worksheet(sheet_name(table.sheet or "数据", {LIST_SHEET}))
        _widths(page, table, reason_at)
        left = MOST_COMMENTS
        for number, cells in table.lines:
            left = _line(page, number, cells[:reason_at], by_row.get(number, []), places, looks, left)
            if number == table.header_row:
                page.write_string(number - 1, reason_at, REASON, looks.head_required)
            if reasons := [f"【{e.column}】{e.message}" if e.column else e.message for e in by_row.get(number, [])]:
                page.write_string(number - 1, reason_at, writable("\n".join(reasons)), looks.reason)
        page.freeze_panes(table.header_row, 0)
        page.autofilter(table.header_row - 1, 0, table.lines[-1][0] - 1, reason_at)
        print_well(page, header_row=table.header_row - 1)
        _listed(book.add_worksheet(LIST_SHEET), by_row, looks)
    return out.getvalue()


def _places(table: Table, schema: Schema | None) -> dict[str, int]:
    """Where each name an error may use for a column stands."""
    places = {same(header): place for header, place in table.columns.items()}
    for key, header in schema.headers(table).items() if schema else ():
        for name in schema.by_key[key].names if schema else ():
            places.setdefault(same(name), table.columns[header])
    return places


def _reason_place(table: Table) -> int:
    """After the last column; where 错误说明 of an earlier round stands last, in its place."""
    last = max(table.columns.values(), default=-1)
    if table.headers and table.headers[-1] == REASON:
        return last
    return last + 1


def _line(
    page: Worksheet,
    number: int,
    cells: Iterable[Cell],
    errors: list[RowError],
    places: dict[str, int],
    looks: Looks,
    comments_left: int,
) -> int:
    """Write one row; answers how many comments may still be made."""
    wrong: dict[int, list[str]] = defaultdict(list)
    for error in errors:
        if (place := places.get(same(error.column))) is not None:
            wrong[place].append(error.message)
    for place, cell in enumerate(cells):
        put(page, number - 1, place, _value(cell), looks, looks.wrong if place in wrong else None)
        if place in wrong and not cell.text:
            page.write_blank(number - 1, place, None, looks.wrong)
    for place, messages in wrong.items():
        if comments_left > 0:
            page.write_comment(number - 1, place, "\n".join(messages)[:COMMENT_LENGTH], {"x_scale": 2})
            comments_left -= 1
    return comments_left


def _value(cell: Cell) -> Written:
    """A value in its own type; what Excel has spoilt is shown as text."""
    return cell.text if cell.problem and cell.problem.code == "precision" else cell.value


def _widths(page: Worksheet, table: Table, reason_at: int) -> None:
    headings = [""] * reason_at
    for header, place in table.columns.items():
        if place < reason_at:
            headings[place] = header
    sample = [[cell.text for cell in cells] for _n, cells in table.lines[table.at : table.at + MEASURED_ROWS]]
    for place, width in enumerate(measured(headings, sample)):
        page.set_column(place, place, width)
    page.set_column(reason_at, reason_at, REASON_WIDTH)


def _listed(page: Worksheet, by_row: dict[int, list[RowError]], looks: Looks) -> None:
    for place, (heading, width) in enumerate((("行", 8), ("列", 24), ("问题", 90))):
        page.set_column(place, place, width)
        page.write_string(0, place, heading, looks.head)
    errors = [error for number in sorted(by_row) for error in by_row[number]]
    for at, error in enumerate(errors, start=1):
        put(page, at, 0, error.row or "整个文件", looks)
        put(page, at, 1, error.column, looks)
        put(page, at, 2, error.message, looks, looks.wrapped)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(errors), 1), 2)
    print_well(page, landscape=False)
