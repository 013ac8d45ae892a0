"""Files that cannot be used: refused early, with one sentence that says what to do."""

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foundation.workbooks import SHEET, book, changed, with_password
from triplehelix.foundation.sheet import SheetError, read_table

GOOD = book([["编号", "标题"], ["A1", "甲"]])
MEGA = 1024 * 1024


def refused(content, **options):
    with pytest.raises(SheetError) as caught:
        read_table(content, **options)
    assert caught.value.message == str(caught.value)
    return caught.value


@pytest.mark.parametrize("content", [b"", b"  \r\n\r\n", b"\xef\xbb\xbf", b",,\n,,\n", book([[]]), book([["", " "]])])
def test_an_empty_file_says_so(content):
    assert refused(content).code == "empty"


@pytest.mark.parametrize(
    "content", ["编号,标题\n".encode(), book([["编号", "标题"]]), book([["汇总"], ["编号", "标题"]])]
)
def test_a_header_alone_says_that_there_are_no_rows(content):
    assert refused(content).code == "no_rows"


def test_two_hundred_megabytes_are_refused_before_reading(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200 * MEGA)
    tracemalloc.start()
    why = refused(path)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (why.code, used < MEGA) == ("too_large", True)
    assert "文件有 200 MB，超过上限 50 MB" in why.message


def test_a_stream_that_cannot_tell_its_size_is_read_up_to_the_limit():
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            Endless.taken += len(buffer)
            buffer[:] = b"a" * len(buffer)
            return len(buffer)

    assert refused(io.BufferedReader(Endless()), max_bytes=MEGA).code == "too_large"
    assert Endless.taken < 2 * MEGA


@pytest.mark.parametrize("content", [book([["a"], *[[n] for n in range(20)]]), b"a\n" + b"1\n" * 20])
def test_too_many_rows_are_refused(content):
    why = refused(content, max_rows=10)
    assert (why.code, "10 行" in why.message) == ("too_many_rows", True)
    assert len(read_table(content, max_rows=20).rows) == 20


def test_too_many_columns_are_refused():
    assert refused((",".join("abcdefgh" * 40) + "\n").encode()).code == "too_many_columns"
    assert refused(book([["a"] * 300, ["b"] * 300])).code == "too_many_columns"


def test_one_value_in_the_last_cell_does_not_take_all_memory():
    """calamine would build 17 thousand million cells for it."""
    for far, code in ((b"XFD1048576", "too_many_columns"), (b"Z1048576", "too_many_rows")):
        row = b'<row r="1048576"><c r="' + far + b'"><v>1</v></c></row></sheetData>'
        assert refused(changed(GOOD, lambda xml, row=row: xml.replace(b"</sheetData>", row))).code == code


def test_a_file_that_asks_for_a_hundred_gigabytes_ends_only_the_process_that_reads_it():
    """calamine allocates what sharedStrings announces and aborts when it cannot."""
    asking = changed(
        GOOD,
        lambda xml: xml.replace(b'uniqueCount="4"', b'uniqueCount="4294967295"'),
        name="xl/sharedStrings.xml",
    )
    assert asking != GOOD
    assert refused(asking).code == "damaged"


def test_a_password_is_named():
    why = refused(with_password(GOOD))
    assert (why.code, "取消密码" in why.message) == ("password", True)


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    "content, says",
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "这是PDF 文件"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "这是图片"),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 20, "这是压缩包"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "这是网页"),
        (b'<?xml version="1.0"?><Workbook/>', "这是XML"),
        (b'{"a": 1}', "这是XML 或 JSON"),
        (zipped(word__document="x"), "这是Word 文档"),
        (zipped(ppt__slides="x"), "这是演示文稿"),
        (zipped(content="x", **{"content.xml": "x"}), "OpenDocument"),
        (zipped(readme="x"), "这是压缩包"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "这是 Word 文档"),
        (bytes(range(256)) * 4, "不是表格文件"),
    ],
)
def test_another_kind_of_file_is_named(content, says):
    why = refused(content)
    assert why.code == "not_a_sheet"
    assert says in why.message


@pytest.mark.parametrize(
    "content",
    [
        GOOD[:200],
        GOOD[:-30],
        b"PK\x03\x04" + b"\0" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        changed(GOOD, lambda xml: xml[:-40]),
        changed(GOOD, lambda xml: xml.replace(b'r="A1"', b'r="1A"')),
        changed(GOOD, lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml.partition(b"?>")[2]),
        changed(GOOD, lambda xml: b"not xml", name="xl/workbook.xml"),
        changed(GOOD, lambda xml: b"not xml", name="xl/sharedStrings.xml"),
        '编号,标题\nA1,"没有关上的引号\nA2,乙\n'.encode(),
    ],
)
def test_a_damaged_file_says_so(content):
    assert refused(content).code == "damaged"


def test_text_in_no_known_encoding_is_refused():
    why = refused("编号,标题\n".encode() + b"\xff\xff\xff\n")
    assert (why.code, "CSV UTF-8" in why.message) == ("encoding", True)
    assert refused(b"\xef\xbb\xbf\xff\xff,a\n").code == "encoding"


def test_a_part_that_grows_a_thousandfold_is_not_unpacked():
    blanks = b" " * (25 * MEGA)
    assert (
        refused(changed(GOOD, lambda xml: xml.replace(b"</worksheet>", blanks + b"</worksheet>"))).code == "too_large"
    )


def test_a_part_that_lies_about_its_size_is_refused():
    lying = bytearray(changed(GOOD, lambda xml: xml.replace(b"</worksheet>", b" " * 3_000_000 + b"</worksheet>")))
    with zipfile.ZipFile(io.BytesIO(lying)) as package:
        size = package.getinfo(SHEET).file_size
    at = lying.rfind(size.to_bytes(4, "little"))
    lying[at : at + 4] = (1000).to_bytes(4, "little")
    assert refused(bytes(lying)).code == "damaged"


def test_two_parts_of_one_name_are_refused():
    out = io.BytesIO(GOOD)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as package:
        package.writestr(SHEET, "<worksheet/>")
    assert refused(out.getvalue()).code == "damaged"


def test_merged_areas_that_overlap_a_thousandfold_are_refused():
    areas = b"<mergeCells>" + b'<mergeCell ref="A1:B1048576"/>' * 1000 + b"</mergeCells>"
    overlapping = changed(GOOD, lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + areas))
    assert refused(overlapping).code == "damaged"


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xef\xbb\xbf"])
)
def test_any_bytes_are_a_table_or_a_clear_refusal(content, head):
    try:
        assert read_table(head + content).headers
    except SheetError as why:
        assert why.code
        assert why.message


@settings(max_examples=40)  # most start a process
@given(st.data())
def test_a_workbook_with_a_changed_byte_is_a_table_or_a_clear_refusal(data):
    content = bytearray(GOOD)
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_table(bytes(content))
    except SheetError as why:
        assert why.message
