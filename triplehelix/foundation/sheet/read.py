"""Any sheet a person may upload → a Table, or one clear sentence why not. It is measured before it is read."""

import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import filetype

from triplehelix.foundation.sheet.cells import Line, SheetError, Table
from triplehelix.foundation.sheet.delimited import read_delimited
from triplehelix.foundation.sheet.workbook import read_old_workbook, read_workbook

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 200_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EXCEL_NAMES = (".xlsx", ".xlsm", ".xls")
#: Bytes no text has. Without them a heading that begins with BM would be taken for a bitmap.
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
#: What people send by mistake, by the extension its bytes deserve.
CALLED = {
    "pdf": "PDF 文件",
    "doc": "Word 文档",
    "docx": "Word 文档",
    "png": "图片",
    "jpg": "图片",
    "gif": "图片",
    "zip": "压缩包",
    "rar": "压缩包",
    "7z": "压缩包",
    "gz": "压缩包",
}

Source = str | os.PathLike[str] | bytes | BinaryIO


def read_table(
    source: Source,
    *,
    name: str = "",
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
    sheet: str = "",
    headings: Iterable[str] = (),
) -> Table:
    """Read an xlsx, xlsm, xls or delimited text file (UTF-8 with or without BOM, UTF-16, GB18030).

    The kind is told by the bytes, not by the name. `source` is a path, bytes or a binary file; `max_bytes` is
    measured before reading and `max_rows` before cells are built. `sheet` picks a sheet by name; otherwise the first
    visible one with content. The header is the first row that holds something, or the one below a lone title, or
    the one with most of `headings`. Formula, merged and error cells carry a `problem`. Raises SheetError.
    """
    content, name = _content(source, max_bytes, name)
    if content.startswith(ZIP):
        found = read_workbook(content, max_rows, sheet)
    elif content.startswith(OLE):
        found = read_old_workbook(content, max_rows, sheet)
    else:
        _refuse_other_kinds(content)
        found = read_delimited(content, max_rows)
        if name.lower().endswith(EXCEL_NAMES):
            found.warnings.append(f"文件名以 {Path(name).suffix} 结尾，内容其实是文本，已按 csv 读取")
    if not found.lines:
        raise SheetError("empty", "表里没有内容，请填写后再上传")
    at = _below_title(found.lines)
    table = Table(found.lines, at, found.kind, name, found.sheet, found.encoding, found.warnings)
    if wanted := [(text,) for text in headings]:
        table = table.headed_by(wanted)
    if len(table.lines) <= table.at + 1:
        raise SheetError("no_rows", "表里只有表头，没有数据行，请填写后再上传")
    return table


def _content(source: Source, max_bytes: int, name: str) -> tuple[bytes, str]:
    """The bytes, after their number has been measured; a stream that cannot be measured is read up to the limit."""
    if isinstance(source, str | os.PathLike):
        with Path(source).open("rb") as file:
            return _content(file, max_bytes, name or Path(source).name)
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    if (size := _size(stream)) > max_bytes:
        raise SheetError("too_large", f"文件有 {_mega(size)}，超过上限 {_mega(max_bytes)}，请拆成几个文件分别上传")
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise SheetError("too_large", f"文件超过上限 {_mega(max_bytes)}，请拆成几个文件分别上传")
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise SheetError("empty", "文件是空的，请确认选对了文件")
    return content, name or Path(str(getattr(stream, "name", ""))).name


def _size(stream: BinaryIO) -> int:
    """How many bytes follow; 0 when the stream cannot say."""
    if not stream.seekable():
        return 0
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END) - here
    stream.seek(here)
    return size


def _mega(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0") + " MB"


def _refuse_other_kinds(content: bytes) -> None:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise _not_a_sheet("网页（有些系统导出的 .xls 其实是网页）", "用 Excel 打开后")
    if head.startswith((b"<?xml", b"{")):
        raise _not_a_sheet("XML 或 JSON 文件", "用 Excel 打开后")
    binary = head.startswith(b"%pdf") or BINARY.search(content[:4096])
    if binary and (kind := filetype.guess(content[:8192])) is not None:
        raise _not_a_sheet(CALLED.get(kind.extension, f"{kind.extension} 文件"), "把内容放进表格，")


def _not_a_sheet(called: str, how: str) -> SheetError:
    return SheetError("not_a_sheet", f"这是{called}，不是表格：请{how}另存为 .xlsx 或 .csv 再上传")


def _below_title(lines: Sequence[Line]) -> int:
    """The place of the header: the first line, unless it is a title alone in its row with a wider row soon below."""
    for at, (_number, line) in enumerate(lines[:6]):
        if sum(bool(one.text.strip()) for one in line) >= 2:
            return at
    return 0
