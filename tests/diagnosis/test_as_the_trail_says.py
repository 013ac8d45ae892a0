"""Whoever changes a diagnosis behind the program, above all when it was answered, is named by `verify`."""

import pytest

from tests.diagnosis.conftest import NOW, judged, opened, taken
from tests.records.forging import behind_the_program
from triplehelix.market.diagnosis import actions, check

pytestmark = pytest.mark.usefixtures("misplaced")


@pytest.fixture
def case(clerk, firm, manager):
    """Asked about, answered, looked at again."""
    made = judged(taken(opened(clerk, firm), manager), manager, "refine")
    made = actions.answer(
        diagnosis=made, answers={1: "八微米"}, actor=clerk, now=NOW, seen_version=made.version
    )  # fmt: skip
    made = judged(made, manager)
    assert list(check.problems()) == []
    return made


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE diagnosis_diagnosis SET answered_at = answered_at - INTERVAL '9 days'", "结论和答复时间"),
        ("UPDATE diagnosis_diagnosis SET first_due_on = '2027-06-30'", "需求、状态和期限"),
        ("UPDATE diagnosis_diagnosis SET started_at = NOW()", "需求、状态和期限"),
        ("UPDATE diagnosis_diagnosis SET state = 'long_term'", "需求、状态和期限"),
        ("UPDATE diagnosis_diagnosis SET reason = '改过的理由'", "结论和答复时间"),
        ("UPDATE diagnosis_diagnosis SET assigned_to_id = NULL", "承办"),
        ("DELETE FROM diagnosis_question", "问题和回答"),
        ("UPDATE diagnosis_question SET answered_at = NOW()", "问题和回答"),
    ],
)
def test_a_changed_row_is_named(case, change, named):
    behind_the_program(change)
    assert list(check.problems()) == [f"{case}：{named}与留痕不符"]


def test_a_diagnosis_that_is_gone_is_named(case):
    behind_the_program("DELETE FROM diagnosis_diagnosis")
    assert list(check.problems()) == [f"会诊 #{case.pk} 不见了，留痕里有"]
