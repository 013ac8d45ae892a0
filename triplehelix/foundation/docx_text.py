"""The words of a Word file, without the file: no pictures, no properties, nothing that was deleted, moved or hidden.

Read in one pass and no further than asked for: whatever a file holds, it costs no more than its limits.
"""

import io
import zipfile
import zlib
from collections.abc import Collection, Mapping
from xml.parsers import expat  # DTDs are refused below; defusedxml has no walk over a stream

#: The body, and what stands below its pages. Only the first has to be there.
PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
#: What Word on the web calls the body.
ALSO_BODY = "word/document2.xml"
#: What the parts may unpack to, and how many elements lie in one another. A book of a million characters is below it.
MOST_UNPACKED = 30 * 2**20
MOST_DEEP = 200
CHUNK = 1 << 16
SAID = frozenset({"t"})
BETWEEN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
#: Formatting (in which tab stops are named like tabs), what a revision took out or moved away, the pinyin above a
#: character, and words given a second time for programs that cannot draw the first.
UNSAID = frozenset(
    {"pPr", "sectPr", "tblPr", "trPr", "tcPr", "tblGrid", "del", "moveFrom", "rt", "Fallback", "delText", "instrText"}
)
NO = frozenset({"0", "false", "off"})
BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, RuntimeError, OSError, EOFError)


class Unreadable(ValueError):
    """No text can be read from the file: it is broken, or goes beyond a limit."""


class _Enough(Exception):
    """As many characters as were asked for."""


def is_word(names: Collection[str]) -> bool:
    """Whether a zip with these files is a Word document."""
    return PARTS[0] in names or ALSO_BODY in names


def text_of(content: bytes, most: int) -> str:
    """The text, a line for each paragraph and for each row of a table (cells apart by a tab), in the order of the
    document, with text boxes and notes; cut off soon after `most` characters. Raises Unreadable."""
    reader = _Reader(most)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as whole:
            _read(whole, reader)
    except _Enough:
        pass
    except BROKEN as why:
        raise Unreadable from why
    lines = (line.rstrip() for line in "".join(reader.found).split("\n"))
    return "\n".join(line for line in lines if line)


def _read(whole: zipfile.ZipFile, reader: "_Reader") -> None:
    left = MOST_UNPACKED
    body = ALSO_BODY if is_word(names := whole.namelist()) and PARTS[0] not in names else PARTS[0]
    parts = [whole.getinfo(body), *(part for part in whole.infolist() if part.filename in PARTS[1:])]
    for part in parts:
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable  # Word writes no other, and others fail in ways of their own
        parser = reader.parser()
        with whole.open(part) as stream:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Unreadable
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


class _Reader:
    """Callbacks over the XML of a part. Names are looked at without their space: Word has two sets of them."""

    def __init__(self, most: int) -> None:
        self.found: list[str] = []
        self.left = most

    def parser(self) -> expat.XMLParserType:
        self.open: list[str] = []
        self.unsaid = 0  # how deep within what is not said
        self.cells = 0
        self.is_hidden = False
        made = expat.ParserCreate(namespace_separator=" ")
        made.buffer_text = True
        made.StartElementHandler, made.EndElementHandler = self._start, self._end
        made.CharacterDataHandler, made.StartDoctypeDeclHandler = self._text, self._doctype
        return made

    def _doctype(self, *_args: object) -> None:
        raise Unreadable

    def _say(self, text: str) -> None:
        self.found.append(text)
        self.left -= len(text)
        if self.left < 0:
            raise _Enough

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self.open.append(tag)
        if len(self.open) > MOST_DEEP:
            raise Unreadable
        if self.unsaid or tag in UNSAID:
            self.unsaid += 1
        elif tag == "r":
            self.is_hidden = False
        elif tag == "vanish" and self.open[-2:-1] == ["rPr"]:
            values = [value for key, value in attributes.items() if key.rpartition(" ")[2] == "val"]
            self.is_hidden = not NO.intersection(values)
        elif tag == "tc":
            self.cells += 1
        elif tag in BETWEEN and not self.is_hidden:
            self._say(" " if self.cells else BETWEEN[tag])

    def _text(self, text: str) -> None:
        if not self.unsaid and not self.is_hidden and self.open[-1] in SAID:
            self._say(text)

    def _end(self, _name: str) -> None:
        tag = self.open.pop()
        if self.unsaid:
            self.unsaid -= 1
        elif tag == "r":
            self.is_hidden = False
        elif tag == "tc":
            self.cells -= 1
            self._say("\t")
        elif tag == "tr" and not self.cells:
            self._say("\n")
        elif tag == "p":
            self._say(" " if self.cells else "\n")
