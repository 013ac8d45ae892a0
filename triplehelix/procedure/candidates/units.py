"""Was the amount written in another unit? Statistics speak of 千元, tax of 元, policies of 万元 (domain §2.4).

An amount about 10, 1,000 or 10,000 times last year's, or that part of it, is held until somebody has looked. No amount
is ever multiplied by the program.
"""

from collections.abc import Mapping
from fractions import Fraction

from triplehelix.policy.facts import Fact, Money

#: Times last year's → what may have happened, and how far from it a year's own growth may have led. A firm may well
#: spend four times as much as the year before, but not four hundred times.
FACTORS = {
    10: ("多写或少写一位", Fraction(3, 2)),
    1_000: ("“元”和“千元”弄混", Fraction(3)),
    10_000: ("“元”和“万元”弄混", Fraction(3)),
}
LAST_YEAR = "_last_year"


def pairs(facts: tuple[Fact, ...]) -> list[tuple[Fact, Fact]]:
    """The amounts that are told for two years: x and x_last_year."""
    by_code = {fact.code: fact for fact in facts if isinstance(fact, Money)}
    return [(fact, by_code[f"{code}{LAST_YEAR}"]) for code, fact in by_code.items() if f"{code}{LAST_YEAR}" in by_code]


def suspicion(now: int, before: int | None) -> str:
    """What the ratio of two years' amounts (fen) looks like; "" when it looks like nothing."""
    if not now or not before:
        return ""
    ratio = Fraction(now, before)
    for factor, (story, width) in FACTORS.items():
        for way, near in (("倍", ratio / factor), ("分之一", ratio * factor)):
            if 1 / width < near < width:
                return f"约为上年的 {factor:,} {way}，像是{story}"
    return ""


def findings(facts: tuple[Fact, ...], values: Mapping[str, int | None]) -> list[str]:
    """A sentence for each amount that looks like another unit. `values` by fact code, in fen."""
    found = []
    for fact, last in pairs(facts):
        now, before = values.get(fact.code), values.get(last.code)
        if story := suspicion(int(now or 0), None if before is None else int(before)):
            found.append(f"{fact.label} {fact.written(now)}{story}（上年 {last.written(before)}），请核对单位")
    return found
