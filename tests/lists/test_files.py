"""The page, the workbook, the Word document and JSON hold the same rows; feeds are read by a reader of feeds."""

import io
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser

import docx
import feedparser
import pytest
from openpyxl import load_workbook

from tests.lists.conftest import DAY, NOW, TEXTS, put, wanted
from tests.lists.conftest import published as publish_list
from tests.lists.test_publish import edit, step
from tests.market.conftest import organisation
from tests.market.test_needs import TEASER
from triplehelix.doors.web.views import list_desk
from triplehelix.market.lists import finds, table
from triplehelix.market.lists.models import PublishedList
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message

#: Where programs read a list.
DATA = (("/lists/", "/list.json"), ("/api/lists/", ""))


@pytest.fixture
def lists(officer, clerk, firm, teacher, school, achievement):
    """A list with everything a later one can show: the one before, a change, something new, something gone."""
    put(clerk, firm, chain="LC01", price_fen=80_000_000, modes=["技术开发", "许可"], trl_wanted=7)
    changed, leaves = put(clerk, firm, text=1, price_fen=None), put(clerk, firm, text=2)
    first = publish_list(officer, wanted(period="2026Q3"), now=NOW)
    edit(changed, clerk, price_fen=15_000, text=f"{TEXTS[1]}\n第二段：=1+1 与 <b>粗体</b> & “引号”。")
    step(leaves, "withdraw", clerk)
    put(clerk, firm, text=3, title="=HYPERLINK(“x”) <script>alert(1)</script>")
    second = publish_list(officer, now=NOW + DAY)
    return {"first": first, "needs": second, "achievements": publish_list(officer, wanted("achievements"))}


class Rows(HTMLParser):
    """The cells of the page by their keys, a mapping a row."""

    def __init__(self):
        super().__init__()
        self.rows, self.key, self.depth = [], "", 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "tr" and (given.get("id") or "").startswith("n"):
            self.rows.append({})
        if self.key and tag not in ("br", "input", "img"):
            self.depth += 1
        if "data-key" in given:
            self.key, self.depth = given["data-key"], 1
            self.rows[-1][self.key] = ""

    def handle_endtag(self, tag):
        if self.key:
            self.depth -= 1
            if not self.depth:
                self.key = ""

    def handle_data(self, text):
        if self.key:
            self.rows[-1][self.key] += text


def squeezed(cell):
    return " ".join(("" if cell is None else str(cell)).split())


def page_rows(client, found):
    reader = Rows()
    reader.feed(client.get(f"/lists/{found.pk}/").content.decode())
    keys = ["seq", *(column.key for column in table.COLUMNS[found.kind]), "change"]
    return [[squeezed(row.get(key)) for key in keys] for row in reader.rows]


def xlsx_rows(client, found):
    book = load_workbook(io.BytesIO(client.get(f"/lists/{found.pk}/list.xlsx").content))
    rows = [[squeezed(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert rows[0] == table.headings(found.kind)
    return rows[1:]


def docx_rows(client, found):
    document = docx.Document(io.BytesIO(client.get(f"/lists/{found.pk}/list.docx").content))
    rows = [[squeezed(cell.text) for cell in row.cells] for row in document.tables[0].rows]
    assert rows[0] == table.headings(found.kind)
    return rows[1:]


@pytest.mark.parametrize("kind", ["first", "needs", "achievements"])
def test_page_workbook_document_and_json_hold_the_same_rows(client, lists, kind):
    found = lists[kind]
    entries = client.get(f"/lists/{found.pk}/list.json").json()["entries"]
    expected = [[squeezed(cell) for cell in one["cells"]] for one in entries]
    assert len(expected) == found.size
    assert xlsx_rows(client, found) == expected
    assert docx_rows(client, found) == expected
    assert page_rows(client, found) == expected
    assert client.get(f"/api/lists/{found.pk}").json()["entries"] == entries


def test_worked_by_hand(client, lists):
    first, second, third = xlsx_rows(client, lists["needs"])
    assert first[:2] == ["1", "第 3 项难题"] or first[1].startswith("=HYPERLINK") or first[1] == "第 0 项难题"
    by_title = {row[1]: row for row in (first, second, third)}
    assert by_title["第 0 项难题"][6:] == ["有色金属", "技术开发、许可", "80", "7 级", ""]
    assert by_title["第 1 项难题"][8] == "0.015"
    assert by_title["第 1 项难题"][10] == "变动：内容有修改；价格 面议 → 0.015 万元"
    assert by_title["=HYPERLINK(“x”) <script>alert(1)</script>"][10] == "新增"


def test_words_of_an_owner_are_only_words(client, lists):
    found = lists["needs"]
    page = client.get(f"/lists/{found.pk}/").content.decode()
    assert "<script>alert" not in page
    book = load_workbook(io.BytesIO(client.get(f"/lists/{found.pk}/list.xlsx").content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


def test_files_say_what_they_are(client, lists):
    found = lists["needs"]
    book = load_workbook(io.BytesIO(client.get(f"/lists/{found.pk}/list.xlsx").content))
    said = dict(row for row in book["说明"].iter_rows(min_row=2, values_only=True))
    assert (said["编号"], said["条数"]) == ("需求清单〔2026〕2号", "3")
    assert said["与需求清单〔2026〕1号相比"] == "新增 1 条，变动 1 条，退出 1 条"
    assert said["校验码（SHA-256）"] == found.digest
    assert [row[1:] for row in book["退出的条目"].iter_rows(min_row=2, values_only=True)] == [
        ("第 2 项难题", "示例9001厂", "单位已撤下")
    ]
    document = docx.Document(io.BytesIO(client.get(f"/lists/{found.pk}/list.docx").content))
    text = "\n".join(one.text for one in document.paragraphs)
    for words in ("需求清单〔2026〕2号", "2026年第四季度企业需求清单", "2026年11月24日", "共3项", "附件1"):
        assert words in text
    assert [round(one.page_width.mm) for one in document.sections] == [210, 297, 297]


def test_no_file_has_contact_details(client, lists):
    for found in lists.values():
        for form in ("json", "xlsx", "docx"):
            content = client.get(f"/lists/{found.pk}/list.{form}").content
            if form != "json":
                import zipfile

                package = zipfile.ZipFile(io.BytesIO(content))
                content = b"".join(package.read(name) for name in package.namelist())
            assert "阮砺石".encode() not in content
            assert b"8400000" not in content


@pytest.mark.parametrize("form", ["xlsx", "docx", "json"])
def test_a_file_is_sent_again_only_when_it_changed(client, officer, lists, form):
    found = lists["needs"]
    address = f"/lists/{found.pk}/list.{form}"
    answer = client.get(address)
    again = {"If-None-Match": answer["ETag"]}
    assert answer["Last-Modified"].endswith("GMT")
    assert client.get(address, headers=again).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": answer["Last-Modified"]}).status_code == 304
    publish_list(officer, now=NOW + 2 * DAY, replaces=found, why="补一条说明")
    assert client.get(address, headers=again).status_code == 200
    assert client.get(f"/lists/{found.pk}/list.pdf").status_code == 404
    assert client.get("/lists/0/list.xlsx").status_code == 404


def test_feeds_are_atom(client, officer, lists):
    replaced = publish_list(officer, now=NOW + 2 * DAY, replaces=lists["needs"], why="误列 <b>一条</b> & 补一条")
    for address, titles in {
        "/lists/feed.atom": [replaced.title, lists["needs"].title, lists["achievements"].title, lists["first"].title],
        "/lists/needs.atom": [replaced.title, lists["needs"].title, lists["first"].title],
        "/lists/achievements.atom": [lists["achievements"].title],
    }.items():
        answer = client.get(address)
        assert answer["Content-Type"].startswith("application/atom+xml")
        feed = feedparser.parse(answer.content)
        assert (feed.version, feed.bozo) == ("atom10", False)
        assert sorted(one.title for one in feed.entries) == sorted(titles)
        assert len({one.id for one in feed.entries}) == len(titles)
        assert all(one.updated_parsed and one.link.startswith("http://testserver/lists/") for one in feed.entries)
        again = {"If-None-Match": answer["ETag"]}
        assert client.get(address, headers=again).status_code == 304
    words = feedparser.parse(client.get("/lists/needs.atom").content).entries[0].summary
    assert "误列" in words
    assert "<b>" not in words
    assert client.get("/lists/talents.atom").status_code == 404


def test_a_list_is_the_same_entry_whoever_asks_by_which_name(client, lists, settings):
    """RFC 4287 §4.2.6: an id never changes, though the site is reached by several names."""
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://market.example.gov.cn", ["*"]
    feeds = [
        feedparser.parse(client.get("/lists/needs.atom", headers={"host": host}).content)
        for host in ("market.example.gov.cn", "10.0.0.8:8000")
    ]
    assert len({feed.feed.id for feed in feeds}) == 1 and feeds[0].feed.id.startswith(settings.SITE_URL)
    assert [one.id for one in feeds[0].entries] == [one.id for one in feeds[1].entries]
    assert all(one.link.startswith("http://10.0.0.8:8000/lists/") for one in feeds[1].entries)


def test_an_empty_feed_is_a_feed(client, db):
    feed = feedparser.parse(client.get("/lists/feed.atom").content)
    assert (feed.version, feed.bozo, feed.entries) == ("atom10", False, [])


def test_no_new_list_says_again_what_has_become_confidential(client, officer, clerk, firm):
    need = put(clerk, firm, title="镀锡铜排三个月发黑", price_fen=80_000_000)
    first = publish_list(officer, wanted(period="2026-11"))
    later = NOW + 10 * DAY
    edit(need, clerk, later, secrecy="confidential", teaser=TEASER, title="导电件防变色", price_fen=90_000_000)
    found = publish_list(officer, wanted(on=later.date()), now=later)
    page = client.get(f"/lists/{found.pk}/").content.decode()
    for said in (page, *(str(client.get(f"{at}{found.pk}{end}").json()) for at, end in DATA)):
        assert TEASER in said
        assert TEXTS[0] not in said and "镀锡铜排" not in said
    for rows in (xlsx_rows(client, found), docx_rows(client, found), page_rows(client, found)):
        assert rows[0][-1] == "变动：名称有修改；内容有修改；价格 80 万元 → 90 万元"
        assert "镀锡铜排" not in str(rows)
    entry = client.get(f"/lists/{found.pk}/list.json").json()["entries"][0]
    assert entry["before"] == {"title": None, "text": None, "price_fen": 80_000_000}
    edit(need, clerk, later, teaser=f"{TEASER}下半年要结果。")
    third = publish_list(officer, wanted(period="2026-12", on=later.date()), now=later)
    assert TEASER not in str(third.entries.get().before)
    # A list that was public stays as it was.
    assert client.get(f"/lists/{first.pk}/list.json").json()["entries"][0]["values"]["text"] == TEXTS[0]
    assert finds.is_whole(found)


def test_the_api_narrows(client, lists):
    assert client.get("/api/lists").json()["total"] == 3
    found = client.get("/api/lists?kind=needs&limit=1").json()
    assert (found["total"], [one["number"] for one in found["items"]]) == (2, ["需求清单〔2026〕2号"])
    assert client.get("/api/lists?year=2025").json() == {"items": [], "total": 0}
    assert client.get("/api/lists?kind=talents").status_code == 422
    assert client.get("/api/lists/0").status_code == 404


def test_the_index_narrows(client, officer, lists):
    publish_list(officer, wanted(scope="chain", place="LC01"), now=NOW)
    numbers = lambda query: re.findall(r"(..清单〔2026〕\d+号) ·", client.get(f"/lists/?{query}").content.decode())  # noqa: E731
    assert len(numbers("")) == 4
    assert numbers("kind=achievements") == ["成果清单〔2026〕1号"]
    assert numbers("chain=LC01") == ["需求清单〔2026〕3号"]
    assert numbers("unit=371521") == numbers("year=2025") == []
    assert len(numbers("year=2026&kind=x&chain=' OR 1")) == 4
    whole, part = (client.get("/lists/?kind=needs", headers=h).content.decode() for h in ({}, {"HX-Request": "true"}))
    assert "<html" not in part
    assert squeezed(part) in squeezed(whole)


@pytest.mark.parametrize("what", ["index", "list", "desk"])
def test_one_row_and_three_rows_cost_the_same(client, officer, clerk, firm, django_assert_num_queries, what):
    queries = {"index": 3, "list": 3, "desk": 7}[what]
    put(clerk, firm)
    found = publish_list(officer, wanted(period="2026"))
    for n, code in ((1, "2026Q4"), (2, "2026H2")):
        address = {
            "index": "/lists/",
            "list": f"/lists/{found.pk}/",
            "desk": "/lists/new/?kind=needs&scope=city&period=2026",
        }
        if what == "desk":
            client.force_login(officer)
        client.get(address[what])
        with django_assert_num_queries(queries):
            assert client.get(address[what]).status_code == 200
        put(clerk, firm, text=n)
        put(clerk, firm, text=n + 2)
        found = publish_list(officer, wanted(period=code))


def test_the_preview_of_a_period_that_is_published_leads_to_its_correction(client, officer, clerk, firm):
    put(clerk, firm)
    made, address = publish_list(officer, wanted(period="2026")), "/lists/new/?kind=needs&scope=city&period={}"
    client.force_login(officer)
    page = client.get(address.format("2026")).content.decode()
    assert "这一期已经发布过" in page and f'href="/lists/new/?replaces={made.pk}"' in page
    assert "发布清单</button>" not in page
    assert "发布更正后的清单</button>" in client.get(f"/lists/new/?replaces={made.pk}").content.decode()
    page = client.get(address.format("2026H2")).content.decode()
    assert "这一期已经发布过" not in page and "发布清单</button>" in page


def test_of_many_pairs_that_are_alike_the_first_are_spelt_out(client, officer, clerk, firm, monkeypatch):
    monkeypatch.setattr(list_desk, "SHOWN", 2)
    for text in range(3):
        put(clerk, firm, text=text, title="铜排发黑")
    client.force_login(officer)
    page = client.get("/lists/new/?kind=needs&scope=city&period=2026").content.decode()
    assert page.count('<a href="#n1">') == 2 and "另有 1 处。" in page


def test_when_nobody_can_be_written_to_no_letter_is_said_to_be_sent(client, officer, clerk, firm):
    old = put(clerk, firm, days_ago=100)
    Need.objects.filter(pk=old.pk).update(organisation=organisation(9801))
    client.force_login(officer)
    asked = {"kind": "needs", "scope": "city", "period": "2026"}
    assert "没有发信" in client.post("/lists/ask/", asked, follow=True).content.decode()
    assert not Message.objects.filter(kind="market.need.list").exists()


def test_only_changes(client, lists):
    assert len(page_rows(client, lists["needs"])) == 3
    page = client.get(f"/lists/{lists['needs'].pk}/?only=changes").content.decode()
    assert page.count('data-key="seq"') == 2


def office(tmp_path, name, content):
    """A file as LibreOffice prints it: the text of the PDF."""
    (tmp_path / name).write_bytes(content)
    command = [shutil.which("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    made = (tmp_path / name).with_suffix(".pdf")
    done = subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / name],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert made.exists(), done.stdout + done.stderr
    return made.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_libreoffice_opens_both_files(client, lists, tmp_path, form):
    """`.ci/run` installs Writer and Calc, so that this runs there; without any LibreOffice it is left out."""
    if shutil.which("soffice") is None and not os.environ.get("CI"):
        pytest.skip("LibreOffice is not installed")
    pdf = office(tmp_path, f"list.{form}", client.get(f"/lists/{lists['needs'].pk}/list.{form}").content)
    assert pdf.startswith(b"%PDF")
    assert PublishedList.objects.count() == 3
