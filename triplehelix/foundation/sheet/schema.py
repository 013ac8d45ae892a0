"""Columns a sheet must have, and the check of every row against them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from triplehelix.foundation.sheet import asides, headings
from triplehelix.foundation.sheet.cells import Cell, Problem, Row, RowError, SheetError, Table, same, trimmed
from triplehelix.foundation.sheet.column import Column

#: A row whose first filled cell starts with this is the template's example and is not read.
EXAMPLE_MARK = "【示例】"
PROGRESS_EVERY = 200
#: What people write into a cell to say that there is nothing.
NOTHING = frozenset({"—", "——", "-", "--", "/", "无"})


@dataclass(frozen=True)
class Record:
    """A row read: a value for every column's key, None where an optional cell is empty."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """`records` are the rows without any error. `partial` are the others with what could be read of them, for checks
    across rows (duplicates); they must not be stored. `errors` are in the order of rows and columns.

    `table` is the table as it was understood, with its header where the schema's headings were found. `notes` are no
    errors, and to be read before the rows are stored: sheets, rows and columns that may not be as their sender thinks.
    """

    table: Table
    records: list[Record]
    partial: list[Record]
    errors: list[RowError]
    notes: list[str]


class Schema:
    """The columns of one kind of sheet. Raises ValueError when two columns share a key or a heading."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.columns = tuple(columns)
        keys = [column.key for column in self.columns]
        names = [same(name) for column in self.columns for name in dict.fromkeys(column.names)]
        twice = sorted({x for x in keys if keys.count(x) > 1} | {x for x in names if names.count(x) > 1})
        if twice:
            raise ValueError(f"two columns share {', '.join(twice)}")

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    def fitted(self, table: Table) -> Table:
        """The table with its header where this schema's headings are (below titles and remarks)."""
        return table.headed_by(column.names for column in self.columns)

    def headers(self, table: Table) -> dict[str, str]:
        """Column key → header of the table, for columns that are there. The heading itself wins over its aliases."""
        shown: dict[str, str] = {}
        for header in table.headers:
            shown.setdefault(same(header), header)
        found: dict[str, str] = {}
        for column in self.columns:
            for name in column.names:
                if same(name) in shown:
                    found[column.key] = shown[same(name)]
                    break
            else:
                if meant := headings.in_another_unit(column, shown) or headings.explained(column, shown):
                    found[column.key] = meant
        return found

    def check(self, table: Table, progress: Callable[[int], None] = lambda done: None) -> Checked:
        """Every row against every column; nothing stops at the first error.

        `progress` is told now and then how many rows are done. Raises SheetError no_header when not one of the
        columns is there.
        """
        table = self.fitted(table)
        headers = self.headers(table)
        if not headers:
            wanted = "、".join(c.heading for c in self.columns if c.required) or self.columns[0].heading
            shown = "、".join(table.headers)[:200]
            raise SheetError("no_header", f"没有找到表头：需要的列是 {wanted}；第 {table.header_row} 行写的是 {shown}")
        errors = list(self._missing(table, headers))
        lacking = bool(errors)
        errors += _header_errors(table, headers)
        errors += headings.misnamed(table, headers, self.columns)
        records: list[Record] = []
        partial: list[Record] = []
        rows, beside = self._told_apart(table, headers)
        units = headings.units(table, headers, self.columns)
        for done, row in enumerate(rows, start=1):
            wrong: list[RowError] = []
            record = Record(row.number, dict(self._values(row, headers, units, wrong)))
            (partial if wrong or lacking else records).append(record)
            errors += wrong
            if done % PROGRESS_EVERY == 0:
                progress(done)
        progress(len(table.rows))
        notes = [*table.warnings, *beside, *headings.notes(table, headers, self.columns)]
        return Checked(table, records, partial, errors, notes)

    def _told_apart(self, table: Table, headers: dict[str, str]) -> tuple[list[Row], list[str]]:
        """The rows of data, without examples, and what to say of the totals and remarks left out."""
        required = [headers[column.key] for column in self.columns if column.required and column.key in headers]
        rows: list[Row] = []
        totals: list[Row] = []
        remarks: list[Row] = []
        for row in table.rows:
            if _is_example(row):
                continue
            aside = totals if asides.is_total(row) else remarks if asides.is_remark(row, required) else rows
            aside.append(row)
        return rows, asides.notes(totals, remarks)

    def _missing(self, table: Table, headers: dict[str, str]) -> Iterable[RowError]:
        shown = "；表头现有：" + "、".join(table.headers)[:200]
        for column in self.columns:
            if column.required and column.key not in headers:
                message, shown = f"缺少必填列“{column.heading}”{shown}", ""  # said once, not under each
                yield RowError(table.header_row, column.heading, message, "missing_column")

    def _values(
        self, row: Row, headers: dict[str, str], units: dict[str, str], wrong: list[RowError]
    ) -> Iterable[tuple[str, Any]]:
        """Key and value of each cell that could be read; the others go to `wrong`."""
        for column in self.columns:
            header = headers.get(column.key)
            if header is None:
                yield column.key, None
                continue
            cell = row.cells[header]
            if problem := cell.problem or _turned_into_a_day(cell, column):
                wrong.append(RowError(row.number, header, problem.message, problem.code))
                continue
            text = trimmed(cell.text)
            if not text or (text in NOTHING and column.may_be_nothing):
                if column.required:
                    wrong.append(RowError(row.number, header, "必填，现在是空的", "required"))
                else:
                    yield column.key, None
                continue
            try:
                yield column.key, column.read(text + units.get(column.key, "") if text[-1].isdigit() else text)
            except ValueError as why:
                wrong.append(RowError(row.number, header, str(why), str(getattr(why, "code", "") or "invalid")))


def _turned_into_a_day(cell: Cell, column: Column) -> Problem | None:
    """Excel takes 3-1 for a day and 1:30 for a time: what was typed is gone."""
    if column.dated or not isinstance(cell.value, date | time | timedelta):
        return None
    message = f"Excel 把这一格改成了日期或时间（{cell.text}）：请先把这一列设为“文本”格式，再重新填写"
    return Problem("turned_into_a_day", message)


def _is_example(row: Row) -> bool:
    first = next((cell.text for cell in row.cells.values() if cell.text.strip()), "")
    return first.strip().startswith(EXAMPLE_MARK)


def _header_errors(table: Table, headers: dict[str, str]) -> Iterable[RowError]:
    """A heading that stands twice, or in a merged cell, leaves open which column is meant."""
    _number, cells = table.lines[table.at]
    names = [same(cell.text) for cell in cells]
    for header in headers.values():
        if names.count(same(header)) > 1:
            message = f"有 {names.count(same(header))} 列都叫“{header}”，请只留一列"
            yield RowError(table.header_row, header, message, "twice")
        problem = cells[table.columns[header]].problem if table.columns[header] < len(cells) else None
        if problem is not None and problem.code == "merged":
            yield RowError(table.header_row, header, f"表头{problem.message}", "merged")
