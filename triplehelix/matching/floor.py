"""Where answers begin: a score below this is shown apart, and if all are, the page says that nothing was found.

Scores are deviations of the corpus, so chance has a known size: the best of n unrelated documents is expected at
Φ⁻¹(1 − 1/n), which is 2.6 for 244 documents and 3.5 for 5,000. Real tails are heavier than the normal one. Measured on
the demo city (docs/decisions/0008-where-answers-begin.md): questions about weddings and football reach 2.3 to 4.6,
needs that nobody there can answer about as much unless somebody wrote a near-miss for them; true answers have a median
of 5.6 and a lower quarter of 4.8. The line stands two deviations above chance. With words alone the tail is heavier
still (one rare word in common is ten deviations), so the line is half as high again, and says less.
"""

from math import exp
from statistics import NormalDist

ABOVE_CHANCE = 2.0
WORDS_TIMES = 1.5
#: How many deviations above the line make 73 of 100 for people; the line itself is 50.
SLOPE = 1.5


def line(n: int, by_meaning: bool) -> float:
    """The score where answers begin among `n` documents."""
    chance = NormalDist().inv_cdf(1 - 1 / max(n, 10))
    return (chance + ABOVE_CHANCE) * (1.0 if by_meaning else WORDS_TIMES)


def percent(score: float, line: float) -> int:
    """The score for people, 0 to 100: 50 where answers begin. Keeps the order."""
    return round(100 / (1 + exp(min(50.0, (line - score) / SLOPE))))
