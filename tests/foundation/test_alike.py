"""What says the same is flagged; what does not is left alone."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lists.conftest import TEXTS
from triplehelix.foundation.alike import FIRST, pairs, repeats, share, sketch


def test_copied_with_small_changes_is_alike():
    copied = TEXTS[0].replace("三个月", "三至四个月")
    assert pairs([("甲", TEXTS[0]), ("乙", TEXTS[1]), ("丙", copied)]) == [(0, 2)]


def test_a_title_written_with_other_blanks_and_widths_is_the_same():
    assert pairs([("铜排 ＡＢ 发黑", TEXTS[0]), ("铜排AB发黑", TEXTS[1])]) == [(0, 1)]


def test_different_needs_are_not_alike():
    assert pairs([(f"题 {n}", text) for n, text in enumerate(TEXTS)]) == []


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=60)), max_size=8))
def test_pairs_are_ordered_and_every_copy_is_found(texts):
    found = pairs(texts)
    assert found == sorted(set(found))
    assert all(0 <= a < b < len(texts) for a, b in found)
    doubled = pairs([*texts, *texts])
    assert {(n, n + len(texts)) for n in range(len(texts))} <= set(doubled)


@pytest.mark.parametrize("of", ["title", "text"])
def test_of_many_that_are_alike_each_stands_beside_the_first(of):
    many = [("铜排发黑", f"{n} 号线") if of == "title" else (f"第 {n} 题", TEXTS[0]) for n in range(3000)]
    assert pairs(many) == [(0, n) for n in range(1, 3000)]


def test_of_a_few_that_are_alike_each_stands_beside_each():
    few = [("铜排发黑", TEXTS[n % 5]) for n in range(FIRST + 1)]
    assert pairs(few) == list(combinations(range(FIRST + 1), 2))


def test_what_is_like_one_of_many_for_another_reason_is_still_found():
    """A copied text under another title, behind thousands that share the title of what it was copied from."""
    many = [("铜排发黑", f"{n} 号线的表面三个月后发黑") for n in range(100)]
    found = pairs([*many, ("铜排发黑", TEXTS[1]), ("轴承套圈变形", TEXTS[1])])
    assert found == [*((0, n) for n in range(1, 101)), (100, 101)]


def test_alike_texts_share_a_mark_that_a_database_can_keep():
    copied = TEXTS[0].replace("三个月", "三至四个月")
    assert set(sketch(TEXTS[0])) & set(sketch(copied))
    assert share(TEXTS[0], copied) >= 0.6 > share(TEXTS[0], TEXTS[1])
    assert all(-(2**63) <= mark < 2**63 for mark in sketch(TEXTS[0]))


def test_a_sentence_that_stands_in_both_is_found_whatever_its_blanks():
    assert repeats("摘要：镀锡后 三个月表面发黑，求解", "铜排镀锡后三个月表面发黑，", 8) == "镀锡后三个月表面"
    assert repeats("换一种说法", "铜排镀锡后三个月表面发黑", 4) == ""
