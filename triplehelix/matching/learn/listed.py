"""What a pair is worth beside the other pairs of its list. No level is read.

A candidate somebody looked for is like the others that were looked for; a stray one is like none. A short list says
nothing: its features are not numbers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]

SHORT = 5
LISTED = (
    "like_most",
    "like_three",
    "like_ten",
    "like_all",
    "listed",
    "elsewhere",
    "place",
    "plain_three",
    "best_other",
)


@dataclass(frozen=True)
class Batch:
    """n pairs: whose need and achievement (numbers by text), the zero-shot score, vectors of the achievement with
    directions damped and plainly centred. Shapes (n,), (n,), (n,), (n, dim), (n, dim)."""

    need: Ints
    achievement: Ints
    score: Floats
    damped: Vectors
    centred: Vectors

    def some(self, rows: Ints) -> "Batch":
        """These pairs of the batch."""
        return Batch(self.need[rows], self.achievement[rows], self.score[rows], self.damped[rows], self.centred[rows])

    def with_others(self, more: "Batch") -> "Batch":
        """These pairs, and those of `more` that are not among them, behind."""
        own = set(zip(self.need.tolist(), self.achievement.tolist(), strict=True))
        others = zip(more.need.tolist(), more.achievement.tolist(), strict=True)
        rest = more.some(np.array([row for row, pair in enumerate(others) if pair not in own], np.int64))
        return Batch(
            np.concatenate([self.need, rest.need]),
            np.concatenate([self.achievement, rest.achievement]),
            np.concatenate([self.score, rest.score]),
            np.concatenate([self.damped, rest.damped]),
            np.concatenate([self.centred, rest.centred]),
        )


def listed(batch: Batch, first: int) -> Floats:
    """The features LISTED of the `first` pairs of the batch, which the others stand beside. Shape (first, 9)."""
    found = np.full((first, len(LISTED)), np.nan)
    for need in np.unique(batch.need[:first]):
        rows = np.flatnonzero(batch.need == need)
        if len(rows) < SHORT:
            continue
        like = batch.damped[rows] @ batch.damped[rows].T
        plain = batch.centred[rows] @ batch.centred[rows].T
        for place, row in enumerate(rows):
            if row < first:
                away = batch.score[(batch.achievement == batch.achievement[row]) & (batch.need != need)]
                lower = (np.delete(batch.score[rows], place) < batch.score[row]).mean()
                others, near = np.delete(like[place], place), np.delete(plain[place], place)
                found[row] = _of_list(others, near, away, float(lower))
    return found


def _of_list(like: Vectors, plain: Vectors, away: Floats, lower: float) -> tuple[float, ...]:
    """Likeness to the others of the list, how many they are, the pair's place, the achievement in other lists."""
    nearest = -np.sort(-like)
    told = nearest[0], nearest[:3].mean(), nearest[:10].mean(), nearest.mean()
    best = float(away.max()) if len(away) else float("nan")
    return *map(float, told), len(like), len(away), lower, float(np.sort(plain)[-3:].mean()), best
