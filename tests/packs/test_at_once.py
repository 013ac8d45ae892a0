"""Awards under one cap, decided at the same moment: the second waits and sees what the first has given."""

import pytest

from tests.fund.test_race import at_once
from tests.packs.test_rules import sale, voucher
from triplehelix.procedure.cases.models import Case
from triplehelix.records.steps.actions import take


@pytest.fixture
def db(transactional_db):
    """The invented city where what is done is committed: two threads see each other's."""


def test_two_awards_under_one_cap_never_pass_it(city, deciding):
    """第十八条: at most 300,000 yuan; alone they come to 300,000 and 110,000."""
    both = [deciding("M4.17-buyer", sale("1", 600)), deciding("M4.16", voucher("2", 900_000))]

    def decide(case):
        return take(case=case, step="decide", actor=city.officer, now=city.now, seen_version=case.version)

    found = at_once(*[lambda case=case: decide(case) for case in both])
    granted = sorted(Case.objects.values_list("granted_fen", flat=True).filter(granted_fen__isnull=False))
    assert sum(granted) == 30_000_000, (granted, found)
