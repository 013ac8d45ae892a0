"""Whoever changes an introduction, its answers or its terms behind the program is named by `verify`."""

import pytest

from tests.records.forging import behind_the_program
from triplehelix.market.introductions import actions, check


@pytest.fixture
def negotiated(table):
    """An introduction from the invitation to terms both sides accepted, with an intent, words and a file."""
    made = table.talking()
    table.intent(made)
    table.propose(made)
    actions.say(introduction=made, text="分期可以再谈", actor=table.clerk, now=table.now)
    actions.lay(introduction=made, file=table.paper(), title="样品照片", actor=table.teacher, now=table.now)
    table.accept_terms(made, 1, table.teacher)
    assert list(check.problems()) == []
    made.refresh_from_db()
    return made


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE introductions_introduction SET percent = 99", "双方、邀请和状态"),
        ("UPDATE introductions_introduction SET need_accepted_at = NOW()", "双方的答复"),
        ("UPDATE introductions_introduction SET manager_id = invited_by_id", "技术经理人"),
        ("UPDATE introductions_meeting SET held_on = '2026-01-01'", "洽谈、考察"),
        ("DELETE FROM introductions_meeting", "洽谈、考察"),
        ("UPDATE introductions_version SET price_fen = 1", "条款版本"),
        ("UPDATE introductions_version SET need_accepted_at = NULL", "条款版本"),
        ("UPDATE introductions_intent SET amount_fen = 1", "意向"),
        ("UPDATE introductions_meeting SET void_why = '错'", "作废的洽谈、考察"),
        ("UPDATE introductions_intent SET void_why = '错'", "作废的意向"),
        ("DELETE FROM introductions_message", "留言和文件"),
        ("UPDATE introductions_paper SET side = 'need'", "留言和文件"),
    ],
)
def test_a_changed_row_is_named(negotiated, change, named):
    behind_the_program(change)
    assert list(check.problems()) == [f"{negotiated}：{named}与留痕不符"]


@pytest.mark.usefixtures("forged")
def test_an_introduction_that_is_gone_is_named(table):
    made = table.invited()
    behind_the_program("DELETE FROM introductions_introduction")
    assert list(check.problems()) == [f"引荐 #{made.pk} 不见了，留痕里有"]
