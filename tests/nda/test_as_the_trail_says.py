"""Whoever changes an agreement behind the program, to read what he may not, is named by `verify`."""

import pytest

from tests.diagnosis.conftest import as_the_trail_says  # noqa: F401 - a fixture
from tests.market.test_flow import published
from tests.market.test_needs import SECRET
from tests.nda.test_nda import agreed
from tests.records.forging import behind_the_program
from triplehelix.market.nda import check

pytestmark = pytest.mark.usefixtures("misplaced")


@pytest.fixture
def agreement(clerk, firm, stranger):
    made = agreed(published(clerk, firm, **SECRET), stranger, clerk)
    assert list(check.problems()) == []
    return made


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE nda_agreement SET state = 'declined'", "双方、状态和用途"),
        ("UPDATE nda_agreement SET purpose = '转给同行'", "双方、状态和用途"),
        ("UPDATE nda_agreement SET text = '没有约束'", "协议文本和签署件"),
        ("UPDATE nda_agreement SET answered_by_id = asked_by_id", "答复和终止"),
        ("UPDATE nda_agreement SET answered_at = NOW()", "答复和终止"),
    ],
)
def test_a_changed_row_is_named(agreement, change, named):
    behind_the_program(change)
    agreement.refresh_from_db()
    assert list(check.problems()) == [f"{agreement}：{named}与留痕不符"]


def test_an_agreement_that_is_gone_is_named(agreement):
    number = agreement.pk
    behind_the_program("DELETE FROM nda_agreement")
    assert list(check.problems()) == [f"保密协议 #{number} 不见了，留痕里有"]
