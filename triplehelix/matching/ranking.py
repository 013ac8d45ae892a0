"""The candidates of a search in their order: by the one scoring function, and by whoever looks again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from triplehelix.matching.candidates import Row
from triplehelix.matching.score import DenseAim, fit, score
from triplehelix.matching.situation import Asked, Second, Situation

#: A document whose vector is not made yet is taken to fit by meaning about half as well as by words.
GUESS, MOST_GUESSED = 0.5, 3.0


@dataclass(frozen=True)
class Ranked:
    """A candidate with its score and what that is made of: words, meaning (None without a vector), facets."""

    row: Row
    score: float
    lexical: float
    dense: float | None
    fit: float


def _less(dense: float | None, aim: DenseAim | None) -> float | None:
    """An inner product with the aim as a deviation."""
    return None if dense is None or aim is None else dense - aim.offset


def rank(asked: Asked, rows: Sequence[Row], offset: float, aim: DenseAim | None) -> list[Ranked]:
    """All candidates by the one scoring function, best first; equals by number."""
    words = np.array([row.lexical for row in rows]) - offset
    fits = np.array([fit(*asked.sides(row)) for row in rows]) if asked.wish or asked.offer else np.zeros(len(rows))
    total = score(_dense(rows, aim, words), words, fits)
    order = sorted(range(len(rows)), key=lambda i: (-total[i], rows[i].subject_id))
    return [Ranked(rows[i], float(total[i]), float(words[i]), _less(rows[i].dense, aim), float(fits[i])) for i in order]


def columns(ranked: Sequence[Ranked]) -> tuple[list[Row], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Rows, scores and scores by words, for who looks again."""
    return [o.row for o in ranked], np.array([o.score for o in ranked]), np.array([o.lexical for o in ranked])


def again(second: Second, situation: Situation, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The candidates with the scores a second look gave them, best first; equals keep their order."""
    moved = [replace(one, score=float(to)) for one, to in zip(ranked, second(situation), strict=True)]
    return sorted(moved, key=lambda one: -one.score)


def _dense(rows: Sequence[Row], aim: DenseAim | None, words: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    if aim is None:
        return None
    known = np.array([np.nan if row.dense is None else row.dense for row in rows]) - aim.offset
    return np.where(np.isnan(known), np.clip(GUESS * words, 0, MOST_GUESSED), known)
