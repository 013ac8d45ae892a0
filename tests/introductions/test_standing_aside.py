"""回避: whoever acts for a side of an introduction does not look after it for both."""

import pytest

from tests.market.conftest import member
from triplehelix.market.introductions import actions
from triplehelix.records.parties.rules import Invalid

pytestmark = pytest.mark.django_db


def test_who_acts_for_a_side_is_not_named(table):
    made = table.invited()
    member(table.manager, table.university)
    with pytest.raises(Invalid, match="代表其中一方"):
        actions.assign(manager=table.manager, **table.on(made, table.officer))


def test_who_comes_to_act_for_a_side_looks_after_it_no_more(table):
    made = actions.assign(manager=table.manager, **table.on(table.invited(), table.officer))
    made = actions.agree_to_manage(**table.on(made, table.manager))
    member(table.manager, table.firm)
    assert "manager" not in made.relations_of(table.manager, table.now)
    assert "need" in made.relations_of(table.manager, table.now)
