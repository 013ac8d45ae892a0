"""The people of the market's tests, for the figures over them."""

from tests.contracts.conftest import *  # noqa: F403
from tests.market.conftest import (  # noqa: F401 - fixtures
    auditor,
    clerk,
    county,
    firm,
    officer,
    other_county,
    stranger,
)
