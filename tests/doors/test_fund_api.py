"""The fund over the API: what the page says; payments ordered, sent, answered by the finance bureau and nobody else."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tests.cases.conftest import city, paying  # noqa: F401 - fixtures
from tests.doors.callers import Caller, done, fields
from tests.doors.test_fund_page import pay
from triplehelix.doors.handed import XLSX
from triplehelix.fund.models import Movement, Payment, Purse
from triplehelix.procedure.cases.models import Case


def said(payment, outcome="成功", yuan="10000.00", reason=""):
    rows = ["支付编号,金额（元）,结果,退回原因", f"{payment.key},{yuan},{outcome},{reason}"]
    return SimpleUploadedFile("answer.csv", "\n".join(rows).encode("utf-8"))


def test_a_year_is_read_by_the_offices(finance, officer, clerk, firm, purse):
    pay(purse, firm, "首拨")
    read = done(Caller(officer).get("/api/fund"))
    assert (read["year"], read["appropriated_fen"], read["free_fen"]) == (2026, 10_000_000, 4_000_000)
    (one,) = read["purses"]
    assert (one["amount_fen"], one["committed_fen"], one["ordered_fen"], one["free_fen"]) == (
        6_000_000, 1_000_000, 1_000_000, 5_000_000,
    )  # fmt: skip
    assert (read["not_arrived"][0]["account_tail"], read["to_send"], read["to_order"]) == ("0001", 1, 0)
    moves = done(Caller(finance).get("/api/fund/movements", year=2026))
    assert moves["total"] == Movement.objects.count() and moves["items"][0]["subject"] == "首拨"
    assert Caller(finance).get("/api/fund", year=2025).status_code == 404
    assert Caller(clerk).get("/api/fund").status_code == 404


def test_payments_go_to_the_bank_in_one_file_and_its_answer_is_read_whole(finance, officer, firm, purse):
    first, second = pay(purse, firm, "首拨"), pay(purse, firm, "二拨")
    bureau = Caller(finance)
    assert Caller(officer).post("/api/fund/batches", {}).status_code == 404
    batch = done(bureau.post("/api/fund/batches", {}), 201)
    assert (batch["count"], batch["total_fen"], batch["left_out"]) == (2, 2_000_000, [])
    assert [one["key"] for one in batch["payments"]] == [first.key, second.key]
    assert bureau.post("/api/fund/batches", {}).status_code == 409, "nothing waits any more"
    address = f"/api/fund/batches/{batch['id']}"
    book = bureau.get(f"{address}/file.xlsx")
    assert book["Content-Type"] == XLSX
    cells = {cell for row in load_workbook(BytesIO(book.content)).active.iter_rows(values_only=True) for cell in row}
    assert {first.key, second.key} <= cells
    assert first.key in bureau.get(f"{address}/file.csv").content.decode("utf-8-sig")
    assert bureau.get(f"{address}/file.pdf").status_code == 422
    for part in ("file.xlsx", "file.csv"):
        assert Caller(officer).get(f"{address}/{part}").status_code == 404
    answer = f"{address}/answer"
    assert list(fields(bureau.post(answer, {}, file=SimpleUploadedFile("a.csv", b"x")))) == ["file"]
    assert list(fields(bureau.post(answer, {}, file=said(first, outcome="也许")))) == ["file.2"]
    assert list(fields(bureau.post(answer, {}, file=said(first, yuan="1.00")))) == ["file.2"]
    assert Caller(officer).post(answer, {}, file=said(first)).status_code == 404
    assert {one.state for one in Payment.objects.all()} == {"sent"}, "what is refused changes nothing"
    assert done(bureau.post(answer, {}, file=said(first))) == {"paid": 1, "returned": 0, "unchanged": 0}
    back = done(bureau.post(answer, {}, file=said(second, "退回", reason="账号不符")))
    assert back == {"paid": 0, "returned": 1, "unchanged": 0}
    assert done(bureau.post(answer, {}, file=said(first)))["unchanged"] == 1
    states = {one["key"]: (one["state"], one["reason"]) for one in done(bureau.get(address))["payments"]}
    assert states == {first.key: ("paid", ""), second.key: ("returned", "账号不符")}


def test_every_case_that_waits_is_ordered_and_goes_to_its_own_account(city, paying):  # noqa: F811
    bureau = Caller(city.finance)
    assert done(bureau.get("/api/fund"))["to_order"] == 1
    assert Caller(city.clerk).post("/api/fund/order", {}).status_code == 404
    assert done(bureau.post("/api/fund/order", {})) == {"ordered": 1, "refused": []}
    assert done(bureau.post("/api/fund/order", {})) == {"ordered": 0, "refused": []}
    held = Payment.objects.get()
    assert held.commitment.case_ref == paying.ref
    Case.objects.filter(pk=paying.pk).update(account_number="6222020200199999999")
    other = pay(Purse.objects.get(use="research"), paying.organisation, "平台")
    sent = done(bureau.post("/api/fund/batches", {}), 201)
    assert ([one["key"] for one in sent["payments"]], sent["left_out"]) == ([other.key], [held.key])


def test_what_cannot_be_ordered_says_why(city, paying):  # noqa: F811
    Case.objects.filter(pk=paying.pk).update(granted_fen=10**15)
    (refused,) = done(Caller(city.finance).post("/api/fund/order", {}))["refused"]
    assert (refused["case"], refused["number"]) == (paying.pk, paying.number) and refused["why"]
    assert not Payment.objects.exists()


def test_one_batch_and_three_cost_the_same_queries(finance, firm, purse, django_assert_num_queries):
    bureau = Caller(finance)

    def send(n):
        pay(purse, firm, f"第{n}拨")
        done(bureau.post("/api/fund/batches", {}), 201)

    send(1)
    with django_assert_num_queries(5):
        assert done(bureau.get("/api/fund/batches"))["total"] == 1
    send(2), send(3)
    with django_assert_num_queries(5):
        assert len(done(bureau.get("/api/fund/batches"))["items"]) == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_movements_cost_the_same_queries(finance, firm, purse, django_assert_num_queries, rows):
    for n in range(rows):
        pay(purse, firm, f"第{n}拨")
    bureau = Caller(finance)
    with django_assert_num_queries(5):
        assert done(bureau.get("/api/fund/movements"))["total"] == 2 + 2 * rows
