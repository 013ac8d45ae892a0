"""Sheets as people send them: kinds, encodings, headers, numbers, days."""

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.foundation.workbooks import SHEET, book, changed, texts
from triplehelix.foundation.sheet import SheetError, read_table, write_csv

HEAD = ["编号", "标题", "地区"]
ROWS = [["A1", "高强铝合金", "371502"], ["A2", "余热回收，用于窑炉", "371521"]]
TEXT = '编号,标题,地区\r\nA1,高强铝合金,371502\r\nA2,"余热回收，用于窑炉",371521\r\n'


@pytest.mark.parametrize(
    "content, encoding",
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_a_csv_is_read_in_whatever_encoding_it_came(content, encoding):
    table = read_table(content)
    assert (table.kind, table.encoding, table.headers) == ("csv", encoding, tuple(HEAD))
    assert texts(table) == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter):
    table = read_table(TEXT.replace(",", delimiter).encode())
    assert texts(table) == ROWS


def test_one_column_is_a_table_too():
    assert texts(read_table("标题\n甲\n乙\n".encode())) == [["甲"], ["乙"]]


def test_commas_in_chinese_text_do_not_cut_a_tab_separated_file():
    table = read_table("标题\t内容\n甲, 乙\t一, 二, 三\n丙, 丁\t四, 五, 六\n".encode())
    assert texts(table) == [["甲, 乙", "一, 二, 三"], ["丙, 丁", "四, 五, 六"]]


def test_a_cell_may_hold_lines_quotes_and_delimiters():
    table = read_table(b'a,b\n1,"x\ny, ""z"""\n\n3,w\n')
    assert texts(table) == [["1", 'x\ny, "z"'], ["3", "w"]]
    assert [row.number for row in table.rows] == [2, 4]


def test_numbers_lose_excels_point_and_days_stay_days():
    table = read_table(
        book(
            [
                ["区划", "系数", "日期", "时刻", "对"],
                [371502.0, 0.1, date(2026, 3, 2), datetime(2026, 3, 2, 8, 30), True],
            ]
        )
    )
    cells = list(table.rows[0].cells.values())
    assert [c.text for c in cells] == ["371502", "0.1", "2026-03-02", "2026-03-02 08:30:00", "TRUE"]
    assert [c.value for c in cells] == [371502, Decimal("0.1"), date(2026, 3, 2), datetime(2026, 3, 2, 8, 30), True]


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("0.30000000000000004", "0.3"), ("1199.9999999999998", "1200"), ("123456789012.345", "123456789012.345"),
     ("1E-7", "0.0000001"), ("0.1", "0.1"), ("-1234.1000000000001", "-1234.1"), ("999999999999999", "999999999999999")],
)  # fmt: skip
def test_a_number_is_what_excel_shows_of_it_and_not_the_rest_of_a_sum(kept, shown):
    """Excel shows 15 digits and keeps 17: 0.1 + 0.2, pasted as a value, is 0.3 for whoever looks at the cell."""
    content = changed(book([["数"], [5]]), lambda xml: xml.replace(b"<v>5</v>", f"<v>{kept}</v>".encode()))
    assert read_table(content).rows[0].text("数") == shown


def test_a_number_too_long_for_excel_is_not_believed():
    cell = read_table(book([["证号"], [371502199901011234]])).rows[0].cells["证号"]
    assert cell.problem.code == "precision"
    assert "超过 15 位" in cell.problem.message
    assert read_table(book([["证号"], ["371502199901011234"]])).rows[0].cells["证号"].problem is None


@pytest.mark.parametrize("number", [b"INF", b"NaN"])
def test_a_number_that_is_none_is_a_problem(number):
    content = changed(book([["数"], [5]]), lambda xml: xml.replace(b"<v>5</v>", b"<v>" + number + b"</v>"))
    assert read_table(content).rows[0].cells["数"].problem.code == "error_value"


def test_full_width_digits_are_kept_for_the_parsers_to_name():
    assert read_table(book([["地区"], ["３７１５０２"]])).rows[0].text("地区") == "３７１５０２"


def test_row_numbers_are_those_of_excel_though_blank_rows_are_skipped():
    table = read_table(book([[], ["编号", "标题"], [], ["A1", "甲"], ["", " "], ["A2", "乙"]]))
    assert (table.header_row, [r.number for r in table.rows]) == (2, [4, 6])


def test_a_title_above_the_header_is_stepped_over():
    table = read_table(book([["2026年成果汇总"], HEAD, *ROWS]))
    assert (table.header_row, table.headers) == (2, tuple(HEAD))


def test_a_merged_title_is_no_error():
    table = read_table(book([[], HEAD, *ROWS], merges=[("A1:C1", "2026年成果汇总")]))
    assert table.header_row == 2
    assert all(c.problem is None for row in table.rows for c in row.cells.values())


def test_wanted_headings_find_the_header_below_remarks():
    rows = [["填报单位", "某局"], ["填报人", "某某"], HEAD, *ROWS]
    assert read_table(book(rows)).header_row == 1
    assert read_table(book(rows), headings=["标题", "编 号 *"]).header_row == 3


def test_headers_are_unique_and_nameless_columns_keep_their_letter():
    table = read_table(book([["标题 *", "标题", None, "内容："], ["甲", "乙", "丙", "丁"]]))
    assert table.headers == ("标题", "标题（B 列）", "（C 列）", "内容")


def test_formulas_errors_and_merged_cells_carry_their_problem():
    content = book(
        [HEAD, *ROWS, ["A3", "", "371522"], ["A4", "x", "371522"]],
        formulas=[(1, 2, "=A1"), (2, 2, "=1/0")],
        merges=[("B4:B5", "合并")],
    )
    table = read_table(
        changed(
            content, lambda xml: xml.replace(b'<c r="A3" t="s"><v>', b'<c r="A3" t="e"><v>#N/A</v></c><c r="D9"><v>')
        )
    )
    problems = {(r.number, h): c.problem for r in table.rows for h, c in r.cells.items() if c.problem}
    assert {place: p.code for place, p in problems.items()} == {
        (2, "地区"): "formula",
        (3, "编号"): "error_value",
        (3, "地区"): "formula",
        (4, "标题"): "merged",
        (5, "标题"): "merged",
    }
    assert "B4:B5" in problems[4, "标题"].message


def test_formulas_are_found_under_any_prefix_and_extensions_are_not_formulas():
    def prefixed(xml):
        xml = xml.replace(b"<worksheet xmlns=", b"<x:worksheet xmlns:x=").replace(b"</worksheet>", b"</x:worksheet>")
        for tag in (b"dimension", b"sheetData", b"row", b"c", b"f", b"v"):
            for end in (b" ", b">", b"/"):
                xml = xml.replace(b"<" + tag + end, b"<x:" + tag + end).replace(b"</" + tag + end, b"</x:" + tag + end)
        return xml

    content = book([["a", "b"], ["1", "2"]], formulas=[(1, 1, "=A1")])
    cells = read_table(changed(content, prefixed)).rows[0].cells
    assert (cells["a"].problem, cells["b"].problem.code) == (None, "formula")
    foreign = b'<extLst><ext xmlns:xm="urn:x"><xm:f>Sheet2!A1</xm:f></ext></extLst></worksheet>'
    plain = changed(book([["a"], ["1"]]), lambda xml: xml.replace(b"</worksheet>", foreign))
    assert read_table(plain).rows[0].cells["a"].problem is None


def test_in_csv_only_what_excel_would_compute_is_a_formula():
    table = read_table(b"a,b,c\n=1+1,-5,'=x\n")
    a, b, c = table.rows[0].cells.values()
    assert (a.problem.code, b.problem, c.problem) == ("formula", None, None)
    assert (b.text, c.text) == ("-5", "=x")


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_named():
    others = {"备注": [["另一张表"]], "填表说明": [["我们自己的"]]}
    content = book([HEAD, *ROWS], sheets=("数据", "Sheet2", "备注", "填表说明", "Sheet3"), others=others)
    table = read_table(content)
    assert (table.sheet, table.warnings) == ("数据", ["只读取了工作表“数据”，没有读取：备注"])
    assert read_table(content, sheet="数据").rows
    with pytest.raises(SheetError, match="有：数据、Sheet2、备注、填表说明、Sheet3"):
        read_table(content, sheet="没有")
    with pytest.raises(SheetError, match="没有内容"):
        read_table(book([HEAD, *ROWS], sheets=("数据", "空"), hidden=("数据",)))


def test_styled_empty_cells_far_below_do_not_count():
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    table = read_table(changed(book([HEAD, *ROWS]), lambda xml: xml.replace(b"</sheetData>", far)))
    assert len(table.rows) == 2


def test_cells_without_a_reference_are_counted_on():
    bare = changed(book([["a", "b"], [1, 2]]), lambda xml: xml.replace(b' r="B2"', b"").replace(b' r="2"', b""))
    assert texts(read_table(bare)) == [["1", "2"]]


def test_an_old_xls_is_read():
    """old.xls was written with xlwt: a merged title, a blank row, a day, two merged cells, a second sheet."""
    table = read_table(Path(__file__).parent / "old.xls")
    assert (table.kind, table.name, table.header_row) == ("xls", "old.xls", 2)
    assert [r.number for r in table.rows] == [3, 5, 6, 7]
    assert table.rows[0].text("地区") == "371502"
    assert table.rows[0].cells["日期"].value == date(2026, 3, 2)
    assert {r.number for r in table.rows if r.cells["标题"].problem} == {6, 7}
    assert "看不出哪些格是公式" in table.warnings[0]


def test_a_stream_keeps_its_name_and_a_text_named_xlsx_is_read_with_a_warning(tmp_path):
    path = tmp_path / "成果.xlsx"
    path.write_bytes(TEXT.encode())
    with path.open("rb") as stream:
        table = read_table(stream)
    assert (table.name, texts(table)) == ("成果.xlsx", ROWS)
    assert table.warnings == ["文件名以 .xlsx 结尾，内容其实是文本，已按 csv 读取"]
    assert read_table(io.BytesIO(TEXT.encode()), name="a.csv").warnings == []


def test_a_heading_that_looks_like_a_bitmap_is_text():
    assert read_table(b"BM,x\n1,2\n").headers == ("BM", "x")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_ten_thousand_rows_are_read(kind):
    rows = [[f"N{n}", *["一段说明文字，二十个字左右，够长了"] * 14] for n in range(10_000)]
    head = [f"列{n}" for n in range(15)]
    content = book([head, *rows]) if kind == "xlsx" else write_csv(head, rows)
    assert len(read_table(content).rows) == 10_000


def test_the_part_the_tests_change_is_the_sheet():
    assert SHEET == "xl/worksheets/sheet1.xml"
