"""The fund desk: who reads it, what it says, what it costs."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from tests.market.conftest import NOW
from triplehelix.fund import actions
from triplehelix.fund.models import Movement, Pool, Purse
from triplehelix.fund.payee import BankAccount


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
    assert "16.7%" in text
    assert "4.5 万元" in text
    total = " ".join(re.sub("<[^>]+>", " ", text.split("<tfoot>")[1].split("</tfoot>")[0]).split())
    assert total.startswith("合计") and total.endswith("16.7%"), "the sums of a single use are its own"
    assert "二拨" in text
    assert "1 笔，最多 5,000 元。" in text, "what a list for the bank will hold, before it is made"
    assert "确认生成支付清单" in text
    chart = client.get("/fund/chart.svg?year=2026")
    assert chart["Content-Type"] == "image/svg+xml"
    assert "技术攻关" in chart.content.decode()
    rows = list(load_workbook(BytesIO(client.get("/fund/ledger.xlsx").content)).active.iter_rows(values_only=True))
    assert len(rows) - 1 == Movement.objects.count()


def test_the_chart_tells_carried_money_from_this_years(client, finance, purse):
    Purse.objects.create(
        pool=purse.pool, use=purse.use, label=purse.label, year=purse.year, origin_year=purse.year - 1, amount_fen=100
    )
    client.force_login(finance)
    drawn = client.get("/fund/chart.svg").content.decode()
    assert f">{purse.label}<" in drawn and f">{purse.label}（{purse.year - 1} 结转）<" in drawn


def test_what_the_bank_sends_back_after_it_said_paid_is_recorded(client, finance, officer, firm, purse):
    payment = pay(purse, firm, "首拨")
    batch = actions.send_batch(payments=[payment], actor=None, now=NOW)
    said = ["支付编号,金额（元）,结果,退回原因", f"{payment.key},10000.00,成功,"]
    client.force_login(finance)
    for outcome in ("成功,", "退回,账户注销"):
        assert 'type="file"' in client.get(f"/fund/batches/{batch.pk}/").text
        said[1] = f"{payment.key},10000.00,{outcome}"
        file = SimpleUploadedFile("回单.csv", "\n".join(said).encode(), "text/csv")
        assert client.post(f"/fund/batches/{batch.pk}/answer/", {"file": file}).status_code == 302
        client.force_login(officer)
        assert 'type="file"' not in client.get(f"/fund/batches/{batch.pk}/").text
        client.force_login(finance)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("returned", "账户注销")
    # All of it came back: nothing more can be said of it.
    assert 'type="file"' not in client.get(f"/fund/batches/{batch.pk}/").text


def test_a_wrong_answer_is_told_under_the_columns_of_the_file(client, finance, firm, purse):
    payment = pay(purse, firm, "首拨")
    batch = actions.send_batch(payments=[payment], actor=None, now=NOW)
    lines = ["支付编号,金额（元）,结果,退回原因", f"{payment.key},9999.00,退回,", "别的,一百,成功,"]
    client.force_login(finance)
    said = {"file": SimpleUploadedFile("回单.csv", "\n".join(lines).encode(), "text/csv")}
    page = client.post(f"/fund/batches/{batch.pk}/answer/", said)
    told = [(row, column) for row, column, _message in page.context["errors"]]
    assert told == [(2, "退回原因"), (2, "金额（元）"), (3, "支付编号"), (3, "金额（元）")]
    assert "第 2 行 金额（元）：" in page.text and "amount" not in page.text


def test_every_batch_of_a_year_is_linked(client, finance, firm, purse):
    batches = [
        actions.send_batch(payments=[pay(purse, firm, f"第 {n} 拨", 1_000)], actor=None, now=NOW) for n in range(12)
    ]
    client.force_login(finance)
    address = "/fund/?year=2026&page=2"
    shown = {one: {batch for batch in batches if f"/fund/batches/{batch.pk}/" in client.get(one).text}
             for one in (address, f"{address}&batches=2")}  # fmt: skip
    assert shown == {address: set(batches[2:]), f"{address}&batches=2": set(batches[:2])}
    # Turning one list leaves the year and the other list where they are.
    text = client.get(address).text
    assert 'href="?year=2026&amp;page=2&amp;batches=2"' in text and 'href="?year=2026&amp;page=1"' in text


def test_a_use_is_adjusted(client, finance, purse):
    client.force_login(finance)
    sent = {"which": "change", "c-purse": purse.pk, "c-way": "more", "c-amount": "40000.01", "c-why": "追加"}
    answer = client.post("/fund/open/", sent)
    assert answer.status_code == 409
    assert "尚未分配的只有 40,000.00 元，不够 40,000.01 元" in answer.text and 'value="40000.01"' in answer.text
    assert client.post("/fund/open/", sent | {"c-amount": ""}).status_code == 422
    # Less by a sum below zero would be more.
    for way in ("more", "less"):
        for amount in ("-10000", "0"):
            wrong = client.post("/fund/open/", sent | {"c-way": way, "c-amount": amount})
            assert wrong.status_code == 422 and "减少额度请选" in wrong.context["change"].errors["amount"][0]
    opened = {"which": "purse", "p-year": "2026", "p-use": "talent", "p-amount": "-100"}
    assert "大于零" in client.post("/fund/open/", opened).context["purse"].errors["amount"][0]
    purse.refresh_from_db()
    assert purse.amount_fen == 6_000_000 and Purse.objects.count() == 1
    for way, amount, left in (("more", "40000", 10_000_000), ("less", "10000.5", 8_999_950)):
        assert client.post("/fund/open/", sent | {"c-way": way, "c-amount": amount}).status_code == 302
        purse.refresh_from_db()
        assert purse.amount_fen == left


def test_a_year_that_is_over_is_carried_over_and_closed(client, finance, officer):
    this = timezone.localdate().year
    for year in (this - 1, this):
        actions.appropriate(year=year, document=f"{year} 年", amount_fen=10_000_000, actor=None, now=NOW)
        actions.open_purse(year=year, use="research", amount_fen=6_000_000, actor=None, now=NOW)
    last, running = Purse.objects.order_by("year")
    client.force_login(finance)
    page = client.get("/fund/year-end/")
    assert f"{last}（未承诺 6 万元）" in page.text and str(running) not in page.text
    carry, close = {"which": "carry"}, {"which": "close", "close-pool": last.pool_id, "close-sure": "on"}
    assert client.post("/fund/year-end/", carry | {"carry-purse": running.pk}).status_code == 422
    assert client.post("/fund/year-end/", carry | {"carry-purse": last.pk}).status_code == 302
    assert Purse.objects.get(year=this, origin_year=this - 1).free == 6_000_000
    assert client.post("/fund/year-end/", close | {"close-sure": ""}).status_code == 422
    assert client.post("/fund/year-end/", close | {"close-pool": running.pool_id}).status_code == 422
    assert Pool.objects.filter(closed_at=None).count() == 2
    assert client.post("/fund/year-end/", close).status_code == 302
    assert Pool.objects.get(closed_at=None).year == this
    assert "没有要结转或关账的年度" in client.get("/fund/year-end/").text
    client.force_login(officer)
    assert client.post("/fund/year-end/", close).status_code == 404


@pytest.mark.parametrize("year", ["2025", "x", "99999", "-1"])
def test_a_year_there_is_none_of(client, finance, purse, year):
    client.force_login(finance)
    assert client.get("/fund/", {"year": year}).status_code == 404


def test_one_payment_and_three_cost_the_same(client, finance, firm, purse, django_assert_num_queries):
    pay(purse, firm, "一")
    client.force_login(finance)
    client.get("/fund/")
    with django_assert_num_queries(15):
        client.get("/fund/")
    pay(purse, firm, "二")
    pay(purse, firm, "三")
    with django_assert_num_queries(15):
        client.get("/fund/")


def test_what_has_not_arrived_is_read_page_by_page(client, finance, firm, purse):
    for n in range(22):
        pay(purse, firm, f"第{n}件", amount=100)
    client.force_login(finance)
    first, second = client.get("/fund/"), client.get("/fund/?waiting=2")
    shown = [len(set(re.findall(r"M3.1 · (第\d+件)", page.text))) for page in (first, second)]
    assert shown == [20, 2]
    assert "waiting=2" in first.text and ">22</span>" in first.text


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


def test_the_years_end_costs_the_same_for_one_past_year_and_three(client, finance, firm, django_assert_num_queries):
    this = timezone.localdate().year
    client.force_login(finance)
    for back in (1, 2, 3):
        year, then = this - back, NOW.replace(year=this - back)
        actions.appropriate(year=year, document=f"{year} 年", amount_fen=10_000_000, actor=None, now=then)
        for use in ("research", "talent"):
            purse = actions.open_purse(year=year, use=use, amount_fen=3_000_000, actor=None, now=then)
            actions.commit(
                purse=purse, rule="M3.1", payee=firm, subject="尾款", year=year + (use == "talent") * 10,
                amount_fen=1_000_000, actor=None, now=then,
            )  # fmt: skip
        if back in (1, 3):
            client.get("/fund/year-end/")
            with django_assert_num_queries(12):
                page = client.get("/fund/year-end/")
    assert [pool.year for pool, _rows in page.context["years"]] == [this - 1, this - 2, this - 3]
    assert page.context["promises"] == 6 and page.text.count("可结转") == 6
