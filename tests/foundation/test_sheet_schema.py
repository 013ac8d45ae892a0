"""Rows against columns: every wrong cell by row and column, and none of the good rows lost."""

from datetime import date
from pathlib import Path

import pytest

from tests.foundation.workbooks import book
from triplehelix.foundation.codes import Uscc
from triplehelix.foundation.reference import load_code_list
from triplehelix.foundation.sheet import Column, RowError, Schema, SheetError, read_table
from triplehelix.measures import liaocheng

REGIONS = load_code_list(Path(liaocheng.__file__).parent / "reference" / "regions.toml")
DAY = date(2026, 11, 23)
GOOD = "91350100M000100Y43"

SCHEMA = Schema(
    [
        Column("id", "编号", ("序号",), required=True),
        Column("title", "标题", ("名称", "成果名称"), required=True),
        Column("uscc", "统一社会信用代码", parse=Uscc.check),
        Column("region", "地区", ("行政区划",), parse=lambda text: REGIONS.get(text, on=DAY).code),
        Column("size", "规模", choices=("大", "中", "小")),
    ]
)
HEAD = ["编号", "标题", "统一社会信用代码", "地区", "规模"]


def check(rows, schema=SCHEMA, **made):
    return schema.check(read_table(book(rows, **made)))


def test_good_rows_become_records_with_every_key():
    checked = check([HEAD, ["A1", " 甲 ", GOOD, "东阿县", "大"], ["A2", "乙"]])
    assert checked.errors == []
    assert [r.values for r in checked.records] == [
        {"id": "A1", "title": "甲", "uscc": GOOD, "region": "371524", "size": "大"},
        {"id": "A2", "title": "乙", "uscc": None, "region": None, "size": None},
    ]
    assert [r.number for r in checked.records] == [2, 3]


def test_every_wrong_cell_is_told_by_row_and_column():
    rows = [
        HEAD,
        ["A1", "", GOOD[:-1] + "4", "371502", "特大"],
        ["A2", "好", GOOD, "３７１５０２", ""],
        ["A3", "好", GOOD, "371523", ""],
        ["A4", "好", GOOD, "371599", "中"],
        ["A5", "好", GOOD, "冠县", "中"],
    ]
    checked = check(rows, formulas=[(2, 1, "=A1")])
    found = [(e.row, e.column, e.code) for e in checked.errors]
    assert found == [
        (2, "标题", "required"),
        (2, "统一社会信用代码", "check_digit"),
        (2, "规模", "invalid"),
        (3, "标题", "formula"),
        (3, "地区", "full_width"),
        (4, "地区", "retired_code"),
        (5, "地区", "unknown_code"),
    ]
    messages = {(e.row, e.column): e.message for e in checked.errors}
    assert "末位应为 3" in messages[2, "统一社会信用代码"]
    assert "可填：大、中、小" in messages[2, "规模"]
    assert "请改用“371503 茌平区”" in messages[4, "地区"]
    assert [r.number for r in checked.records] == [6]
    assert [r.number for r in checked.partial] == [2, 3, 4, 5]
    assert checked.partial[1].values == {"id": "A2", "uscc": GOOD, "size": None}


def test_merged_cells_are_wrong_in_each_row_they_cover():
    checked = check([HEAD, ["A1"], ["A2"], ["A3", "丙"]], merges=[("B2:B3", "合并的标题")])
    assert [(e.row, e.column, e.code) for e in checked.errors] == [(2, "标题", "merged"), (3, "标题", "merged")]


def test_a_missing_column_is_told_once_and_no_row_is_good():
    checked = check([["编号", "地区"], ["A1", "冠县"], ["A2", "无此县"]])
    assert [(e.row, e.column, e.code) for e in checked.errors] == [
        (1, "标题", "missing_column"),
        (3, "地区", "unknown_code"),
    ]
    assert checked.errors[0].message == "缺少必填列“标题”；表头现有：编号、地区"
    assert checked.records == []


def test_other_headings_order_width_and_extra_columns_do_not_matter():
    checked = check([["备注", "成果名称（必填）", " 序 号 * "], ["随便", "甲", "A1"]])
    assert checked.errors == []
    assert checked.records[0].values["title"] == "甲"
    assert SCHEMA.headers(checked.table) == {"id": "序 号", "title": "成果名称（必填）"}


def test_the_heading_itself_wins_over_an_alias():
    checked = check([["名称", "标题", "编号"], ["旧", "新", "A1"]])
    assert checked.records[0].values["title"] == "新"


def test_the_header_is_found_below_remarks_of_two_cells():
    checked = check([["单位", "某局"], ["日期", "11月"], HEAD, ["A1", "甲"]])
    assert (checked.errors, checked.table.header_row, checked.records[0].number) == ([], 3, 4)


def test_two_columns_of_one_name_are_an_error_not_a_choice():
    checked = check([["编号", "标题", "标题"], ["A1", "甲", "乙"]])
    assert [(e.row, e.column, e.code) for e in checked.errors] == [(1, "标题", "twice")]


def test_merged_headers_are_an_error():
    checked = check([[None, "成果", "成果"], [None, "标题", "地区"], ["A1", "甲", "冠县"]], merges=[("A1:A2", "编号")])
    assert [(e.row, e.column, e.code) for e in checked.errors] == [(2, "编号", "merged")]
    assert "表头单元格是合并的（A1:A2）" in checked.errors[0].message


def test_a_sheet_with_none_of_the_columns_is_refused():
    with pytest.raises(SheetError, match="需要的列是 编号、标题；第 1 行写的是 甲、乙") as caught:
        check([["甲", "乙"], ["1", "2"]])
    assert caught.value.code == "no_header"


def test_the_examples_of_the_template_are_not_read():
    checked = check([HEAD, ["【示例】A0", "不读"], ["A1", "甲"]])
    assert [r.values["id"] for r in checked.records] == ["A1"]


def test_progress_is_told():
    told = []
    SCHEMA.check(read_table(book([HEAD, *[[f"A{n}", "甲"] for n in range(450)]])), progress=told.append)
    assert told == [200, 400, 450]


def test_a_fault_of_the_parser_is_not_hidden_as_a_users_error():
    schema = Schema([Column("a", "甲", parse=lambda text: {}[text])])
    with pytest.raises(KeyError):
        check([["甲"], ["1"]], schema)


@pytest.mark.parametrize(
    "columns", [[Column("a", "甲"), Column("a", "乙")], [Column("a", "甲"), Column("b", "乙", ("甲 *",))]]
)
def test_columns_that_cannot_be_told_apart_are_refused(columns):
    with pytest.raises(ValueError, match="two columns share"):
        Schema(columns)


def test_an_error_sorts_by_row_and_column():
    assert sorted([RowError(3, "b", "x"), RowError(2, "c", "x"), RowError(3, "a", "x")])[0].row == 2


MONEY = Schema(
    [
        Column("name", "名称", required=True),
        Column("now", "本年度费用", required=True, amount=True),
        Column("before", "上年度费用", amount=True),
        Column("wan", "预算（万元）", ("预算",), amount=True),
    ]
)


def values(rows):
    checked = check(rows, MONEY)
    assert checked.errors == []
    return checked.records[0].values, checked.notes


def test_amounts_without_a_unit_are_read_in_the_one_above_the_header():
    found, notes = values(
        [["费用表", "单位：千元"], ["名称", "本年度费用", "上年度费用（元）", "预算"], ["甲", 5200, 9, "3万元"]]
    )
    assert (found["now"], found["before"], found["wan"]) == ("5200千元", "9元", "3万元")
    assert [note.partition("，")[2][:20] for note in notes] == ["按表头上方写的“单位：千元”读取；不对的"] * 2


def test_without_one_unit_above_the_header_each_column_has_its_own():
    found, notes = values([["单位：元", "单位：千元"], ["名称", "本年度费用", "预算"], ["甲", 5200, 3]])
    assert (found["now"], found["wan"]) == ("5200", "3")
    assert notes == ["“预算”列没有写单位，按“预算（万元）”读取；单位不同的请改列名或数字后重新上传"]


def test_two_columns_that_come_near_one_are_not_both_called_it():
    checked = check([["名称", "2026年度费用", "2025年度费用"], ["甲", 2, 1]], MONEY)
    asked = checked.notes[0]
    assert "“2026年度费用”、“2025年度费用”里哪一列是“本年度费用”？" in asked
    assert "是不是“本年度费用”" not in asked


def test_of_several_missing_columns_the_headings_there_are_told_once():
    checked = check([["地区"], ["冠县"]])
    assert [e.message for e in checked.errors] == ["缺少必填列“编号”；表头现有：地区", "缺少必填列“标题”"]


def test_two_headings_with_explanations_are_no_choice():
    checked = check([["编号", "标题（中文）", "标题（英文）"], ["A1", "甲", "A"]])
    assert {e.code for e in checked.errors} == {"missing_column", "misnamed_column"}
    assert check([["编号", "标题（30字以内）"], ["A1", "甲"]]).records[0].values["title"] == "甲"
