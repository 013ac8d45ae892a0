"""Tables and runs written as XML at once: python-docx looks through all rows for each cell, minutes for a long list."""

import re
from collections.abc import Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from triplehelix.procedure.letters.layout import WIDTH, element

NUMBER = re.compile(r"^-?[\d,]+(\.\d+)?$|^—$")
#: A column is at least and at most so wide, in half characters, before the page's width is shared out.
NARROWEST, WIDEST = 6, 40
#: A row with a longer cell may be split between pages.
MOST_ON_ONE_PAGE = 300
SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def run(text: str) -> BaseOxmlElement:
    """Text as one run; the hint makes quotation marks and dots Chinese signs."""
    words = element("t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", None, element("rPr", None, element("rFonts", {"hint": "eastAsia"})), words)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> BaseOxmlElement:
    """A table as wide as the type area. The head is repeated on every page; without one there are no lines."""
    columns = max([len(head), *map(len, rows)], default=0) or 1
    widths = _widths([head, *rows] if head else list(rows), columns)
    numeric = [_is_numeric(rows, n) for n in range(columns)]
    line = {"val": "single", "sz": 4, "space": 0, "color": "000000"} if head else {"val": "nil"}
    properties = element(
        "tblPr",
        None,
        element("tblW", {"w": WIDTH, "type": "dxa"}),
        element("jc", {"val": "center"}),
        element("tblBorders", None, *(element(side, line) for side in SIDES)),
        element("tblLayout", {"type": "fixed"}),
    )
    grid = element("tblGrid", None, *(element("gridCol", {"w": width}) for width in widths))
    made = element("tbl", None, properties, grid)
    if head:
        made.append(_row(_filled(head, columns), widths, ["center"] * columns, "LetterTableHead", is_head=True))
    aligned = ["right" if is_number else "left" for is_number in numeric]
    if head and head[0] == "序号":
        aligned[0] = "center"
    style = "LetterTable" if head else "LetterSign"
    for row in rows:
        made.append(_row(_filled(row, columns), widths, aligned, style, is_head=False))
    return made


def _row(
    cells: Sequence[str], widths: Sequence[int], aligned: Sequence[str], style: str, *, is_head: bool
) -> BaseOxmlElement:
    properties = element("trPr")
    if max(map(len, cells)) <= MOST_ON_ONE_PAGE:
        properties.append(element("cantSplit"))
    if is_head:
        properties.append(element("tblHeader"))
    made = element("tr", None, properties)
    for cell, width, align in zip(cells, widths, aligned, strict=True):
        paragraph = element(
            "p", None, element("pPr", None, element("pStyle", {"val": style}), element("jc", {"val": align}))
        )
        if cell:
            paragraph.append(run(cell))
        about = element("tcPr", None, element("tcW", {"w": width, "type": "dxa"}), element("vAlign", {"val": "center"}))
        made.append(element("tc", None, about, paragraph))
    return made


def _filled(cells: Sequence[str], columns: int) -> list[str]:
    return [*cells, *[""] * (columns - len(cells))]


def _is_numeric(rows: Sequence[Sequence[str]], column: int) -> bool:
    said = [row[column] for row in rows if column < len(row) and row[column]]
    return bool(said) and all(NUMBER.match(cell) for cell in said)


def _widths(rows: Sequence[Sequence[str]], columns: int) -> list[int]:
    """The page's width shared by what the columns hold, in twips."""
    wanted = [
        min(max([NARROWEST, *(_halves(row[n]) + 2 for row in rows if n < len(row))]), WIDEST) for n in range(columns)
    ]
    widths = [WIDTH * want // sum(wanted) for want in wanted]
    widths[-1] += WIDTH - sum(widths)
    return widths


def _halves(text: str) -> int:
    return sum(1 if ord(c) < 0x2000 else 2 for c in text)
