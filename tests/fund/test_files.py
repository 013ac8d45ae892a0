"""The payment file and the bank's answer: what goes out comes back, and what cannot be read changes nothing."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.fund.cases import MILLION, NOW
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import EXAMPLE_MARK, Sheet, read_table, write_csv, write_xlsx
from triplehelix.fund import actions, files
from triplehelix.fund.actions.answers import faults
from triplehelix.records.steps.actions import Refused

HEAD = ["支付编号", "金额（元）", "结果", "退回原因"]


@pytest.fixture
def batch(fund):
    return actions.send_batch(payments=[fund.order(fund.commit())], actor=None, now=NOW)


@pytest.mark.parametrize("write", [files.as_xlsx, files.as_csv])
def test_the_file_says_who_gets_what_where(batch, write):
    table = read_table(write(batch), name="清单.xlsx" if write is files.as_xlsx else "清单.csv")
    assert table.headers == files.HEADINGS
    (row,) = table.rows
    said = {name: cell.text for name, cell in row.cells.items()}
    payment = batch.payments.get()
    assert said["支付编号"] == payment.key
    assert said["账号"] == "6222020200112233445"  # all nineteen digits, not 6.22E+18
    assert said["收款单位"] == said["户名"] == "澄湖鸿锐铜业（集团）有限公司"
    assert float(said["金额（元）"]) == 1_000_000


def test_an_odd_account_number_is_told_beside_the_line(batch):
    (line,) = files.lines(batch)
    assert line.warnings == () or "Luhn" in line.warnings[0]


def test_the_answer_is_read_with_the_banks_own_words(batch):
    key = batch.payments.get().key
    content = write_csv(["附言", "交易金额", "交易状态", "原因"], [[key, "1,000,000.00", "交易失败", "账号不符"]])
    (answer,) = files.read_answer(content, "回单.csv")
    assert (answer.key, answer.amount_fen, answer.paid, answer.reason) == (key, MILLION, False, "账号不符")
    found = actions.record_bank_answer(batch=batch, answers=[answer], actor=None, now=NOW)
    assert len(found.returned) == 1


def test_the_form_of_an_answer_asks_only_for_the_outcome(batch):
    """The number and the amount stand in it; left as it is, the outcome is what is missing, and nothing else."""
    key, form = batch.payments.get().key, files.answer_form(batch)
    with pytest.raises(files.BadAnswer) as wrong:
        files.read_answer(form, "回单.xlsx")
    assert [(e.row, e.column) for e in files.wrong_cells(batch, wrong.value)] == [(2, "结果")]
    book = load_workbook(io.BytesIO(form))
    book.worksheets[0]["C2"] = "成功"
    out = io.BytesIO()
    book.save(out)
    (answer,) = files.read_answer(out.getvalue(), "回单.xlsx")
    assert (answer.key, answer.amount_fen, answer.paid) == (key, MILLION, True)
    actions.record_bank_answer(batch=batch, answers=[answer], actor=None, now=NOW)
    assert load_workbook(io.BytesIO(files.answer_form(batch))).worksheets[0]["A2"].value.startswith(EXAMPLE_MARK)


def test_every_wrong_cell_is_named(batch):
    rows = [["", "1", "成功", ""], ["K2", "一百", "成功", ""], ["K3", "1", "也许", ""], ["K4", "1", "退回", ""]]
    with pytest.raises(files.BadAnswer) as wrong:
        files.read_answer(write_xlsx([Sheet("回单", HEAD, rows)]), "回单.xlsx")
    assert [(e.row, e.column) for e in wrong.value.errors] == [(2, "支付编号"), (3, "金额（元）"), (4, "结果")]
    # What cannot be read and what does not fit the batch are told in one pass, under the columns' own names.
    assert [(e.row, e.column) for e in files.wrong_cells(batch, wrong.value)] == [
        (2, "支付编号"), (3, "支付编号"), (3, "金额（元）"), (4, "支付编号"), (4, "结果"),
        (5, "支付编号"), (5, "退回原因"),
    ]  # fmt: skip
    assert batch.payments.get().state == "sent"
    with pytest.raises(files.SheetError):
        files.read_answer(b"%PDF-1.4", "回单.pdf")


def test_what_does_not_fit_is_named_by_the_columns_people_see(batch):
    payment = batch.payments.get()
    lines = [actions.Answer(payment.key, MILLION - 1, paid=False, row=2)]
    with pytest.raises(Refused) as wrong:
        actions.record_bank_answer(batch=batch, answers=lines, actor=None, now=NOW)
    cells = files.wrong_cells(batch, wrong.value)
    assert [(e.row, e.column, e.code) for e in cells] == [(2, "退回原因", "reason"), (2, "金额（元）", "amount")]
    actions.record_bank_answer(
        batch=batch, answers=[actions.Answer(payment.key, MILLION, paid=False, reason="销户")], actor=None, now=NOW
    )
    again = [actions.Partial(payment.key, None, paid=True, row=2)]
    assert [(row, field) for row, field, _message in faults(batch=batch, lines=again)] == [(2, "outcome")]


@given(
    st.lists(
        st.tuples(
            st.text("ABCDEFGH234567", min_size=6, max_size=20),
            st.integers(1, 10**13),
            st.booleans(),
            st.text("账户名不符 =+-@", min_size=1, max_size=20).filter(lambda t: t.strip()),
        ),
        min_size=1, max_size=8,
    ),
    st.booleans(),
)  # fmt: skip
def test_whatever_the_bank_says_comes_through_a_sheet_unchanged(rows, as_workbook):
    lines = [[key, Fen(fen), "成功" if paid else "退回", "" if paid else why] for key, fen, paid, why in rows]
    content = write_xlsx([Sheet("回单", HEAD, lines)]) if as_workbook else write_csv(HEAD, lines)
    found = files.read_answer(content, "回单.xlsx" if as_workbook else "回单.csv")
    assert [(a.key, a.amount_fen, a.paid) for a in found] == [(key, fen, paid) for key, fen, paid, _why in rows]
