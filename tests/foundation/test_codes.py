"""Codes people type, and what they are told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from triplehelix.foundation.codes import (
    ALPHABET,
    BadCode,
    CodeError,
    CodeList,
    Entry,
    NotYetValid,
    RetiredCode,
    UnknownCode,
    Uscc,
)

#: The example of the standard's text.
GOOD = "91350100M000100Y43"
DAY = date(2026, 11, 23)
FIRST17 = st.tuples(
    st.text("0123456789ANY", min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(sorted(ALPHABET), min_size=9, max_size=9),
).map("".join)


def test_a_good_code_comes_back_without_the_blanks_around_it():
    assert Uscc.check(f" {GOOD}\n") == GOOD


@pytest.mark.parametrize(
    "text, code, says",
    [
        ("", "empty", "空"),
        (GOOD[:-1] + "８", "full_width", "全角数字（８），请改为半角：91350100M000100Y48"),
        ("９１" + GOOD[2:], "full_width", f"请改为半角：{GOOD}"),
        ("Ａ" + GOOD[1:], "full_width", "全角字符（Ａ）"),
        (GOOD.lower(), "lower_case", f"请改为大写：{GOOD}"),
        (GOOD[:-1], "length", "应为 18 位，现在是 17 位，少了 1 位"),
        (GOOD + "0", "length", "现在是 19 位，多了 1 位"),
        (GOOD[:9] + " " + GOOD[9:], "space", "第 10 位是空格"),
        (GOOD[:9] + "O" + GOOD[10:], "letter", "第 10 位是字母 O"),
        (GOOD[:9] + "V" + GOOD[10:], "letter", "代码里没有 I、O、Z、S、V"),
        (GOOD[:9] + "-" + GOOD[10:], "character", "第 10 位“-”"),
        ("9135A100M000100Y43", "region", "第 3 至 8 位应为 6 位行政区划数字，现在是“35A100”"),
        (GOOD[:-1] + "4", "check_digit", "末位应为 3，现在是 4"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(text, code, says):
    with pytest.raises(BadCode, match=says) as caught:
        Uscc.check(text)
    assert caught.value.code == code
    assert str(caught.value) == caught.value.message


@given(FIRST17)
def test_the_check_digit_makes_a_code_good_and_no_other_does(first17):
    good = first17 + Uscc.check_digit(first17)
    assert Uscc.check(good) == good
    for other in sorted(ALPHABET - {good[-1]}):
        with pytest.raises(BadCode, match=f"末位应为 {good[-1]}"):
            Uscc.check(first17 + other)


@given(FIRST17.filter(lambda s: s[:2].isdigit()))
def test_a_second_opinion_on_good_codes(first17):
    assert stdnum_uscc.is_valid(first17 + Uscc.check_digit(first17))


@given(FIRST17, st.integers(0, 16), st.sampled_from(sorted(ALPHABET)))
def test_one_slip_never_passes(first17, place, other):
    good = first17 + Uscc.check_digit(first17)
    if good[place] == other:
        return
    with pytest.raises(BadCode):
        Uscc.check(good[:place] + other + good[place + 1 :])


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_a_clear_refusal(text):
    try:
        assert Uscc.check(text) == text.strip()
    except BadCode as why:
        assert "统一社会信用代码" in why.message


CHAINS = CodeList(
    [
        Entry("C01", "有色金属", ("有色金属及新材料",)),
        Entry("C02", "高端轴承（含部件）"),
        Entry("C03", "旧链", valid_to=date(2024, 12, 31), successor="C01"),
        Entry("C04", "未来链", valid_from=date(2027, 1, 1)),
        Entry("C05", "无后继", valid_to=date(2020, 1, 1)),
        Entry("C06", "旧链", valid_from=date(2025, 1, 1), parent="C01"),
    ],
    title="产业链",
)


@pytest.mark.parametrize("text", ["C01", "c01", "有色金属", " 有色 金属 ", "有色金属及新材料"])
def test_a_code_a_name_or_an_alias_finds_the_entry(text):
    assert CHAINS.get(text, on=DAY).code == "C01"


def test_brackets_of_either_width_are_the_same():
    assert CHAINS.get("高端轴承(含部件)").code == "C02"


def test_the_same_name_means_what_it_meant_on_the_day():
    assert CHAINS.get("旧链", on=date(2024, 12, 31)).code == "C03"
    assert CHAINS.get("旧链", on=date(2025, 1, 1)).code == "C06"


def test_a_retired_code_names_its_successor():
    with pytest.raises(RetiredCode, match="“C03 旧链”已于 2024-12-31 停用，请改用“C01 有色金属”") as caught:
        CHAINS.get("C03", on=DAY)
    assert caught.value.successor.code == "C01"
    assert CHAINS.get("C03").name == "旧链"
    with pytest.raises(RetiredCode, match=r"停用$"):
        CHAINS.get("C05", on=DAY)


def test_a_code_of_the_future_is_not_yet_known():
    with pytest.raises(NotYetValid, match="自 2027-01-01 起才启用"):
        CHAINS.get("C04", on=DAY)


def test_an_unknown_text_gets_the_nearest_entries_in_force():
    with pytest.raises(UnknownCode, match="产业链里没有“高端轴丞（部件）”；相近的有：C02 高端轴承") as caught:
        CHAINS.get("高端轴丞（部件）", on=DAY)
    assert [e.code for e in caught.value.near] == ["C02"]
    with pytest.raises(UnknownCode, match="相近的有：C02"):
        CHAINS.get("轴承", on=DAY)
    with pytest.raises(UnknownCode, match="可填：C01 有色金属、C02 高端轴承（含部件）、C06 旧链"):
        CHAINS.get("完全无关的话", on=DAY)


def test_full_width_digits_are_named_and_not_accepted():
    with pytest.raises(UnknownCode, match="“Ｃ０１”里有全角数字，请改为半角：C01") as caught:
        CHAINS.get("Ｃ０１", on=DAY)
    assert caught.value.code == "full_width"


def test_a_long_list_is_not_spelt_out():
    many = CodeList(Entry(f"{n:04d}", f"甲{n}") for n in range(50))
    with pytest.raises(UnknownCode, match="请从 50 项中选填"):
        many.get("完全无关的话", on=DAY)


def test_lists_are_read_in_order():
    assert [e.code for e in CHAINS.current(DAY)] == ["C01", "C02", "C06"]
    assert [e.code for e in CHAINS.children("C01")] == ["C06"]
    assert (CHAINS.label("C02"), CHAINS.label("X")) == ("高端轴承（含部件）", "X")
    assert "C02" in CHAINS
    assert CHAINS["C03"].in_force(date(2024, 1, 1))
    assert len(CHAINS) == len(list(CHAINS)) == 6


def test_renamed_entries_still_answer_to_the_old_name():
    shown = CHAINS.renamed({"C01": "铜铝", "K9": "elsewhere"})
    assert shown.label("C01") == "铜铝"
    assert shown.get("有色金属", on=DAY) == shown.get("铜铝", on=DAY)
    assert CHAINS.label("C01") == "有色金属"


@pytest.mark.parametrize(
    "entries, says",
    [
        ([Entry("A", "甲"), Entry("A", "乙")], "代码重复：A"),
        ([Entry("A", "甲"), Entry("B", "甲")], "“甲”同时指 A、B"),
        ([Entry("A", "甲", successor="Z")], "接替的代码 Z 不在表中"),
        ([Entry("A", "甲", parent="Z")], "上级 Z 不在表中"),
        ([Entry("A", "甲", valid_from=DAY, valid_to=date(2026, 1, 1))], "停用日早于启用日"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(entries, says):
    with pytest.raises(ValueError, match=says):
        CodeList(entries)


@given(st.text(max_size=20))
def test_any_text_is_an_entry_or_a_clear_refusal(text):
    try:
        CHAINS.get(text, on=DAY)
    except CodeError as why:
        assert why.message
