"""Excel workbooks: measured and scanned first, then read by calamine.

calamine is fast but builds a dense grid: one value in XFD1048576 would take all memory, a formula looks like its
value, an error cell like an empty one. So the sheet's XML is walked once by expat before calamine sees the file.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

import python_calamine as calamine

from triplehelix.foundation.sheet.cells import (
    ERROR_VALUE,
    FORMULA,
    Cell,
    Line,
    Problem,
    Reading,
    SheetError,
    cell,
    letters,
    merged,
)
from triplehelix.foundation.sheet.package import Area, Package, Scan, damaged

MAX_COLUMNS = 256
#: Rows × columns of the grid calamine will build, blank rows included.
MAX_GRID = 10_000_000
#: Sheets this house adds to its own files: no need to tell the user that they were not read.
OUR_OWN = frozenset({"填表说明", "错误清单", "选项"})
PASSWORD = "文件有密码保护：请在 Excel 里取消密码（文件—信息—保护工作簿），另存后再上传"  # noqa: S105 a sentence

T = TypeVar("T")


def read_workbook(content: bytes, max_rows: int, sheet: str) -> Reading:
    """xlsx and xlsm. Raises SheetError (see cells.SheetError)."""
    package = Package(content)
    name, scan, others = _chosen(package, sheet)
    if scan is None:
        return Reading([], "xlsx", "", "", [])
    if scan.used_rows > max_rows + 1:
        raise SheetError("too_many_rows", f"表里有 {scan.used_rows} 行，超过上限 {max_rows} 行，请拆成几个文件分别上传")
    if scan.last_column >= MAX_COLUMNS:
        where = letters(scan.last_column)
        raise SheetError("too_many_columns", f"{where} 列还有内容，超过上限 {MAX_COLUMNS} 列，请删除右侧多余的列")
    if scan.last_row * (scan.last_column + 1) > MAX_GRID:
        raise SheetError("too_many_rows", f"第 {scan.last_row} 行还有内容，请删除表格下方多余的行")
    book = _calmly(lambda: calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)))
    grid = _calmly(lambda: book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=scan.last_row))
    problems: dict[tuple[int, int], Problem] = dict.fromkeys(scan.errors, ERROR_VALUE)
    problems |= dict.fromkeys(scan.formulas, FORMULA)
    return Reading(list(_lines(grid, problems, scan.merged)), "xlsx", name, "", _unread(name, others))


def read_old_workbook(content: bytes, max_rows: int, sheet: str) -> Reading:
    """xls of Excel 97–2003. An encrypted xlsx comes in the same wrapping and is named."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SheetError("password", PASSWORD)
    if "WordDocument".encode("utf-16-le") in content:
        raise SheetError("not_a_sheet", "这是 Word 文档，不是表格：请把内容放进表格，另存为 .xlsx 再上传")
    book = _calmly(lambda: calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)))
    visible = calamine.SheetVisibleEnum.Visible
    names = [meta.name for meta in book.sheets_metadata if meta.visible == visible]
    if sheet:
        names = _only(sheet, names)
    for name in names:
        page = _calmly(partial(book.get_sheet_by_name, name))
        if page.total_height > max_rows + 1:
            raise SheetError("too_many_rows", f"数据超过 {max_rows} 行，请拆成几个文件分别上传")
        areas = [Area(*start, *end) for start, end in page.merged_cell_ranges or ()]
        if lines := list(_lines(page.to_python(skip_empty_area=False), {}, areas)):
            warnings = ["旧版 .xls 里看不出哪些格是公式；如果有公式，请另存为 .xlsx 再上传"]
            return Reading(lines, "xls", name, "", warnings + _unread(name, names))
    return Reading([], "xls", "", "", [])


def _chosen(package: Package, sheet: str) -> tuple[str, Scan | None, list[str]]:
    """The sheet asked for, or the first visible one with content; and the names of the visible ones."""
    names = package.visible_sheets()
    for name in _only(sheet, names) if sheet else names:
        scan = package.scan(name)
        if scan.used_rows:
            return name, scan, names
    return "", None, names


def _only(sheet: str, names: Iterable[str]) -> list[str]:
    if sheet not in names:
        raise SheetError("no_sheet", f"文件里没有名为“{sheet}”的工作表；有：{'、'.join(names)}")
    return [sheet]


def _unread(name: str, names: Iterable[str]) -> list[str]:
    others = [other for other in names if other != name and other not in OUR_OWN]
    return [f"只读取了工作表“{name}”，没有读取：{'、'.join(others)}"] if others else []


def _lines(
    grid: Iterable[Iterable[Any]], problems: Mapping[tuple[int, int], Problem], areas: Iterable[Area]
) -> Iterator[Line]:
    """The rows that hold something, numbered from 1. Places are counted from 0."""
    troubled = {row for row, _column in problems}
    waiting = sorted(areas, reverse=True)
    spans: list[Area] = []
    for row, values in enumerate(grid):
        spans = _reaching(row, spans, waiting)
        cells = [cell(value) for value in values]
        if row in troubled:
            cells = [Cell(c.text, c.value, problems.get((row, i), c.problem)) for i, c in enumerate(cells)]
        if not any(c.text.strip() or c.problem for c in cells):
            continue
        for area in spans:
            trouble = merged(str(area))
            for i in range(area.left, min(area.right + 1, len(cells))):
                cells[i] = Cell(cells[i].text, cells[i].value, trouble)
        yield row + 1, tuple(cells)


def _reaching(row: int, spans: list[Area], waiting: list[Area]) -> list[Area]:
    """The merged areas that cover a row, from those of the row before and those still waiting (last one first)."""
    spans = [area for area in spans if area.bottom >= row]
    while waiting and waiting[-1].top <= row:
        spans.append(waiting.pop())
    if len(spans) > MAX_COLUMNS:
        raise damaged()  # more than fit side by side: they overlap, which Excel never writes
    return spans


def _calmly(act: Callable[[], T]) -> T:
    """calamine's own complaints as SheetError. A panic inside it derives from BaseException and is caught by name."""
    try:
        return act()
    except calamine.PasswordError:
        raise SheetError("password", PASSWORD) from None
    except Exception as why:
        raise damaged() from why
    except BaseException as why:
        if type(why).__name__ == "PanicException":
            raise damaged() from why
        raise
