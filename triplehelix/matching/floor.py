"""Where answers begin: a score below this is shown as 可能相关, and if all are, the page says that nothing was found."""

#: To be calibrated.
FLOOR = 2.0
WORDS_FLOOR = 2.0
FULL = 6.0


def is_weak(score: float, by_meaning: bool) -> bool:
    return score < (FLOOR if by_meaning else WORDS_FLOOR)


def percent(score: float, by_meaning: bool) -> int:
    floor = FLOOR if by_meaning else WORDS_FLOOR
    return round(100 * min(1.0, max(0.0, score / (floor * 2))))
