"""The fund desk: who reads it, what it says, what it costs."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.market.conftest import NOW
from triplehelix.fund import actions
from triplehelix.fund.models import Movement
from triplehelix.fund.payee import BankAccount


@pytest.fixture
def purse(db):
    actions.appropriate(year=2026, document="财教指〔2026〕7号", amount_fen=10_000_000, actor=None, now=NOW)
    return actions.open_purse(year=2026, use="research", label="技术攻关", amount_fen=6_000_000, actor=None, now=NOW)


def pay(purse, firm, subject, amount=1_000_000):
    made = actions.commit(
        purse=purse, rule="M3.1", payee=firm, subject=subject, year=2026, amount_fen=amount, actor=None, now=NOW
    )
    account = BankAccount(firm.name, "622800000001", "示例银行")
    return actions.order_payment(commitment=made, amount_fen=amount, account=account, actor=None, now=NOW)


def test_an_empty_fund_teaches(client, finance):
    client.force_login(finance)
    assert 'class="empty"' in client.get("/fund/").content.decode()
    assert client.get("/fund/chart.svg").status_code == 404
    assert client.get("/fund/ledger.xlsx").status_code == 404


def test_the_page_the_chart_and_the_sheet_say_the_same(client, finance, firm, purse):
    first = pay(purse, firm, "首拨")
    batch = actions.send_batch(payments=[first], actor=None, now=NOW)
    answer = actions.Answer(first.key, first.amount_fen, True)
    actions.record_bank_answer(batch=batch, answers=[answer], actor=None, now=NOW)
    pay(purse, firm, "二拨", 500_000)
    client.force_login(finance)
    page = client.get("/fund/")
    text = page.content.decode()
    assert "16%" in text
    assert "4.5 万元" in text
    assert "二拨" in text
    chart = client.get("/fund/chart.svg?year=2026")
    assert chart["Content-Type"] == "image/svg+xml"
    assert "技术攻关" in chart.content.decode()
    rows = list(load_workbook(BytesIO(client.get("/fund/ledger.xlsx").content)).active.iter_rows(values_only=True))
    assert len(rows) - 1 == Movement.objects.count()


@pytest.mark.parametrize("year", ["2025", "x", "99999", "-1"])
def test_a_year_there_is_none_of(client, finance, purse, year):
    client.force_login(finance)
    assert client.get("/fund/", {"year": year}).status_code == 404


def test_one_payment_and_three_cost_the_same(client, finance, firm, purse, django_assert_num_queries):
    pay(purse, firm, "一")
    client.force_login(finance)
    client.get("/fund/")
    with django_assert_num_queries(14):
        client.get("/fund/")
    pay(purse, firm, "二")
    pay(purse, firm, "三")
    with django_assert_num_queries(14):
        client.get("/fund/")


def test_the_self_review_of_a_year_takes_execution_from_the_ledger(client, finance, firm, purse):
    client.force_login(finance)
    empty = client.get("/fund/review/")
    assert "填写三项得分" in empty.text
    found = client.get("/fund/review/?output=45.5&benefit=25&satisfaction=9")
    assert (str(found.context["review"].total), found.context["review"].grade) == ("79.50", "中")
    wrong = client.get("/fund/review/?output=51&benefit=25&satisfaction=9")
    assert wrong.status_code == 422
    book = client.get("/fund/review/?output=45.5&benefit=25&satisfaction=9&file=1")
    assert book.content[:2] == b"PK"


def test_an_office_with_nothing_to_do_is_not_asked_to_register_a_firm(client, finance, auditor):
    for office in (finance, auditor):
        client.force_login(office)
        said = client.get("/todo/").content.decode()
        assert "没有要您办的事" in said and "轮到您办的事" in said
        assert "登记我的单位" not in said
