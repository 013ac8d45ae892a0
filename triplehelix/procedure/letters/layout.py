"""The page of GB/T 9704—2012: margins, fonts, styles, page numbers. Lengths in mm or points as named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm
from docx.styles.style import ParagraphStyle

SONG, FANG, HEI, KAI, MARK = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
LATIN = "Times New Roman"
#: What to take where a font is not installed, best first: Word reads it from the font table.
SUBSTITUTES = {
    FANG: "仿宋,FangSong,Noto Serif CJK SC",
    KAI: "楷体,KaiTi,Noto Serif CJK SC",
    HEI: "SimHei,Noto Sans CJK SC",
    MARK: "FZXiaoBiaoSong-B05S,宋体,Noto Serif CJK SC",
    SONG: "SimSun,Noto Serif CJK SC",
}
#: 三号, 二号, 四号, 小四, 小五 in points.
THREE, TWO, FOUR, SMALL_FOUR, SMALL_FIVE = 16, 22, 14, 12, 9
LINE = 28
#: The width of the type area, 156 mm, in twentieths of a point.
WIDTH = 8844
#: The same of an annex on a landscape page: 297 mm less margins of 22 mm.
ANNEX_WIDTH, ANNEX_MARGIN = 14342, 22
RED = "FF0000"


def element(tag: str, attributes: Mapping[str, str | int] | None = None, *children: BaseOxmlElement) -> BaseOxmlElement:
    """`w:tag` with attributes of the same namespace."""
    made = cast(BaseOxmlElement, OxmlElement(f"w:{tag}"))
    for name, value in (attributes or {}).items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style: points, characters (indents), `align` as in w:jc."""

    font: str
    size: float
    line: int = LINE
    align: str = "both"
    before: int = 0
    first: int = 0
    right: int = 0
    left: int = 0
    keep: bool = False
    outline: int | None = None
    colour: str = ""
    exact: bool = True


#: Style names are Word's own where it has one, so that its outline and styles pane know them.
LOOKS = {
    "Normal": Look(FANG, THREE),
    "Body Text": Look(FANG, THREE, first=2),
    # Justified, a line of arithmetic would be pulled apart.
    "List Number": Look(FANG, THREE, align="left", first=2),
    "Heading 1": Look(HEI, THREE, first=2, keep=True, outline=0),
    "Heading 2": Look(KAI, THREE, first=2, keep=True, outline=1),
    # Two blank lines above, one below, as the standard asks; wrapped titles at 36 points.
    "Title": Look(MARK, TWO, line=36, align="center", before=2 * LINE, keep=True),
    "Subtitle": Look(FANG, THREE, align="center", keep=True),
    "Salutation": Look(FANG, THREE, align="left", before=LINE, keep=True),
    # The issuer's name begins 35 mm below the edge of the type area.
    "Letter Mark": Look(MARK, 44, line=56, align="center", before=99, colour=RED, keep=True),
    "Letter Number": Look(FANG, THREE, align="center", before=2 * LINE, keep=True),
    "Letter Attachment": Look(FANG, THREE, align="left"),
    "Signature": Look(FANG, THREE, align="right", keep=True),
    "Caption": Look(HEI, FOUR, align="center", keep=True),
    "Letter Table": Look(FANG, SMALL_FOUR, line=20, align="left", exact=False),
    "Letter Table Head": Look(HEI, SMALL_FOUR, line=20, align="center", exact=False, keep=True),
    "Letter Annex Mark": Look(HEI, THREE, align="left", keep=True),
    "Letter Annex Title": Look(MARK, TWO, line=36, align="center", keep=True),
    "Letter Annex": Look(FANG, SMALL_FIVE, line=13, align="left", exact=False),
    "Letter Annex Head": Look(HEI, SMALL_FIVE, line=13, align="center", exact=False, keep=True),
    "Letter Sign": Look(FANG, THREE, line=36, align="left", keep=True),
    "Footer": Look(SONG, FOUR, line=18, align="left", left=1, right=1),
}


def set_up(document: Document) -> None:
    """Page, styles, language and page numbers of an empty document."""
    _defaults(document)
    for name, look in LOOKS.items():
        _restyle(document, name, look)
    _settings(document)
    _page(document.sections[0])


def fonts(east: str) -> BaseOxmlElement:
    """Chinese in `east`, figures and Latin beside it; the hint makes “ ” and … Chinese signs too."""
    latin = SONG if east == SONG else LATIN
    return element("rFonts", {"hint": "eastAsia", "ascii": latin, "hAnsi": latin, "cs": latin, "eastAsia": east})


def indent(
    *, first: float = 0, left: float = 0, right: float = 0, hanging: float = 0, size: float = THREE
) -> BaseOxmlElement:
    """Indents in characters of a size in points; beside them the same in twips for programs that know no characters."""
    given = {"left": left, "right": right, "hanging": hanging, "firstLine": first}
    found: dict[str, str | int] = {}
    for name, characters in given.items():
        if characters or name in ("left", "right"):
            found |= {f"{name}Chars": round(characters * 100), name: round(characters * size * 20)}
    return element("ind", found)


def _restyle(document: Document, name: str, look: Look) -> None:
    """One style as this page wants it; nothing of the template's own look is left."""
    known = {style.name for style in document.styles}
    style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    found = cast(ParagraphStyle, style)
    for old in [child for child in found.element if child.tag in (qn("w:pPr"), qn("w:rPr"))]:
        found.element.remove(old)
    if name != "Normal":
        found.base_style = cast(ParagraphStyle, document.styles["Normal"])
    rule = "exact" if look.exact else "atLeast"
    spacing: dict[str, str | int] = {"before": look.before * 20, "after": 0, "line": look.line * 20, "lineRule": rule}
    # In the order the schema asks for.
    paragraph = element("pPr")
    if look.keep:
        paragraph.append(element("keepNext"))
    paragraph.append(element("widowControl", {"val": 0}))
    paragraph.append(element("spacing", spacing))
    paragraph.append(indent(first=look.first, left=look.left, right=look.right, size=look.size))
    paragraph.append(element("jc", {"val": look.align}))
    if look.outline is not None:
        paragraph.append(element("outlineLvl", {"val": look.outline}))
    run = element("rPr", None, fonts(look.font), element("color", {"val": look.colour or "000000"}))
    # 28 characters of 16 points are a little wider than 156 mm: each gives a quarter of a point.
    run.append(element("spacing", {"val": -5 if look.size == THREE else 0}))
    half_points = round(look.size * 2)
    run.extend([element("sz", {"val": half_points}), element("szCs", {"val": half_points})])
    found.element.extend([paragraph, run])
    found.quick_style = True


def _defaults(document: Document) -> None:
    """What a run has that no style speaks of: Chinese, and no font of the template's theme."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert defaults is not None
    language = element("lang", {"val": "zh-CN", "eastAsia": "zh-CN", "bidi": "ar-SA"})
    size = element("sz", {"val": THREE * 2}), element("szCs", {"val": THREE * 2})
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(element("rPrDefault", None, element("rPr", None, fonts(FANG), *size, language)))
    defaults.append(element("pPrDefault"))


def _settings(document: Document) -> None:
    settings = document.settings
    settings.odd_and_even_pages_header_footer = True
    for tag, attributes in (
        ("w:zoom", {"val": "bestFit", "percent": "100"}),
        ("w:themeFontLang", {"val": "zh-CN", "eastAsia": "zh-CN"}),
    ):
        found = settings.element.find(qn(tag))
        assert found is not None
        for name, value in attributes.items():
            found.set(qn(f"w:{name}"), value)
    for found in settings.element.iter(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), "15")


def _page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # The dashes beside the number stand 7 mm below the type area.
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is not None:
        section._sectPr.remove(grid)
    # Odd pages carry the number on the right, even ones on the left, one character in.
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        paragraph.style = "Footer"
        paragraph._p.get_or_add_pPr().append(element("jc", {"val": align}))
        paragraph._p.extend(_page_number())


def turned(section: Section) -> None:
    """A section of landscape pages, numbered on as the pages before."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.bottom_margin = Mm(ANNEX_MARGIN)
    section.top_margin, section.footer_distance = Mm(25), Mm(12)


def _page_number() -> list[BaseOxmlElement]:
    """— 1 —"""
    parts = [
        _words("— "),
        element("fldChar", {"fldCharType": "begin"}),
        _words(" PAGE ", "instrText"),
        element("fldChar", {"fldCharType": "separate"}),
        _words("1"),
        element("fldChar", {"fldCharType": "end"}),
        _words(" —"),
    ]
    return [element("r", None, element("rPr", None, fonts(SONG)), part) for part in parts]


def _words(text: str, tag: str = "t") -> BaseOxmlElement:
    made = element(tag)
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made
