"""How a judgement moves the one pair it speaks of, at once and without any model.

    1 unrelated      below the line where answers begin, by two steps at least
    2 weak           one step down
    3 fairly strong  one step up
    4 strong         above the line, by two steps at least

A step is the slope of the scale for people (floor.SLOPE). Between two pairs of one level the score still decides, and a
higher level never ranks a pair lower.
"""

from triplehelix.matching.floor import SLOPE


def moved(score: float, line: float, level: int | None) -> float:
    """The score of a pair judged `level` (None: not judged), in deviations as before."""
    if level is None:
        return score
    if level == 1:
        return min(score, line) - 2 * SLOPE
    if level == 4:
        return max(score, line) + 2 * SLOPE
    return score - SLOPE if level == 2 else score + SLOPE
