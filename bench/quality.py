"""Measures of a ranking against graded judgements, averaged over the needs that have at least one good answer.

Levels: 4 strong, 3 fairly strong, 2 weak, 1 unrelated; what nobody judged counts as unrelated, so figures are low for
every system and only comparable with each other. nDCG has gain 2^(level−1) − 1 and discount log2(rank + 1) (Järvelin
& Kekäläinen 2002); MRR of the first answer of level 3 or 4 within ten; share of such answers within fifty.
"""

from collections.abc import Mapping, Sequence
from math import log2
from typing import NamedTuple

GOOD = 3
TEN, FIFTY = 10, 50


class Quality(NamedTuple):
    ndcg10: float
    mrr10: float
    recall50: float
    needs: int


def _discounted(levels: Sequence[int]) -> float:
    return sum((2 ** (level - 1) - 1) / log2(rank + 1) for rank, level in enumerate(levels[:TEN], start=1))


def quality(ranked: Mapping[str, Sequence[str]], judged: Mapping[str, Mapping[str, int]]) -> Quality:
    """`ranked`: need → achievements, best first; `judged`: need → achievement → level."""
    rows = []
    for need, levels in judged.items():
        good = {item for item, level in levels.items() if level >= GOOD}
        if not good:
            continue
        found = list(ranked.get(need, ()))
        ideal = _discounted(sorted(levels.values(), reverse=True))
        first = next((rank for rank, item in enumerate(found[:TEN], start=1) if item in good), None)
        rows.append(
            (
                _discounted([levels.get(item, 1) for item in found]) / ideal,
                1 / first if first else 0.0,
                len(good.intersection(found[:FIFTY])) / len(good),
            )
        )
    if not rows:
        raise ValueError("no need has an answer judged good")
    return Quality(*(sum(column) / len(rows) for column in zip(*rows, strict=True)), len(rows))
