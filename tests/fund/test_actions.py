"""Money from the finance document to the payee's account and back, every refusal with its figures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.fund.cases import MILLION, NOW, YUAN, account_of
from triplehelix.fund import actions, check
from triplehelix.fund.actions import Refused
from triplehelix.fund.models import Commitment, Movement, Payment, Pool, Purse
from triplehelix.records.parties import actions as parties
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db
NEXT = NOW.replace(year=2027)


def do(action, **given):
    return action(**{"actor": None, "now": NOW, **given})


def fen(row):
    row.refresh_from_db()
    return (row.amount_fen, row.ordered_fen, row.paid_fen)


def test_from_the_document_to_the_account(fund):
    promised = fund.commit(3 * MILLION)
    assert (promised.state, promised.purse.committed_fen) == ("open", 3 * MILLION)
    payment = fund.order(promised, MILLION)
    assert fen(promised) == (3 * MILLION, MILLION, 0)
    fund.paid(payment)
    assert fen(promised) == (3 * MILLION, 0, MILLION)
    assert payment.state == "paid"
    fund.purse.refresh_from_db()
    assert (fund.purse.committed_fen, fund.purse.paid_fen) == (3 * MILLION, MILLION)
    rows = Movement.objects.filter(commitment=promised).values_list("credit", "debit", "amount_fen")
    assert list(rows) == [
        ("purse", "committed", 3 * MILLION),
        ("committed", "ordered", MILLION),
        ("ordered", "paid", MILLION),
    ]
    verbs = Entry.objects.filter(subject_kind="fund.commitment").values_list("verb", flat=True)
    assert list(verbs) == ["commit", "order", "send", "pay"]
    fund.paid(fund.order(promised, 2 * MILLION, part="2"))
    promised.refresh_from_db()
    assert promised.state == "paid"


def test_asked_twice_done_once(fund):
    promised = fund.commit()
    assert fund.commit() == promised
    payment = fund.order(promised)
    assert fund.order(promised) == payment
    fund.paid(payment)
    assert fund.order(promised) == payment
    assert do(actions.appropriate, year=2026, document="聊财教〔2026〕1号").amount_fen == 20 * MILLION
    assert Payment.objects.count() == 1
    assert Movement.objects.count() == 5
    assert Pool.objects.get().appropriated_fen == 20 * MILLION


@pytest.mark.parametrize("change", [{"amount_fen": 2 * MILLION}, {"case_ref": "case:2"}])
def test_one_matter_is_promised_once(fund, change):
    fund.commit()
    with pytest.raises(Refused, match=r"“铜箔项目”（2026 年度，M3\.2）已经承诺 1,000,000\.00 元"):
        fund.commit(**change)
    second = do(actions.open_purse, year=2026, use="talent", amount_fen=MILLION)
    with pytest.raises(Refused, match=r"不能重复承诺"):
        fund.commit(purse=second)
    assert Commitment.objects.count() == 1


def test_no_more_than_the_purse_has(fund):
    fund.commit(9 * MILLION)
    with pytest.raises(
        Refused, match=r"额度 10,000,000.00 元，已承诺 9,000,000.00 元，只剩 1,000,000.00 元，不够承诺 1,000,000.01 元"
    ):
        fund.commit(MILLION + 1, "第二件")
    assert fund.commit(MILLION, "第二件").amount_fen == MILLION
    assert Commitment.objects.count() == 2


def test_no_more_than_was_promised(fund):
    promised = fund.commit()
    fund.order(promised, 400_000 * YUAN)
    with pytest.raises(Refused, match=r"只剩 600,000.00 元，不够支付 600,000.01 元"):
        fund.order(promised, 600_000 * YUAN + 1, part="2")
    with pytest.raises(Refused, match=r"第 1 期已经开单 400,000.00 元"):
        fund.order(promised, 500_000 * YUAN)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "100", 10**15])
def test_amounts_are_whole_fen(fund, wrong):
    with pytest.raises(Refused, match=r"金额"):
        fund.commit(wrong)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "云川铝业有限公司"}, "户名“云川铝业有限公司”与收款单位“澄湖鸿锐铜业（集团）有限公司”不一致"),
        ({"name": "澄湖鸿锐铜业集团有限公司"}, "不一致"),
        ({"number": "1234567"}, "账号“1234567”应为 8 至 32 位数字"),
        ({"number": "1" * 33}, "应为 8 至 32 位数字"),
        ({"number": "62220202OO112233"}, "应为 8 至 32 位数字"),
        ({"bank": " "}, "请填写开户行"),
        ({"bank_code": "12345"}, "联行号“12345”应为 12 位数字"),
    ],
)
def test_money_goes_to_the_unit_itself(fund, change, message):
    promised = fund.commit()
    with pytest.raises(Refused, match=message):
        fund.order(promised, account=replace(account_of(fund.payee), **change))
    assert not Payment.objects.exists()


def test_width_and_blanks_of_a_name_do_not_matter(fund):
    account = replace(
        account_of(fund.payee),
        name="澄湖鸿锐铜业(集团) 有限公司",
        number="６２２２ 0202-0011 2233 445",
        bank_code="104471000012",
    )
    payment = fund.order(fund.commit(), account=account)
    assert (payment.account_number, payment.bank_code) == ("6222020200112233445", "104471000012")


def test_a_returned_payment_reopens_and_is_sent_anew(fund):
    promised = fund.commit()
    payment = fund.order(promised)
    batch = do(actions.send_batch, payments=[payment])
    answer = actions.Answer(payment.key, MILLION, paid=False, reason="账号户名不符")
    done = do(actions.record_bank_answer, batch=batch, answers=[answer])
    assert [p.key for p in done.returned] == [payment.key]
    assert fen(promised) == (MILLION, 0, 0)
    told = Entry.objects.get(verb="return")
    assert (told.subject_kind, told.subject_id, told.why) == ("fund.commitment", str(promised.pk), "账号户名不符")
    assert told.data["case_ref"] == "case:1"
    with pytest.raises(Refused, match=r"账号户名不符"):
        fund.order(promised)
    again = do(actions.resend, payment=payment, account=account_of(fund.payee, number="371502000000000001"))
    assert again.key != payment.key
    assert (again.attempt, again.amount_fen, again.state) == (2, MILLION, "ordered")
    assert do(actions.resend, payment=payment, account=account_of(fund.payee)) == again
    with pytest.raises(Refused, match=r"没有退回"):
        do(actions.resend, payment=again, account=account_of(fund.payee))
    fund.paid(again)
    assert fen(promised) == (MILLION, 0, MILLION)


def test_a_payment_comes_back_after_it_was_paid(fund):
    promised = fund.commit()
    payment = fund.paid(fund.order(promised))
    assert do(actions.return_payment, payment=payment, reason="银行退汇").state == "returned"
    assert do(actions.return_payment, payment=payment, reason="银行退汇").state == "returned"
    assert fen(promised) == (MILLION, 0, 0)
    assert do(actions.release, commitment=promised, why="单位注销").state == "released"
    fund.purse.refresh_from_db()
    assert fund.purse.committed_fen == 0
    with pytest.raises(Refused, match=r"只剩 0.00 元"):
        do(actions.resend, payment=payment, account=account_of(fund.payee))


def test_released_and_promised_again(fund):
    promised = fund.commit()
    fund.order(promised, 400_000 * YUAN)
    with pytest.raises(Refused, match=r"只能收回 600,000.00 元，不能收回 600,000.01 元"):
        do(actions.release, commitment=promised, amount_fen=600_000 * YUAN + 1, why="终止")
    assert do(actions.release, commitment=promised, why="终止").amount_fen == 400_000 * YUAN
    other = fund.commit(subject="另一件")
    assert do(actions.release, commitment=other, why="终止").state == "released"
    assert do(actions.release, commitment=other, why="终止").state == "released"
    assert fund.commit(2 * MILLION, "另一件", case_ref="case:9") == other
    other.refresh_from_db()
    assert (other.amount_fen, other.case_ref) == (2 * MILLION, "case:9")


def test_a_refund_goes_to_the_treasury(fund):
    promised = fund.commit()
    fund.paid(fund.order(promised))
    given = {"commitment": promised, "receipt": "缴0001", "why": "项目终止，结余缴回"}
    made = do(actions.refund, amount_fen=300_000 * YUAN, **given)
    for receipt in ("缴0001", "缴０００１", "\u202e缴\u200b0001 "):
        assert do(actions.refund, amount_fen=300_000 * YUAN, **given | {"receipt": receipt}) == made
    with pytest.raises(Refused, match=r"已经登记过 300,000.00 元"):
        do(actions.refund, amount_fen=200_000 * YUAN, **given)
    with pytest.raises(Refused, match=r"已支付 1,000,000.00 元，已缴回 300,000.00 元，不能再缴回 700,000.01 元"):
        do(actions.refund, amount_fen=700_000 * YUAN + 1, **given | {"receipt": "缴0002"})
    fund.purse.refresh_from_db()
    assert (fund.purse.free, fund.purse.refunded_fen) == (9 * MILLION, 300_000 * YUAN)
    payment = Payment.objects.get()
    with pytest.raises(Refused, match=r"已有 300,000.00 元 缴回国库"):
        do(actions.return_payment, payment=payment, reason="银行退汇")


def test_documents_add_and_reduce(fund):
    do(actions.appropriate, year=2026, document="聊财教〔2026〕9号", amount_fen=5 * MILLION)
    assert Pool.objects.get().appropriated_fen == 25 * MILLION
    with pytest.raises(Refused, match=r"尚未分配的只有 15,000,000.00 元，不能核减 15,000,000.01 元"):
        do(actions.appropriate, year=2026, document="聊财教〔2026〕10号", amount_fen=-15 * MILLION - 1)
    do(actions.appropriate, year=2026, document="聊财教〔2026〕10号", amount_fen=-15 * MILLION)
    with pytest.raises(Refused, match=r"已经登记过，金额是 5,000,000.00 元"):
        do(actions.appropriate, year=2026, document="聊财教〔2026〕9号", amount_fen=6 * MILLION)
    with pytest.raises(Refused, match=r"尚未分配的只有 0.00 元，不够 1.00 元"):
        do(actions.open_purse, year=2026, use="talent", amount_fen=100)
    with pytest.raises(Refused, match=r"2027 年度还没有登记预算文件"):
        do(actions.open_purse, year=2027, use="talent", amount_fen=100)
    assert not Purse.objects.filter(use="talent").exists()


def test_a_purse_is_adjusted_within_what_is_free(fund):
    fund.commit(9 * MILLION)
    with pytest.raises(Refused, match=r"未承诺的只有 1,000,000.00 元，不能调减 1,000,000.01 元"):
        do(actions.change_purse, purse=fund.purse, by_fen=-MILLION - 1, why="调剂")
    assert do(actions.change_purse, purse=fund.purse, by_fen=-MILLION, why="调剂").amount_fen == 9 * MILLION
    assert do(actions.change_purse, purse=fund.purse, by_fen=11 * MILLION, why="调剂").amount_fen == 20 * MILLION
    with pytest.raises(Refused, match=r"不够 0.01 元"):
        do(actions.change_purse, purse=fund.purse, by_fen=1, why="调剂")


def test_a_wrong_entry_is_put_right_by_a_second(fund):
    do(actions.appropriate, year=2026, document="错的", amount_fen=7 * MILLION)
    wrong = Movement.objects.get(why="错的")
    made = do(actions.correct, movement=wrong, why="金额登记错误")
    assert (made.debit, made.credit, made.corrects_id) == ("treasury", "pool", wrong.pk)
    assert do(actions.correct, movement=wrong, why="金额登记错误") == made
    assert Pool.objects.get().appropriated_fen == 20 * MILLION
    with pytest.raises(Refused, match=r"冲正后以“文号（更正）”重新登记"):
        do(actions.appropriate, year=2026, document="错的", amount_fen=7 * MILLION)
    with pytest.raises(Refused, match=r"不能直接冲正"):
        do(actions.correct, movement=made, why="再冲")
    opened = Movement.objects.get(verb="open_purse")
    fund.order(fund.commit())
    with pytest.raises(Refused, match=r"不能冲正：其中的 10,000,000.00 元"):
        do(actions.correct, movement=opened, why="开错了")
    with pytest.raises(Refused, match=r"支付请办理退回"):
        do(actions.correct, movement=Movement.objects.get(verb="order"), why="开错了")


def test_money_is_carried_for_two_years(fund):
    fund.commit(4 * MILLION)
    with pytest.raises(Refused, match=r"2026 年度还没有结束"):
        do(actions.carry_over, purse=fund.purse)
    first_day = datetime(2026, 12, 31, 16, tzinfo=UTC)  # 1 January at home
    second = do(actions.carry_over, purse=fund.purse, now=first_day)
    assert (second.year, second.origin_year, second.amount_fen) == (2027, 2026, 6 * MILLION)
    assert do(actions.carry_over, purse=fund.purse, now=first_day) == second
    with pytest.raises(Refused, match=r"2027 年度还没有结束"):
        do(actions.carry_over, purse=second, now=first_day)
    later = NOW.replace(year=2028)
    third = do(actions.carry_over, purse=second, now=later)
    assert (third.year, third.amount_fen) == (2028, 6 * MILLION)
    with pytest.raises(Refused, match=r"“2028 技术攻关（2026 结转）”已结转满 2 个会计年度"):
        do(actions.carry_over, purse=third, now=NOW.replace(year=2029))
    with pytest.raises(Refused, match=r"“2026 技术攻关”的年度已过，请先结转再承诺"):
        fund.commit(subject="后来的", now=later)
    assert fund.commit(6 * MILLION, "后来的", purse=third, now=later).purse_id == third.pk


def test_what_was_released_is_promised_from_another_purse_and_only_there(fund):
    promised = fund.commit(4 * MILLION)
    taken_back = fund.order(promised, MILLION)
    do(actions.return_payment, payment=taken_back, reason="销户")
    carried = do(actions.carry_over, purse=fund.purse, now=NEXT)
    with pytest.raises(Refused, match=r"不能重复承诺"):
        fund.commit(4 * MILLION, purse=carried, now=NEXT)
    do(actions.release, commitment=promised, why="重新决定", now=NEXT)
    again = fund.commit(2 * MILLION, purse=carried, now=NEXT)
    assert (again.pk, again.purse_id, fen(again)) == (promised.pk, carried.pk, (2 * MILLION, 0, 0))
    assert (fen(fund.purse)[0], fund.purse.committed_fen) == (4 * MILLION, 0)
    with pytest.raises(Refused, match=r"不能重复承诺"):
        fund.commit(2 * MILLION, now=NEXT)
    for wrong in Movement.objects.filter(verb__in=("commit", "release"), debit_purse=fund.purse):
        with pytest.raises(Refused, match=r"后来改在“2027 技术攻关（2026 结转）”办理"):
            do(actions.correct, movement=wrong, why="登记错误")
    # What was read before it moved is paid, and ordered again, where it is now.
    fund.paid(fund.order(promised, MILLION, part="2"))
    do(actions.resend, payment=taken_back, account=account_of(fund.payee))
    carried.refresh_from_db()
    assert (carried.committed_fen, carried.ordered_fen, carried.paid_fen) == (2 * MILLION, MILLION, MILLION)


@pytest.mark.parametrize("by_fen", [-1, 1])
def test_carried_money_is_not_mixed_with_the_years(fund, by_fen):
    carried = do(actions.carry_over, purse=fund.purse, now=NEXT)
    do(actions.appropriate, year=2027, document="聊财教〔2027〕1号")
    do(actions.open_purse, year=2027, use="research", amount_fen=MILLION)
    with pytest.raises(Refused, match=r"“2027 技术攻关（2026 结转）”是结转资金"):
        do(actions.change_purse, purse=carried, by_fen=by_fen, why="调剂")


def test_a_closed_year_pays_and_promises_nothing(fund):
    promised = fund.commit()
    with pytest.raises(Refused, match=r"2026 年度还没有结束"):
        do(actions.close_year, year=2026)
    assert do(actions.close_year, year=2026, now=NEXT) == 19 * MILLION
    assert do(actions.close_year, year=2026, now=NEXT) == 0
    for refused in (
        lambda: fund.commit(subject="太晚"),
        lambda: do(actions.change_purse, purse=fund.purse, by_fen=1, why="调剂"),
        lambda: do(actions.appropriate, year=2026, document="太晚"),
    ):
        with pytest.raises(Refused, match=r"已经年终关账"):
            refused()
    fund.paid(fund.order(promised, 600_000 * YUAN))
    do(actions.release, commitment=promised, why="结余")
    assert do(actions.close_year, year=2026, now=NEXT) == 400_000 * YUAN
    assert Entry.objects.filter(subject_kind="fund.pool", verb="close_year").count() == 2


def test_the_finance_desk_is_the_finance_bureaus(fund, other):
    stranger = parties.create_account(email="a@example.com", name="某人", password=None, actor=None, now=NOW)
    officer = parties.create_account(email="f@example.com", name="财政", password=None, actor=None, now=NOW)
    day = timezone.localdate(NOW) - timedelta(days=30)
    parties.appoint(account=officer, role="finance_officer", unit="", since=day, actor=None, now=NOW)
    payment = fund.order(fund.commit())
    with pytest.raises(Refused, match=r"只有市财政局工作人员可以办理"):
        do(actions.send_batch, payments=[payment], actor=stranger)
    assert do(actions.send_batch, payments=[payment], actor=officer).number == "2026-0001"
    with pytest.raises(Refused, match=r"已是“已送银行”"):
        do(actions.send_batch, payments=[payment], actor=officer)
    second = do(actions.send_batch, payments=[fund.order(fund.commit(subject="二"))], actor=officer)
    assert (second.number, second.count, second.total_fen) == ("2026-0002", 1, MILLION)


def test_a_bank_answer_lands_whole_or_not_at_all(fund):
    first, second, stranger = (fund.order(fund.commit(subject=str(n))) for n in range(3))
    batch = do(actions.send_batch, payments=[first, second])
    good = actions.Answer(first.key, MILLION, paid=True, row=2)
    wrong = [
        (actions.Answer(second.key, MILLION - 1, paid=True, row=3), "amount"),
        (actions.Answer(second.key, MILLION, paid=False, row=3), "reason"),
        (actions.Answer(first.key, MILLION, paid=True, row=3), "key"),
        (actions.Answer(stranger.key, MILLION, paid=True, row=3), "key"),
        (actions.Answer("2026XXXX", MILLION, paid=True, row=3), "key"),
    ]
    for bad, field in wrong:
        with pytest.raises(Refused, match=r"第 3 行") as told:
            do(actions.record_bank_answer, batch=batch, answers=[good, bad])
        assert [(row, name) for row, name, _message in told.value.errors] == [(3, field)]
    assert set(Payment.objects.values_list("state", flat=True)) == {"sent", "ordered"}
    back = actions.Answer(second.key, MILLION, paid=False, reason="销户", row=3)
    done = do(actions.record_bank_answer, batch=batch, answers=[good, back])
    assert (len(done.paid), len(done.returned), done.unchanged) == (1, 1, 0)
    count = Movement.objects.count(), Entry.objects.count()
    done = do(actions.record_bank_answer, batch=batch, answers=[good, back])
    assert (done.paid, done.returned, done.unchanged) == ((), (), 2)
    assert count == (Movement.objects.count(), Entry.objects.count())
    with pytest.raises(Refused, match=r"已经登记为退回（销户），不能再登记为已支付"):
        do(actions.record_bank_answer, batch=batch, answers=[replace(back, paid=True)])


def test_the_database_itself_refuses(fund):
    promised = fund.commit()
    payment = fund.order(promised)
    for sql in (
        f"UPDATE fund_purse SET committed_fen = amount_fen + 1 WHERE id = {fund.purse.pk}",
        f"UPDATE fund_purse SET paid_fen = committed_fen WHERE id = {fund.purse.pk}",
        f"UPDATE fund_commitment SET paid_fen = 1 WHERE id = {promised.pk}",
        "UPDATE fund_pool SET allocated_fen = appropriated_fen + 1",
        "UPDATE fund_movement SET amount_fen = amount_fen + 1",
        "DELETE FROM fund_movement",
        f"UPDATE fund_payment SET state = 'paid' WHERE id = {payment.pk}",
        "UPDATE fund_purse SET year = 2029",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    copy = Payment.objects.get()
    copy.pk, copy.attempt, copy.key = None, 2, "x"
    with pytest.raises(IntegrityError, match=r"payment_part_paid_once"), transaction.atomic():
        copy.save(force_insert=True)


def test_a_counter_that_lies_is_named(fund):
    promised = fund.commit()
    fund.paid(fund.order(promised))
    lies = [
        (f"UPDATE fund_purse SET amount_fen = amount_fen + 1 WHERE id = {fund.purse.pk}", "purse", "amount_fen"),
        ("UPDATE fund_pool SET appropriated_fen = appropriated_fen + 1", "pool", "appropriated_fen"),
        (f"UPDATE fund_commitment SET paid_fen = 1 WHERE id = {promised.pk}", "commitment", "paid_fen"),
        ("UPDATE fund_payment SET state = 'sent'", "commitment", "ordered_fen"),
        (f"UPDATE fund_purse SET committed_fen = 99 + paid_fen WHERE id = {fund.purse.pk}", "purse", "committed_fen"),
    ]  # fmt: skip
    for sql, kind, field in lies:
        sid = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute(sql)
        found = {(one.kind, one.field): one for one in check.problems()}
        transaction.savepoint_rollback(sid)
        assert "应为" in found[kind, field].message
