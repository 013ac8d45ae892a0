"""Delimited text: which encoding, which delimiter, then rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from triplehelix.foundation.sheet.cells import FORMULA, Cell, Line, Reading, SheetError, cell

DELIMITERS = (",", "\t", ";", "|")
MAX_COLUMNS = 256
#: What `write.neutralised` put an apostrophe before.
NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SAMPLE = 50
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_delimited(content: bytes, max_rows: int) -> Reading:
    """Every row that holds something, with its number as a spreadsheet would show it.

    Raises SheetError encoding, damaged (a quote that never closes), too_many_rows, too_many_columns, not_a_sheet.
    """
    text, encoding = decode(content)
    delimiter = sniff(text)
    lines: list[Line] = []
    for number, row in enumerate(_rows(text, delimiter), start=1):
        if len(row) > MAX_COLUMNS:
            raise SheetError(
                "too_many_columns", f"第 {number} 行有 {len(row)} 列，超过上限 {MAX_COLUMNS} 列，请核对分隔符"
            )
        if not any(map(str.strip, row)):
            continue
        if len(lines) > max_rows:
            raise SheetError("too_many_rows", f"数据超过 {max_rows} 行，请拆成几个文件分别上传")
        lines.append((number, tuple(map(_cell, row))))
    return Reading(lines, "csv", "", encoding, [])


def decode(content: bytes) -> tuple[str, str]:
    """The text and the encoding it was in. UTF-8 is tried before GB18030, which accepts almost anything."""
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return _strictly(content, encoding), encoding
    if wide := _utf16_without_mark(content):
        return _strictly(content, wide), wide
    if b"\0" in content:
        raise SheetError("not_a_sheet", "这不是表格文件：请用 Excel 打开，另存为 .xlsx 或 .csv 再上传")
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError:
        return _strictly(content, "gb18030"), "gb18030"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        message = f"认不出文件的文字编码（按 {encoding} 读不通）：请用 Excel 另存为“CSV UTF-8”或 .xlsx 再上传"
        raise SheetError("encoding", message) from None


def _utf16_without_mark(content: bytes) -> str | None:
    """UTF-16 told by its zero bytes: those of ASCII commas and line ends all stand on one side, and what is decoded
    has no control characters.
    """
    head = content[:4096]
    even, odd = 0 in head[::2], 0 in head[1::2]
    if even == odd:
        return None
    encoding = "utf-16-le" if odd else "utf-16-be"
    return None if CONTROL.search(head.decode(encoding, errors="replace")) else encoding


def sniff(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of columns, at least two; or a comma."""

    def evenness(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in islice(filter(any, _rows(text, delimiter)), SAMPLE)]
        except SheetError:
            return 0, 0
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common) / len(widths), common) if common > 1 else (0, 0)

    return max(DELIMITERS, key=evenness)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as why:
        raise SheetError(
            "damaged", f"第 {reader.line_num} 行附近读不下去：双引号没有成对，或一格超过 {csv.field_size_limit()} 个字"
        ) from why


def _cell(text: str) -> Cell:
    if NEUTRALISED.match(text):
        text = text[1:]
        return cell(text)
    return cell(text, FORMULA if text.startswith("=") else None)
