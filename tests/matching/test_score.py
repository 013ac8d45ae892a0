"""The one score: a pair's own, in deviations of the corpus."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triplehelix.matching.score import LEXICAL, Offer, Space, Wish, fit, score, shares, title_share

SEEDS = st.integers(0, 2**32 - 1)


def unit_vectors(seed: int, n: int, dim: int = 16) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dim)) + 0.5
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.lists(st.integers(0, 59), min_size=1, max_size=20, unique=True))
def test_a_pairs_score_does_not_depend_on_the_other_candidates(seed: int, chosen: list[int]) -> None:
    documents, (query, mean) = unit_vectors(seed, 60), unit_vectors(seed + 1, 2)
    lexical = np.random.default_rng(seed).normal(size=60)
    aim = Space.of(documents).aim([query], mean)
    every = score(aim.scores(documents), lexical)
    some = score(aim.scores(documents[chosen]), lexical[chosen])
    np.testing.assert_allclose(some, every[chosen], atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.sampled_from([30, 250]))
def test_the_order_of_the_corpus_does_not_matter(seed: int, n: int) -> None:
    documents, (query, mean) = unit_vectors(seed, n), unit_vectors(seed + 1, 2)
    order = np.random.default_rng(seed).permutation(n)
    straight = Space.of(documents).aim([query], mean).scores(documents)
    mixed = Space.of(documents[order]).aim([query], mean).scores(documents[order])
    np.testing.assert_allclose(mixed, straight[order], atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([20, 199, 200, 400]))
def test_an_aim_has_mean_nought_and_variance_one_over_the_corpus(seed: int, n: int) -> None:
    documents, (query, mean) = unit_vectors(seed, n), unit_vectors(seed + 1, 2)
    found = Space.of(documents).aim([query], mean).scores(documents)
    assert found.mean() == pytest.approx(0, abs=1e-8)
    assert found.var() == pytest.approx(1, abs=1e-6)


def test_two_vectors_of_a_query_are_weighted_by_their_shares() -> None:
    documents, (one, other, mean) = unit_vectors(1, 50), unit_vectors(2, 3)
    space = Space.of(documents)
    both = space.aim([one, other], mean, [0.3, 0.7]).scores(documents)
    apart = 0.3 * space.aim([one], mean).scores(documents) + 0.7 * space.aim([other], mean).scores(documents)
    np.testing.assert_allclose(both, apart, atol=1e-9)


def test_a_corpus_of_one_document_scores_nought() -> None:
    documents, (query, mean) = unit_vectors(1, 1), unit_vectors(2, 2)
    assert Space.of(documents).aim([query], mean).scores(documents)[0] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("average", "share"), [(10, 0.5), (40, 0.5), (80, 0.25), (120, 0.0), (900, 0.0)])
def test_the_titles_share_falls_with_the_length_of_the_documents(average: float, share: float) -> None:
    assert title_share(average) == pytest.approx(share)
    assert shares(2, average) == pytest.approx([share, 1 - share])
    assert shares(1, average) == [1.0]


@pytest.mark.parametrize(
    ("wish", "offer", "worth"),
    [
        (Wish(), Offer("C1", "F1", 5, "R1"), 0.0),
        (Wish("C1", "F1", 5, "R1"), Offer(), 0.0),
        (Wish(chain="C1"), Offer(chain="C1"), 0.25),
        (Wish(chain="C1"), Offer(chain="C2"), 0.0),
        (Wish(field="F1"), Offer(field="F1"), 0.1),
        (Wish(trl=6), Offer(trl=6), 0.05),
        (Wish(trl=6), Offer(trl=9), 0.05),
        (Wish(trl=6), Offer(trl=5), -0.2),
        (Wish(region="R1"), Offer(region="R1"), 0.1),
        (Wish("C1", "F1", 6, "R1"), Offer("C1", "F1", 6, "R1"), 0.5),
    ],
)
def test_facets_count_a_little_where_both_sides_speak(wish: Wish, offer: Offer, worth: float) -> None:
    assert fit(wish, offer) == pytest.approx(worth)


def test_without_an_encoder_words_alone_decide() -> None:
    assert score(None, np.array([2.0, -1.0]), 0.5).tolist() == [2.5, -0.5]


def test_the_first_shared_words_count_and_the_twentieth_hardly() -> None:
    found = score(np.zeros(3), np.array([0.0, 1.0, -1.0]))
    np.testing.assert_allclose(found, [0, LEXICAL * np.log(2), -LEXICAL * np.log(2)])
