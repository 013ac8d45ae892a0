"""Import of a sheet: nothing half-lands, every wrong cell is named, the corrected file lands whole and once."""

import csv
import io
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, connections

from tests.jobs import at_attempt
from tests.lists.conftest import wanted
from tests.market.conftest import account, member, office, organisation
from tests.market.sheets import HEADINGS, Sheet, code, good, sheet
from triplehelix.foundation.codes import Uscc
from triplehelix.foundation.sheet import read_table, write_csv
from triplehelix.market.imports import actions, kinds, tasks
from triplehelix.market.imports.access import importer
from triplehelix.market.imports.models import Import
from triplehelix.market.imports.organisations import registered
from triplehelix.market.lists import prepare
from triplehelix.market.needs.models import Need
from triplehelix.market.visits.access import may_visit
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.usefixtures("as_the_trail_says")

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def uploaded(account, content, name="需求.xlsx", organisation=None, publish=False):
    return actions.upload(
        content=content,
        name=name,
        what="market.need",
        publish=publish,
        account=account,
        organisation=organisation,
        now=NOW,
    )


def checked(account, content, name="需求.xlsx", **more):
    return actions.check(pk=uploaded(account, content, name, **more).pk, now=NOW)


def confirmed(case):
    return take(case=case, step="land", actor=case.account, now=NOW, seen_version=case.version)


def wrong_cells(case):
    return {(e["row"], e["column"]) for e in case.errors}


def messages(case, column):
    return [e["message"] for e in case.errors if e["column"] == column]


@pytest.mark.django_db
def test_ten_thousand_rows_with_three_in_a_hundred_wrong(officer):
    made = sheet(10_000, wrong_share=0.03)
    content = made.xlsx()
    before = (Need.objects.count(), Organisation.objects.count())
    case = checked(officer, content)
    assert case.state == "wrong"
    assert wrong_cells(case) == made.wrong
    assert (case.row_count, case.bad_rows, case.error_count) == (10_000, 300, 300)
    assert (Need.objects.count(), Organisation.objects.count()) == before


@pytest.mark.django_db
def test_two_names_under_one_code_are_refused(officer):
    rows = [good(1), good(2), good(3) | {"单位名称": "示例第 3 厂"}]
    rows[1] |= {"统一社会信用代码": code(1)}  # pasted one line too far
    rows.append(good(4) | {"统一社会信用代码": code(3), "单位名称": "示例第3厂"})
    case = checked(officer, write_csv(HEADINGS, [[row[h] for h in HEADINGS] for row in rows]), name="需求.csv")
    assert case.state == "wrong"
    assert wrong_cells(case) == {(3, "单位名称")}
    assert messages(case, "单位名称") == ["第 2 行用同一个代码写的是“示例第1厂”，请核对这两行的代码和名称"]


@pytest.mark.django_db
def test_each_fault_says_what_to_do(officer):
    case = checked(officer, sheet(60, wrong_share=0.1).xlsx())
    said = {e["column"]: e["message"] for e in case.errors}
    assert "末位应为" in said["统一社会信用代码"]
    assert "全角数字，请改为半角" in said["预算（万元）"]
    assert "产业链里没有“LC13”" in said["产业链"]
    regions = " ".join(messages(case, "地区"))
    assert "379999" in regions
    assert "371523" in regions and "371503 茌平区" in regions
    assert "标题" in said


@pytest.mark.django_db
def test_the_error_workbook_holds_every_row_and_the_reasons(officer):
    made = sheet(40, wrong_share=0.1)
    case = checked(officer, made.xlsx())
    with case.annotated.open() as file:
        table = read_table(file, name="x.xlsx", max_rows=100, max_bytes=10**7)
    assert len(table.rows) == 40
    marked = {row.number for row in table.rows if str(row.text("错误说明")).strip()}
    assert marked == {row for row, _column in made.wrong}


@pytest.mark.django_db
def test_a_number_given_twice_names_both_rows(officer):
    made = sheet(20)
    made.rows[10] |= {name: made.rows[3][name] for name in ("编号", "统一社会信用代码", "单位名称")}
    case = checked(officer, made.xlsx())
    assert [(e["row"], e["column"], e["message"]) for e in case.errors] == [(12, "编号", "编号 X000003 与第 5 行重复")]


@pytest.mark.django_db
def test_formulas_and_merged_cells_are_named(officer):
    made = sheet(20)
    assert (5, "标题") in wrong_cells(checked(officer, made.xlsx(formula=(5, "标题"))))
    assert any("合并" in e["message"] for e in checked(officer, made.xlsx(merge="B8:B9")).errors)


@pytest.mark.django_db
def test_a_missing_column_is_named(officer):
    made = sheet(5)
    case = checked(officer, made.xlsx(["编号", "内容", "单位名称", "统一社会信用代码", "技术领域"]))
    assert case.state == "wrong"
    assert "标题" in case.errors[0]["message"]


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-8"])
def test_csv_in_every_encoding_officials_use(officer, encoding):
    assert checked(officer, sheet(30).csv(encoding), "需求.csv").state == "checked"


@pytest.mark.django_db
def test_the_corrected_sheet_lands_whole_with_a_receipt(officer):
    case = checked(officer, sheet(300).xlsx())
    assert case.state == "checked"
    assert Need.objects.count() == 0
    landed = actions.land(pk=confirmed(case).pk, now=NOW)
    assert landed.state == "landed"
    assert landed.receipt["rows"] == Need.objects.count() == 300
    assert Entry.objects.filter(subject_kind="market.need", verb="import").count() == 300
    assert landed.receipt["sha256"] == case.file.sha256


@pytest.mark.django_db
def test_the_example_row_of_the_template_is_not_counted(officer):
    made = sheet(3)
    made.rows[0]["编号"] = "【示例】XQ-001"
    case = checked(officer, made.xlsx())
    assert (case.state, case.row_count, case.done_rows) == ("checked", 2, 2)
    landed = actions.land(pk=confirmed(case).pk, now=NOW)
    assert landed.receipt["rows"] == landed.row_count == Need.objects.count() == 2
    made.rows[1]["标题"] = ""
    wrong = checked(officer, made.xlsx())
    assert (wrong.state, wrong.row_count) == ("wrong", 2)


@pytest.mark.django_db
def test_a_sheet_with_nothing_but_its_example_is_refused(officer):
    made = sheet(1)
    made.rows[0]["编号"] = "【示例】XQ-001"
    case = checked(officer, made.xlsx())
    assert case.state == "wrong" and "只有示例行" in case.errors[0]["message"]


@pytest.mark.django_db
def test_a_known_code_under_another_name_is_named(officer):
    known = organisation(7)
    known.name = "澄湖（聊城）轴承有限公司"
    known.save(update_fields=["name"])
    made = sheet(3)
    for row, name in zip(made.rows, ("澄湖(聊城) 轴承有限公司", "泺口制泵有限公司", known.name), strict=True):
        row["统一社会信用代码"], row["单位名称"] = known.uscc, name
    case = checked(officer, made.xlsx())
    said = "该代码登记的单位是“澄湖（聊城）轴承有限公司”，与表中的名称不符"
    assert [(e["row"], e["column"], e["message"]) for e in case.errors] == [(3, "单位名称", said)]


@pytest.mark.django_db
def test_a_row_without_a_region_takes_that_of_its_organisation(officer):
    made, known = sheet(2), organisation(7)
    made.rows[0] |= {"统一社会信用代码": known.uscc, "单位名称": known.name, "地区": ""}
    actions.land(pk=confirmed(checked(officer, made.xlsx())).pk, now=NOW)
    assert list(Need.objects.order_by("pk").values_list("region", flat=True)) == ["371521", made.rows[1]["地区"]]


@pytest.mark.django_db
def test_firms_first_met_in_a_sheet_stand_in_the_list_and_are_visited(officer):
    case = confirmed(checked(officer, sheet(2).xlsx(), publish=True))
    actions.land(pk=case.pk, now=NOW)
    assert set(Organisation.objects.values_list("type", flat=True)) == {"企业"}
    assert len(prepare.preview(wanted=wanted(), now=NOW).rows) == 2
    assert may_visit(officer, NOW.date()).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "name", "of_firms", "other"),
    [
        ("91", "示例轴承厂", "企业", "企业"),
        ("91", "示例轴承研究所", "企业", "科研院所"),
        ("91", "示例大学科技园有限公司", "企业", "企业"),
        ("12", "示例理工大学", "高等学校", "高等学校"),
        ("12", "示例工业大学（澄湖）", "高等学校", "高等学校"),
        ("52", "示例职业学院", "高等学校", "高等学校"),
        ("12", "示例大学附属医院", "医疗卫生机构", "医疗卫生机构"),
        ("12", "示例大学校办", "企业", "其他"),
    ],
)
def test_what_an_organisation_first_met_in_a_sheet_is(officer, begins, name, of_firms, other):
    seventeen = f"{begins}371502MA0000001"
    row = {"uscc": seventeen + Uscc.check_digit(seventeen), "organisation": name}
    for is_of_firms, expected in ((True, of_firms), (False, other)):
        (made,) = registered([row], officer, NOW, of_firms=is_of_firms).values()
        assert (made.type, made.confirmed_at) == (expected, None)
        Organisation.objects.all().delete()


@pytest.mark.django_db
def test_asked_twice_it_lands_once(officer):
    case = confirmed(checked(officer, sheet(50).xlsx()))
    actions.land(pk=case.pk, now=NOW)
    actions.land(pk=case.pk, now=NOW)
    assert Need.objects.count() == 50
    with pytest.raises(Refused):
        confirmed(case)


@pytest.mark.django_db
def test_rows_that_landed_meanwhile_are_named_and_nothing_is_added(officer):
    one, two = checked(officer, sheet(50).xlsx()), checked(officer, sheet(60).xlsx())
    actions.land(pk=confirmed(one).pk, now=NOW)
    late = actions.land(pk=confirmed(two).pk, now=NOW)
    assert late.state == "wrong"
    assert (late.bad_rows, Need.objects.count()) == (50, 50)
    assert "已经在系统里" in late.errors[0]["message"]


@pytest.mark.django_db
def test_a_member_imports_only_its_own_organisation(clerk, firm):
    case = checked(clerk, sheet(3).xlsx(), organisation=firm)
    assert case.state == "wrong"
    assert all("您只能导入本单位" in m for m in messages(case, "统一社会信用代码"))


def landed(case):
    return actions.land(pk=confirmed(case).pk, now=NOW)


def of(rows, *firms):
    """A sheet of these rows, the first ones of these firms."""
    for row, firm in zip(rows, firms, strict=False):
        row |= {"统一社会信用代码": firm.uscc, "单位名称": firm.name}
    out = io.StringIO()
    csv.DictWriter(out, HEADINGS).writerows([dict(zip(HEADINGS, HEADINGS, strict=True)), *rows])
    return out.getvalue().encode("utf-8-sig"), "需求.csv"


@pytest.mark.django_db
def test_a_countys_officer_imports_its_own_firms_and_new_ones_of_its_county(county, firm):
    rows = [good(n) for n in range(4)]
    rows[2]["地区"], rows[3]["地区"] = "371521", "371524"
    case = checked(county, *of(rows, firm, organisation(9207, unit="371581")), publish=True)
    assert {(error["row"], error["column"]) for error in case.errors} == {
        (3, "统一社会信用代码"),
        (5, "统一社会信用代码"),
    }
    assert all("不归您所在的县市区管理" in error["message"] for error in case.errors)
    case = landed(checked(county, *of([rows[0], rows[2]]), publish=True))
    assert case.state == "landed"
    new = Organisation.objects.get(uscc=rows[2]["统一社会信用代码"])
    assert (new.unit, new.confirmed_at) == ("371521", None), "its officer confirms it"


@pytest.mark.django_db
def test_a_technology_manager_imports_drafts(firm):
    manager = office(account("manager"), "technology_manager")
    case = checked(manager, *of([good(1)], firm), publish=True)
    assert [(error["row"], error["column"]) for error in case.errors] == [(0, "")]
    assert landed(checked(manager, *of([good(1)], firm))).state == "landed"
    assert Need.objects.get().state == "draft"


@pytest.mark.django_db
def test_who_acts_for_two_organisations_says_for_which(clerk, firm):
    other = organisation(9208)
    member(clerk, other)
    assert importer(clerk, NOW.date(), other.pk).organisation == other
    assert importer(clerk, NOW.date(), firm.pk).organisation == firm
    assert importer(clerk, NOW.date(), 0) is None


@pytest.mark.django_db(transaction=True)
def test_two_people_press_at_once(officer):
    """Two sheets with the same rows, confirmed by two workers in the same moment: fifty rows, not a hundred."""
    cases = [confirmed(checked(officer, sheet(50).xlsx())) for _ in range(2)]
    barrier, states = threading.Barrier(2), []

    def press(pk):
        try:
            barrier.wait(10)
            states.append(actions.land(pk=pk, now=NOW).state)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(case.pk,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(states) == ["landed", "wrong"]
    assert Need.objects.count() == 50
    assert Import.objects.filter(state="landed").count() == 1
    assert connection.is_usable()


@pytest.mark.django_db
def test_a_firm_nobody_has_checked_publishes_no_sheet(officer):
    firm = organisation(9100, confirmed=False)
    clerk = member(account("new"), firm)
    content = Sheet([good(1) | {"统一社会信用代码": firm.uscc, "单位名称": firm.name}]).xlsx(HEADINGS)
    case = checked(clerk, content, organisation=firm, publish=True)
    assert [one["column"] for one in case.errors] == ["统一社会信用代码"]
    assert "还没有经过核实" in case.errors[0]["message"]
    assert checked(clerk, content, organisation=firm).errors == []
    assert checked(officer, content, publish=True).errors == []


@pytest.mark.django_db
def test_whose_membership_ended_since_the_check_lands_nothing(clerk, firm, officer):
    content = Sheet([good(1) | {"统一社会信用代码": firm.uscc, "单位名称": firm.name}]).xlsx(HEADINGS)
    late, running = checked(clerk, content, organisation=firm), confirmed(checked(clerk, content, organisation=firm))
    parties.end_membership(
        membership=clerk.memberships.get(), until=None, actor=officer, now=NOW, why="离职"
    )  # fmt: skip
    with pytest.raises(Refused, match="不再有权导入"):
        confirmed(late)
    assert actions.land(pk=running.pk, now=NOW).state == "wrong"
    running.refresh_from_db()
    assert "不再有权导入" in running.errors[0]["message"]
    assert Need.objects.count() == 0


@pytest.mark.django_db
def test_whose_office_ended_since_the_check_lands_nothing(county, officer):
    content = Sheet([good(n) | {"地区": "371521"} for n in range(3)]).xlsx()
    late, running = checked(county, content), confirmed(checked(county, content))
    parties.end_office(office=county.offices.get(), until=None, why="调离", actor=officer, now=NOW)
    member(county, organisation(9200))  # whoever left for a firm imports for the firm, not what he checked as officer
    with pytest.raises(Refused, match="不再有权导入"):
        confirmed(late)
    assert actions.land(pk=running.pk, now=NOW).state == "wrong"
    assert Need.objects.count() == 0


@pytest.mark.django_db
def test_a_need_told_in_parts_is_published_only_when_it_says_enough(officer, firm):
    row = good(1) | {"统一社会信用代码": firm.uscc, "单位名称": firm.name, "内容": "", "对象": "铜排"}
    content = Sheet([row]).xlsx([*HEADINGS, "对象"])
    case = checked(officer, content, publish=True)
    assert [(one["row"], one["column"]) for one in case.errors] == [(2, "内容")]
    assert "30" in case.errors[0]["message"]
    assert checked(officer, content).state == "checked"  # a draft may be as short as it is


@pytest.mark.django_db
def test_a_marked_workbook_that_is_too_large_leaves_the_errors_on_the_page(officer, settings):
    content = sheet(40, wrong_share=0.1).xlsx()
    case = uploaded(officer, content)
    settings.UPLOAD_MAX_BYTES = len(content)  # the marked one has comments, reasons and a list of the errors
    done = actions.check(pk=case.pk, now=NOW)
    assert (done.state, done.annotated, done.bad_rows) == ("wrong", None, 4)
    assert len(done.errors) == 4


@pytest.mark.django_db
def test_a_dropped_sheet_stays_dropped_though_it_is_being_checked(officer, monkeypatch):
    def dropped_meanwhile(case, rows, now):
        take(case=case, step="drop", actor=officer, now=now, seen_version=case.version)
        return []

    need = kinds.of("market.need")
    monkeypatch.setitem(kinds._known, "test.need", replace(need, what="test.need", check=dropped_meanwhile))
    case = uploaded(officer, sheet(3).xlsx())
    Import.objects.filter(pk=case.pk).update(what="test.need")
    assert actions.check(pk=case.pk, now=NOW).state == "dropped"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("task", ["check_sheet", "land_sheet"])
def test_a_job_that_breaks_to_the_last_leaves_no_import_waiting(officer, task):
    case = uploaded(officer, sheet(3).xlsx())
    if task == "land_sheet":
        case = confirmed(actions.check(pk=case.pk, now=NOW))
    case.file.path.unlink()  # the disk lost it
    job, waiting = getattr(tasks, task), case.state
    for attempt, state in [(0, waiting), (1, waiting), (2, "wrong")]:
        with pytest.raises(FileNotFoundError):
            job(at_attempt(attempt), pk=case.pk)
        case.refresh_from_db()
        assert case.state == state
    assert "请再上传一次" in case.errors[0]["message"]


@pytest.mark.django_db
def test_a_fault_of_the_heading_is_none_of_a_row(officer):
    content = "编号,内容,单位名称\nA1,铜排表面处理,某厂\n".encode()
    case = checked(officer, content, name="需求.csv")
    assert case.state == "wrong" and case.bad_rows <= case.row_count == 1
    assert case.error_count > case.bad_rows


@pytest.mark.django_db
def test_text_called_a_pdf_is_no_sheet(officer):
    with pytest.raises(evidence.Unacceptable, match=r"“bad.pdf”不是表格文件"):
        uploaded(officer, b"not a pdf\n", name="bad.pdf")
    assert not Import.objects.exists()
