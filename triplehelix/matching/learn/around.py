"""What stands around a candidate in its collection: features that no single pair has. No judgement is read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triplehelix.matching.files import LEAST_FOR_MEAN, Item, Matcher
from triplehelix.matching.learn.ground import Ground
from triplehelix.matching.learn.sides import Offered
from triplehelix.matching.typical import typical_texts

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

#: Feedback: likeness to the best of the need's own candidates.
FEEDBACK = (5, 20)
NEAR, SHARP, NEIGHBOURS = 0.3, 12.0, 10
NAMES = ("smooth", *(f"like_best_{k}" for k in FEEDBACK), "above_usual", "usual", "usual_spread", "crowd")


@dataclass(frozen=True)
class Candidates:
    """The best candidates of each need by the zero-shot score: `rows` and `scores` (needs, k), features `around`."""

    rows: Ints
    scores: Floats
    around: Floats


def whitened(ground: Ground, offered: Sequence[Offered]) -> Floats32:
    """Unit vectors of documents with directions damped as in scoring. Shape (n, dim), (n, 0) with words alone."""
    if ground.space is None:
        return np.zeros((len(offered), 0), np.float32)
    return damped(ground, np.array([one.vector for one in offered], np.float64), ground.space.mean)


def damped(ground: Ground, vectors: npt.NDArray[np.floating], mean: Floats) -> Floats32:
    """Unit vectors of `vectors` with their `mean` taken away and directions damped as in scoring."""
    assert ground.space is not None
    found = (vectors - mean) @ ground.space.directions * ground.space.damped
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), np.float32)


def candidates(
    matcher: Matcher, ground: Ground, offered: Sequence[Offered], needs: Sequence[Item], most: int
) -> Candidates:
    """The best `most` candidates of each need, and what stands around them."""
    mean, spread = _usual(matcher, needs)
    space = whitened(ground, offered)
    rows, scores, around = [], [], []
    for total in matcher.scores(needs):
        best = np.argsort(-total, kind="stable")[:most]
        rows.append(best)
        scores.append(total[best])
        near = _near(space, best, total)
        usual = [(total[best] - mean[best]) / spread[best], mean[best], spread[best]]
        around.append(np.stack([*near[:-1], *usual, near[-1]], axis=1))
    return Candidates(np.array(rows), np.array(scores), np.array(around))


def _usual(matcher: Matcher, needs: Sequence[Item]) -> tuple[Floats, Floats]:
    """Mean and spread of each achievement's score over many needs: some titles are near to everything."""
    many = needs if len(needs) >= LEAST_FOR_MEAN else [Item("", line, line, titled=False) for line in typical_texts()]
    total, squares = np.zeros(len(matcher.achievements)), np.zeros(len(matcher.achievements))
    for found in matcher.scores(many):
        total += found
        squares += found**2
    mean = total / len(many)
    return mean, np.sqrt(np.maximum(squares / len(many) - mean**2, 1e-6))


def _near(space: Floats32, best: Ints, total: Floats) -> list[Floats]:
    """The score smoothed over likeness, likeness to the best few, and how crowded the place is."""
    if not space.shape[1]:
        return [np.zeros(len(best))] * (2 + len(FEEDBACK))
    like = space[best] @ space.T
    weight = np.where(like < NEAR, 0.0, np.exp(SHARP * (like - 1)))
    found = [np.asarray(weight @ total / weight.sum(axis=1), np.float64)]
    for k in FEEDBACK:
        own = like[:, best[: k + 1]].astype(np.float64)
        worth = np.tile(np.maximum(total[best[: k + 1]], 0.1), (len(best), 1))
        place = np.arange(min(k + 1, len(best)))
        worth[place, place] = 0.0  # nothing is its own witness
        found.append((own * worth).sum(axis=1) / np.maximum(worth.sum(axis=1), 1e-9))
    crowd = -np.partition(-like, min(NEIGHBOURS, like.shape[1] - 1), axis=1)[:, : NEIGHBOURS + 1]
    others = max(1, crowd.shape[1] - 1)
    return [*found, np.asarray((crowd.sum(axis=1) - 1) / others, np.float64)]
