"""Sheets as an office has kept them before there was a template: titles, its own headings, totals, who filled it in."""

import csv
import io

import pytest
from django.db import transaction

from tests.foundation.workbooks import book
from tests.market.conftest import account, office
from tests.market.sheets import code
from tests.market.test_imports import NOW, checked, confirmed, messages
from tests.records.cases import Thread
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.imports import actions
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Organisation

pytestmark = [pytest.mark.usefixtures("as_the_trail_says"), pytest.mark.django_db]

TITLE = ["2026年度企业技术需求征集汇总表"]
HEAD = [
    "序号", "单位名称", "统一社会信用代码", "需求名称", "需求内容（不少于30字）", "所属产业链", "技术领域",
    "拟投入资金（万元）", "联系人", "电话", "完成时限", "备注",
]  # fmt: skip


def kept(n, firm=None, **other):
    row = {
        "序号": n, "单位名称": f"示例第{firm or n}厂", "统一社会信用代码": code(firm or n),
        "需求名称": f"第 {n} 号难题",
        "需求内容（不少于30字）": "熬胶每吨耗蒸汽 9 吨，希望降到 6 吨以下，试过保温，效果不明显。",
        "所属产业链": "高端轴承", "技术领域": "先进制造", "拟投入资金（万元）": "50万元", "联系人": "张某",
        "电话": "13906350001", "完成时限": "2027.3.5",
    }  # fmt: skip
    return [(row | other).get(heading, "") for heading in HEAD]


def gbk(*rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def landed(officer, content, name="需求.xlsx", **more):
    case = confirmed(checked(officer, content, name, **more))
    assert actions.land(pk=case.pk, now=NOW).state == "landed"
    return case


def test_an_offices_own_sheet_is_read_by_its_own_headings(officer):
    content = book(
        [TITLE, ["填报单位：某县科技局"], HEAD, kept(1), [], kept(2)],
        merges=[("A1:L1", TITLE[0]), ("A2:L2", "填报单位：某县科技局")],
    )
    case = landed(officer, content)
    assert case.notes == ["没有读取这些列：备注"]
    one = Need.objects.get(title="第 1 号难题")
    assert (one.number, one.price_fen, one.chain, str(one.contact_phone)) == ("", 50_000_000, "LC05", "13906350001")
    assert (one.needed_by.isoformat(), one.organisation.name) == ("2027-03-05", "示例第1厂")


def test_totals_and_who_filled_it_in_are_left_out_and_said(officer):
    below = [["合 计", "", "", "", "", "", "", 100], ["填表人：陈某  审核人：刘某"]]
    xlsx = book(
        [TITLE, HEAD, kept(1), kept(2), *below],
        formulas=[(4, 7, "=SUM(H3:H4)")],
        merges=[("A1:L1", TITLE[0]), ("A6:L6", below[1][0])],
    )
    said = ["第 5 行是合计，没有读取", "第 6 行是说明，没有读取：填表人：陈某 审核人：刘某", "没有读取这些列：备注"]
    case = checked(officer, xlsx)
    assert (case.state, case.row_count, [" ".join(one.split()) for one in case.notes]) == ("checked", 2, said)
    as_csv = gbk(HEAD, kept(1), ["总计", "1 条", "", "1 条"], ["填表人：陈某", "", "审核人：刘某"])
    case = checked(officer, as_csv, name="需求.csv")
    assert (case.state, case.row_count) == ("checked", 1)
    assert case.notes[:2] == ["第 3 行是合计，没有读取", "第 4 行是说明，没有读取：填表人：陈某"]


def test_a_row_that_only_begins_like_a_remark_is_data(officer):
    case = checked(officer, gbk(HEAD, kept(1, 需求名称="说明：一条难题"), kept(2, 序号="注：急")), name="需求.csv")
    assert (case.state, case.row_count) == ("checked", 2)


def test_a_dash_is_nothing_where_a_number_or_a_day_may_be_missing(officer):
    landed(officer, gbk(HEAD, kept(1, **{"拟投入资金（万元）": "—", "完成时限": "无"})), name="需求.csv")
    one = Need.objects.get()
    assert (one.price_fen, one.needed_by) == (None, None)


def test_without_a_number_a_row_is_told_from_others_by_its_title(officer):
    rows = [kept(1), kept(2, firm=1), kept(1)]
    case = checked(officer, gbk(HEAD, *rows), name="需求.csv")
    said = "与第 2 行是同一单位的同一标题：重复的请删去一行，不是重复的请写编号"
    assert [(e["row"], e["column"], e["message"]) for e in case.errors] == [(4, "标题", said)]
    landed(officer, gbk(HEAD, *rows[:2]), name="需求.csv")
    case = checked(officer, gbk(HEAD, *rows[:2], kept(3)), name="需求.csv")
    assert [(e["row"], e["message"]) for e in case.errors] == [
        (n, "这家单位已经有一条同样标题的：重复的请删去这一行，不是重复的请写编号") for n in (2, 3)
    ]
    numbered = [[*row, f"B{n}"] for n, row in enumerate(rows[:2])]
    assert checked(officer, gbk([*HEAD, "编号"], *numbered), name="需求.csv").state == "checked"


@pytest.mark.django_db(transaction=True)
def test_sheets_without_numbers_that_land_at_once_land_once(officer):
    """No number that the database would keep unique, and a firm that is known already."""
    landed(officer, gbk(HEAD, kept(1)), name="需求.csv")
    cases = [confirmed(checked(officer, gbk(HEAD, kept(2, firm=1)), name="需求.csv")) for _ in range(2)]
    with transaction.atomic():
        assert actions.land(pk=cases[0].pk, now=NOW).state == "landed"
        second = Thread(lambda: actions.land(pk=cases[1].pk, now=NOW).state)
        second.join(3)  # long enough to land, were nobody before it
    assert second.result() == "wrong"
    assert Need.objects.filter(title="第 2 号难题").count() == 1


def test_a_sheet_without_any_content_is_told_once(officer):
    head = ["备注" if "内容" in heading else heading for heading in HEAD[:-1]]
    case = checked(officer, gbk(head, kept(1)[:-1], kept(2)[:-1]), name="需求.csv")
    assert [(e["row"], e["column"]) for e in case.errors] == [(0, "内容")]
    assert "表里要有“内容”一列" in messages(case, "内容")[0]


def test_several_numbers_in_one_cell_are_named(officer):
    case = checked(officer, gbk(HEAD, kept(1, 电话="13906350001、0635-8400001")), name="需求.csv")
    assert messages(case, "电话") == ["这一格有几个号码，请只留一个"]
    assert checked(officer, gbk(HEAD, kept(1, 电话="0635-8400001/8006")), name="需求.csv").errors[0]["column"] == "电话"


def test_a_countys_sheet_that_names_no_place_is_of_the_county(county):
    landed(county, gbk(HEAD, kept(1)), name="需求.csv")
    firm = Organisation.objects.get(uscc=code(1))
    assert (firm.region, firm.unit, Need.objects.get().region) == ("371521", "371521", "371521")


def test_a_zones_sheet_that_names_no_place_is_of_the_zone():
    zone = office(account("zone"), "county_officer", "3715K1")
    landed(zone, gbk(HEAD, kept(1)), name="需求.csv")
    firm = Organisation.objects.get(uscc=code(1))
    assert (firm.region, firm.unit) == ("", "3715K1")


def test_a_county_still_imports_nothing_of_another(county):
    case = checked(county, gbk([*HEAD, "地区"], [*kept(1), "莘县"]), name="需求.csv")
    assert [(e["row"], e["column"]) for e in case.errors] == [(2, "统一社会信用代码")]


def test_an_office_that_sends_its_drafts_again_is_told_whose_they_are(officer):
    sheet = gbk([*HEAD, "编号"], [*kept(1), "A1"])
    landed(officer, sheet, name="需求.csv")
    said = "编号 A1 已经在系统里，是这家单位的草稿：由单位登录后提交或发布"
    assert messages(checked(officer, sheet, name="需求.csv", publish=True), "编号") == [said]
    Need.objects.update(state="withdrawn")
    assert "要修改请到那一条去改" in messages(checked(officer, sheet, name="需求.csv"), "编号")[0]


def test_a_sheet_of_achievements_is_read_by_its_own_headings(officer):
    head = [
        "序号",
        "成果名称",
        "完成单位",
        "单位信用代码",
        "成果简介",
        "所属领域",
        "成熟度",
        "转化方式",
        "意向价格",
        "联系方式",
    ]
    row = [
        "1",
        "无铬钝化",
        "某大学",
        code(1),
        "无铬钝化膜，盐雾 300 小时不变色。",
        "新材料",
        "中试",
        "许可",
        "80万元",
        "13906350001",
    ]
    content = gbk(["可转化成果汇总表"], head, row, [])

    def sent(content):
        case = actions.upload(
            content=content, name="成果.csv", what="market.achievement", publish=False, account=officer,
            organisation=None, now=NOW,
        )  # fmt: skip
        return actions.check(pk=case.pk, now=NOW)

    said = "成熟度请写 1 到 13 的整数（GB/T 22900），说不准的请留空；现在是“中试”"
    assert [(e["row"], e["column"], e["message"]) for e in sent(content).errors] == [(3, "成熟度", said)]
    case = confirmed(sent(gbk(head, [one.replace("中试", "") for one in row])))
    actions.land(pk=case.pk, now=NOW)
    one = Achievement.objects.get()
    assert (one.title, one.price_fen, one.modes, one.trl) == ("无铬钝化", 80_000_000, ["许可"], None)
