"""The import pages: what is no sheet is told, a template comes back as it went, a second press changes nothing."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from tests.html import flat
from tests.market.conftest import account, office
from tests.market.sheets import HEADINGS, sheet
from triplehelix.market.imports import actions
from triplehelix.market.imports.models import Import
from triplehelix.market.needs.models import Need
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.steps.actions import take

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def officer_page(client, officer):
    client.force_login(officer)
    return client


def send(client, content, name="需求.xlsx"):
    return client.post("/imports/new/needs/", {"file": SimpleUploadedFile(name, content, XLSX)})


def sent(client, content, name="需求.xlsx"):
    """Uploaded, and checked as the worker would."""
    answer = send(client, content, name)
    assert answer.status_code == 302, answer.context["form"].errors
    case = Import.objects.latest("pk")
    actions.check(pk=case.pk, now=timezone.now())
    return case, client.get(f"/imports/{case.pk}/")


def landed(client, case):
    """The receipt of an import that was checked."""
    case.refresh_from_db()
    take(case=case, step="land", actor=case.account, now=timezone.now(), seen_version=case.version)
    actions.land(pk=case.pk, now=timezone.now())
    return client.get(f"/imports/{case.pk}/")


def test_an_office_sees_on_the_receipt_what_landed(officer_page):
    case, _page = sent(officer_page, sheet(52).xlsx())
    text = landed(officer_page, case).text
    assert "看导入的内容" not in text, "an office has no listings of its own"
    assert "X000000" in text and "X000049" in text and "X000050" not in text and "… 另有 2 行" in text
    first = Need.objects.get(number="X000000")
    assert f"/needs/{first.pk}/" not in text, "a draft is its firm's"
    Need.objects.filter(pk=first.pk).update(state="submitted")
    assert f'<a href="/needs/{first.pk}/">' in officer_page.get(f"/imports/{case.pk}/").text


def test_an_office_is_told_before_it_lands_that_drafts_do_not_open_for_it(officer_page, client, clerk, firm):
    assert "只有单位自己的人看得到、能提交，您打不开" in flat(officer_page.get("/imports/new/needs/").text)
    _case, page = sent(officer_page, sheet(2).xlsx())
    said = "请放弃，选“导入后直接发布”重新上传"
    assert said in flat(page.text)
    client.force_login(clerk)
    assert "您打不开" not in flat(client.get("/imports/new/needs/").text)
    own = sheet(1)
    own.rows[0] |= {"统一社会信用代码": firm.uscc, "单位名称": firm.name}
    case, page = sent(client, own.xlsx())
    assert case.refresh_from_db() or case.state == "checked"
    assert "写入后是草稿" in page.text and said not in flat(page.text)


def test_a_manager_who_may_not_publish_is_not_told_to(client, db):
    client.force_login(office(account("manager"), "technology_manager"))
    assert "您打不开" not in flat(client.get("/imports/new/needs/").text)
    _case, page = sent(client, sheet(2).xlsx())
    assert "写入后是草稿" in page.text and "请放弃" not in flat(page.text)


def test_a_member_is_led_to_the_listings_of_the_firm(client, clerk, firm):
    made = sheet(2)
    for row in made.rows:
        row["统一社会信用代码"], row["单位名称"] = firm.uscc, firm.name
    client.force_login(clerk)
    case, _page = sent(client, made.xlsx())
    text = landed(client, case).text
    assert 'href="/mine/needs/"' in text and f"/needs/{Need.objects.get(number='X000000').pk}/" in text


def locked(content):
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("secret", out)
    return out.getvalue()


def test_no_file_and_an_empty_one(officer_page):
    assert officer_page.post("/imports/new/needs/").context["form"].errors["file"]
    assert send(officer_page, b"").context["form"].errors["file"]
    assert not Import.objects.exists()


def test_a_file_that_is_too_large(officer_page, settings):
    settings.UPLOAD_MAX_BYTES = 2**20
    answer = send(officer_page, b"PK" + b"0" * (3 * 2**20))
    assert answer.status_code == 422
    assert "最多 1 MB" in answer.context["form"].errors["file"][0]
    assert not Import.objects.exists()


NO_SHEETS = [
    (b"%PDF-1.7 not a sheet at all", "需求.xlsx"),
    (b"\x00\x01\x02\x03" * 40, "需求.csv"),
    (b"PK\x03\x04 broken", "需求.xlsx"),
]


@pytest.mark.parametrize(("content", "name"), NO_SHEETS)
def test_what_is_no_sheet_is_told(officer_page, content, name):
    answer = send(officer_page, content, name)
    if answer.status_code == 302:
        case = Import.objects.latest("pk")
        actions.check(pk=case.pk, now=timezone.now())
        page = officer_page.get(f"/imports/{case.pk}/")
        assert page.context["errors"]
    else:
        assert answer.status_code == 422
        assert answer.context["form"].errors["file"][0]
    assert not Need.objects.exists()


def test_a_workbook_behind_a_password(officer_page):
    answer = send(officer_page, locked(sheet(3).xlsx()))
    if answer.status_code == 302:
        case = Import.objects.latest("pk")
        actions.check(pk=case.pk, now=timezone.now())
        said = officer_page.get(f"/imports/{case.pk}/").content.decode()
    else:
        said = str(answer.context["form"].errors["file"])
    assert "密码" in said


def test_the_template_comes_back_as_it_went(officer_page):
    template = officer_page.get("/imports/template/needs.xlsx")
    assert template["Content-Disposition"].startswith("attachment")
    _case, page = sent(officer_page, template.content, "模板.xlsx")
    assert page.status_code == 200
    assert load_workbook(io.BytesIO(template.content)).sheetnames


def test_wrong_cells_are_named_and_the_workbook_marks_them(officer_page):
    wrong = sheet(40, wrong_share=0.25)
    case, page = sent(officer_page, wrong.xlsx())
    assert case.pk
    rows = {(e["row"], e["column"]) for e in page.context["errors"]}
    assert wrong.wrong <= rows
    text = page.content.decode()
    for row, column in wrong.wrong:
        assert str(row) in text
        assert column in text
    marked = officer_page.get(f"/imports/{case.pk}/annotated.xlsx")
    assert marked["Content-Type"] == XLSX
    book = load_workbook(io.BytesIO(marked.content))
    assert book.active.max_row >= 41
    assert not Need.objects.exists()


def test_a_good_sheet_lands_once_and_the_second_press_is_told(officer_page):
    case, _page = sent(officer_page, sheet(5).xlsx())
    case.refresh_from_db()
    assert case.state == "checked"
    press = {"seen_version": case.version}
    assert officer_page.post(f"/imports/{case.pk}/land/", press).status_code == 302
    again = officer_page.post(f"/imports/{case.pk}/land/", press, follow=True)
    assert "别人刚刚办理过" in again.content.decode()
    actions.land(pk=case.pk, now=timezone.now())
    actions.land(pk=case.pk, now=timezone.now())
    assert Need.objects.count() == 5
    assert "<dt>写入</dt><dd>5 行</dd>" in flat(officer_page.get(f"/imports/{case.pk}/").text)


def test_a_press_without_a_version_is_told(officer_page):
    case, _page = sent(officer_page, sheet(2).xlsx())
    answer = officer_page.post(f"/imports/{case.pk}/land/", {}, follow=True)
    assert "别人刚刚办理过这一件" in answer.content.decode()


def test_the_panel_htmx_asks_for_is_the_one_on_the_page(officer_page):
    case, page = sent(officer_page, sheet(2).xlsx())
    panel = officer_page.get(f"/imports/{case.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in panel
    assert "".join(panel.split())[:200] in "".join(page.content.decode().split())


def test_what_was_not_read_is_said_before_it_is_confirmed(officer_page):
    made = sheet(2)
    headings = [*HEADINGS, "<b>网址"]
    for row in made.rows:
        row["<b>网址"] = "x"
    case, page = sent(officer_page, made.xlsx(headings))
    text = flat(page.text)
    assert "请留意：" in text
    assert text.index("没有读取这些列：&lt;b&gt;网址") < text.index("确认导入 2 行")
    assert officer_page.get(f"/api/imports/{case.pk}").json()["notes"] == ["没有读取这些列：<b>网址"]
    assert "请留意：" not in sent(officer_page, sheet(2, seed=9).xlsx())[1].text


def test_ones_imports_are_read_page_by_page(officer, client, django_assert_num_queries):
    file = evidence.store(content=b"a,b\n", name="a.csv", actor=officer, now=timezone.now())
    rows = [
        Import(what=Need.kind, account=officer, file=file, created_at=timezone.now(), state="wrong") for _ in range(23)
    ]
    Import.objects.bulk_create(rows[:1])
    client.force_login(officer)
    client.get("/imports/")
    with django_assert_num_queries(5):
        client.get("/imports/")
    Import.objects.bulk_create(rows[1:])
    with django_assert_num_queries(5):
        first = client.get("/imports/")
    shown = [len(page.context["imports"]) for page in (first, client.get("/imports/?page=2"))]
    assert shown == [20, 3]
