"""A corpus in which a true answer stands out, and people who keep searches in it."""

from tests.matching_index.conftest import committed, house, words_only  # noqa: F401 - fixtures
