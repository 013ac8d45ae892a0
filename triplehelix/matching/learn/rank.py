"""A ranking learned from judgements: a ridge regression of the gain on features, over each need's best candidates.

The zero-shot score proposes `MOST` candidates; the model puts them into another order. Each feature is standardised
among one need's candidates, so that it means the same in any collection. A candidate nobody judged counts as level 1,
as the measure counts it. Few judgements, or folds that show no gain: the weight is 0 and the zero-shot order stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from triplehelix.matching.learn import around
from triplehelix.matching.learn.around import Candidates
from triplehelix.matching.learn.features import NAMES as PAIR_NAMES
from triplehelix.matching.learn.metrics import Quality, gain, quality

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST = 200
FOLDS, SEED = 5, 20191116
#: The ridge's weight for one row: 0.4 of the rows pulls every coefficient well towards 0.
RIDGE = 0.4
#: With fewer needs or fewer pairs of level 2 and more, coefficients are noise.
LEAST_NEEDS, LEAST_POSITIVES = 20, 60
NAMES: tuple[str, ...] = (*PAIR_NAMES, *around.NAMES)


@dataclass(frozen=True)
class Ranker:
    """`weights` of the standardised features, shape (len(names),); `thin` says why the zero-shot order stays, or ''."""

    names: Sequence[str]
    weights: Floats
    thin: str = ""

    def order(self, candidates: Floats) -> Ints:
        """The places of one need's candidates, best first; `candidates` are their features (k, len(names)), given in
        the zero-shot order."""
        if self.thin:
            return np.arange(len(candidates))
        return np.argsort(-(standardised(candidates) @ self.weights), kind="stable")


@dataclass(frozen=True)
class Trained:
    """A ranker trained on everything, and what folds by need say of its kind: pairs (zero-shot, learned). `better`
    and `worse`: of how many needs the nDCG rose and fell."""

    ranker: Ranker
    folds: Sequence[tuple[Quality, Quality]] = field(default_factory=tuple)
    total: tuple[Quality, Quality] = (Quality(0, 0, 0, 0), Quality(0, 0, 0, 0))
    better: int = 0
    worse: int = 0


def standardised(features: Floats) -> Floats:
    """Each column in deviations among the rows; a column without any is 0. Shape (…, k, f)."""
    spread = features.std(axis=-2, keepdims=True)
    return np.asarray((features - features.mean(axis=-2, keepdims=True)) / np.where(spread < 1e-9, 1.0, spread))


def fit(features: Floats, gains: Floats) -> Floats:
    """Weights from standardised `features` (needs, k, f) and `gains` (needs, k)."""
    x, y = features.reshape(-1, features.shape[-1]), gains.ravel() - gains.mean()
    return np.asarray(np.linalg.solve(x.T @ x + RIDGE * len(x) * np.eye(x.shape[1]), x.T @ y), np.float64)


def train(features: Floats, found: Candidates, judged: dict[int, dict[int, int]]) -> Trained:
    """`features` (needs, k, len(NAMES)) of the candidates; `judged`: need → achievement → level.

    Only needs with a judgement teach and count. Folds are by need: nothing of a need is in its own model.
    """
    needs = np.array(sorted(judged))
    levels = _levels(found, judged)
    gains = np.vectorize(gain)(np.maximum(levels, 1)).astype(np.float64)
    x = standardised(features)
    if thin := _thin(needs, judged):
        return Trained(Ranker(NAMES, np.zeros(len(NAMES)), thin))
    folds = np.random.default_rng(SEED).permutation(len(needs)) % FOLDS
    orders = {int(need): np.arange(found.rows.shape[1]) for need in needs}
    for fold in range(FOLDS):
        learned, held = needs[folds != fold], needs[folds == fold]
        ranker = Ranker(NAMES, fit(x[learned], gains[learned]))
        orders |= {int(need): ranker.order(features[need]) for need in held}
    learned_rows = {need: found.rows[need][order].tolist() for need, order in orders.items()}
    plain_rows = {need: found.rows[need].tolist() for need in orders}
    parts = [needs[folds == fold] for fold in range(FOLDS)]
    scores = [tuple(_quality(rows, judged, part) for rows in (plain_rows, learned_rows)) for part in (*parts, needs)]
    *by_fold, total = [(one, other) for one, other in scores]
    reason = "五折里不比零样本好" if total[1].ndcg <= total[0].ndcg else ""
    each = [(_quality(plain_rows, judged, [n]).ndcg, _quality(learned_rows, judged, [n]).ndcg) for n in needs]
    better, worse = sum(b > a for a, b in each), sum(b < a for a, b in each)
    return Trained(Ranker(NAMES, fit(x[needs], gains[needs]), reason), by_fold, total, better, worse)


def _quality(rows: dict[int, list[int]], judged: dict[int, dict[int, int]], part: Iterable[int]) -> Quality:
    return quality(rows, {int(need): judged[int(need)] for need in part})


def _levels(found: Candidates, judged: dict[int, dict[int, int]]) -> Ints:
    levels = np.zeros(found.rows.shape, np.int64)
    for need, own in judged.items():
        levels[need] = [own.get(int(row), 0) for row in found.rows[need]]
    return levels


def _thin(needs: Ints, judged: dict[int, dict[int, int]]) -> str:
    positives = sum(level >= 2 for own in judged.values() for level in own.values())
    if len(needs) < LEAST_NEEDS:
        return f"有评判的需求只有 {len(needs)} 条，少于 {LEAST_NEEDS} 条"
    if positives < LEAST_POSITIVES:
        return f"二级以上的评判只有 {positives} 条，少于 {LEAST_POSITIVES} 条"
    return ""
