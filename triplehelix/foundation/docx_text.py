"""The words of a Word file, without the file: no pictures, no properties, nothing that was deleted."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

PART = "word/document.xml"
#: What the text part may unpack to. A book of a million characters is a third of it.
MOST_UNPACKED = 60 * 2**20
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
#: The same words a second time, for programs that cannot draw the first.
AGAIN = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
SAID = frozenset({f"{WORD}t", f"{MATHS}t"})
BETWEEN = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
PARAGRAPH, ROW, CELL = f"{WORD}p", f"{WORD}tr", f"{WORD}tc"
BROKEN = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, DefusedXmlException, LookupError, ValueError, RuntimeError,
    NotImplementedError, EOFError, RecursionError,
)  # fmt: skip


class Unreadable(ValueError):
    """No text can be read from the file; it is broken, or unpacks to too much."""


def text_of(content: bytes) -> str:
    """The text of the body, a line for each paragraph and for each row of a table (cells apart by a tab), in the order
    of the document, with text boxes and what was inserted under revision. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as whole:
            part = whole.getinfo(PART)
            if part.file_size > MOST_UNPACKED:  # zipfile reads no more of it than it says here
                raise Unreadable
            root = ElementTree.fromstring(whole.read(part), forbid_dtd=True)
        lines = (line.rstrip() for line in "".join(_words(root)).split("\n"))
        return "\n".join(line for line in lines if line)
    except BROKEN as why:
        raise Unreadable from why


def _words(node: Any, cell: bool = False) -> Iterator[str]:
    """What a part of the document says. In a `cell` a paragraph ends no line: its row does."""
    for child in node:
        if child.tag in SAID:
            yield child.text or ""
        elif child.tag in BETWEEN:
            yield " " if cell else BETWEEN[child.tag]
        elif child.tag != AGAIN:
            yield from _words(child, cell or child.tag == CELL)
            if child.tag == ROW and not cell:
                yield "\n"
            elif child.tag == CELL:
                yield "\t"
            elif child.tag == PARAGRAPH:
                yield " " if cell else "\n"
