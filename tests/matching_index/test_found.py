"""What is published is found, what is not is not; by words, by meaning, in another language, under permission."""

import socket
from datetime import timedelta

import pytest

from tests.matching_index.conftest import NOW, PUBLIC
from triplehelix.foundation.text import spans
from triplehelix.market.needs.models import Need
from triplehelix.matching import current
from triplehelix.matching.encode import EncoderDown
from triplehelix.matching.index import write
from triplehelix.matching.index.sources import Content
from triplehelix.matching.models import Document
from triplehelix.matching.search import EmptyQuery, Facets, match_listing
from triplehelix.records.parties.access import audiences
from triplehelix.records.trail.models import Unread

COPPER = ("铜排无铬钝化液", "浸一下就在裸铜排表面成膜，存放九十天不变色，接触电阻几乎不增加。")
FILM = ("水溶性地膜", "聚乙烯醇地膜，秋后翻入土里自己降解，不留残膜。")
ROBOT = ("机器人焊缝跟踪", "激光视觉找到焊缝，焊枪自动跟踪，偏差小于0.3毫米。")


def test_published_is_found_with_its_reason(house, words_only):
    for title, text in (COPPER, FILM, ROBOT):
        house.write(title, text)
    write.put([Content("market.need", n, f"别的{n}") for n in range(5)], now=NOW)
    write.put([Content("market.achievement", 10**6 + n, f"阀门{n}型密封") for n in range(9)], now=NOW)
    assert house.titles("铜排变色") == []
    house.work()
    result = house.find("我们的裸铜排存放一个月就变色")
    hit = result.hits[0]
    assert (hit.title, hit.holder, hit.kind) == (COPPER[0], "澄湖鸿锐铜业股份有限公司", "market.achievement")
    assert "铜排" in "".join(hit.terms)
    assert spans(hit.text, hit.terms)
    assert hit.why
    assert [h.score for h in result.hits] == sorted((h.score for h in result.hits), reverse=True)
    assert 0 <= hit.percent <= 100
    assert "只按词查找" in "".join(result.notices)


def test_an_edit_is_found_by_the_new_words_only(house, words_only):
    listing = house.write(*COPPER)
    house.write(*ROBOT)
    house.work()
    house.edit(listing, title="铝型材无铬前处理", text="喷粉之前的钛锆膜，丝状腐蚀一千小时合格，" * 3)
    house.work()
    assert house.titles("铝型材喷粉丝状腐蚀") == ["铝型材无铬前处理"]
    assert house.titles("裸铜排变色") == []
    assert Document.objects.count() == 2


def test_withdrawn_expired_and_reopened_is_gone(house, words_only):
    listing = house.write(*COPPER)
    house.work()
    assert house.titles("铜排") == [COPPER[0]]
    house.step(listing, "withdraw")
    house.work()
    assert house.titles("铜排") == []
    assert Document.objects.count() == 0


def test_drafts_and_submitted_items_are_found_by_nobody(house, words_only):
    house.write(*COPPER, state="submitted")
    house.write(*ROBOT, state="draft")
    house.work()
    everybody = PUBLIC | audiences(house.clerk, NOW.date()) | {"city", "unit:371502", "unit:371581", "auditor"}
    assert house.titles("铜排焊缝", audiences=everybody) == []


def test_only_the_audience_of_a_document_finds_it(house, words_only):
    """Other kinds will have documents for some: another unit never finds them, not by facet and not by count."""
    for number, seen in enumerate((("unit:371521",), ("unit:371522", "city"), ("public",))):
        content = Content("market.achievement", 900 + number, "保密的铜排技术", audiences=seen, chain=f"LC0{number}")
        write.put([content], now=NOW)
    own = house.find("铜排技术", audiences=PUBLIC | {"unit:371521"})
    assert {hit.subject_id for h in own.hits for hit in [h]} | {s for h in own.hits for s in h.same_as} == {900, 902}
    assert own.facets["chain"] == {"LC00": 1, "LC02": 1}
    assert house.find("铜排技术", audiences=frozenset()).hits == ()


def test_facets_narrow_and_count(house, words_only):
    house.write(*COPPER, chain="LC01", trl=7, modes=["许可"], region="371502")
    house.write("铜排镀锡", "镀锡层均匀。", chain="LC02", trl=4, modes=["转让"], region="371581", other=True)
    house.write("铜排折弯", "折弯不开裂。", chain="LC01")
    house.work()
    everything = house.find("铜排")
    assert (len(everything.hits), everything.among) == (3, 3)
    assert everything.facets["chain"] == {"LC01": 2, "LC02": 1}
    for facets, found in (
        (Facets(chain=("LC01",)), {COPPER[0], "铜排折弯"}),
        (Facets(chain=("LC01", "LC02")), {COPPER[0], "铜排折弯", "铜排镀锡"}),
        (Facets(trl_min=6), {COPPER[0]}),
        (Facets(modes=("转让", "作价投资")), {"铜排镀锡"}),
        (Facets(region=("371502",), field=("新材料",)), {COPPER[0]}),
        (Facets(organisation=(house.other.pk,)), {"铜排镀锡"}),
        (Facets(field=("没有这样的",)), set()),
    ):
        assert set(house.titles("铜排", facets=facets)) == found, facets
    assert "去掉几个条件" in house.find("铜排", facets=Facets(trl_min=13)).notices[-1]


def test_near_duplicates_are_folded_under_the_better_one(house, words_only):
    first = house.write(*COPPER)
    second = house.write(COPPER[0] + "（推广）", COPPER[1], other=True)
    house.write(*ROBOT)
    house.work()
    hits = house.find("裸铜排钝化").hits
    both = {first.pk, second.pk}
    assert hits[0].subject_id in both
    assert set(hits[0].same_as) == both - {hits[0].subject_id}
    assert not both & {hit.subject_id for hit in hits[1:]}


def test_the_name_of_an_organisation_follows(house, words_only):
    from triplehelix.records.parties import actions as parties

    house.write(*COPPER)
    house.work()
    parties.amend(organisation=house.firm, values={"name": "澄湖新名铜业有限公司"}, actor=None, now=NOW)
    house.work()
    assert house.find("铜排").hits[0].holder == "澄湖新名铜业有限公司"


@pytest.mark.parametrize(
    "query",
    [
        "😀 铜排 🚀 变色",
        "'; DROP TABLE matching_document; -- 铜排",
        "<script>alert('铜排')</script> %s %(x)s {0}",
        "铜排\x00变色 \ud83d",
        "１２３ ＡＢＣ 铜排",
        "铜" * 20_000,
        "铜排表面变色怎么办。" * 3_000,
    ],
)
def test_anything_may_be_asked(house, words_only, query):
    house.write(*COPPER)
    house.work()
    result = house.find(query)
    assert result.hits == () or result.hits[0].title == COPPER[0]
    assert Document.objects.count() == 1


@pytest.mark.parametrize("query", ["", "   \n", "😀😀", "，。！？", "的", "\x00"])
def test_a_question_without_words_is_refused(house, words_only, query):
    with pytest.raises(EmptyQuery, match="没有可以查找的字词"):
        house.find(query)


def test_a_page_of_twenty_thousand_characters(house, words_only):
    page = "铜排发黑求助\n" + "".join(chr(0x4E00 + (i * 7919) % 20_000) for i in range(19_000)) + "铜排钝化"
    house.write(*COPPER)
    house.work()
    result = house.find(page)
    assert result.hits[0].title == COPPER[0]
    assert any("最有区别力的" in notice for notice in result.notices)
    assert any("只用了前" in notice for notice in house.find(page * 2).notices)


def test_an_empty_index_says_so(house, words_only):
    assert house.find("铜排").notices[-1] == "索引里还没有内容"


def test_too_few_to_compare_are_told_as_such(house, words_only):
    """However well one fits: in a market of the first days nobody is told that there is nothing."""
    asked = "母线排放着放着就发黑，想找一种不含铬的表面处理"
    for number in range(4):
        house.write(*(COPPER if number == 0 else (f"第{number}项成果", "各不相同的内容")))
    house.work()
    result = house.find(asked)
    assert result.total == 0 and result.hits[0].title == COPPER[0]
    assert result.notices[-1] == "这里一共才 4 条，太少，比不出哪一条合适：请打开列表，自己看一看"
    house.write("第四项成果", "各不相同的内容")
    house.work()
    result = house.find(asked)
    assert result.total == 0 and not any("太少" in notice for notice in result.notices)


def test_changes_on_their_way_are_told(house, words_only):
    house.work()
    for number in range(25):
        house.write(f"第{number}项成果", "各不相同的内容")
    result = house.find("成果")
    assert any("索引正在更新：还有 50 条" in notice for notice in result.notices)
    house.work()
    assert not Unread.objects.filter(follower="matching").exists()
    assert not any("索引正在更新" in notice for notice in house.find("成果").notices)


def test_a_need_finds_achievements_and_the_reverse(house, words_only):
    achievement = house.write(*COPPER, trl=6, chain="LC01", rights="共有")
    house.write(*ROBOT)
    need = house.write(
        "铜排发黑", "裸铜排存放一个月就变色，客户索赔。", model=Need, trl_wanted=8, chain="LC01", other=True
    )
    house.work()
    there = match_listing(need, actor=house.other_clerk, now=NOW).hits[0]
    back = match_listing(achievement, actor=None, now=NOW).hits[0]
    assert (there.subject_id, back.subject_id) == (achievement.pk, need.pk)
    assert there.fit == back.fit == pytest.approx(0.25 + 0.1 - 0.2)  # same chain and field, maturity too low
    assert any("低于所要的 8 级" in lack for lack in there.missing)
    assert there.missing == back.missing or "共有" in "".join(there.missing)


def test_expiry_takes_an_item_out(house, words_only):
    from triplehelix.market.listings.actions import expire_due

    house.write(*COPPER)
    house.work()
    assert expire_due(now=NOW + timedelta(days=181)) == 1
    house.work()
    assert house.titles("铜排") == []


def test_an_english_question_finds_a_chinese_achievement(committed):
    for title, text in (COPPER, FILM, ROBOT):
        committed.write(title, text)
    committed.work()
    result = committed.find("robot welding seam tracking with laser vision")
    assert result.hits[0].title == ROBOT[0]
    assert result.hits[0].dense is not None
    assert not any("只按词" in notice for notice in result.notices)
    assert committed.find("biodegradable mulch film for agriculture").hits[0].title == FILM[0]


def test_an_endpoint_that_is_down_costs_meaning_not_the_answer(committed, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.ENCODER, settings.ENCODER_MODEL = "openai", "none-such"
    settings.ENCODER_URL = f"http://127.0.0.1:{port}/v1"
    committed.write(*COPPER)
    committed.work()
    result = committed.find("铜排变色")
    assert result.hits[0].title == COPPER[0]
    assert any("语义模型暂时不可用" in notice for notice in result.notices)
    with pytest.raises(EncoderDown, match="刚才没有回答"):
        current.query_vectors(["再问一次"])


def test_what_is_confidential_goes_to_no_endpoint_but_the_citys_own(house, settings, monkeypatch):
    asked = []
    monkeypatch.setattr(current, "_ask", lambda texts: asked.append(texts))
    settings.ENCODER, settings.ENCODER_MODEL, settings.ENCODER_URL = "openai", "any", "https://vectors.example/v1"
    teaser = "一家铜材企业求表面防护的办法，指标签保密协议以后提供，欢迎有中试条件的单位联系。"
    need = house.write(
        "表面防护", "裸铜排九十天不变色，接触电阻不增加", model=Need, secrecy="confidential", teaser=teaser
    )
    house.write(*COPPER)
    house.work()
    whole = {"actor": house.clerk, "now": NOW, "text": need.words().whole}
    notices = match_listing(need, **whole).notices
    assert asked == [] and any("保密内容不发给外部" in one for one in notices)
    match_listing(need, **whole | {"text": None})  # its public summary
    assert len(asked) == 1 and "不变色" not in str(asked)
    settings.ENCODER_KEEPS_SECRETS = True
    match_listing(need, **whole)
    assert "不变色" in str(asked[1])
