"""What goes out: the same text comes back, and no program runs it."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foundation.workbooks import book, texts
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import (
    Column,
    RowError,
    Schema,
    Sheet,
    annotate,
    neutralised,
    read_table,
    template,
    write_csv,
    write_xlsx,
)

SIGNS = "=+-@\t\r\n'\",;|＝＠ 中a1\\_x0041_"
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=30), st.text(SIGNS, max_size=12)
)
TABLES = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@given(TABLES)
def test_any_text_comes_back_from_csv(rows):
    content = write_csv(["编号", "甲", "乙"], [[f"N{n}", *row] for n, row in enumerate(rows)])
    table = read_table(content)
    assert texts(table) == [[f"N{n}", *row] for n, row in enumerate(rows)]
    assert not any(c.problem for r in table.rows for c in r.cells.values())


@settings(max_examples=25)  # each starts a process; many rows make up for it
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=40))
def test_any_text_comes_back_from_xlsx(rows):
    content = write_xlsx([Sheet("表", ["编号", "甲", "乙"], [[f"N{n}", *row] for n, row in enumerate(rows)])])
    table = read_table(content)
    assert texts(table) == [[f"N{n}", *row] for n, row in enumerate(rows)]
    assert not any(c.problem for r in table.rows for c in r.cells.values())


@given(st.text(SIGNS + "x", max_size=10))
def test_no_csv_cell_begins_like_a_formula(text):
    for row in csv.reader(io.StringIO(write_csv([text], [[text]], bom=False).decode(), newline="")):
        assert all(not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell) for cell in row)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1"])
def test_what_would_run_is_neutralised(text):
    assert neutralised(text) == "'" + text
    cell = opened(write_xlsx([Sheet("表", ["a"], [[text]])]))["表"]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_numbers_are_numbers_and_not_neutralised():
    content = write_csv(["a", "b", "c"], [[-5, Fen(-123456), Decimal("-0.5")]], bom=False)
    assert content.decode() == "a,b,c\r\n-5,-1234.56,-0.5\r\n"


def test_values_keep_their_type_in_excel():
    row = [
        7,
        Fen(123456),
        Decimal("0.25"),
        date(2026, 3, 2),
        datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
        True,
        None,
        0.5,
        10**17 + 1,
    ]
    page = opened(write_xlsx([Sheet("表", list("abcdefghi"), [row])]))["表"]
    values = [cell.value for cell in page[2]]
    assert values == [
        7,
        1234.56,
        0.25,
        datetime(2026, 3, 2),
        datetime(2026, 3, 2, 8, 30),
        True,
        None,
        0.5,
        "100000000000000001",
    ]
    assert page["B2"].number_format == "#,##0.00"
    assert page.auto_filter.ref == "A1:I2"
    assert page.freeze_panes == "A2"
    assert page.print_title_rows == "$1:$1"


def test_what_excel_cannot_hold_is_cut_or_left_out():
    page = opened(write_xlsx([Sheet("表", ["a"], [["字" * 40_000], ["坏\x00\x01\ud800字"]])]))["表"]
    assert len(page["A2"].value) == 32_767
    assert page["A2"].value.endswith("已截断）")
    assert page["A3"].value == "坏字"
    assert write_csv(["a"], [["坏\x00字\ud800"]], bom=False).decode() == "a\r\n坏字?\r\n"


def test_sheet_names_are_made_fit_and_unique():
    made = opened(write_xlsx([Sheet(name, ["a"], [["1"]]) for name in ("甲/乙", "甲:乙", "", "长" * 40, "长" * 40)]))
    assert made.sheetnames == ["甲 乙", "甲 乙(2)", "表", "长" * 31, "长" * 28 + "(2)"]


def test_a_workbook_needs_a_sheet():
    with pytest.raises(ValueError, match="needs a sheet"):
        write_xlsx([])


SCHEMA = Schema(
    [
        Column("id", "编号", required=True, help="本单位自己的编号", example="2026-001"),
        Column("title", "标题", ("名称",), required=True),
        Column("field", "技术领域", choices=[f"领域{n}，名字有些长" for n in range(40)]),
    ]
)


def test_the_template_has_headings_drop_downs_an_example_and_help():
    made = opened(template(SCHEMA, title="成果"))
    assert made.sheetnames == ["成果", "填表说明", "选项"]
    assert made["选项"].sheet_state == "hidden"
    page = made["成果"]
    assert [c.value for c in page[1]] == ["编号 *", "标题 *", "技术领域"]
    assert page["A2"].value == "【示例】2026-001"
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["C2:C1048576"].formula1 == "'选项'!$A$2:$A$41"
    assert rules["A2:A1048576"].prompt == "本单位自己的编号"
    assert page.column_dimensions["A"].number_format == "@"
    assert [c.value for c in made["填表说明"][3]] == ["标题", "是", None, None, None, "名称"]


def test_a_filled_template_is_read_back_without_its_example():
    made = opened(template(SCHEMA))
    page = made.worksheets[0]
    page["A3"], page["B3"], page["C3"] = "007", "=不是公式", "领域3，名字有些长"
    page["B3"].data_type = "s"
    out = io.BytesIO()
    made.save(out)
    checked = SCHEMA.check(read_table(out.getvalue()))
    assert checked.errors == []
    assert checked.table.warnings == []
    assert [r.values for r in checked.records] == [{"id": "007", "title": "=不是公式", "field": "领域3，名字有些长"}]


def wrong_sheet():
    rows = [
        ["2026 汇总"],
        ["编号", "名称", "备注", "日期"],
        [],
        ["A1", "", 0.5, date(2026, 3, 2)],
        ["A2", "乙", "留着"],
        ["", "=x"],
    ]
    table = read_table(book(rows))
    return table, SCHEMA.check(table)


def test_annotations_keep_every_column_and_row_in_its_place():
    table, checked = wrong_sheet()
    made = opened(annotate(table, checked.errors, SCHEMA))
    page = made.worksheets[0]
    assert page["A1"].value == "2026 汇总"
    assert [c.value for c in page[2]] == ["编号", "名称", "备注", "日期", "错误说明"]
    assert [c.value for c in page[4]] == ["A1", None, 0.5, datetime(2026, 3, 2), "【名称】必填，现在是空的"]
    assert [c.value for c in page[5]] == ["A2", "乙", "留着", None, None]
    assert page["B4"].fill.fgColor.rgb == "FFF8D0C8"
    assert page["B4"].comment.text == "必填，现在是空的"
    assert page["B5"].comment is None
    assert page["B6"].value == "=x"
    assert page["B6"].data_type == "s"
    assert [[c.value for c in row] for row in made["错误清单"].iter_rows()] == [
        ["行", "列", "问题"],
        [4, "名称", "必填，现在是空的"],
        [6, "编号", "必填，现在是空的"],
    ]


def test_errors_may_use_the_schemas_heading_and_speak_of_the_whole_file():
    table, _checked = wrong_sheet()
    errors = [RowError(5, "标题", "与第 4 行重复"), RowError(0, "", "文件太旧"), RowError(5, "没有的列", "怪")]
    made = opened(annotate(table, errors, SCHEMA))
    assert made.worksheets[0]["B5"].comment.text == "与第 4 行重复"
    assert made.worksheets[0]["E5"].value == "【标题】与第 4 行重复\n【没有的列】怪"
    assert [c.value for c in made["错误清单"][2]] == ["整个文件", None, "文件太旧"]


def test_a_corrected_annotation_is_read_again_and_annotated_in_the_same_column():
    table, checked = wrong_sheet()
    again = read_table(annotate(table, checked.errors, SCHEMA))
    assert again.warnings == []
    recheck = SCHEMA.check(again)
    assert [(e.row, e.column, e.code) for e in recheck.errors] == [(e.row, e.column, e.code) for e in checked.errors]
    page = opened(annotate(again, recheck.errors, SCHEMA)).worksheets[0]
    assert [c.value for c in page[2]] == ["编号", "名称", "备注", "日期", "错误说明"]


def test_more_errors_than_comments_are_still_all_told():
    table = read_table(write_csv(["编号", "标题"], [[f"A{n}", "x"] for n in range(2100)]))
    made = opened(annotate(table, [RowError(r.number, "标题", "错") for r in table.rows]))
    page = made.worksheets[0]
    assert sum(1 for (cell,) in page.iter_rows(min_col=2, max_col=2) if cell.comment) == 2000
    assert page["C2101"].value == "【标题】错"
    assert made["错误清单"].max_row == 2101
