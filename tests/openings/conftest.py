"""A market with one sale, and the city's rounds."""

from tests.contracts.conftest import market  # noqa: F401 - fixtures
from tests.records.as_told import as_told
from triplehelix.procedure.openings import check

openings_are_as_told = as_told(check.problems)
