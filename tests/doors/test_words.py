"""What pages say of stored values: times by the city's clock, maturities by number and name, lists as one reads."""

import pytest
from django.utils import translation

from triplehelix.doors.web import state_shapes, steps, words
from triplehelix.doors.web.shown import level_words
from triplehelix.doors.web.templatetags import look
from triplehelix.fund.allocate import Mode
from triplehelix.market.listings.flow import FLOW
from triplehelix.procedure.panels import ties


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2026-03-01T02:00:00Z", "2026-03-01 10:00"),
        ("2026-11-23T02:00:00.123456+00:00", "2026-11-23 10:00"),
        ("2026-03-01", "2026-03-01"),
        ("soon", "soon"),
    ],
)
def test_a_stored_moment_is_told_by_the_citys_clock(stored, shown):
    assert words.moment(stored) == shown


def test_a_maturity_has_its_number_and_its_name_everywhere():
    assert level_words(6) == "6 级 正样级"
    assert "成熟度 6 级 正样级 · 自评" in look.trl(6)


def test_words_are_joined_by_the_readers_sign():
    assert words.in_list(["甲", "乙"]) == "甲、乙"
    with translation.override("en"):
        assert words.in_list(["a", "b"]) == "a, b"


def test_for_which_steps_a_note_is_wanted_is_said_in_the_readers_signs():
    with translation.override("en"):
        said = steps.note_wanted(FLOW.steps)
    assert said.startswith("required for: Return for changes, ") and "、" not in said


def test_every_kind_of_tie_says_the_name_it_is_known_by():
    assert {code: ties.named(code) for code in ties.KINDS} == {code: name for code, (name, *_) in ties.KINDS.items()}


def test_the_ways_to_divide_are_words_not_codes():
    assert [mode.label for mode in Mode] == ["先到先得", "按名次拨付，用完为止", "按比例分摊", "顺延到下一年度"]


def test_a_state_has_one_shape():
    """Said twice, the last would win without a word."""
    said = [state for states in state_shapes.STATES.values() for state in states]
    assert len(said) == len(set(said)) == len(state_shapes.SHAPES)
    assert 'class="chip bad"' in look.chip("overdue", "逾期") and 'class="chip "' in look.chip("draft", "草稿")
