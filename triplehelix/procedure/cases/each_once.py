"""Tables of which each row counts in one case only: 每引进1名, whichever firm asks and in whatever year."""

from collections.abc import Iterator

from django.db.models import QuerySet

from triplehelix.foundation.dated import NotInForce
from triplehelix.policy.decision import rows_counted
from triplehelix.policy.facts import Fact
from triplehelix.procedure.cases import judge, same
from triplehelix.procedure.cases.keys import keys_of_ids, row_keys
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.terms.finds import decided


def standing(case: Case, before: QuerySet[Case]) -> Iterator[tuple[Fact, list[tuple[Case, list[str]]]]]:
    """By table, the cases of `before` in which rows of this case count, with the rows' ids as they are written here."""
    for code in case.award.each_once:
        found = []
        for other, ids in same.with_rows(before, code, row_keys(case.award, code, case.facts)):
            counting = _counting(other, code)
            keys = None if counting is None else keys_of_ids(counting)
            if both := [one for one in ids if keys is None or not keys.keys().isdisjoint(keys_of_ids([one]))]:
                found.append((other, both))
        yield case.award.fact(code), found


def _counting(case: Case, code: str) -> frozenset[str] | None:
    """The ids of the rows that count in a case, by the law of its day: somebody engaged for too short a time then is
    paid for later. None, all of them, while it has no such day or cannot be judged."""
    if case.judged_on is None:
        return None
    try:
        return rows_counted(case.award, code, judge.values(case), case.judged_on, decided())
    except (judge.Unreadable, NotInForce):
        return None
