"""The empty sheet people fill in: drop-downs, an example row, and a sheet that explains every column."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from triplehelix.foundation.sheet.column import Column
from triplehelix.foundation.sheet.schema import EXAMPLE_MARK, Schema
from triplehelix.foundation.sheet.write import MOST_ROWS, SAFE, Looks, print_well, put, sheet_name, width_of, writable

MESSAGE_LENGTH = 255
TITLE_LENGTH = 32
CHOICES_SHEET = "选项"
HELP_SHEET = "填表说明"


def template(schema: Schema, *, title: str = "填报表", rows: Iterable[Sequence[str]] = ()) -> bytes:
    """A workbook with the schema's headings (a star: required), drop-downs from `choices`, a grey example row that
    is not read back, and a help sheet. Columns are text, so codes keep their zeros and long numbers their digits.
    Where `rows` are begun already, cells in the order of the columns, they stand instead of the example.
    """
    out, begun = io.BytesIO(), list(rows)
    with xlsxwriter.Workbook(out, SAFE) as book:
        looks = Looks(book)
        page = book.add_worksheet(sheet_name(title, {HELP_SHEET, CHOICES_SHEET}))
        _explain(book.add_worksheet(HELP_SHEET), schema, looks)
        ranges = _choices(book, schema)
        for place, column in enumerate(schema.columns):
            cells = [writable(row[place]) for row in begun] or [_example(column, marked=place == 0)]
            _column(page, place, column, cells, looks.text if begun else looks.example, looks)
            _rule(page, place, column, ranges.get(column.key, ""))
        page.freeze_panes(1, 0)
        print_well(page)
    return out.getvalue()


def _column(page: Worksheet, place: int, column: Column, cells: Sequence[str], look: Format, looks: Looks) -> None:
    heading = f"{column.heading} *" if column.required else column.heading
    page.set_column(place, place, min(max(*map(width_of, (heading, *cells)), 10) + 2, 40), looks.text)
    page.write_string(0, place, writable(heading), looks.head_required if column.required else looks.head)
    for row, cell in enumerate(cells, 1):
        page.write_string(row, place, cell, look)


def _rule(page: Worksheet, place: int, column: Column, choices: str) -> None:
    rule: dict[str, object] = {"validate": "any"}
    if choices:
        # a warning, not a stop: codes and aliases are accepted too
        rule = {"validate": "list", "source": choices, "error_type": "warning", "error_title": "不在可选范围内"}
    if column.help:
        rule |= {"input_title": column.heading[:TITLE_LENGTH], "input_message": column.help[:MESSAGE_LENGTH]}
    if len(rule) > 1:
        page.data_validation(1, place, MOST_ROWS - 1, place, rule)


def _example(column: Column, *, marked: bool = False) -> str:
    shown = column.example or (column.choices[0] if column.choices else "")
    return writable(f"{EXAMPLE_MARK}{shown}" if marked else shown)


def _choices(book: Workbook, schema: Schema) -> dict[str, str]:
    """Choices on a hidden sheet, because a list written into the rule itself may only have 255 characters."""
    with_choices = [column for column in schema.columns if column.choices]
    if not with_choices:
        return {}
    page = book.add_worksheet(CHOICES_SHEET)
    page.hide()
    ranges = {}
    for place, column in enumerate(with_choices):
        page.write_string(0, place, column.heading)
        for row, choice in enumerate(column.choices, start=1):
            page.write_string(row, place, choice)
        letter = xlsxwriter.utility.xl_col_to_name(place, True)
        ranges[column.key] = f"='{CHOICES_SHEET}'!{letter}$2:{letter}${len(column.choices) + 1}"
    return ranges


def _explain(page: Worksheet, schema: Schema, looks: Looks) -> None:
    headings = ("列名", "必填", "怎么填", "可选项", "示例", "也可以叫")
    for place, (heading, width) in enumerate(zip(headings, (22, 6, 50, 50, 30, 24), strict=True)):
        page.set_column(place, place, width)
        page.write_string(0, place, heading, looks.head)
    for row, column in enumerate(schema.columns, start=1):
        texts = (
            column.heading,
            "是" if column.required else "",
            column.help,
            "、".join(column.choices),
            _example(column),
            "、".join(column.aliases),
        )
        for place, text in enumerate(texts):
            put(page, row, place, text, looks, looks.wrapped)
    below = len(schema.columns) + 2
    notes = (
        f"以“{EXAMPLE_MARK}”开头的行是示例，导入时跳过，也可以删除。",
        "请不要合并单元格，不要用公式；数字和代码用半角。可以增加自己的列，导入时不读取。",
    )
    for row, note in enumerate(notes, start=below):
        page.write_string(row, 0, note)
    page.freeze_panes(1, 0)
    print_well(page)
