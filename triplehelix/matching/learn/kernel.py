"""Levels by likeness: kernel ridge regression over pairs, each of "at least 2, 3, 4" with one set of weights.

Two pairs are alike when their features are, when need and achievement both are, and most of all when it is the same
need and the achievements are alike: by meaning (two spaces) and by runs of characters. So what judges said of a need's
other achievements counts, the more alike the more, and what they said of the same achievement elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from triplehelix.foundation.text import term_id
from triplehelix.matching.learn.listed import Batch

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Of the features, those the likeness of pairs is read from.
PLAIN = ("score", "title_damped", "text_damped", "bm25", "clause_three")
BESIDE = ("like_three", "like_ten", "like_all")
NOISE = 1.5
SAME_NEED, SAME_ACHIEVEMENT, BOTH = 0.5, 0.2, 0.3
COLUMNS = 2**18
RUNS = (1, 2, 3)
#: More pairs than this are thinned for this part: the time grows with the cube.
MOST = 8000


@dataclass(frozen=True)
class Likeness:
    """What n pairs are compared by. `batch` as in listed; `need` (n, 2·dim) unit vectors of the needs; `runs` (n,
    COLUMNS) unit weights of character runs; `plain` (n, 5) and `beside` (n, 3) standardised features."""

    batch: Batch
    need: npt.NDArray[np.float32]
    runs: sparse.csr_matrix
    plain: Floats
    beside: Floats

    def some(self, rows: Ints) -> "Likeness":
        """These pairs."""
        return Likeness(self.batch.some(rows), self.need[rows], self.runs[rows], self.plain[rows], self.beside[rows])


def kernel(one: Likeness, other: Likeness) -> Floats:
    """How alike each pair of `one` is to each of `other`, shape (n, m); positive definite."""
    same = (one.batch.need[:, None] == other.batch.need[None]).astype(np.float64)
    twin = one.batch.achievement[:, None] == other.batch.achievement[None]
    meant = one.batch.damped @ other.batch.damped.T
    runs = np.asarray((one.runs @ other.runs.T).todense())
    plain, beside = _near(one.plain, other.plain), _near(one.beside, other.beside)
    alike = meant + runs + one.batch.centred @ other.batch.centred.T
    needs = one.need @ other.need.T
    found = plain + beside + SAME_NEED * same + SAME_ACHIEVEMENT * twin
    return np.asarray(found + same * (alike + beside) + BOTH * needs * (meant + runs), np.float64)


def _near(one: Floats, other: Floats) -> Floats:
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None] - 2 * one @ other.T
    return np.asarray(np.exp(-np.maximum(squares, 0) / max(1, one.shape[1])), np.float64)


def solve(known: Likeness, levels: Ints) -> tuple[Floats, Floats]:
    """Weights (n, 3) and means (3,) of "at least 2, 3, 4"."""
    targets = np.stack([levels >= level for level in (2, 3, 4)], axis=1).astype(np.float64)
    mean = targets.mean(axis=0)
    gram = kernel(known, known)
    return np.linalg.solve(gram + NOISE * np.eye(len(gram)), targets - mean), mean


def grams(text: str) -> list[int]:
    """The runs of one to three characters of a text, as columns, with repetitions."""
    found = [text[i : i + k] for k in RUNS for i in range(len(text) - k + 1)]
    return [term_id(run) % COLUMNS for run in found]


def run_weights(texts: Sequence[str], idf: Mapping[int, float], rarest: float) -> sparse.csr_matrix:
    """Unit rows of (1 + ln tf)·idf over character runs. Shape (n, COLUMNS)."""
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        found, counts = np.unique(grams(text), return_counts=True)
        weights = np.array([idf.get(int(c), rarest) for c in found]) * (1 + np.log(counts))
        length = float(np.linalg.norm(weights)) or 1.0
        rows += [row] * len(found)
        columns += found.astype(int).tolist()
        values += (weights / length).tolist()
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), COLUMNS))


def run_idf(texts: Sequence[str]) -> tuple[dict[int, float], float]:
    """The weight of each column over these texts, and of one never seen."""
    counts: dict[int, int] = {}
    for text in texts:
        for column in set(grams(text)):
            counts[column] = counts.get(column, 0) + 1
    n = len(texts)
    return {c: float(np.log((1 + n) / (1 + df)) + 1) for c, df in counts.items()}, float(np.log(1 + n) + 1)
