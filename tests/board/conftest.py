"""The people of the market's tests, for the figures over them."""

from tests.contracts.conftest import *  # noqa: F403
