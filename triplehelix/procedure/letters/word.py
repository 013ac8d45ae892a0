"""A letter as docx, laid out by GB/T 9704—2012. The same letter gives the same bytes."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from xml.sax.saxutils import quoteattr

import docx as python_docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from triplehelix.procedure.letters import layout, tables
from triplehelix.procedure.letters.layout import element
from triplehelix.procedure.letters.letter import Annex, Block, Letter
from triplehelix.procedure.letters.words import balanced, day, wide

#: Core properties hold no more.
MOST_IN_PROPERTY = 255
#: Characters of 二号 on a line of 156 mm: 20, less the air around Latin figures.
TITLE_LINE = 19
#: A zip knows no earlier year.
FIRST_ZIP_YEAR = 1980
FONT_TABLE = "word/fontTable.xml"


def docx(letter: Letter) -> bytes:
    """The letter as a Word file: A4, 156 x 225 mm of type, 22 lines of 28 points, 28 characters a line."""
    document = python_docx.Document()
    layout.set_up(document)
    _properties(document, letter)
    _head(document, letter)
    for block in letter.blocks:
        _block(document, block)
    _foot(document, letter)
    for n, annex in enumerate(letter.annexes, start=1):
        _annex(document, annex, f"附件{n}" if len(letter.annexes) > 1 else "附件")
    return _packed(document, letter)


def _head(document: Document, letter: Letter) -> None:
    """The issuer in red, the number, the red line; then title and addressee. Two parties sign below a title alone."""
    if letter.number and letter.kind != "agreement":
        mark = _add(document, letter.issuer, "Letter Mark")
        # As large as fits on one line of 442 points; a name beyond that wraps.
        size = max(layout.TWO, min(44, 440 // max(len(letter.issuer), 1)))
        for run in mark.runs:
            run._r.get_or_add_rPr().append(element("sz", {"val": size * 2}))
        number = _add(document, letter.number, "Letter Number")
        line = element("bottom", {"val": "single", "sz": 12, "space": 11, "color": layout.RED})
        number._p.get_or_add_pPr().append(element("pBdr", None, line))
    _title(document, letter.title)
    if letter.number and letter.kind == "agreement":
        _add(document, f"编号：{letter.number}", "Subtitle")
    if letter.addressee:
        _add(document, f"{letter.addressee}：", "Salutation")
    else:
        document.paragraphs[-1].paragraph_format.space_after = Pt(layout.LINE)


def _title(document: Document, title: str) -> None:
    """A title of several lines is broken between words, into lines about as long as each other."""
    paragraph = document.add_paragraph(style="Title")
    for n, line in enumerate(balanced(title, TITLE_LINE)):
        if n:
            paragraph.add_run().add_break()
        paragraph._p.append(tables.run(line))


def _block(document: Document, block: Block) -> None:
    if block.kind == "text":
        _add(document, block.text, "Body Text")
    elif block.kind == "heading":
        _add(document, block.text, "Heading 2" if block.text.startswith("（") else "Heading 1")
    elif block.kind == "list":
        if block.text:
            _add(document, block.text, "Body Text")
        for n, row in enumerate(block.rows, start=1):
            _add(document, f"{n}. {'　'.join(row)}", "List Number")
    else:
        if block.text:
            _add(document, block.text, "Caption")
        document.paragraphs[-1].paragraph_format.space_after = Pt(6)
        document.element.body.insert(-1, tables.table(block.head, block.rows))
        _gap(document)


def _gap(document: Document) -> None:
    """A little air below a table; Word also wants a paragraph between two tables."""
    _add(document, "", "Letter Table")


def _foot(document: Document, letter: Letter) -> None:
    """附件说明, issuer and day above each other, 附注. An agreement has its signatures instead."""
    for paragraph, ind in _attachments(document, letter.attachments):
        paragraph._p.get_or_add_pPr().append(ind)
    if letter.kind == "agreement":
        return
    # No page with nothing but a signature on it.
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    written = day(letter.day)
    issuer, dated = _add(document, letter.issuer, "Signature"), _add(document, written, "Signature")
    # The day stands four characters in; the issuer is centred above it, for the seal, but stays on the page.
    middle = 4 + (wide(written) - wide(letter.issuer)) / 2
    issuer.paragraph_format.space_before = Pt(2 * layout.LINE)
    issuer._p.get_or_add_pPr().append(layout.indent(right=max(middle, 0)))
    dated._p.get_or_add_pPr().append(layout.indent(right=4))
    if letter.contact:
        _add(document, f"（{letter.contact}）", "Body Text")


def _annex(document: Document, annex: Annex, mark: str) -> None:
    """A table on landscape pages of its own."""
    layout.turned(document.add_section(WD_SECTION.NEW_PAGE))
    _add(document, mark, "Letter Annex Mark")
    title = _add(document, annex.title, "Letter Annex Title")
    title.paragraph_format.space_after = Pt(8)
    made = tables.table(annex.head, annex.rows, width=layout.ANNEX_WIDTH, shares=annex.shares, style="LetterAnnex")
    document.element.body.insert(-1, made)
    _gap(document)


def _attachments(document: Document, names: Sequence[str]) -> Iterator[tuple[Paragraph, BaseOxmlElement]]:
    """附件：1. …, the further ones below the first's number; a single one has no number. Lines hang under the name."""
    numbered = len(names) > 1
    for n, name in enumerate(names, start=1):
        mark = f"{n}. " if numbered else ""
        paragraph = _add(document, f"{'附件：' if n == 1 else ''}{mark}{name}", "Letter Attachment")
        if n == 1:
            paragraph.paragraph_format.space_before = Pt(layout.LINE)
        hang = wide(mark)
        yield paragraph, layout.indent(left=5 + hang, hanging=hang + (3 if n == 1 else 0))


def _add(document: Document, text: str, style: str) -> Paragraph:
    """A paragraph of one run, marked as Chinese; without text, an empty one."""
    paragraph = document.add_paragraph(style=style)
    if text:
        paragraph._p.append(tables.run(text))
    return paragraph


def _properties(document: Document, letter: Letter) -> None:
    core, at = document.core_properties, datetime.combine(letter.day, time(), tzinfo=UTC)
    core.title, core.author = letter.title[:MOST_IN_PROPERTY], letter.issuer[:MOST_IN_PROPERTY]
    core.last_modified_by, core.subject = core.author, letter.number[:MOST_IN_PROPERTY]
    core.created = core.modified = at
    core.language, core.comments, core.keywords, core.revision = "zh-CN", "", "", 1


def _packed(document: Document, letter: Letter) -> bytes:
    """Saved, and packed again with the letter's day on every part: python-docx puts the time of saving there."""
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]
    first, second = io.BytesIO(), io.BytesIO()
    document.save(first)
    stamp = (max(letter.day.year, FIRST_ZIP_YEAR), letter.day.month, letter.day.day, 0, 0, 0)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as packed:
        # [Content_Types].xml sorts first, where readers look for it.
        for name in sorted(made.namelist()):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            packed.writestr(entry, _font_table() if name == FONT_TABLE else made.read(name))
    return second.getvalue()


def _font_table() -> bytes:
    """The fonts this page asks for, and by which others they may be replaced."""
    space = qn("w:x").split("}")[0][1:]
    named = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(others)}/></w:font>"
        for name, others in layout.SUBSTITUTES.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<w:fonts xmlns:w="{space}">{named}</w:fonts>'.encode()
