"""How good a ranking is, against graded judgements; a pair nobody judged counts as unrelated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

WANTED = 3  # from this level on an achievement is a true answer
FIRST, FAR = 10, 50


@dataclass(frozen=True)
class Quality:
    """Means over `needs` needs with at least one true answer."""

    needs: int
    ndcg: float
    mrr: float
    recall: float


def gain(level: int) -> int:
    """2^(level−1) − 1 (Järvelin & Kekäläinen 2002): 0, 1, 3, 7."""
    return int(2 ** (level - 1) - 1)


def quality(ranked: Mapping[int, Sequence[int]], judged: Mapping[int, Mapping[int, int]]) -> Quality:
    """`ranked`: need → achievements, best first; `judged`: need → achievement → level."""
    found = [_one(ranked[need], levels) for need, levels in judged.items() if max(levels.values()) >= WANTED]
    if not found:
        return Quality(0, 0.0, 0.0, 0.0)
    ndcg, mrr, recall = np.array(found).mean(axis=0)
    return Quality(len(found), float(ndcg), float(mrr), float(recall))


def _one(ranked: Sequence[int], levels: Mapping[int, int]) -> tuple[float, float, float]:
    wanted = {row for row, level in levels.items() if level >= WANTED}
    gains = [gain(levels.get(row, 1)) for row in ranked[:FIRST]]
    ideal = sorted((gain(level) for level in levels.values()), reverse=True)[:FIRST]
    first = next((1 / place for place, row in enumerate(ranked[:FIRST], 1) if row in wanted), 0.0)
    return _discounted(gains) / _discounted(ideal), first, len(wanted & set(ranked[:FAR])) / len(wanted)


def _discounted(gains: Sequence[int]) -> float:
    return sum(g / log2(place + 1) for place, g in enumerate(gains, 1))
