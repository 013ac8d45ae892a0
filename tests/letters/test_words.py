"""大写金额 by hand and back again; days; what a letter does not hold."""

import re
from datetime import date

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.foundation.money import MoneyError
from triplehelix.procedure.letters.words import amount, balanced, capital, chinese_days, clean, day, sentence


@pytest.mark.parametrize(
    "fen, words",
    [
        (0, "人民币零元整"),
        (1, "人民币壹分"),
        (50, "人民币伍角"),
        (5_000_000, "人民币伍万元整"),
        (10_005, "人民币壹佰元零伍分"),
        (10_050, "人民币壹佰元伍角"),
        (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (100_000_000, "人民币壹佰万元整"),
        (1_001_000, "人民币壹万零壹拾元整"),
        (2_000_000_000, "人民币贰仟万元整"),
        (10_000_000_000, "人民币壹亿元整"),
        (10_001_000_100, "人民币壹亿零壹万零壹元整"),
    ],
)
def test_capital_amounts_by_hand(fen, words):
    assert capital(fen) == words


def read_back(words):
    """The amount in fen: yuan by cn2an, 角 and 分 digit by digit, which cn2an cannot read behind 零."""
    found = re.fullmatch(r"人民币(?:(.+)元)?(?:整|零?(?:(.)角)?(?:(.)分)?)", words)
    yuan, jiao, fen = found.groups()
    digits = "零壹贰叁肆伍陆柒捌玖"
    whole = int(cn2an.cn2an(yuan, "strict")) if yuan else 0
    return whole * 100 + digits.index(jiao or "零") * 10 + digits.index(fen or "零")


@given(st.one_of(st.integers(0, 10**6), st.integers(0, 10**16 - 1)))
def test_no_fen_is_lost(fen):
    assert read_back(capital(fen)) == fen


@pytest.mark.parametrize("wrong", [-1, 10**18, 1.5, True, "100"])
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises(MoneyError):
        capital(wrong)


def test_both_writings_say_the_same():
    assert amount(123_456_789) == "人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分（1,234,567.89元）"


def test_days_have_no_zero_in_front():
    assert day(date(2026, 11, 23)) == "2026年11月23日"
    assert day(date(2026, 1, 5)) == "2026年1月5日"


def test_days_inside_a_text():
    assert (
        chinese_days("自 2026-01-05 起；2026-13-01、12026-01-05 不变")
        == "自2026年1月5日起；2026-13-01、12026-01-05 不变"
    )


def test_sentences_end():
    assert (sentence("甲"), sentence("甲。"), sentence("甲；")) == ("甲。", "甲。", "甲；")


def test_what_cannot_be_seen_goes_and_rare_names_stay():
    assert clean("a\x00b\nc\u202e\ud800\ufffe\ufeff") == "ab c"
    assert clean("𬱖㛃\ue000") == "𬱖㛃\ue000"


def test_a_title_is_broken_between_words():
    title = "关于2026年度研发投入奖励拟支持名单的公示"
    assert balanced(title, 19) == ["关于2026年度研发投入", "奖励拟支持名单的公示"]
    assert balanced("关于拨付研发投入奖励资金的通知", 19) == ["关于拨付研发投入奖励资金的通知"]


@given(st.text(), st.integers(1, 30))
def test_breaking_a_title_loses_nothing(text, width):
    assert "".join(balanced(text, width)) == text
