"""The docx as another program reads it: page, fonts, language, the same bytes; and what must not break it."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from xml.etree import ElementTree

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.letters import cases
from triplehelix.procedure.letters.letter import Block, Letter
from triplehelix.procedure.letters.word import docx
from triplehelix.procedure.letters.write import NoticeItem


def opened(letter):
    return python_docx.Document(io.BytesIO(docx(letter)))


def parts(letter):
    with zipfile.ZipFile(io.BytesIO(docx(letter))) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("kind", cases.ALL)
def test_the_page_is_gb_9704(kind):
    document = opened(cases.ALL[kind]())
    [section] = document.sections
    page = (section.page_width, section.page_height)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in page] == [210, 297]
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert "".join(run.text for run in paragraph.runs) == "— 1 —"
        assert " PAGE " in [one.text for one in paragraph._p.iter(qn("w:instrText"))]
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == align


@pytest.mark.parametrize(
    "style, east, size, line",
    [
        ("Title", "方正小标宋简体", 22, 36),
        ("Body Text", "仿宋_GB2312", 16, 28),
        ("Heading 1", "黑体", 16, 28),
        ("Heading 2", "楷体_GB2312", 16, 28),
        ("Footer", "宋体", 14, 18),
    ],
)
def test_fonts_stand_in_the_chinese_slot(style, east, size, line):
    found = opened(cases.granted()).styles[style]
    fonts = found.element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == east
    assert not [name for name in fonts.attrib if "Theme" in name]
    assert found.font.size.pt == size
    assert found.paragraph_format.line_spacing.pt == line


def test_body_is_drawn_in_two_characters():
    ind = opened(cases.granted()).styles["Body Text"].element.pPr.find(qn("w:ind"))
    assert ind.get(qn("w:firstLineChars")) == "200"
    assert ind.get(qn("w:firstLine")) == "640"


def test_the_document_is_chinese_and_named():
    letter = cases.granted()
    found = parts(letter)
    styles = found["word/styles.xml"].decode()
    assert re.findall(r"<w:lang [^>]*>", styles)[0] == '<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    core = opened(letter).core_properties
    assert (core.title, core.author, core.language) == (letter.title, cases.ISSUER, "zh-CN")
    assert core.created.replace(tzinfo=None) == core.modified.replace(tzinfo=None) == datetime(2026, 11, 23)
    assert "方正小标宋简体" in found["word/fontTable.xml"].decode()
    assert not [name for name in found if "thumbnail" in name]


def test_the_head_the_title_and_the_signature():
    said = [(one.style.name, one.text) for one in opened(cases.granted()).paragraphs]
    assert said[:5] == [
        ("Letter Mark", "聊城市科学技术局"),
        ("Letter Number", "聊科决〔2026〕12号"),
        ("Title", "研发投入奖励支持决定书"),
        ("Salutation", "山东东阿精密轴承有限公司："),
        ("Body Text", "你单位的“研发投入奖励”事项，本机关已经审查，现作出如下决定。"),
    ]
    assert said[-2:] == [("Signature", "聊城市科学技术局"), ("Signature", "2026年11月23日")]
    assert ("Heading 2", "（一）适用的标准") in said
    assert ("List Number", "2. 奖励 = 50,000.00 元。") in said


def test_the_day_stands_four_characters_in_and_the_issuer_above_its_middle():
    *_rest, issuer, day = opened(cases.granted()).paragraphs
    # 2026年11月23日 is seven characters wide, the issuer eight.
    assert day._p.pPr.find(qn("w:ind")).get(qn("w:rightChars")) == "400"
    assert issuer._p.pPr.find(qn("w:ind")).get(qn("w:rightChars")) == "350"


def test_an_agreement_has_no_red_head_and_ends_with_signatures():
    document = opened(cases.agreement())
    assert [one.style.name for one in document.paragraphs[:2]] == ["Title", "Subtitle"]
    assert not [one for one in document.paragraphs if one.style.name in ("Letter Mark", "Signature")]
    assert [cell.text for cell in document.tables[-1].rows[1].cells] == ["聊城市科学技术局", "聊城大学"]


def test_attachments_and_contact():
    both = replace(cases.notice(), attachments=("名单", "异议书"), contact="联系人：张三")
    said = [one.text for one in opened(both).paragraphs]
    assert said[-5:] == ["附件：1. 名单", "2. 异议书", "聊城市科学技术局", "2026年11月23日", "（联系人：张三）"]
    assert "附件：名单" in [one.text for one in opened(replace(both, attachments=("名单",))).paragraphs]


def test_a_long_list_keeps_its_head_on_every_page():
    items = [NoticeItem(f"企业{n}", "研发费用增长", n, "五（四）") for n in range(1, 501)]
    table = opened(cases.notice(items)).tables[0]
    rows = list(table._tbl.iter(qn("w:tr")))
    assert len(rows) == 501
    assert [n for n, row in enumerate(rows) if row.find(f".//{qn('w:tblHeader')}") is not None] == [0]
    widths = [int(one.get(qn("w:w"))) for one in table._tbl.iter(qn("w:gridCol"))]
    assert sum(widths) == 8844
    assert min(widths) > 0
    assert "".join(one.text for one in rows[500].iter(qn("w:t"))) == "500企业500研发费用增长5.00五（四）"


@pytest.mark.parametrize("kind", cases.ALL)
def test_the_same_letter_gives_the_same_bytes(kind):
    first = docx(cases.ALL[kind]())
    assert first == docx(cases.ALL[kind]())
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(2026, 11, 23, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"
    assert first != docx(replace(cases.ALL[kind](), day=date(2026, 11, 24)))


HOSTILE = "<w:p>&amp;\"']]>\x00\x0b\x1f\ud800\ufffe\u202e{{7*7}}=cmd|'/c'!A1\n𬱖㛃\ue000"


def test_hostile_text_is_only_text():
    names = dict.fromkeys(("payee", "award_name", "number", "issuer"), HOSTILE)
    letter = cases.granted(**names, articles=[(HOSTILE, HOSTILE)])
    seen = "<w:p>&amp;\"']]> {{7*7}}=cmd|'/c'!A1 𬱖㛃\ue000"
    document = opened(letter)
    assert document.paragraphs[0].text == seen
    assert document.core_properties.author == seen
    for name, content in parts(letter).items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)


def test_over_long_names_do_not_break_the_file():
    long, latin = "长" * 2000, "W" * 2000
    for name in (long, latin):
        items = [NoticeItem(name, name, 5_000_000, name)]
        for letter in (
            cases.notice(items, title=name, issuer=name, number=name, objections_to=name),
            cases.granted(payee=name, award_name=name, issuer=name),
            cases.agreement(payee=name, title=name),
            cases.payment(payee=name, bank=name, document=name),
        ):
            document = opened(letter)
            assert len(document.core_properties.title) <= 255
            assert any(name in paragraph.text for paragraph in document.element.body.iter(qn("w:t")))


def test_an_empty_letter_is_still_a_file():
    letter = Letter(
        "notice", "", "", "", (Block("table"), Block("list"), Block("table", rows=((), ("甲",)))), "", date.min
    )
    assert len(opened(letter).tables) == 2


@settings(max_examples=25, deadline=None)
@given(st.text(), st.text(), st.lists(st.lists(st.text(), max_size=4).map(tuple), max_size=4).map(tuple))
def test_any_text_makes_a_file_that_opens(name, text, rows):
    blocks = (Block("text", text), Block("list", rows=rows), Block("table", text, rows, (name, text)))
    letter = Letter("decision", name, text, name, blocks, text, cases.DAY, (name, text), name)
    assert opened(letter).element.body is not None


def schema_order(paragraph_properties):
    order = ["pStyle", "keepNext", "widowControl", "pBdr", "spacing", "ind", "jc", "outlineLvl"]
    return [order.index(child.tag.split("}")[1]) for child in paragraph_properties]


@pytest.mark.parametrize("kind", cases.ALL)
def test_properties_stand_in_the_order_of_the_schema(kind):
    """Word calls a file broken whose elements stand in another order, where other readers are patient."""
    letter = replace(cases.ALL[kind](), attachments=("甲", "乙"), contact="丙", title="很长的标题" * 8)
    for found in opened(letter).element.body.iter(qn("w:pPr")):
        assert schema_order(found) == sorted(set(schema_order(found)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", cases.ALL)
def test_libreoffice_makes_a_pdf(kind, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")

    def converted(name, content):
        (tmp_path / name).write_bytes(content)
        command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", tmp_path, tmp_path / name], capture_output=True, timeout=120, check=False)
        return (tmp_path / name).with_suffix(".pdf")

    if not converted("plain.txt", b"plain").exists():
        pytest.skip("this LibreOffice has no Writer: it cannot open even a plain text")
    assert converted("letter.docx", docx(cases.ALL[kind]())).read_bytes().startswith(b"%PDF")
