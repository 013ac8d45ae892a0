"""A market with one sale, and the city's rounds."""

from tests.contracts.conftest import market  # noqa: F401 - fixtures
