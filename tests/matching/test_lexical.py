"""BM25 as an inner product, and a query's aim."""

import math
from collections import Counter

import numpy as np
import pytest

from triplehelix.foundation.text import term_id
from triplehelix.matching.lexical import MOST_TERMS, Lexicon, aim, document_terms, idf, query_terms

CORPUS = [Counter({1: 2, 2: 1}), Counter({2: 1}), Counter({3: 4})]


def bm25_by_hand(f: int, length: int, average: float) -> float:
    return f * 2.2 / (f + 1.2 * (0.25 + 0.75 * length / average))


def test_scores_are_bm25_by_hand_in_deviations() -> None:
    average = 8 / 3
    idf1, idf2 = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)
    mean = idf1 / 3 + 0.5 * idf2 * 2 / 3
    spread = math.sqrt(idf1**2 / 3 + (0.5 * idf2) ** 2 * 2 / 3)
    raw = [
        idf1 * bm25_by_hand(2, 3, average) + 0.5 * idf2 * bm25_by_hand(1, 3, average),
        0.5 * idf2 * bm25_by_hand(1, 1, average),
        0.0,
    ]
    lexicon = Lexicon(CORPUS)
    found = lexicon.scores(aim({1: 1.0, 2: 0.5}, n=3, df=lexicon.df))
    np.testing.assert_allclose(found, [(value - mean) / spread for value in raw], rtol=1e-12)


def test_aim_takes_off_the_mean_and_divides_by_the_spread() -> None:
    found = aim({7: 1.0}, n=100, df={7: 4})
    weight = idf(100, 4)
    spread = math.sqrt(weight**2 * 0.04)
    assert found.weights == pytest.approx({7: weight / spread})
    assert found.offset == pytest.approx(weight * 0.04 / spread)


def test_terms_the_corpus_does_not_have_are_dropped() -> None:
    assert aim({7: 1.0, 8: 1.0}, n=10, df={7: 2}).weights.keys() == {7}


def test_a_query_of_unknown_terms_scores_nothing_anywhere() -> None:
    lexicon = Lexicon(CORPUS)
    assert lexicon.scores(aim({99: 1.0}, n=3, df=lexicon.df)).tolist() == [0.0, 0.0, 0.0]


def test_an_empty_corpus_has_no_scores() -> None:
    assert Lexicon([]).scores(aim({1: 1.0}, n=0, df={})).shape == (0,)


def test_title_terms_count_one_and_text_only_terms_half() -> None:
    asked = query_terms("bearing", "bearing steel")
    assert asked == {term_id("bearing"): 1.0, term_id("steel"): 0.5}


def test_a_query_that_is_only_a_text_counts_wholly() -> None:
    assert query_terms("", "steel") == {term_id("steel"): 1.0}


def test_title_occurrences_count_twice_when_there_is_a_text() -> None:
    assert document_terms("bearing", "steel bearing") == {term_id("bearing"): 3, term_id("steel"): 1}
    assert document_terms("bearing") == {term_id("bearing"): 1}


def test_a_document_keeps_at_most_sixteen_thousand_terms() -> None:
    found = document_terms("", " ".join(f"w{n}" for n in range(MOST_TERMS + 500)))
    assert len(found) == MOST_TERMS == 16_000


def test_the_strongest_terms_come_first() -> None:
    assert aim({1: 1.0, 2: 1.0}, n=100, df={1: 50, 2: 1}).strongest(1) == [2]
