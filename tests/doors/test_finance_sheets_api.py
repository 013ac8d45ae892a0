"""备案表 over the API: the page's rows and workbook, of a firm what it agreed to, every opening by a bank kept."""

from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.doors.callers import Caller, done, fields
from tests.equity.words import Equity
from triplehelix.doors.handed import XLSX
from triplehelix.market.finance import actions
from triplehelix.records.trail.models import Entry


@pytest.fixture
def city(officer, firm, clerk):
    return Equity(officer=officer, firm=firm, clerk=clerk, now=timezone.now())


def sent(city):
    case = city.granted()
    actions.submit(**city.on(case, city.teller))
    return case


def sheet(caller, kind=""):
    return caller.post(f"/api/finance/filings/{timezone.localdate():%Y-%m}/sheet{kind}", {})


def opened():
    return Entry.objects.filter(verb="open_sheet").count()


def test_of_a_firm_a_bank_reads_what_it_agreed_to_and_that_is_kept(city, firm, clerk):
    agreed, gone = sent(city), sent(city)
    actions.revoke_consent(**city.on(gone, city.clerk))
    rows = {row["case"]: row for row in done(sheet(Caller(city.teller)))}
    assert (rows[agreed.pk]["firm"], rows[agreed.pk]["firm_uscc"]) == (firm.name, firm.uscc)
    assert (rows[gone.pk]["firm"], rows[gone.pk]["firm_uscc"]) == ("", "")
    assert rows[gone.pk]["amount_fen"] > 0 and rows[gone.pk]["outcome"] == ""
    assert opened() == 1
    assert {row["firm"] for row in done(sheet(Caller(city.officer)))} == {firm.name}
    assert opened() == 1, "the office opens nothing"
    assert done(sheet(Caller(city.other_teller))) == [], "another bank's filings are its own"
    for part in ("", ".xlsx"):
        assert sheet(Caller(clerk), part).status_code == 404


def test_the_workbook_holds_the_same_rows(city):
    case = sent(city)
    bank = Caller(city.teller)
    answer = sheet(bank, ".xlsx")
    assert (answer.status_code, answer["Content-Type"]) == (200, XLSX)
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    head, row = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    (line,) = done(sheet(bank))
    assert told["合同号"] == line["contract"] == case.contract.number
    assert told["企业名称"] == line["firm"] and told["企业名称"]
    assert opened() == 2


@pytest.mark.parametrize("month", ["2026-13", "2026", "x"])
def test_a_month_is_a_month(city, month):
    answer = Caller(city.officer).post(f"/api/finance/filings/{month}/sheet", {})
    assert list(fields(answer)) == ["month"]


def test_one_filing_and_three_cost_the_office_the_same_queries(city, django_assert_num_queries):
    office = Caller(city.officer)
    sent(city)
    sheet(office)
    with django_assert_num_queries(8):
        assert len(done(sheet(office))) == 1
    sent(city), sent(city)
    with django_assert_num_queries(8):
        assert len(done(sheet(office))) == 3
