"""A ranking learned from judgements: a ridge regression of the gain on features, over each need's best candidates.

The zero-shot score proposes the candidates (`signs.MOST`); the model puts them into another order. Each feature is
standardised among one need's candidates, so that it means the same in any collection. A candidate nobody judged counts
as level 1, as the measure counts it. Few judgements, or folds that show no gain: the zero-shot order stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from triplehelix.matching.learn.metrics import Quality, gain, quality
from triplehelix.matching.learn.signs import NAMES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS, SEED = 5, 20191116
#: One way of dealing needs into folds may be lucky: the gain is also told as the mean over these.
SEEDS = (SEED, 1, 2, 3, 4)
#: The ridge's weight for one row: 0.4 of the rows pulls every coefficient well towards 0.
RIDGE = 0.4
#: With fewer needs or fewer pairs of level 2 and more, coefficients are noise.
LEAST_NEEDS, LEAST_POSITIVES = 20, 60
#: Why the zero-shot order stays, in code and in words.
THIN = {
    "": "",
    "needs": "有评判的需求只有 {needs} 条，少于 {least_needs} 条",
    "positives": "二级以上的评判只有 {positives} 条，少于 {least_positives} 条",
    "folds": "五折里不比零样本好",
}
Judged = Mapping[int, Mapping[int, int]]
__all__ = ["NAMES", "Examined", "Ranker", "Trained", "fit", "standardised", "too_few", "train"]


@dataclass(frozen=True)
class Examined:
    """One need's candidates in the zero-shot order: their numbers, and their features (k, len(NAMES))."""

    rows: Sequence[int]
    features: Floats


@dataclass(frozen=True)
class Ranker:
    """`weights` of the standardised features, shape (len(names),); `thin` says why the zero-shot order stays, or ''."""

    names: Sequence[str]
    weights: Floats
    thin: str = ""

    def order(self, candidates: Floats) -> Ints:
        """The places of one need's candidates, best first; `candidates` are their features (k, len(names)), given in
        the zero-shot order."""
        if self.thin or len(candidates) < 2:
            return np.arange(len(candidates))
        return np.argsort(-(standardised(candidates) @ self.weights), kind="stable")


@dataclass(frozen=True)
class Trained:
    """A ranker trained on everything, and what folds by need say of its kind.

    Pairs are (zero-shot, learned): `folds` and `total` of one dealing, `each` the nDCG of every need, `plain` its
    candidates in the zero-shot order and `orders` as a model that never saw it ranks them; `ratios` nDCG learned /
    zero-shot of several dealings. `reason` is a key of THIN; `needs` and `positives` were there to learn from.
    """

    ranker: Ranker
    reason: str = ""
    needs: int = 0
    positives: int = 0
    folds: Sequence[tuple[Quality, Quality]] = field(default_factory=tuple)
    total: tuple[Quality, Quality] = (Quality(0, 0, 0, 0), Quality(0, 0, 0, 0))
    ratios: Sequence[float] = field(default_factory=tuple)
    each: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    plain: Mapping[int, Sequence[int]] = field(default_factory=dict)
    orders: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @property
    def better(self) -> int:
        """Of how many needs the nDCG rose."""
        return sum(learned > plain for plain, learned in self.each.values())

    @property
    def worse(self) -> int:
        """Of how many needs the nDCG fell."""
        return sum(learned < plain for plain, learned in self.each.values())


def standardised(features: Floats) -> Floats:
    """Each column in deviations among the rows; a column without any is 0. Shape (k, f)."""
    spread = features.std(axis=0)
    return np.asarray((features - features.mean(axis=0)) / np.where(spread < 1e-9, 1.0, spread))


def fit(examined: Mapping[int, Examined], judged: Judged, needs: Iterable[int]) -> Floats:
    """Weights from the candidates of `needs`."""
    needs = list(needs)
    x = np.concatenate([standardised(examined[need].features) for need in needs])
    y = np.array([gain(judged[need].get(row, 1)) for need in needs for row in examined[need].rows], np.float64)
    y -= y.mean()
    return np.asarray(np.linalg.solve(x.T @ x + RIDGE * len(x) * np.eye(x.shape[1]), x.T @ y), np.float64)


def train(examined: Mapping[int, Examined], judged: Judged) -> Trained:
    """What `judged` (need → achievement → level) teaches.

    Only needs with a judgement and a candidate teach and count. Folds are by need: nothing of a need is in its own
    model.
    """
    needs = np.array(sorted(need for need in judged if need in examined and len(examined[need].rows)), np.int64)
    positives = sum(level >= 2 for need in needs for level in judged[int(need)].values())
    if reason := too_few(len(needs), positives):
        said = _said(reason, len(needs), positives)
        return Trained(Ranker(NAMES, np.zeros(len(NAMES)), said), reason, len(needs), positives)
    plain = {int(need): list(examined[int(need)].rows) for need in needs}
    dealt = [_folds(examined, judged, needs, seed) for seed in SEEDS]
    fold, learned = dealt[0]
    parts = [needs[fold == one] for one in range(FOLDS)]
    by_fold = [(_quality(plain, judged, part), _quality(learned, judged, part)) for part in parts]
    total = _quality(plain, judged, needs), _quality(learned, judged, needs)
    ratios = [_quality(rows, judged, needs).ndcg / total[0].ndcg if total[0].ndcg else 1.0 for _, rows in dealt]
    reason = "folds" if np.mean(ratios) <= 1 else ""
    each = {int(n): (_quality(plain, judged, [n]).ndcg, _quality(learned, judged, [n]).ndcg) for n in needs}
    ranker = Ranker(NAMES, fit(examined, judged, map(int, needs)), _said(reason, len(needs), positives))
    return Trained(ranker, reason, len(needs), positives, by_fold, total, ratios, each, plain, learned)


def _folds(
    examined: Mapping[int, Examined], judged: Judged, needs: Ints, seed: int
) -> tuple[Ints, dict[int, list[int]]]:
    """The fold of each need, and its candidates in the order of the model of the other folds."""
    fold = np.random.default_rng(seed).permutation(len(needs)) % FOLDS
    orders: dict[int, list[int]] = {}
    for one in range(FOLDS):
        ranker = Ranker(NAMES, fit(examined, judged, map(int, needs[fold != one])))
        for need in map(int, needs[fold == one]):
            order = ranker.order(examined[need].features)
            orders[need] = [int(examined[need].rows[place]) for place in order]
    return fold, orders


def _quality(rows: Mapping[int, Sequence[int]], judged: Judged, part: Iterable[int]) -> Quality:
    return quality(rows, {int(need): judged[int(need)] for need in part})


def too_few(needs: int, positives: int) -> str:
    """Why nothing can be learned from so many, as a key of THIN; '' when something can."""
    if needs < LEAST_NEEDS:
        return "needs"
    return "positives" if positives < LEAST_POSITIVES else ""


def _said(reason: str, needs: int, positives: int) -> str:
    return THIN[reason].format(
        needs=needs, positives=positives, least_needs=LEAST_NEEDS, least_positives=LEAST_POSITIVES
    )
