"""A market with one sale, and the city's rounds."""

from tests.contracts.conftest import auditor, clerk, firm, market, officer, stranger  # noqa: F401 - fixtures
