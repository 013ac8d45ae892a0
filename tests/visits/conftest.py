"""What every test of visits ends with."""

from tests.records.as_told import as_told
from triplehelix.market.visits import check

visits_are_as_told = as_told(check.problems)
