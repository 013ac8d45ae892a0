"""Tables and runs written as XML at once: python-docx looks through all rows for each cell, minutes for a long list."""

import re
from collections.abc import Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from triplehelix.procedure.letters.layout import WIDTH, element

NUMBER = re.compile(r"^-?[\d,]+(\.\d+)?$|^—$")
#: Twips: half a character of 小四, and the margins of a cell.
HALF, MARGINS = 120, 280
#: A row with a longer cell may be split between pages.
MOST_ON_ONE_PAGE = 300
SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def run(text: str) -> BaseOxmlElement:
    """Text as one run; the hint makes quotation marks and dots Chinese signs."""
    words = element("t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", None, element("rPr", None, element("rFonts", {"hint": "eastAsia"})), words)


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, width: int = WIDTH, shares: Sequence[int] = (),
    style: str = "LetterTable",
) -> BaseOxmlElement:  # fmt: skip
    """A table as wide as the type area, or `width` twips. The head is repeated on every page; without one there are no
    lines. `shares` are the columns' parts of the width; without them the texts decide. `style` is the cells'; the
    head's has "Head" behind it."""
    columns = max([len(head), *map(len, rows)], default=0) or 1
    widths = _shared(shares, width) if shares else _widths([head, *rows] if head else list(rows), columns, width)
    numeric = [_is_numeric(rows, n) for n in range(columns)]
    line: dict[str, str | int] = {"val": "single", "sz": 4, "space": 0, "color": "000000"} if head else {"val": "nil"}
    properties = element(
        "tblPr",
        None,
        element("tblW", {"w": width, "type": "dxa"}),
        element("jc", {"val": "center"}),
        element("tblBorders", None, *(element(side, line) for side in SIDES)),
        element("tblLayout", {"type": "fixed"}),
    )
    grid = element("tblGrid", None, *(element("gridCol", {"w": width}) for width in widths))
    made = element("tbl", None, properties, grid)
    if head:
        made.append(_row(_filled(head, columns), widths, ["center"] * columns, f"{style}Head", is_head=True))
    aligned = ["right" if is_number else "left" for is_number in numeric]
    if head and head[0] == "序号":
        aligned[0] = "center"
    for row in rows:
        made.append(_row(_filled(row, columns), widths, aligned, style if head else "LetterSign", is_head=False))
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
        size = element("tcPr", None, element("tcW", {"w": width, "type": "dxa"}), element("vAlign", {"val": "center"}))
        made.append(element("tc", None, size, paragraph))
    return made


def _filled(cells: Sequence[str], columns: int) -> list[str]:
    return [*cells, *[""] * (columns - len(cells))]


def _is_numeric(rows: Sequence[Sequence[str]], column: int) -> bool:
    said = [row[column] for row in rows if column < len(row) and row[column]]
    return bool(said) and all(NUMBER.match(cell) for cell in said)


def _shared(shares: Sequence[int], width: int) -> list[int]:
    """Columns in twips by their parts of the whole."""
    widths = [width * share // sum(shares) for share in shares]
    widths[-1] += width - sum(widths)
    return widths


def _widths(rows: Sequence[Sequence[str]], columns: int, width: int) -> list[int]:
    """Columns in twips: those that ask for less than an equal share get what they ask, the others share the rest."""
    asked = [max([1, *(_halves(row[n]) for row in rows if n < len(row))]) * HALF + MARGINS for n in range(columns)]
    widths, left, open_columns = [0] * columns, width, set(range(columns))
    while small := [n for n in open_columns if asked[n] * len(open_columns) <= left]:
        for n in small:
            widths[n] = asked[n]
            left -= asked[n]
        open_columns -= set(small)
    if not open_columns:
        # Everything fits: the air goes to all alike.
        open_columns = set(range(columns))
    for n in open_columns:
        widths[n] += left // len(open_columns)
    widths[-1] += width - sum(widths)
    return widths


def _halves(text: str) -> int:
    return sum(1 if ord(c) < 0x2000 else 2 for c in text)
