"""What a pair is worth beside the other pairs of its list, and beside judged pairs of the same need.

Two families of features that a single pair has not:

listed   What else is listed for the need: a candidate somebody looked for is like the others that were looked for, a
         stray one is like none. Read from the list alone, no level. A short list says nothing: not a number.
known    What judges said of the same need's other achievements and of the same achievement elsewhere, the more alike
         the more it counts. Made out of fold for training: a pair never sees its own level, nor a mean it is part of.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

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
KNOWN = (
    *("judged", "share1", "share2", "share3", "share4", "mean", "like_mean", "like_most", "level_nearest"),
    *("level_three", "score_mean", "score_place", "nearest1", "nearest2", "nearest3"),
    *("achievement_judged", "achievement_mean"),
)
#: How many average judgements a need's and an achievement's own are mixed with.
NEED_PRIOR, ACHIEVEMENT_PRIOR = 3.0, 2.0
LIKE_SHARP, SCORE_SHARP = 8.0, 2.0


@dataclass(frozen=True)
class Batch:
    """n pairs: whose need and achievement (numbers by text), the zero-shot score, vectors of the achievement with
    directions damped and plainly centred. Shapes (n,), (n,), (n,), (n, dim), (n, dim)."""

    need: Ints
    achievement: Ints
    score: Floats
    damped: npt.NDArray[np.float32]
    centred: npt.NDArray[np.float32]

    def some(self, rows: Ints) -> "Batch":
        """These pairs of the batch."""
        return Batch(self.need[rows], self.achievement[rows], self.score[rows], self.damped[rows], self.centred[rows])


def listed(batch: Batch) -> Floats:
    """The features LISTED of each pair, shape (n, 9)."""
    found = np.full((len(batch.need), len(LISTED)), np.nan)
    for need in np.unique(batch.need):
        rows = np.flatnonzero(batch.need == need)
        if len(rows) < SHORT:
            continue
        like = batch.damped[rows] @ batch.damped[rows].T
        plain = batch.centred[rows] @ batch.centred[rows].T
        for place, row in enumerate(rows):
            others = np.sort(np.delete(like[place], place))[::-1]
            near = np.sort(np.delete(plain[place], place))[-3:]
            away = batch.score[(batch.achievement == batch.achievement[row]) & (batch.need != need)]
            lower = (np.delete(batch.score[rows], place) < batch.score[row]).mean()
            best = away.max() if len(away) else np.nan
            three, ten = others[:3].mean(), others[:10].mean()
            found[row] = others[0], three, ten, others.mean(), len(others), len(away), lower, near.mean(), best
    return found


def known(batch: Batch, judged: Batch, levels: Ints) -> Floats:
    """The features KNOWN of each pair of `batch`, from `judged` pairs with their levels. Shape (n, 17)."""
    shares = np.array([(levels == level).mean() for level in (1, 2, 3, 4)])
    by_need = {need: np.flatnonzero(judged.need == need) for need in np.unique(judged.need)}
    by_other = {one: np.flatnonzero(judged.achievement == one) for one in np.unique(judged.achievement)}
    none = np.zeros(0, np.int64)
    found = []
    for row in range(len(batch.need)):
        own = by_need.get(batch.need[row], none)
        same = by_other.get(batch.achievement[row], none)
        mean = float(levels.mean())
        twin = (levels[same].sum() + ACHIEVEMENT_PRIOR * mean) / (len(same) + ACHIEVEMENT_PRIOR)
        like = judged.damped[own] @ batch.damped[row]
        ahead = judged.score[own] - batch.score[row]
        found.append([*_of_need(levels[own], like, ahead, shares), len(same), twin])
    return np.array(found, np.float64).reshape(len(batch.need), len(KNOWN))


def _of_need(levels: Ints, like: npt.NDArray[np.floating], ahead: Floats, shares: Floats) -> list[float]:
    n, mean = len(levels), float(shares @ np.arange(1, 5))
    mixed = [((levels == k + 1).sum() + NEED_PRIOR * shares[k]) / (n + NEED_PRIOR) for k in range(4)]
    own = (levels.sum() + NEED_PRIOR * mean) / (n + NEED_PRIOR)
    if not n:
        return [n, *mixed, own, mean, -1, mean, mean, mean, 0.5, -1, -1, -1]
    near = np.exp(LIKE_SHARP * like)
    beside = np.exp(-SCORE_SHARP * ahead**2) + 1e-6
    order = np.argsort(-like, kind="stable")
    likes = [like[wanted].max(initial=-1) for wanted in (levels == 1, levels >= 2, levels >= 3)]
    told = [(near * levels).sum() / near.sum(), like.max(), levels[order[0]], levels[order[:3]].mean()]
    return [n, *mixed, own, *told, (beside * levels).sum() / beside.sum(), (ahead < 0).mean(), *likes]
