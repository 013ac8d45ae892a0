"""Sheets as clerks send them: days in every form, what Excel spoils, columns and rows nobody meant to leave out."""

import csv
import io
from datetime import date

import pytest

from tests.foundation.workbooks import book, changed
from tests.market.sheets import HEADINGS, code, good
from tests.market.test_imports import NOW, checked, confirmed, messages
from triplehelix.market.imports import actions
from triplehelix.market.needs.models import Need

pytestmark = pytest.mark.usefixtures("as_the_trail_says")

DAY = "最晚什么时候要"


def csv_of(rows, headings=HEADINGS):
    """csv of Excel's Chinese edition: GBK, whatever `rows` hold of the headings."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(headings)
    lines.writerows([[row.get(heading, "") for heading in headings] for row in rows])
    return out.getvalue().encode("gb18030")


def xlsx_of(rows, headings=HEADINGS, **made):
    return book([headings, *([row.get(heading) for heading in headings] for row in rows)], **made)


def with_day(text):
    return csv_of([good(1) | {DAY: text}], [*HEADINGS, DAY])


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2027-3-5", "2027/3/5", "2027.3.5", "2027年3月5日", "20270305", "2027/3/5 0:00"])
def test_a_day_in_any_form_lands_as_that_day(officer, text):
    case = confirmed(checked(officer, with_day(text), name="需求.csv"))
    assert actions.land(pk=case.pk, now=NOW).state == "landed"
    assert Need.objects.get().needed_by == date(2027, 3, 5)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text, said",
    [
        ("46451", "“46451”是 Excel 的日期序号（2027-03-05）：请把这一列设为日期格式，或写成 2027-03-05"),
        ("2027-03-05至2027-04-01", "日期请写成 2026-12-31 这样，现在是“2027-03-05至2027-04-0”"),
        ("2027-03-051", "日期请写成 2026-12-31 这样，现在是“2027-03-051”"),
        ("2027年3月", "日期请写成 2026-12-31 这样，现在是“2027年3月”"),
        ("２０２７-03-05", "含有全角数字，请改为半角：2027-03-05"),
    ],
)
def test_what_is_no_single_day_is_named_and_never_cut(officer, text, said):
    assert messages(checked(officer, with_day(text), name="需求.csv"), DAY) == [said]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "heading, text, said",
    [
        ("统一社会信用代码", "9.13715E+17", "科学计数法，末尾几位已经丢掉"),
        ("联系电话", "1.38E+10", "科学计数法，末尾几位已经丢掉"),
        ("统一社会信用代码", f"{code(1)[:9]}\u200b{code(1)[9:]}", "第 10 位是看不见的字符"),
    ],
)
def test_what_excel_left_of_a_long_number_is_named(officer, heading, text, said):
    case = checked(officer, csv_of([good(1) | {heading: text}]), name="需求.csv")
    assert [said in message for message in messages(case, heading)] == [True]


@pytest.mark.django_db
def test_a_number_that_excel_took_for_a_day_is_named_and_a_day_stays_one(officer):
    rows = [good(1) | {"编号": date(2026, 3, 1), DAY: date(2027, 3, 5)}]
    case = checked(officer, xlsx_of(rows, [*HEADINGS, DAY]))
    assert [(e["row"], e["column"]) for e in case.errors] == [(2, "编号")]
    assert "改成了日期或时间（2026-03-01）" in messages(case, "编号")[0]


@pytest.mark.django_db
def test_signs_nobody_sees_around_a_cell_are_no_fault_and_no_difference(officer):
    seen = {
        "统一社会信用代码": f"{code(1)}\u202c",
        "联系电话": "\u202d138\u00a00000\u00a00000\u202c",
        "编号": "\ufeffA1",
    }
    rows = [good(1) | seen, good(1) | {"编号": "A1\u200b"}]
    shown = [f"{heading}\u200b" for heading in HEADINGS]
    case = checked(officer, xlsx_of([dict(zip(shown, (row[h] for h in HEADINGS), strict=True)) for row in rows], shown))
    assert [(e["row"], e["message"]) for e in case.errors] == [(3, "编号 A1 与第 2 行重复")]
    case = confirmed(checked(officer, xlsx_of(rows[:1])))
    actions.land(pk=case.pk, now=NOW)
    landed = Need.objects.get()
    assert (landed.number, str(landed.contact_phone)) == ("A1", "138 0000 0000")


def renamed(old, new):
    return [new if heading == old else heading for heading in HEADINGS]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("heading", "text", "fen"),
    [
        ("预算（元）", "1,200,000", 120_000_000), ("预算(千元)", "1200", 120_000_000),
        ("预算 （元）", "12万元", 12_000_000), ("预算（元）", "面议", None), ("预算（万元）", "120", 120_000_000),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_the_unit_of_its_heading(officer, heading, text, fen):
    rows = [good(1) | {heading: text}]
    case = confirmed(checked(officer, csv_of(rows, renamed("预算（万元）", heading)), name="需求.csv"))
    assert case.notes == []
    actions.land(pk=case.pk, now=NOW)
    assert Need.objects.get().price_fen == fen


@pytest.mark.django_db
def test_an_amount_in_a_unit_nobody_reads_is_not_left_out(officer):
    rows = [good(1) | {"预算（亿元）": "1.2"}]
    case = checked(officer, csv_of(rows, renamed("预算（万元）", "预算（亿元）")), name="需求.csv")
    assert [(e["row"], e["column"]) for e in case.errors] == [(1, "预算（亿元）")]
    assert "应是“预算（万元）”，请改列名并核对内容（单位）" in case.errors[0]["message"]
    assert (case.bad_rows, case.notes) == (0, [])


@pytest.mark.django_db
def test_a_heading_without_its_unit_is_read_in_the_templates_and_said(officer):
    rows = [good(1) | {"预算": "12"}]
    case = checked(officer, csv_of(rows, renamed("预算（万元）", "预算")), name="需求.csv")
    assert case.state == "checked"
    assert case.notes == ["“预算”列没有写单位，按“预算（万元）”读取；单位不同的请改列名或数字后重新上传"]


@pytest.mark.django_db
def test_columns_sheets_and_rows_that_are_not_as_they_seem_are_told_before_it_lands(officer):
    shown = ["序号", *renamed("联系电话", "联络电话"), "企业网址"]
    rows = [good(n) | {"序号": n, "联络电话": "13800000000", "企业网址": "x"} for n in (1, 2)]
    content = changed(
        xlsx_of(rows, shown, sheets=("城区", "县区"), others={"县区": [HEADINGS, list(good(3).values())]}),
        lambda part: part.replace(b'<row r="3"', b'<row hidden="1" r="3"'),
    )
    case = checked(officer, content)
    assert (case.state, case.row_count) == ("checked", 2)
    assert case.notes == [
        "只读取了工作表“城区”，没有读取：县区",
        "有 1 行在 Excel 里是隐藏的（例如被筛选掉的），也一起读取；不要的请删除后重新上传",
        "没有读取这些列：联络电话、企业网址。“联络电话”是不是“联系电话”？是的话请改列名后重新上传",
    ]


@pytest.mark.django_db
def test_a_plain_sheet_and_its_corrected_copy_have_nothing_to_tell(officer):
    wrong = checked(officer, xlsx_of([good(1) | {"标题": ""}]))
    with wrong.annotated.open() as stream:
        corrected = stream.read()
    assert wrong.notes == []
    assert checked(officer, corrected).notes == []


@pytest.mark.django_db
def test_a_sign_no_database_keeps_does_not_break_a_sheet(officer):
    """Excel's XML writes any sign as _x0000_: a reader makes it one again."""
    content = changed(
        xlsx_of([good(1) | {"地区": "某_x0000_县", "标题": "某_x0000_题"}]),
        lambda part: part.replace(b"_x005F_", b"_"),
        name="xl/sharedStrings.xml",
    )
    case = checked(officer, content)
    assert [(e["row"], e["column"]) for e in case.errors] == [(2, "地区")]
    assert "“某县”" in case.errors[0]["message"]


@pytest.mark.django_db
def test_a_sheet_sent_again_under_new_numbers_is_noticed(officer):
    rows = [good(1), good(2)]
    case = confirmed(checked(officer, csv_of(rows), name="需求.csv"))
    assert actions.land(pk=case.pk, now=NOW).notes == []
    anew = [row | {"编号": f"N{n}", "标题": f" {row['标题']}"} for n, row in enumerate(rows)]
    anew += [good(3), good(3) | {"编号": "N3"}, good(4) | {"标题": good(1)["标题"]}]
    case = checked(officer, csv_of(anew), name="需求.csv")
    said = "3 行的标题，同一单位已经有一条或在表里写过，导入后会有两份；不是重复的可以继续：第 2、3、5 行"
    assert (case.state, case.notes) == ("checked", [said])
    Need.objects.update(state="withdrawn")
    assert "第 5 行" in checked(officer, csv_of(anew), name="需求.csv").notes[0]


@pytest.mark.django_db
def test_a_known_name_under_an_unknown_code_is_noticed_before_a_second_firm_is_registered(officer):
    case = confirmed(checked(officer, csv_of([good(n) for n in range(1, 8)]), name="需求.csv"))
    actions.land(pk=case.pk, now=NOW)
    slipped = [
        good(n) | {"编号": f"B{n}", "标题": f"另一条 {n}", "统一社会信用代码": code(n + 50)} for n in range(1, 8)
    ]
    case = checked(officer, csv_of([*slipped, good(9)]), name="需求.csv")
    assert case.state == "checked"
    said = f"第 2 行的“示例第1厂”已经用代码 {code(1)} 登记；按表中的代码会另外登记一家，请核对代码"
    assert (case.notes[0], len(case.notes), case.notes[-1]) == (said, 6, "另有 2 家的代码也与登记的不同")
    assert checked(officer, csv_of([good(9), good(10)]), name="需求.csv").notes == []
