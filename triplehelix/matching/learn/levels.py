"""A level 1 … 4 for a pair, learned from judged pairs: two learners, mixed, and the level that costs least.

The cost of a level is how far it is from the judge's (mean absolute error), so the level told is the median of the
mixed distribution, not its likeliest value. The learners are gradient-boosted trees over the features of a pair and of
its list, and kernel ridge regression over pairs. Where judges have spoken about the need before, likeness to what they
judged tells most; of a new need the trees tell more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import lightgbm
import numpy as np
import numpy.typing as npt

from triplehelix.matching.learn import kernel
from triplehelix.matching.learn.kernel import Likeness

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEED = 20191116
#: A need with so many judgements is known.
LEAST_KNOWN = 3
#: With fewer judged pairs, or only one level, nothing is learned: the zero-shot levels stay.
LEAST_PAIRS = 100
#: How much the kernel counts beside the trees is weighed on so many of so many folds, for known and for new needs.
HELD, INNER = 3, 7
ROUNDS, LEAF = 200, 30
TREES = {
    "objective": "multiclass",
    "num_class": 4,
    "learning_rate": 0.03,
    "num_leaves": 8,
    "lambda_l2": 10.0,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "seed": SEED,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}


@dataclass(frozen=True)
class Cases:
    """n pairs as the learners see them: features of the pair (n, f), of its list (n, 9), and what likeness reads."""

    pair: Floats
    listed: Floats
    like: Likeness

    def some(self, rows: Ints) -> "Cases":
        """These pairs."""
        return Cases(self.pair[rows], self.listed[rows], self.like.some(rows))


@dataclass(frozen=True)
class Learners:
    """The trees, and the judged pairs `known` with their `weights` (n, 3) and `mean` (3,). `counts`: judgements by
    need, over all that was learned from."""

    trees: lightgbm.Booster
    known: Likeness
    weights: Floats
    mean: Floats
    counts: Mapping[int, int]

    def said(self, cases: Cases) -> tuple[Floats, Floats]:
        """What the kernel and the trees say of "at least 2, 3, 4", shapes (n, 3)."""
        near = kernel.kernel(cases.like, self.known) @ self.weights + self.mean
        found = np.asarray(self.trees.predict(np.concatenate([cases.pair, cases.listed], axis=1)), np.float64)
        return near, np.asarray(found[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:], np.float64)


@dataclass(frozen=True)
class Levels:
    """What was learned: the learners and the kernel's share beside the trees, for known needs and for new ones."""

    learners: Learners
    known_share: float
    new_share: float

    def chances(self, cases: Cases) -> Floats:
        """The chance of each level, shape (n, 4), rows sum to 1."""
        if not len(cases.pair):
            return np.zeros((0, 4))
        near, trees = self.learners.said(cases)
        counts = np.array([self.learners.counts.get(int(need), 0) for need in cases.like.batch.need])
        share = np.where(counts >= LEAST_KNOWN, self.known_share, self.new_share)[:, None]
        return distribution(share * near + (1 - share) * trees)


def distribution(at_least: Floats) -> Floats:
    """Chances of 1 … 4 from chances of "at least 2, 3, 4", put into order where they are not. (n, 3) → (n, 4)."""
    falling = np.minimum.accumulate(np.clip(at_least, 0, 1), axis=1)
    edges = np.concatenate([np.ones((len(falling), 1)), falling, np.zeros((len(falling), 1))], axis=1)
    return np.asarray(edges[:, :-1] - edges[:, 1:], np.float64)


def decide(chances: Floats) -> Ints:
    """The level that is expected to be nearest to a judge's: the median. Shape (n, 4) → (n,)."""
    cost = np.abs(np.arange(1, 5)[:, None] - np.arange(1, 5)[None])
    return np.asarray((chances @ cost).argmin(axis=1) + 1, np.int64)


def fit(cases: Cases, levels: Ints) -> Levels:
    """Learn from judged pairs. The same pairs give the same model, to the bit."""
    known = stratified(levels, INNER, SEED + 1)
    new = grouped(cases.like.batch.need, INNER, SEED + 2)
    return Levels(_learn(cases, levels), _share(cases, levels, known), _share(cases, levels, new))


def _learn(cases: Cases, levels: Ints) -> Learners:
    own = np.concatenate([cases.pair, cases.listed], axis=1)
    # A list may be short elsewhere: half of the rows learn without it.
    bare = np.concatenate([cases.pair, np.full_like(cases.listed, np.nan)], axis=1)
    data = lightgbm.Dataset(np.concatenate([own, bare]), np.tile(levels - 1, 2))
    trees = lightgbm.train({**TREES, "min_data_in_leaf": 2 * LEAF}, data, ROUNDS)
    rows = np.arange(len(levels))
    if len(levels) > kernel.MOST:
        rows = np.sort(np.random.default_rng(SEED).permutation(len(levels))[: kernel.MOST])
    known = cases.like.some(rows)
    needs, counts = np.unique(cases.like.batch.need, return_counts=True)
    spoken = dict(zip(needs.tolist(), counts.tolist(), strict=True))
    return Learners(trees, known, *kernel.solve(known, levels[rows]), spoken)


def _share(cases: Cases, levels: Ints, folds: Ints) -> float:
    """The kernel's share that would have come nearest on held-out folds: a line has one best point, in closed form."""
    over = under = 0.0
    for fold in range(HELD):
        held, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if not len(held) or len(np.unique(levels[rest])) < 2:
            continue
        near, trees = _learn(cases.some(rest), levels[rest]).said(cases.some(held))
        truth = np.stack([levels[held] >= level for level in (2, 3, 4)], axis=1)
        over += float(((near - trees) * (truth - trees)).sum())
        under += float(((near - trees) ** 2).sum())
    return min(1.0, max(0.0, over / under)) if under else 0.0


def stratified(levels: Ints, folds: int, seed: int) -> Ints:
    """A fold for each pair, each level spread evenly over the folds."""
    order = np.random.default_rng(seed).permutation(len(levels))
    order = order[np.argsort(levels[order], kind="stable")]
    found = np.empty(len(levels), np.int64)
    found[order] = np.arange(len(levels)) % folds
    return found


def grouped(needs: Ints, folds: int, seed: int) -> Ints:
    """A fold for each pair, all pairs of a need in one."""
    names, place = np.unique(needs, return_inverse=True)
    return np.asarray(np.random.default_rng(seed).permutation(len(names))[place] % folds, np.int64)


def closeness(told: Ints, levels: Ints) -> float:
    """1 / (1 + mean absolute error): 1 when every level is right."""
    return float(1 / (1 + np.abs(told - levels).mean()))
