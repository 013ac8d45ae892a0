"""What every test of agreements ends with."""

from tests.records.as_told import as_told
from triplehelix.market.nda import check

agreements_are_as_told = as_told(check.problems)
