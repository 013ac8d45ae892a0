"""What is read from the ledger: filtered lines, months without gaps, the year's self-review, and their sheets."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.fund.cases import MILLION, NOW, YUAN, account_of
from triplehelix.foundation.sheet import read_table, write_csv, write_xlsx
from triplehelix.fund import actions, finds, sheets
from triplehelix.fund.models import Movement, Pool
from triplehelix.fund.selfreview import PARTS, self_review

SCORES = {"output": Decimal(50), "benefit": Decimal(30), "satisfaction": Decimal(10)}


def verbs(rows):
    return [one.verb for one in rows]


def test_movements_by_purse_verb_and_payee(fund, other):
    pool = fund.purse.pool
    second = actions.open_purse(year=2026, use="talent", amount_fen=MILLION, actor=None, now=NOW)
    fund.paid(fund.order(fund.commit()))
    fund.commit(purse=second, payee=other, amount_fen=YUAN)
    assert verbs(finds.movements(pool)) == [
        "appropriate",
        "open_purse",
        "open_purse",
        "commit",
        "order",
        "pay",
        "commit",
    ]
    assert verbs(finds.movements(pool, purse=fund.purse)) == ["open_purse", "commit", "order", "pay"]
    assert verbs(finds.movements(pool, verb="commit", payee=other)) == ["commit"]
    assert verbs(finds.movements(pool, payee=fund.payee)) == ["commit", "order", "pay"]
    assert set(verbs(Movement.objects.all())) <= finds.VERBS.keys()
    following = actions.carry_over(purse=second, actor=None, now=NOW.replace(year=2027))
    assert verbs(finds.movements(following.pool)) == ["carry_over"]
    assert verbs(finds.movements(pool, purse=second)) == ["open_purse", "commit", "carry_over"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_any_length_is_one_query(fund, count, django_assert_num_queries):
    pool = fund.purse.pool
    for n in range(count):
        fund.paid(fund.order(fund.commit(MILLION, f"{n}")))
    with django_assert_num_queries(1):
        assert len(list(sheets.ledger_sheet(finds.movements(pool)).rows)) == 2 + 3 * count
    with django_assert_num_queries(1):
        assert [int(one.paid) for one in finds.execution(pool)] == [count * MILLION]
    with django_assert_num_queries(2):
        self_review(pool, **SCORES)


def test_months_without_gaps(fund):
    august, october, new_year = (
        NOW.replace(month=m, day=d, hour=h) for m, d, h in ((8, 31, 17), (10, 1, 1), (12, 31, 16))
    )
    first = fund.commit(3 * MILLION, now=NOW.replace(month=8))
    fund.order(first, MILLION, now=august)  # 1 September at home: nothing of it is committed or paid
    second = fund.commit(2 * MILLION, "二", now=october)
    actions.release(commitment=second, amount_fen=MILLION, actor=None, now=new_year, why="终止")  # 1 January at home
    payment = fund.paid(fund.order(first, MILLION, part="2"))
    actions.return_payment(payment=payment, reason="退汇", actor=None, now=new_year)
    found = finds.execution(fund.purse.pool)
    assert [(one.month, int(one.committed), int(one.paid)) for one in found] == [
        (date(2026, 8, 1), 3 * MILLION, 0),
        (date(2026, 9, 1), 0, 0),
        (date(2026, 10, 1), 2 * MILLION, 0),
        (date(2026, 11, 1), 0, MILLION),
        (date(2026, 12, 1), 0, 0),
        (date(2027, 1, 1), -MILLION, -MILLION),
    ]
    fund.purse.refresh_from_db()
    assert (found[-1].committed_so_far, found[-1].paid_so_far) == (fund.purse.committed_fen, fund.purse.paid_fen)
    table = read_table(write_csv(*_given(sheets.execution_sheet(found))), name="x.csv")
    assert [table.rows[3].text(name) for name in ("月份", "用途", "本月支付（元）")] == [
        "2026-11",
        "技术攻关",
        "1000000.00",
    ]


def _given(sheet):
    return sheet.headings, sheet.rows


def test_a_year_nothing_happened_in_has_no_months(purse):
    assert finds.execution(purse.pool) == []


def test_the_ledger_as_a_workbook(fund):
    fund.commit(why="=1+1")
    table = read_table(write_xlsx([sheets.ledger_sheet(finds.movements(fund.purse.pool))]), name="x.xlsx")
    last = table.rows[-1]
    said = [last.text(name) for name in ("业务", "从", "到", "金额（元）", "单位", "摘要")]
    assert said == [
        "承诺", "2026 技术攻关 · 可用", "2026 技术攻关 · 已承诺", "1000000", "澄湖鸿锐铜业（集团）有限公司", "=1+1",
    ]  # fmt: skip
    assert last.cells["摘要"].problem is None  # text, no formula


def test_the_years_self_review(fund):
    promised = fund.commit(10 * MILLION)
    fund.paid(fund.order(promised, 9 * MILLION))
    late = fund.order(promised, MILLION, part="2")
    batch = actions.send_batch(payments=[late], actor=None, now=NOW)
    next_year = NOW.replace(year=2027, month=1)
    answer = actions.Answer(late.key, MILLION, paid=True)
    actions.record_bank_answer(batch=batch, answers=[answer], actor=None, now=next_year)
    review = self_review(Pool.objects.get(), **SCORES | {"output": Decimal("44.5")})
    assert (review.budget, review.executed, review.rate) == (20 * MILLION, 9 * MILLION, Fraction(9, 20))
    assert [one.score for one in review.parts] == [Decimal("4.50"), Decimal("44.50"), 30, 10]
    assert (review.total, review.grade) == (Decimal("89.00"), "良")
    rows = list(sheets.self_review_sheet(review).rows)
    assert rows[0][3] == "全年预算数 20,000,000.00 元，全年执行数 9,000,000.00 元，执行率 45.00%"
    assert rows[-1] == ("合计", 100, Decimal("89.00"), "良")


def test_money_carried_in_belongs_to_the_budget_it_can_be_spent_of(fund):
    following = actions.carry_over(purse=fund.purse, actor=None, now=NOW.replace(year=2027))
    held = fund.commit(2 * MILLION, purse=following, now=NOW.replace(year=2027))
    payment = fund.order(held, 2 * MILLION, now=NOW.replace(year=2027))
    batch = actions.send_batch(payments=[payment], actor=None, now=NOW.replace(year=2027))
    answer = actions.Answer(payment.key, 2 * MILLION, paid=True)
    actions.record_bank_answer(batch=batch, answers=[answer], actor=None, now=NOW.replace(year=2027))
    review = self_review(following.pool, **SCORES)
    assert (review.budget, review.executed) == (10 * MILLION, 2 * MILLION)
    assert (review.total, review.grade) == (Decimal("92.00"), "优")
    assert self_review(fund.purse.pool, **SCORES).rate == 0


@pytest.mark.parametrize(
    ("output", "grade"),
    [("50", "优"), ("49.99", "良"), ("40", "良"), ("39.99", "中"), ("20", "中"), ("19.99", "差"), ("0", "差")],
)
def test_grades_begin_where_the_document_says(purse, output, grade):
    review = self_review(purse.pool, **SCORES | {"output": Decimal(output)})  # nothing spent: 90 at most
    assert review.grade == grade
    assert sum(weight for _label, weight in PARTS.values()) == 100


@pytest.mark.parametrize(("part", "score"), [("output", "50.01"), ("benefit", "-1"), ("satisfaction", "9.999")])
def test_a_score_beyond_its_points_is_refused(purse, part, score):
    with pytest.raises(actions.Refused, match=f"得分 {score} 应在 0 与"):
        self_review(purse.pool, **SCORES | {part: Decimal(score)})


def test_what_has_not_arrived_is_what_is_still_to_be_paid(fund):
    """Not an order made anew under another key, nor one whose promise was released or taken up by another case."""
    held, pool = fund.commit(3 * MILLION), fund.purse.pool
    under_way = fund.order(held, MILLION, part="1")
    again = fund.order(held, MILLION, part="2")
    actions.return_payment(payment=again, reason="账户注销", actor=None, now=NOW)
    assert set(finds.not_arrived(pool)) == {under_way, again}
    anew = actions.resend(payment=again, account=account_of(fund.payee), actor=None, now=NOW)
    assert set(finds.not_arrived(pool)) == {under_way, anew}
    for one in (under_way, anew):
        actions.cancel_order(payment=one, reason="撤销", actor=None, now=NOW)
    actions.release(commitment=held, actor=None, now=NOW, why="撤销")
    assert not finds.not_arrived(pool)
