"""Text: folding, terms and their numbers, spans for marking."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.foundation.text import TERM_SPACE, normalise, search_terms, spans, term_id

MIXED = st.text(alphabet=st.sampled_from("轴承热处理钢的ＡａBbİß①㎜😀 　\u00a0\t\nﬁ1２。"), max_size=40)


@given(st.one_of(st.text(max_size=60), MIXED))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def test_full_width_and_blanks_are_folded() -> None:
    assert normalise("　ＧＣｒ１５　 轴承\u00a0钢 ") == "GCr15 轴承 钢"


@given(MIXED, st.lists(st.text(alphabet="轴承热处理aβbi̇ß", max_size=4), max_size=6))
def test_spans_lie_inside_apart_and_spell_the_terms(text: str, terms: list[str]) -> None:
    found = spans(text, terms)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert all(text[start:end].lower() in terms for start, end in found)


def test_the_longest_term_is_marked_first() -> None:
    assert spans("轴承热处理与热处理", ["处理", "热处理", "轴承"]) == [(0, 2), (2, 5), (6, 9)]


def test_marks_stand_right_behind_a_letter_whose_lower_case_is_longer() -> None:
    assert spans("İ轴承", ["轴承"]) == [(1, 3)]


def test_capitals_in_the_text_are_found_by_small_terms() -> None:
    assert spans("GCr15钢", ["gcr15"]) == [(0, 5)]


@pytest.mark.parametrize(("term", "number"), [("轴承", 812_390_804), ("bearing", 135_281_606), ("热处理", 198_713_348)])
def test_a_term_keeps_its_number_for_ever(term: str, number: int) -> None:
    assert term_id(term) == number


@given(st.text(max_size=20))
def test_numbers_are_positive_and_within_the_space(term: str) -> None:
    assert 1 <= term_id(term) <= TERM_SPACE


def test_chinese_gives_words_and_bigrams() -> None:
    assert {"轴承", "热处理", "承热", "热处", "处理"} <= set(search_terms("轴承热处理"))


def test_english_gives_small_words_without_stop_words() -> None:
    assert search_terms("The Steel of Bearings") == ["steel", "bearings"]


def test_mixed_text_gives_both() -> None:
    found = search_terms("ＳＫＦ轴承")
    assert "skf" in found and "轴承" in found


@pytest.mark.parametrize("text", ["", " 　", "😀🎉", "。，！", "的 了 and"])
def test_nothing_to_find_gives_no_terms(text: str) -> None:
    assert search_terms(text) == []


def test_emoji_part_the_words_around_them() -> None:
    assert "轴承" in search_terms("轴承😀钢球") and "承钢" not in search_terms("轴承😀钢球")
