"""A year with two purses, organisations and their accounts, for the tests of the fund."""

import pytest
from django.db import connection

from tests.fund.cases import MILLION, NOW, Fund
from triplehelix.fund import actions, check
from triplehelix.records.parties import actions as parties

COPPER, ALUMINIUM = "91371502MAD011KW8U", "91371581MAD012KW0P"


@pytest.fixture
def payee(db):
    return parties.register_organisation(uscc=COPPER, name="澄湖鸿锐铜业（集团）有限公司", actor=None, now=NOW)


@pytest.fixture
def other(db):
    return parties.register_organisation(uscc=ALUMINIUM, name="云川铝业有限公司", actor=None, now=NOW)


@pytest.fixture
def purse(db):
    """20,000,000 yuan in 2026, of which 10,000,000 for 技术攻关."""
    actions.appropriate(year=2026, document="聊财教〔2026〕1号", actor=None, now=NOW)
    return actions.open_purse(year=2026, use="research", amount_fen=10 * MILLION, actor=None, now=NOW)


@pytest.fixture
def fund(purse, payee):
    """Short words for a promise and a payment; the counters are recomputed when the test ends."""
    yield Fund(purse, payee)
    assert not connection.needs_rollback
    assert check.problems() == []
