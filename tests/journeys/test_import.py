"""A sheet in the browser: template, mistakes named, corrected, landed once although two tabs press."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.journeys.market import PASSWORD, SINCE, sign_in
from tests.market.sheets import sheet
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import actions as parties

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def officer(transactional_db):
    from django.utils import timezone

    now = timezone.now()
    who = parties.create_account(email="city@example.com", name="城", password=PASSWORD, actor=None, now=now)
    parties.appoint(account=who, role="city_officer", unit="", since=SINCE, actor=None, now=now)
    return who


def book(download):
    """A downloaded workbook, which Playwright keeps under a name of its own."""
    return load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))


def send(page, content, name):
    page.goto("/imports/new/needs/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": XLSX, "buffer": content})
    page.click("button:has-text('上传并检查')")
    page.wait_for_url("**/imports/*/")


def test_from_template_to_receipt(page, second, officer, worker):
    sign_in(page, "city@example.com")
    page.goto("/imports/")
    page.goto("/imports/new/needs/")
    with page.expect_download() as download:
        page.click("text=还没有模板？下载")
    headings = [cell.value for cell in next(book(download).worksheets[0].iter_rows())]
    assert "标题" in str(headings)

    wrong = sheet(30, wrong_share=0.2)
    send(page, wrong.xlsx(), "需求.xlsx")
    page.locator("text=有错误，一行也没有写入").wait_for(timeout=20_000)
    table = page.locator("table").inner_text()
    for row, column in wrong.wrong:
        assert str(row) in table
        assert column in table
    assert Need.objects.count() == 0
    with page.expect_download() as download:
        page.click("a:has-text('下载标注好的表')")
    assert book(download).active.max_row >= 31

    send(page, sheet(30).xlsx(), "需求-改.xlsx")
    page.locator("button:has-text('确认导入')").wait_for(timeout=20_000)
    sign_in(second, "city@example.com")
    second.goto(page.url)
    second.locator("button:has-text('确认导入')").wait_for()
    page.click("button:has-text('确认导入')")
    page.locator("text=导入回执").wait_for(timeout=20_000)
    page.locator("#heard", has_text="已导入").wait_for(state="attached")  # who does not see the panel is told
    second.click("button:has-text('确认导入')")
    second.locator("text=别人刚刚办理过").wait_for()
    assert Need.objects.count() == 30
    assert page.locator("section:has(#landed) tbody tr").count() == 30
