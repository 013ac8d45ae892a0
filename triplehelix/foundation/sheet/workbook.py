"""Excel workbooks: measured and scanned here, then read by calamine in a process of its own.

calamine is fast but builds a dense grid: one value in XFD1048576 would take all memory, a formula looks like its
value, an error cell like an empty one. So the sheet's XML is walked once by expat before calamine sees the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

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
from triplehelix.foundation.sheet.grid import MOST_CELLS, apart
from triplehelix.foundation.sheet.package import Area, Package, Scan, damaged

MAX_COLUMNS = 256
#: Titles and blank rows an old workbook may have besides its data.
HEADROOM = 50
#: Sheets this house adds to its own files: no need to tell the user that they were not read.
OUR_OWN = frozenset({"填表说明", "错误清单", "选项"})
PASSWORD = "文件有密码保护：请在 Excel 里取消密码（文件—信息—保护工作簿），另存后再上传"  # noqa: S105 a sentence


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
    if scan.last_row * (scan.last_column + 1) > MOST_CELLS:
        raise _too_far_down(scan.last_row)
    grid = _answered(content, name, scan.last_row)["grid"]
    problems: dict[tuple[int, int], Problem] = dict.fromkeys(scan.errors, ERROR_VALUE)
    problems |= dict.fromkeys(scan.formulas, FORMULA)
    return Reading(list(_lines(grid, problems, scan.merged)), "xlsx", name, "", _unseen(name, others, scan))


def read_old_workbook(content: bytes, max_rows: int, sheet: str) -> Reading:
    """xls of Excel 97–2003. An encrypted xlsx comes in the same wrapping and is named."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SheetError("password", PASSWORD)
    if "WordDocument".encode("utf-16-le") in content:
        raise SheetError("not_a_sheet", "这是 Word 文档，不是表格：请把内容放进表格，另存为 .xlsx 再上传")
    answer = _answered(content, sheet, None)
    if len(answer["grid"]) > max_rows + HEADROOM:
        raise _too_far_down(len(answer["grid"]))
    lines = list(_lines(answer["grid"], {}, [Area(*start, *end) for start, end in answer["merged"]]))
    warnings = ["旧版 .xls 里看不出哪些格是公式；如果有公式，请另存为 .xlsx 再上传"]
    warnings += _unread(answer["sheet"], answer["visible"])
    return Reading(lines, "xls", answer["sheet"], "", warnings)


def _answered(content: bytes, sheet: str, rows: int | None) -> dict[str, Any]:
    """calamine's answer, or its complaint as SheetError."""
    answer = apart(content, sheet=sheet, rows=rows)
    error = answer.get("error")
    if error is None:
        return answer
    if error == "password":
        raise SheetError("password", PASSWORD)
    if error == "too_many_rows":
        raise _too_far_down(answer["height"])
    if error == "no_sheet":
        raise _no_sheet(sheet, answer["visible"])
    raise damaged()


def _too_far_down(row: int) -> SheetError:
    return SheetError("too_many_rows", f"第 {row} 行还有内容，请删除多余的行，或拆成几个文件分别上传")


def _no_sheet(sheet: str, names: Iterable[str]) -> SheetError:
    return SheetError("no_sheet", f"文件里没有名为“{sheet}”的工作表；有：{'、'.join(names)}")


def _chosen(package: Package, sheet: str) -> tuple[str, Scan | None, list[str]]:
    """The sheet asked for, or the first visible one with content; and the names of other visible ones with content."""
    names = package.visible_sheets()
    if sheet and sheet not in names:
        raise _no_sheet(sheet, names)
    for name in [sheet] if sheet else names:
        scan = package.scan(name)
        if scan.used_rows:
            return name, scan, [other for other in names if other != name and _holds_something(package, other)]
    return "", None, []


def _holds_something(package: Package, name: str) -> bool:
    """Whether a sheet beside the one that is read is more than the empty ones Excel begins with; one that cannot be
    read may be."""
    try:
        return package.scan(name).used_rows > 0
    except SheetError:
        return True


def _unseen(name: str, others: Iterable[str], scan: Scan) -> list[str]:
    """What of the workbook is read although nobody sees it, and what is seen and not read."""
    said = f"有 {scan.hidden_rows} 行在 Excel 里是隐藏的（例如被筛选掉的），也一起读取；不要的请删除后重新上传"
    return _unread(name, others) + ([said] if scan.hidden_rows else [])


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
