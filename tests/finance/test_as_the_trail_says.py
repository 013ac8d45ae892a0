"""Whoever changes a loan, its filing or what may be claimed for it behind the program is named by `verify`."""

import pytest

from tests.finance.words import WAN
from tests.records.forging import behind_the_program
from triplehelix.market.finance import actions, check


@pytest.fixture
def case(finance):
    """A filed loan that was lost in part, of which something was got back, and whose interest was claimed for."""
    made = finance.filed()
    finance.days(1)
    finance.pay(made, "interest", 100)
    finance.prove()
    finance.claim(made)
    finance.days(400)
    finance.lost(made, 10 * WAN)
    made.refresh_from_db()
    assert list(check.problems()) == []
    return made


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE finance_application SET due_on = '2020-01-01'", "机构、产品和状态"),
        ("UPDATE finance_consent SET until = '2099-01-01'", "授权"),
        ("UPDATE finance_consent SET fields = '{standing}'", "授权"),
        ("UPDATE finance_loan SET amount_fen = amount_fen * 2", "合同"),
        ("UPDATE finance_loan SET early_stage = NOT early_stage", "合同"),
        ("UPDATE finance_payment SET amount_fen = amount_fen + 1", "还款"),
        ("DELETE FROM finance_payment", "还款"),
        ("UPDATE finance_filing SET revoked_on = '2026-12-01'", "备案"),
        ("UPDATE finance_filing SET number = 'LKD-9'", "备案"),
        ("UPDATE finance_loss SET city_fen = 0, bank_fen = principal_fen - province_fen", "损失和追偿"),
        ("UPDATE finance_claim SET amount_fen = amount_fen + 100", "可申请的资金"),
        ("UPDATE finance_claim SET void_why = ''|| 'x'", "可申请的资金"),
    ],
)
def test_a_changed_row_is_named(case, change, named):
    behind_the_program(change)
    assert list(check.problems()) == [f"{case}：{named}与留痕不符"]


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE finance_qualification SET void_why = ''", "资格、年度和编号与留痕不符"),
        ("UPDATE finance_qualification SET year = 2025", "资格、年度和编号与留痕不符"),
        ("DELETE FROM finance_qualification", "资格 #"),
    ],
)
def test_a_changed_proof_is_named(finance, change, named):
    made = finance.proven()
    actions.answer_qualification(
        qualification=made, is_right=False, why="名单里没有", actor=finance.officer, now=finance.now
    )
    assert list(check.problems()) == []
    behind_the_program(change)
    (problem,) = check.problems()
    assert named in problem
