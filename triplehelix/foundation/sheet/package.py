"""The zip package of an xlsx file: how large it really is, which part is which sheet, and one walk over a sheet."""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple
from xml.parsers import expat  # DTDs are refused below; defusedxml has no walk over a stream this fast

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from triplehelix.foundation.sheet.cells import SheetError, letters

#: What a package may unpack to, all parts together, and how much any large part may grow.
MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 300
RATIO_FROM = 20 * 1024 * 1024
MAX_PARTS = 5000
CHUNK = 1 << 18
LOCAL_HEADER = 30
OTHER_KINDS = {
    "word/": "Word 文档",
    "ppt/": "演示文稿",
    "xl/workbook.bin": "二进制工作簿（.xlsb）",
    "content.xml": "OpenDocument 或 WPS 格式的文件",
}
#: What zipfile, zlib and expat raise on bytes that are no workbook.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    ElementTree.ParseError,
    DefusedXmlException,
    ArithmeticError,
    LookupError,
    ValueError,
    RuntimeError,
    OSError,
    EOFError,
)
REFERENCE = re.compile(r"^([A-Z]{1,3})([1-9][0-9]{0,6})$")


def damaged() -> SheetError:
    """What is said of a file that cannot be read."""
    return SheetError("damaged", "文件已损坏，读不出来：请用 Excel 打开并另存一份再上传")


def swollen() -> SheetError:
    """What is said of one that is far larger unpacked than packed."""
    message = "文件解压后过大：请删除表格下方和右侧多余的空行、空列和格式，另存后再上传"
    return SheetError("too_large", message)


class Area(NamedTuple):
    """A merged area; places counted from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top + 1}:{letters(self.right)}{self.bottom + 1}"


class Scan:
    """What one walk over a sheet found. `last_row` counts from 1, places from 0; styled empty cells do not count."""

    def __init__(self) -> None:
        self.used_rows = 0
        self.hidden_rows = 0
        self.last_row = 0
        self.last_column = 0
        self.formulas: list[tuple[int, int]] = []
        self.errors: list[tuple[int, int]] = []
        self.merged: list[Area] = []


class Package:
    """An opened package. Raises SheetError damaged, too_large, not_a_sheet at construction."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(content))
        except BROKEN:
            raise damaged() from None
        self.parts = {info.filename.replace("\\", "/").lower(): info for info in self.zip.infolist()}
        if len(self.parts) != len(self.zip.infolist()):
            raise damaged()  # two parts of one name: which one is read depends on the reader
        self._refuse_other_kinds()
        self._measure()

    def visible_sheets(self) -> list[str]:
        """The names of worksheets a person sees, in order."""
        return list(self._sheets)

    def scan(self, name: str) -> Scan:
        """Walk over one sheet. Raises SheetError damaged."""
        walk = _Walk()
        try:
            with self.zip.open(self._sheets[name]) as stream:
                while chunk := stream.read(CHUNK):
                    walk.parser.Parse(chunk, False)
            walk.parser.Parse(b"", True)
        except BROKEN:
            raise damaged() from None
        return walk.found

    def _refuse_other_kinds(self) -> None:
        if "xl/workbook.xml" in self.parts:
            return
        for start, called in OTHER_KINDS.items():
            if any(part.startswith(start) for part in self.parts):
                raise SheetError("not_a_sheet", f"这是{called}，不是 .xlsx 表格：请用 Excel 或 WPS 另存为 .xlsx 再上传")
        raise SheetError("not_a_sheet", "这是压缩包，不是表格：请解压后上传里面的 .xlsx 或 .csv")

    def _measure(self) -> None:
        """Unpack every XML part once without keeping it: sizes written in a zip may lie, and readers believe them."""
        if len(self.parts) > MAX_PARTS or sum(info.file_size for info in self.parts.values()) > MAX_UNPACKED:
            raise swollen()
        total = 0
        for part, info in self.parts.items():
            if info.flag_bits & 1:
                raise SheetError("password", "文件有密码保护：请取消密码，另存后再上传")
            if not part.endswith((".xml", ".rels", ".vml")):
                continue
            size = 0
            for piece in self._unpacked(info):
                size += piece
                if total + size > MAX_UNPACKED or (size > RATIO_FROM and size > info.compress_size * MAX_RATIO):
                    raise swollen()
            if size != info.file_size:
                raise damaged()
            total += size

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[int]:
        """The sizes of the pieces a part unpacks to, from its raw bytes."""
        header = self.content[info.header_offset : info.header_offset + LOCAL_HEADER]
        if len(header) < LOCAL_HEADER:
            raise damaged()
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        start = info.header_offset + LOCAL_HEADER + lengths
        raw = self.content[start : start + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            yield len(raw)
            return
        if info.compress_type != zipfile.ZIP_DEFLATED:
            raise damaged()
        unpack = zlib.decompressobj(-15)
        try:
            while raw and not unpack.eof:
                yield len(unpack.decompress(raw, CHUNK))
                raw = unpack.unconsumed_tail
            yield len(unpack.flush())
        except zlib.error:
            raise damaged() from None

    @cached_property
    def _sheets(self) -> dict[str, zipfile.ZipInfo]:
        """Visible worksheets by name."""
        targets = {
            link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", "").replace("\\", "/")))
            for link in self._xml("xl/_rels/workbook.xml.rels")
            if link.get("Type", "").endswith("/worksheet")
        }
        found = {}
        for node in self._xml("xl/workbook.xml").iter():
            if node.tag.endswith("}sheet") and node.get("state", "visible") == "visible":
                link = next((value for key, value in node.attrib.items() if key.endswith("}id")), None)
                info = self.parts.get(targets.get(link, "").lower().lstrip("/"))
                if info is not None:
                    found[node.get("name", "")] = info
        return found

    def _xml(self, part: str) -> Any:
        try:
            return ElementTree.fromstring(self.zip.read(self.parts[part]), forbid_dtd=True)
        except BROKEN:
            raise damaged() from None


class _Walk:
    """Callbacks over a sheet's XML: about a second for a million cells."""

    def __init__(self) -> None:
        self.found = Scan()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._root
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.row, self.column, self.kind, self.hidden = -1, -1, "", False
        self.used_row = self.used_cell = -1
        self.columns: dict[str, int] = {}

    def _doctype(self, *_args: object) -> None:
        raise ValueError("a sheet has no DTD")

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        """Only elements in the root's own name space are cells; extensions have an `f` of their own."""
        space = name.rpartition(" ")[0]
        prefix = f"{space} " if space else ""
        self.acts = {f"{prefix}{tag}": getattr(self, f"_on_{tag}") for tag in ("row", "c", "v", "f", "is", "mergeCell")}
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if act := self.acts.get(name):
            act(attributes)

    def _on_row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
        self.column = -1
        self.hidden = attributes.get("hidden") in ("1", "true")

    def _on_c(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "")
        if reference := attributes.get("r"):
            self.row, self.column = self._place(reference)
        else:
            self.column += 1

    def _on_v(self, _attributes: dict[str, str]) -> None:
        """The cell at hand holds something."""
        found = self.found
        if self.row != self.used_row:
            self.used_row = self.row
            found.used_rows += 1
            found.hidden_rows += self.hidden
            found.last_row = max(found.last_row, self.row + 1)
        found.last_column = max(found.last_column, self.column)
        if self.kind == "e":
            found.errors.append((self.row, self.column))

    _on_is = _on_v

    def _on_f(self, attributes: dict[str, str]) -> None:
        self._on_v(attributes)
        self.found.formulas.append((self.row, self.column))

    def _on_mergeCell(self, attributes: dict[str, str]) -> None:
        first, _colon, last = attributes.get("ref", "").partition(":")
        self.found.merged.append(Area(*self._place(first), *self._place(last or first)))

    def _place(self, reference: str) -> tuple[int, int]:
        match = REFERENCE.match(reference)
        if match is None:
            raise ValueError(reference)
        name, number = match.groups()
        if name not in self.columns:
            place = 0
            for letter in name:
                place = place * 26 + ord(letter) - 64
            self.columns[name] = place - 1
        return int(number) - 1, self.columns[name]
