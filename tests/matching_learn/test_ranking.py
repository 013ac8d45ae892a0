"""The ranking that judgements teach: it finds a known taste, nothing in noise, and stays out of the way when thin."""

import numpy as np
import pytest

from tests.matching_learn.conftest import FORMS, judged_by, likes_devices
from triplehelix.matching.learn import rank
from triplehelix.matching.learn.judged import Pairs
from triplehelix.matching.learn.metrics import quality
from triplehelix.matching.learn.train import Sheets, ranked, train_ranking


def test_a_known_taste_is_learned_and_holds_for_unseen_needs(sheets: Sheets, judged: Pairs) -> None:
    trained = train_ranking(sheets, judged)
    plain, learned = trained.total
    assert not trained.ranker.thin
    assert plain.needs == learned.needs == 48
    assert learned.ndcg > 0.95 and learned.ndcg > 1.15 * plain.ndcg
    assert trained.better > 40 and trained.worse == 0
    assert sum(one.needs for one, _ in trained.folds) == 48
    weights = dict(zip(trained.ranker.names, trained.ranker.weights, strict=True))
    assert weights["says_装置"] == max(weight for name, weight in weights.items() if name.startswith("says_")) > 0.01


def test_levels_dealt_at_random_teach_nothing(sheets: Sheets, judged: Pairs) -> None:
    """Within each need the same levels, in another order: a gain here would be a leak."""
    rng = np.random.default_rng(3)
    own = np.flatnonzero(judged.levels > 1)
    changes = []
    for _ in range(4):
        levels = judged.levels.copy()
        for need in np.unique(judged.rows[:, 0]):
            rows = own[judged.rows[own, 0] == need]
            levels[rows] = rng.permutation(levels[rows])
        plain, learned = train_ranking(sheets, Pairs(*both(judged), judged.rows, levels)).total
        changes.append(learned.ndcg - plain.ndcg)
    assert abs(np.mean(changes)) < 0.05


def both(pairs: Pairs) -> tuple[object, object]:
    return pairs.needs, pairs.achievements


def test_a_taste_of_each_need_alone_is_not_known_of_another(sheets: Sheets) -> None:
    """Each need likes one form drawn for it alone. A model that had seen the need would know which."""

    def taste(need: int, achievement: int, chance: np.random.Generator) -> int:
        if achievement // len(FORMS) != need // 2:
            return 1
        liked = np.random.default_rng(need).integers(len(FORMS))
        return 4 if achievement % len(FORMS) == liked else 1

    plain, learned = train_ranking(sheets, judged_by(taste)).total
    assert learned.ndcg < plain.ndcg + 0.08


def test_the_same_judgements_teach_the_same(sheets: Sheets, judged: Pairs) -> None:
    one, other = train_ranking(sheets, judged), train_ranking(sheets, judged)
    assert np.array_equal(one.ranker.weights, other.ranker.weights)
    assert one.total == other.total


@pytest.mark.parametrize(("rows", "said"), [(100, "有评判的需求只有"), (0, "二级以上的评判只有")])
def test_few_judgements_leave_the_zero_shot_order(sheets: Sheets, judged: Pairs, rows: int, said: str) -> None:
    if rows:
        few = Pairs(*both(judged), judged.rows[:rows], judged.levels[:rows])
    else:
        few = Pairs(*both(judged), judged.rows, np.minimum(judged.levels, 1))
    trained = train_ranking(sheets, few)
    assert trained.ranker.thin.startswith(said)
    learned = ranked(sheets, trained.ranker)
    assert [list(rows) for rows in learned] == [list(rows) for rows in ranked(sheets, zero())]


def zero() -> rank.Ranker:
    return rank.Ranker(rank.NAMES, np.zeros(len(rank.NAMES)), "none")


def test_a_learned_order_holds_the_same_candidates(sheets: Sheets, judged: Pairs) -> None:
    ranker = train_ranking(sheets, judged).ranker
    for learned, plain in zip(ranked(sheets, ranker), ranked(sheets, zero()), strict=True):
        assert sorted(learned) == sorted(plain)
    first = ranked(sheets, ranker)[0][:2]
    assert all(likes_devices(0, int(row), np.random.default_rng(0)) == 4 for row in first)


def test_the_measure_by_hand() -> None:
    levels = {0: {10: 4, 11: 3, 12: 1}, 1: {10: 2}}
    found = quality({0: [99, 11, 10], 1: [10]}, levels)
    assert found.needs == 1  # a need without a true answer does not count
    ideal = 7 / 1 + 3 / np.log2(3)
    assert found.ndcg == pytest.approx((3 / np.log2(3) + 7 / 2) / ideal)
    assert found.mrr == pytest.approx(1 / 2) and found.recall == 1
    assert quality({0: []}, {0: {10: 2}}).needs == 0
