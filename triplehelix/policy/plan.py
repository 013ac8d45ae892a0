"""Rounds a policy plans for every year: 按季度申领, 每年三月集中受理. A plan opens nothing: an officer opens each
round, with the days filled in."""

from dataclasses import dataclass
from datetime import date

from triplehelix.policy.article import Article, DeclarationError

#: A day of every year: month and day.
DayOfYear = tuple[int, int]
#: A year without a 29 February, which not every year has.
PLAIN = 2027


@dataclass(frozen=True, slots=True)
class Planned:
    """One round of every year: 第一季度, from its first to its last day of the year (a last day before the first is one
    of the next year). `years` are the first and the last year it is planned in (None: open). Raises DeclarationError.
    """

    name: str
    opens: DayOfYear
    closes: DayOfYear
    article: Article
    years: tuple[int, int | None]

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DeclarationError("a planned round needs its name: 第一季度")
        for word, day in (("opens", self.opens), ("closes", self.closes)):
            try:
                date(PLAIN, *day)
            except (TypeError, ValueError):
                raise DeclarationError(
                    f"planned round {self.name}: {word} is (month, day) of every year, (3, 31), not {day!r}"
                ) from None
        first, last = self.years
        if last is not None and last < first:
            raise DeclarationError(f"planned round {self.name}: its last year {last} is before its first, {first}")

    def in_year(self, year: int) -> tuple[date, date] | None:
        """Its first and last day in a year as the policy writes them; None where it is not planned for that year."""
        first, last = self.years
        if year < first or (last is not None and year > last):
            return None
        return date(year, *self.opens), date(year + (self.closes < self.opens), *self.closes)

    @property
    def days(self) -> str:
        """Its days as the policy writes them."""
        (m, d), (last_m, last_d) = self.opens, self.closes
        return f"{m}月{d}日至{'次年' if self.closes < self.opens else ''}{last_m}月{last_d}日"

    @property
    def written(self) -> str:
        """The plan in words."""
        return f"{self.name}（每年{self.days}）"


def check_rounds(code: str, rounds: tuple[Planned, ...], refs: set[str]) -> None:
    """Whether the planned rounds of an award can be told apart and stand on its clauses. Raises DeclarationError."""
    names = [one.name for one in rounds]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DeclarationError(f"{code} plans {', '.join(sorted(twice))} twice")
    if strange := [one.article.ref for one in rounds if one.article.ref not in refs]:
        raise DeclarationError(f"{code}: {'、'.join(strange)} is cited by a planned round, but not among its articles")
