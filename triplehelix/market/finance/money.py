"""The arithmetic of finance in whole fen: what interest a loan can bear, who bears a loss, what a claim comes to.

What a declared measure pays is computed by the measure (`policy.decision`); here is only what no measure declares.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _

from triplehelix.foundation.dated import Dated
from triplehelix.foundation.money import Fen, largest_remainder
from triplehelix.market.finance import terms
from triplehelix.policy.decision import Decided
from triplehelix.policy.terms import value_on
from triplehelix.records.amounts import exact

PPM = 1_000_000
__all__ = [
    "Decided",
    "Stretch",
    "bearable",
    "compensation",
    "days_in_force",
    "rate_words",
    "split_loss",
    "stretches",
    "years_begun",
]


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many days with the same principal owed."""

    owed_fen: int
    days: int


def stretches(amount_fen: int, first: date, until: date, repaid: Iterable[tuple[date, int]]) -> list[Stretch]:
    """The principal owed from the first day up to a day, as it fell by what was repaid on days."""
    found: list[Stretch] = []
    owed, at = amount_fen, first
    for day, fen in sorted(repaid):
        if day >= until:
            break
        if (days := (max(day, first) - at).days) > 0:
            found.append(Stretch(owed, days))
            at = max(day, first)
        owed -= fen
    if (days := (until - at).days) > 0:
        found.append(Stretch(owed, days))
    return found


def bearable(rows: Sequence[Stretch], rate_ppm: int, day_base: int) -> int:
    """The most interest these days can bear at the rate, rounded up to a fen: owed × rate × days ÷ base."""
    return ceil(sum((Fraction(row.owed_fen * rate_ppm * row.days, PPM * day_base) for row in rows), Fraction(0)))


def arithmetic(rows: Sequence[Stretch], rate_ppm: int, day_base: int) -> str:
    """The same in words: 1,000,000.00 元 × 3.45% × 180 天 ÷ 360 + … = 17,250.00 元."""
    parts = [
        _("%(owed)s × %(rate)s × %(days)d 天 ÷ %(base)d")
        % {"owed": exact(row.owed_fen), "rate": rate_words(rate_ppm), "days": row.days, "base": day_base}
        for row in rows
    ]
    return f"{' + '.join(parts) or '0'} = {Fen(bearable(rows, rate_ppm, day_base))}"


def rate_words(ppm: int) -> str:
    """A rate as people write it: 3.45%."""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"


def loss_rates(*, early: bool, on: date, decided: Decided) -> tuple[Fraction, Fraction, Fraction]:
    """What province, city and bank bear of a loss: the city as the measure declares it (or the office has set it),
    the bank as published, the province the rest."""
    code = terms.city_share_term(early=early)
    spec = terms.award_for("loss").terms[code].spec
    dated: dict[str, Dated[object]] = {code: decided[code]} if code in decided else {}
    city = Fraction(value_on(spec, on, dated))
    bank = terms.value("bank_share_early" if early else "bank_share", on).rate
    return 1 - city - bank, city, bank


def split_loss(loss_fen: int, *, early: bool, on: date, decided: Decided) -> tuple[int, int, int]:
    """A loss shared by province, city and bank, exact to the fen (largest remainder)."""
    rates = loss_rates(early=early, on=on, decided=decided)
    province, city, bank = largest_remainder(Fen(loss_fen), rates, [0, 1, 2], unit="分")
    return int(province), int(city), int(bank)


def years_begun(first: date, last: date, on: date) -> int:
    """Years of a contract begun by a day: each begins on an anniversary, if the contract outlasts it."""
    end = max(first, min(on, last - timedelta(days=1)))
    return end.year - first.year + ((end.month, end.day) >= (first.month, first.day))


def _anniversary(first: date, years: int) -> date:
    """The day so many years later; of 29 February 1 March where there is none."""
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 3, 1)


def days_in_force(first: date, last: date, year: int) -> tuple[int, int]:
    """Days of the contract's n-th year (from 1) in which it was in force, and all days of that year, 365 or 366.

    The first day counts and the last does not, as of interest: a whole year ends on its anniversary.
    """
    begins, ends = _anniversary(first, year - 1), _anniversary(first, year)
    return max(0, (min(ends, last) - begins).days), (ends - begins).days


def compensation(payout_fen: int, on: date) -> int:
    """What a guarantor gets of what it paid out, down to the yuan (S14: 最高 20%)."""
    return int(Fen(payout_fen).times(terms.value("guarantee_compensation", on).rate))
