"""Levels of pairs: learned where there is something to learn, and folds by need that know nothing of the need."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.matching_learn.conftest import judged_by
from triplehelix.matching.learn import levels
from triplehelix.matching.learn.features import longest_run
from triplehelix.matching.learn.judged import Pairs
from triplehelix.matching.learn.train import Sheets, chances, evaluate, train, train_ranking

#: The command's seven say the same, and take twice as long.
FOLDS = 3


def test_a_known_taste_is_told_for_new_needs_too(sheets: Sheets, judged: Pairs) -> None:
    found = evaluate(sheets, judged, FOLDS)
    for protocol in ("by_need", "plain"):
        assert found[protocol]["learned"] > 0.95
        assert found[protocol]["learned"] > found[protocol]["constant"] + 0.2
        assert found[protocol]["learned"] > found[protocol]["zero_shot"]


def test_a_strict_judge_is_known_only_where_he_has_spoken(sheets: Sheets) -> None:
    """One level for all pairs of a need, drawn by need: told in folds of pairs, chance in folds by need."""
    mood = np.random.default_rng(1).integers(1, 5, 48)
    found = evaluate(sheets, judged_by(lambda need, achievement, chance: int(mood[need])), FOLDS)
    assert found["plain"]["learned"] > 0.9
    assert found["by_need"]["learned"] < found["by_need"]["constant"] + 0.03


def test_levels_dealt_at_random_teach_nothing(sheets: Sheets) -> None:
    found = evaluate(sheets, judged_by(lambda need, achievement, chance: int(chance.integers(1, 5))), FOLDS)
    for protocol in ("by_need", "plain"):
        assert found[protocol]["learned"] < found[protocol]["constant"] + 0.02


def test_chances_sum_to_one_and_more_to_like_is_never_less_likely(sheets: Sheets, judged: Pairs) -> None:
    found = chances(train(sheets, judged, train_ranking(sheets, judged)), judged, None)
    assert found.shape == (len(judged.rows), 4) and (found >= 0).all()
    assert np.allclose(found.sum(axis=1), 1)
    assert levels.closeness(levels.decide(found), judged.levels) > 0.95


def test_one_pair_alone_gets_a_level(sheets: Sheets, judged: Pairs) -> None:
    """A list of one says nothing beside the pair."""
    learned = train(sheets, judged, train_ranking(sheets, judged))
    for row in (0, 5):
        alone = Pairs(judged.needs, judged.achievements, judged.rows[row : row + 1], judged.levels[:0])
        assert levels.decide(chances(learned, alone, None))[0] == judged.levels[row]


def test_few_judgements_leave_the_zero_shot_levels(sheets: Sheets, judged: Pairs) -> None:
    few = Pairs(judged.needs, judged.achievements, judged.rows[:50], judged.levels[:50])
    learned = train(sheets, few, train_ranking(sheets, few))
    assert learned.levels is None
    found = chances(learned, judged, None)
    assert levels.closeness(levels.decide(found), judged.levels) > 0.6
    own = levels.decide(found)[judged.levels > 1].mean()
    assert own > levels.decide(found)[judged.levels == 1].mean()


@pytest.mark.parametrize(
    ("given_chances", "told"),
    [([0.4, 0.1, 0.1, 0.4], 2), ([0.6, 0, 0, 0.4], 1), ([0, 0.3, 0.3, 0.4], 3), ([0, 0, 0, 1], 4)],
)
def test_the_level_told_is_the_median(given_chances: list[float], told: int) -> None:
    assert levels.decide(np.array([given_chances]))[0] == told


@given(st.lists(st.floats(-0.5, 1.5), min_size=3, max_size=3))
def test_any_scores_become_a_distribution(scores: list[float]) -> None:
    found = levels.distribution(np.array([scores]))
    assert (found >= 0).all() and found.sum() == pytest.approx(1)


@given(st.lists(st.integers(1, 4), min_size=7, max_size=60), st.integers(0, 5))
def test_folds_keep_the_mix_of_levels(told: list[int], seed: int) -> None:
    folds = levels.stratified(np.array(told), 7, seed)
    for level in set(told):
        counts = np.bincount(folds[np.array(told) == level], minlength=7)
        assert counts.max() - counts.min() <= 1


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_a_need_is_in_one_fold(needs: list[int]) -> None:
    folds = levels.grouped(np.array(needs), 7, 1)
    assert all(len({int(f) for f, n in zip(folds, needs, strict=True) if n == need}) == 1 for need in needs)


@given(st.text("ab轴承", max_size=8), st.text("ab轴承", max_size=12))
def test_the_longest_run_is_the_longest(one: str, other: str) -> None:
    runs = [j - i for i in range(len(one)) for j in range(i + 1, len(one) + 1) if one[i:j] in other]
    assert longest_run(one, other) == max(runs, default=0)
