"""Nothing a firm said of a confidential need comes out of any door, whoever asks, by whatever way."""

import io
import zipfile

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.diagnosis.conftest import account, expert, judged, manager, taken  # noqa: F401 - fixtures
from tests.html import flat
from tests.lists.conftest import published as published_list
from tests.lists.conftest import wanted
from tests.market.test_flow import published
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.diagnosis import actions as diagnoses
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.market.exchange import body as exchange
from triplehelix.market.lists import period
from triplehelix.market.nda import actions as nda
from triplehelix.market.nda import finds, texts
from triplehelix.market.nda.actions import READ
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import take
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import followers

pytestmark = pytest.mark.usefixtures("morning")

WORDS = {
    "what": "代号青鸾的八百伏平台用聚酰亚胺扁线", "present": "扁线漆膜弯折后局部放电起始电压由 1380 伏掉到 1050 伏",
    "target": "弯折后局部放电起始电压不低于 1257 伏", "tried": "加过一层酰胺酰亚胺过渡层，介电常数超了",
}  # fmt: skip
TEASER = "一家电磁线企业想改进电机绕组绝缘的耐弯性能，已有批量产线，希望找有涂层研究基础的团队。"
SECRET = {**WORDS, "secrecy": "confidential", "teaser": TEASER, "text": ""}
QUESTION, ANSWER = "漆膜的青鸾配方里酰亚胺占几成", "占六成四，固化 1380 秒"
#: Pieces of the confidential words that stand nowhere else.
SAID = ("青鸾", "1380 伏", "1050 伏", "1257 伏", "过渡层", *WORDS.values(), QUESTION, ANSWER)
READERS = ("visitor", "stranger", "other_county", "expert", "county", "officer", "manager", "auditor")
FILM = "聚酰亚胺扁线漆膜改性，弯折后局部放电起始电压提高两成，介电常数不变，已在一家电磁线厂批量试用，附检测报告。"


@pytest.fixture
def market(clerk, firm, officer, stranger, manager):  # noqa: F811
    """A confidential need and an achievement that would answer it, indexed, listed, diagnosed: asked and answered."""
    need = published(clerk, firm, title="绕组绝缘耐弯", **SECRET)
    achievement = published(stranger, stranger.memberships.get().organisation, Achievement, title="扁线漆膜", text=FILM)
    while followers.drain_all():
        pass
    today = timezone.localdate()
    now = timezone.now()
    made = published_list(officer, wanted(period=period.offered(today)[0].code, on=today), now=now)
    asked = judged(taken(Diagnosis.objects.get(need=need), manager, now), manager, "refine", now, questions=[QUESTION])
    case = diagnoses.answer(diagnosis=asked, answers={1: ANSWER}, actor=clerk, now=now, seen_version=asked.version)
    return {"need": need, "achievement": achievement, "list": made, "diagnosis": case}


PAGES = (
    "/", "/needs/", "/needs/?q=绕组", "/needs/export.xlsx", "/needs/{need}/", "/needs/{need}/matches/",
    "/achievements/{achievement}/matches/", "/search/?what=needs&q=扁线漆膜弯折后局部放电起始电压掉了",
    "/search/?what=needs&q=绕组绝缘耐弯", "/lists/", "/lists/{list}/", "/lists/{list}/list.xlsx",
    "/lists/{list}/list.docx", "/lists/{list}/list.json", "/lists/needs.atom", "/lists/feed.atom", "/lists/new/",
    "/todo/", "/diagnosis/", "/diagnosis/{diagnosis}/", "/nda/", "/mine/needs/",
    "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/api/needs", "/api/needs/{need}", "/api/needs/{need}/matches",
    "/api/achievements/{achievement}/matches", "/api/needs/{need}/alike", "/api/diagnosis",
    "/api/diagnosis/{diagnosis}", "/api/lists/{list}", "/api/visits",
)  # fmt: skip


def said_by(answer):
    """All text of an answer, out of the archive where it is a workbook or a document."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b" ".join(package.read(name) for name in package.namelist())
    text = content.decode("utf-8", "replace")
    return text.encode().decode("unicode_escape", "replace") + text if "\\u" in text else text


def leaks(text):
    """What of the confidential words stands in a text, marked or not."""
    text = text.replace("<mark>", "").replace("</mark>", "")
    return [said for said in SAID if said in text]


@pytest.mark.parametrize("role", READERS)
def test_no_page_and_no_call_gives_it_away(request, market, role):
    client = Client()
    if role != "visitor":
        client.force_login(request.getfixturevalue(role))
    opened = 0
    for address in PAGES:
        answer = client.get(address.format(**{name: row.pk for name, row in market.items()}))
        opened += answer.status_code == 200
        assert leaks(said_by(answer)) == [], (role, address)
    assert opened > 10


def test_the_summary_is_what_is_found(market):
    page = said_by(Client().get("/search/?what=needs&q=绕组绝缘耐弯")).replace("<mark>", "").replace("</mark>", "")
    assert "绕组绝缘耐弯</a>" in page


def test_the_index_the_outbox_the_trail_and_a_peer_have_the_summary_alone(market):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(d::text, ' ') FROM matching_document d WHERE kind = 'market.need'")
        indexed = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(e::text, ' ') FROM trail_entry e WHERE subject_kind LIKE 'market.%'")
        trail = cursor.fetchone()[0]
    assert TEASER in indexed
    sent = " ".join([*(f"{m.subject} {m.body}" for m in Message.objects.all()), *(m.body for m in mail.outbox)])
    fed = str(exchange.of(market["need"]))
    assert TEASER in fed
    for text in (indexed, trail, sent, fed):
        assert leaks(text) == []


def test_by_hand_made_posts_nobody_without_a_right_opens_it(request, market):
    address = f"/needs/{market['need'].pk}/text/"
    for role in ("stranger", "other_county", "expert", "manager"):
        client = Client()
        client.force_login(request.getfixturevalue(role))
        assert client.post(address).status_code == 404
        assert client.post(f"/api{address[:-1]}").status_code == 404
        assert client.get(address).status_code == 302
        if role != "manager":  # who judges this one
            assert client.post(f"/diagnosis/{market['diagnosis'].pk}/text/", {"promised": "on"}).status_code == 404
    assert not finds.openings(market["need"]).exists()


def test_under_an_agreement_only_the_recorded_page_shows_it(market, clerk, stranger):
    now = timezone.now()
    made = nda.ask(
        need=market["need"], organisation=stranger.memberships.get().organisation, purpose="由三人判断能否解决",
        text_version=texts.current(timezone.localdate(now)).version, actor=stranger, now=now,
    )  # fmt: skip
    take(case=made, step="agree", actor=clerk, now=now, seen_version=made.version)
    client = Client()
    client.force_login(stranger)
    address = f"/needs/{market['need'].pk}/"
    assert leaks(said_by(client.get(address))) == []
    assert leaks(said_by(client.get(f"/nda/{made.pk}/"))) == []
    answer = client.post(f"{address}text/")
    assert WORDS["present"] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert client.post(f"/api{address}text").json()["target"] == WORDS["target"]
    assert [row.actor for row in finds.openings(market["need"])] == ["stranger", "stranger"]
    client.force_login(clerk)
    assert "stranger" in client.get(f"/nda/{made.pk}/").content.decode()
    for _ in range(20):  # each opening stays to be read, however many there are
        trail.record(kind=Need.kind, id=str(market["need"].pk), verb=READ, actor=stranger, now=now, data={})
    shown = [client.get(f"/nda/{made.pk}/{page}").context["openings"] for page in ("", "?opened=2")]
    assert [len(page) for page in shown] == [20, 2]
    page = client.get(address).content.decode()
    assert WORDS["present"] in page and TEASER in page


def test_questions_and_answers_are_read_by_the_firm_and_by_who_judges_and_promised(market, clerk, manager):  # noqa: F811
    address = f"/diagnosis/{market['diagnosis'].pk}/"
    client = Client()
    client.force_login(clerk)
    page = client.get(address).content.decode()
    assert QUESTION in page and ANSWER in page
    assert client.get(f"/api{address[:-1]}").json()["questions"][0]["answer"] == ANSWER
    client.force_login(manager)
    assert "接下会诊、承诺保密的人" in client.get(f"/needs/{market['need'].pk}/").content.decode()
    assert "第 1 个问题" in client.get(address).content.decode()
    assert client.get("/api/diagnosis").json()["items"][0]["questions"] == [
        {"seq": 1, "text": "", "answer": "", "answered": True, "withdrawn": False}
    ]
    assert client.post(f"/api{address}text", {"promised": False}, "application/json").status_code == 409
    assert not finds.openings(market["need"]).exists()
    page = client.post(f"{address}text/", {"promised": "on"}).content.decode()
    assert QUESTION in page and ANSWER in page
    told = client.post(f"/api{address}text", {"promised": True}, "application/json").json()
    assert (told["target"], told["questions"][0]["answer"]) == (WORDS["target"], ANSWER)
    assert finds.openings(market["need"]).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(q::text, ' ') FROM diagnosis_question q")
        assert leaks(cursor.fetchone()[0]) == []


def test_its_firm_matches_with_all_its_words_and_others_with_the_summary(market, clerk):
    client = Client()
    public = client.get(f"/api/needs/{market['need'].pk}/matches").json()["hits"]
    client.force_login(clerk)
    own = client.get(f"/api/needs/{market['need'].pk}/matches").json()["hits"]
    assert own[0]["id"] == market["achievement"].pk
    assert "局部放电" in own[0]["why"]
    assert "局部放电" not in str([hit["terms"] for hit in public])


def test_a_program_reads_the_text_before_it_asks(market, stranger):
    client = Client()
    client.force_login(stranger)
    text = client.get("/api/nda/text").json()
    assert text["text"] and text["assumed"], "a model text is not shown as an official one"
    said = {
        "organisation": stranger.memberships.get().organisation.uscc, "purpose": "由三人判断能否解决",
        "text_version": text["version"],
    }  # fmt: skip
    asked = client.post(f"/api/needs/{market['need'].pk}/nda", said, content_type="application/json")
    assert (asked.status_code, asked.json()["text_version"]) == (201, text["version"])


def test_whose_turn_it_is_and_the_text_before_the_button(client, market, clerk, stranger):
    """The firm reads that its own answer is awaited, and what it agrees to before the button; the other side waits."""
    text = texts.current(timezone.localdate())
    made = nda.ask(
        need=market["need"], organisation=stranger.memberships.get().organisation, actor=stranger, now=timezone.now(),
        purpose="我校涂层课题组判断能否解决", text_version=text.version,
    )  # fmt: skip
    for who, reads, other in ((clerk, "待贵单位同意", "待需求方同意"), (stranger, "待需求方同意", "待贵单位同意")):
        client.force_login(who)
        for url in (f"/nda/{made.pk}/", "/nda/"):
            page = client.get(url).text
            assert reads in page and other not in page, (who, url)
    client.force_login(clerk)
    assert "待贵单位同意" in client.get("/todo/").text
    page = client.get(f"/nda/{made.pk}/").text
    assert '<details open><summary><h2 id="text">' in flat(page) and 'class="beside doing"' not in page
    assert page.index("一、需求方通过本平台") < page.index(">同意</button>")
