"""Why a hit is a hit: read off the two texts, nothing made up."""

import pytest
from django.utils.translation import override

from triplehelix.foundation.text import search_words, term_id
from triplehelix.matching.explain import explain, missing, part_of, shared_terms, told
from triplehelix.matching.score import Offer, Wish

ASKED = ("轴承热处理变形", "套圈淬火后变形大。希望采用新工艺热处理轴承套圈，目前没有办法。")
OFFERED = ("轴承套圈控形淬火", "本成果采用新工艺淬火轴承套圈；已经可以供货。")
IDF = {term_id(word): 3.0 for text in ASKED + OFFERED for word in search_words(text)}


def test_shared_words_stand_in_both_texts() -> None:
    found = shared_terms(" ".join(ASKED), " ".join(OFFERED), IDF)
    assert {"轴承", "淬火"} <= set(found)
    assert all(word in "".join(ASKED) and word in "".join(OFFERED) for word in found)


def test_a_word_inside_a_longer_one_is_left_out() -> None:
    idf = {term_id(word): 3.0 for word in search_words("热处理")}
    assert shared_terms("热处理", "热处理", idf) == ("热处理",)


@pytest.mark.parametrize(
    "word",
    [
        *("没有", "目前", "三个月", "500吨", "国内", "微米", "每分钟", "MPa"),
        *("0.05", "4%", "不是", "一家", "只有", "我们", "降到", "小于", "零下", "平方毫米"),
    ],
)
def test_counted_and_general_words_and_units_are_left_out(word: str) -> None:
    idf = {term_id(w): 9.0 for w in search_words(word)}
    assert shared_terms(word, word, idf) == ()


@pytest.mark.parametrize("word", ["淬火", "316l", "锂电", "硅微粉", "开裂", "高岭石", "pvc"])
def test_words_of_the_trade_are_told(word: str) -> None:
    assert word in shared_terms(word, word, {term_id(w): 9.0 for w in search_words(word)})


def test_a_word_of_every_text_tells_nothing_beside_a_rarer_one() -> None:
    idf = {term_id("轴承"): 0.5, term_id("淬火"): 3.0}
    assert shared_terms("轴承淬火", "轴承淬火", idf) == ("淬火",)
    assert shared_terms("轴承", "轴承", idf) == ("轴承",)


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [
        ("深沟球轴承", "圆锥轴承", "对象"),
        ("寿命不超过 500 小时", "寿命提高", "性能"),
        ("采用退火", "通过烧结", "工艺"),
        ("用于生产线", "已在车间示范", "应用"),
    ],
)
def test_the_part_is_what_both_clauses_announce(one: str, other: str, part: str) -> None:
    assert part_of(one, other) == part


def test_what_is_missing_is_said() -> None:
    assert missing(Wish(trl=7), Offer(trl=4)) == ("成熟度 4 级，低于所要的 7 级",)
    assert missing(Wish(trl=7), Offer()) == ("没有写成熟度",)
    assert missing(Wish(region="A"), Offer(region="B"), "共有") == ("不在所要的地区", "权属共有，需共有人同意")
    assert missing(Wish(trl=4, region="A"), Offer(trl=7, region="A")) == ()


def test_quoted_clauses_stand_word_for_word_in_the_texts() -> None:
    found = explain(asked=ASKED, offered=OFFERED, idf=IDF)
    assert all(clause and clause in "\n".join(text) for clause, text in zip(found.pair, (ASKED, OFFERED), strict=True))
    assert found.pair[1][:36] in found.why and found.part in found.why


def test_an_explanation_is_said_in_the_language_of_who_reads_it() -> None:
    found = explain(asked=ASKED, offered=OFFERED, idf=IDF, wish=Wish(trl=7), offer=Offer(trl=4))
    with override("en"):
        said = told((*found.clauses, *found.missing))
    assert said.startswith("In common: ") and found.pair[1][:36] in said
    assert said.endswith("; maturity level 4, below the level 7 asked for")
    assert "；" not in said and "相近" not in said
    with override("zh-hans"):
        assert told((*found.clauses, *found.missing)) == found.why


def test_without_shared_words_meaning_alone_is_given() -> None:
    found = explain(asked=("轴承", ""), offered=("玻璃", ""), idf=IDF)
    assert (found.terms, found.part, found.pair) == ((), "", ("", ""))
    assert found.why == "没有突出的相同词，按意思相近找到"
    words_alone = explain(asked=("轴承", ""), offered=("玻璃", ""), idf=IDF, by_meaning=False)
    assert words_alone.why == "只按词比较，没有突出的相同词"
