"""The lexical side: BM25 as an inner product of a document's weights and a query's weights, terms as stable numbers.

A document's weight of a term is f·(k1+1)/(f + k1·(1−b+b·L/L̄)) (Robertson & Zaragoza 2009, eq. 3.13) with f counting
title occurrences twice when there is a text as well (BM25F with one stream). A query's weight is idf · q, where q is 1
for terms of the title and 0.5 for terms that stand only in the text: a need's text also tells how it is now and what
was tried, which is not what is sought.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triplehelix.foundation.text import search_terms, term_id

K1, B = 1.2, 0.75
TITLE_COUNTS = 2
TEXT_ONLY = 0.5
#: pgvector stores at most 16,000 non-zero elements of a sparsevec; a text of 20,000 characters stays below.
MOST_TERMS = 16_000

Floats = npt.NDArray[np.float64]


def document_terms(title: str, text: str = "") -> Counter[int]:
    """Term numbers of a document with their counts, title terms twice when there is a text."""
    counts = Counter(map(term_id, search_terms(text)))
    times = TITLE_COUNTS if counts else 1
    for term, count in Counter(map(term_id, search_terms(title))).items():
        counts[term] += times * count
    return Counter(dict(counts.most_common(MOST_TERMS)))


def document_weights(counts: Mapping[int, int], average: float) -> dict[int, float]:
    """The document's side of BM25; `average` is the mean number of term occurrences of the corpus."""
    length = sum(counts.values())
    damping = K1 * (1 - B + B * length / average) if average else K1
    return {term: f * (K1 + 1) / (f + damping) for term, f in counts.items()}


def query_terms(title: str, text: str = "") -> dict[int, float]:
    """What a query asks for: term number → 1 for the title's terms, 0.5 for those only in the text.

    A query that is only a text (a sentence, a pasted page) has no title to prefer: all its terms count 1.
    """
    asked = dict.fromkeys(map(term_id, search_terms(title)), 1.0)
    rest = TEXT_ONLY if asked else 1.0
    for term in map(term_id, search_terms(text)):
        asked.setdefault(term, rest)
    return asked


@dataclass(frozen=True)
class Aim:
    """The query's side: term number → weight in deviations, so that Σ weight·w_d − offset is the lexical z-score."""

    weights: dict[int, float]
    offset: float

    def strongest(self, most: int) -> list[int]:
        """The terms that can raise the score most, best first."""
        return sorted(self.weights, key=lambda t: (-self.weights[t], t))[:most]


def idf(n: int, df: int) -> float:
    """Robertson–Spärck Jones, the form that is never negative."""
    return math.log(1 + (n - df + 0.5) / (df + 0.5))


def aim(asked: Mapping[int, float], *, n: int, df: Mapping[int, int]) -> Aim:
    """Weights of a query over a corpus of `n` documents with these document frequencies (terms not there: dropped).

    The score is brought to deviations from what a document drawn at random would get if terms were independent: mean
    Σ q·idf·df/n, variance Σ (q·idf)²·df/n. Both follow from the corpus alone, never from which documents are compared.
    """
    held = {term: q * idf(n, df[term]) for term, q in asked.items() if df.get(term)}
    mean = sum(w * df[term] / n for term, w in held.items())
    variance = sum(w * w * df[term] / n for term, w in held.items())
    if variance <= 0:
        return Aim({}, 0.0)
    spread = math.sqrt(variance)
    return Aim({term: w / spread for term, w in held.items()}, mean / spread)


class Lexicon:
    """A corpus of weighted documents in memory, as postings: what files are matched with. Exact, no index."""

    def __init__(self, documents: list[Counter[int]]) -> None:
        self.n = len(documents)
        self.average = sum(sum(d.values()) for d in documents) / max(1, self.n)
        rows: dict[int, list[int]] = {}
        values: dict[int, list[float]] = {}
        for row, counts in enumerate(documents):
            for term, weight in document_weights(counts, self.average).items():
                rows.setdefault(term, []).append(row)
                values.setdefault(term, []).append(weight)
        self.df = {term: len(found) for term, found in rows.items()}
        self.postings = {
            term: (np.array(found, np.int64), np.array(values[term], np.float64)) for term, found in rows.items()
        }

    def scores(self, wanted: Aim) -> Floats:
        """The lexical z-score of every document, in the order they were given. Shape (n,)."""
        total = np.full(self.n, -wanted.offset)
        for term, weight in wanted.weights.items():
            rows, values = self.postings[term]
            total[rows] += weight * values
        return total
