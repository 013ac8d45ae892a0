"""Rounds the policy plans, as an officer finds them: those that run or come soon and that nobody has opened."""

from dataclasses import dataclass
from datetime import date, timedelta

from triplehelix.foundation.calendar import MissingYear
from triplehelix.policy.award import Award
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.reference import calendar

#: So long before it opens a planned round is shown: a quarter.
AHEAD = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Coming:
    """A planned round of one year. A day of rest is moved to the next working day (民法典 §203); without that year's
    table of working days no day is guessed, and it is None."""

    award: Award
    key: str
    name: str
    year: int
    clause: str
    written: str
    opens_on: date | None
    closes_on: date | None

    @property
    def title(self) -> str:
        """What the round is called: 企业博士后生活补贴第一季度（2026年）."""
        return f"{self.award.name}{self.name}"[:70] + f"（{self.year}年）"


def coming(today: date) -> list[Coming]:
    """Planned rounds that run on this day or open within AHEAD, the first to open first, without those an officer has
    opened: a round of the award that overlaps the planned days is it."""
    planned = [one for award in pack().awards for one in _of(award, today)]
    codes = {one.award.code for one, _first, _last in planned}
    opened = Round.objects.filter(award_code__in=codes).values_list("award_code", "opens_on", "closes_on")
    rows = list(opened) if codes else []

    def is_open(code: str, first: date, last: date) -> bool:
        return any(code == other and begins <= last and first <= ends for other, begins, ends in rows)

    found = [(first, one) for one, first, last in planned if not is_open(one.award.code, first, last)]
    return [one for _first, one in sorted(found, key=lambda row: (row[0], row[1].key))]


def of_key(key: str, today: date) -> Coming | None:
    """The planned round of this key, while it is one to be opened."""
    return next((one for one in coming(today) if one.key == key), None)


def _of(award: Award, today: date) -> list[tuple[Coming, date, date]]:
    """An award's planned rounds near a day, with their days as the policy writes them."""
    found = []
    for n, one in enumerate(award.rounds, start=1):
        for year in (today.year - 1, today.year, today.year + 1):
            span = one.in_year(year)
            if span is None or span[1] < today or span[0] > today + AHEAD:
                continue
            opens, closes = (_working(day) for day in span)
            made = Coming(award, f"{award.code}/{year}/{n}", one.name, year, one.article.ref, one.days, opens, closes)
            found.append((made, *span))
    return found


def _working(day: date) -> date | None:
    try:
        return calendar().next_working_day(day)
    except MissingYear:
        return None
