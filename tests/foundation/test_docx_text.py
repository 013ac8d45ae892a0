"""The words of a Word file: all that a reader sees, nothing that was taken out, and no file that harms."""

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.foundation import docx_text
from triplehelix.foundation.docx_text import PARTS, Unreadable, text_of
from triplehelix.records.evidence.kinds import DOCX, kind_of

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

#: A text box is written twice: as programs draw it now, and for older ones.
BOXED = "<w:p><w:r><w:t>框里</w:t></w:r></w:p>"
BOX = (
    f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{BOXED}</mc:Choice>"
    f"<mc:Fallback>{BOXED}</mc:Fallback></mc:AlternateContent></w:r>"
)
#: Pinyin above a character.
RUBY = (
    "<w:r><w:ruby><w:rt><w:r><w:t>zhōu</w:t></w:r></w:rt>"
    "<w:rubyBase><w:r><w:t>周</w:t></w:r></w:rubyBase></w:ruby></w:r>"
)


def read(content, most=100_000):
    return text_of(content, most)


def saved(document):
    whole = io.BytesIO()
    document.save(whole)
    return whole.getvalue()


def of_xml(*paragraphs):
    """A document of these paragraphs, each the inside of a w:p."""
    document = docx.Document()
    for inside in paragraphs:
        document.element.body.insert(-1, parse_xml(f"<w:p {W} {MC} {M}>{inside}</w:p>"))
    return saved(document)


def packed(content, name=PARTS[0]):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return whole.getvalue()


def test_paragraphs_and_tables_in_their_order():
    document = docx.Document()
    document.add_heading("一、现状", level=1)
    document.add_paragraph("每月退货二十片")
    table = document.add_table(rows=2, cols=2)
    for row, said in zip(table.rows, (("指标", "目标"), ("宽度误差", "0.3 毫米\n以内")), strict=True):
        for cell, text in zip(row.cells, said, strict=True):
            cell.text = text
    document.add_paragraph("二、进度")
    assert read(saved(document)) == "\n".join(
        ["一、现状", "每月退货二十片", "指标 \t目标", "宽度误差 \t0.3 毫米 以内", "二、进度"]
    )


def test_the_text_of_a_document_that_was_edited_on_the_web():
    """Word there calls the main part document2.xml."""
    body = f"<w:document {W}><w:body><w:p><w:r><w:t>一、现状</w:t></w:r></w:p></w:body></w:document>"
    content = packed(body, "word/document2.xml")
    assert read(content) == "一、现状"
    assert kind_of(content, "活页.docx") == DOCX


@pytest.mark.parametrize(
    "inside, text",
    [
        ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>", "甲\t乙"),
        ("<w:ins><w:r><w:t>补写的</w:t></w:r></w:ins>", "补写的"),
        ("<w:r><w:t>留下的</w:t></w:r><w:del><w:r><w:delText>删去的</w:delText></w:r></w:del>", "留下的"),
        ("<w:r><w:instrText>AUTHOR</w:instrText></w:r><w:r><w:t>正文</w:t></w:r>", "正文"),
        ("<w:hyperlink><w:r><w:t>链接里</w:t></w:r></w:hyperlink>", "链接里"),
        ("<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>", "x=2"),
        (BOX, "框里"),
        ("<w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:t>缩进</w:t></w:r>", "缩进"),
        ("<w:del><m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath></w:del><w:r><w:t>式</w:t></w:r>", "式"),
        ("<w:moveFrom><w:r><w:t>搬走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>搬走</w:t></w:r></w:moveTo>", "搬走"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>看见</w:t></w:r>", "看见"),
        ("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>看见</w:t></w:r>", "看见"),
        (RUBY, "周"),
        ("", ""),
    ],
)
def test_what_a_reader_sees_once(inside, text):
    assert read(of_xml(inside)) == text


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], max_codepoint=0xFFFD))
    )
)
def test_every_line_comes_back(lines):
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    assert read(saved(document)) == "\n".join(line for line in lines if line)


DEEP = f"<w:document {W}>" + "<w:p>" * 5000 + "</w:p>" * 5000 + "</w:document>"


def compressed(method):
    """Of a kind that Word never writes, and damaged."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as made:
        made.writestr(PARTS[0], f"<w:document {W}>{'正文' * 500}</w:document>")
    content = bytearray(whole.getvalue())
    content[len(PARTS[0]) + 50] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no zip",
        packed("<w:document"),
        packed("<document/>", "word/other.xml"),
        packed(f'<!DOCTYPE d [<!ENTITY a "名">]><w:document {W}><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:document>'),
        packed(DEEP),
        of_xml("<w:r><w:t>正文</w:t></w:r>")[:-200],
        compressed(zipfile.ZIP_LZMA),
        compressed(zipfile.ZIP_BZIP2),
    ],
    ids=["empty", "no zip", "cut xml", "no text part", "entities", "deep", "cut zip", "lzma", "bzip2"],
)
def test_what_cannot_be_read_is_said_so(content):
    with pytest.raises(Unreadable):
        read(content)


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(docx_text, "MOST_UNPACKED", 1000)
    with pytest.raises(Unreadable):
        read(packed(f"<w:document {W}>{' ' * 2000}</w:document>"))


def test_no_more_is_read_than_is_asked_for():
    found = read(packed(f"<w:document {W}><w:p><w:r><w:t>{'字' * 3_000_000}</w:t></w:r></w:p></w:document>"), 10)
    assert 10 < len(found) < 100_000


def test_notes_below_the_page_come_after_the_body():
    document = docx.Document()
    document.add_paragraph("正文")
    content = io.BytesIO(saved(document))
    with zipfile.ZipFile(content, "a") as whole:
        whole.writestr(
            PARTS[1], f"<w:footnotes {W}><w:footnote><w:p><w:r><w:t>脚注</w:t></w:r></w:p></w:footnote></w:footnotes>"
        )
    assert read(content.getvalue()) == "正文\n脚注"


def test_the_strict_kind_of_word_reads_alike():
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = "<w:body><w:p><w:r><w:t>正文</w:t></w:r></w:p></w:body>"
    assert read(packed(f'<w:document xmlns:w="{strict}">{body}</w:document>')) == "正文"
