"""Which cases were judged by a term of their award, and by the law of which day: settings ask (procedure.terms)."""

from collections.abc import Iterator
from datetime import date

from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.terms.finds import pack


def under(term: str, since: date) -> Iterator[tuple[date, str]]:
    """Every case accepted, listed or decided under the term from a day on: the day whose law counts, its number."""
    awards = [award.code for award in pack().awards if term in award.terms]
    rows = Case.objects.filter(award_code__in=awards, judged_on__gte=since)
    for day, number in rows.values_list("judged_on", "number"):
        assert day is not None
        yield day, number
