"""A year of the fund over the API: its document, its purses, its end; by the finance bureau and nobody else."""

import pytest
from django.utils import timezone

from tests.doors.callers import Caller, done, fields
from tests.market.conftest import NOW
from triplehelix.fund import actions
from triplehelix.fund.models import Appropriation, Movement, Pool, Purse

DOCUMENT = "财教指〔2026〕7号"
WHY = "市政府常务会议纪要 3 号"


@pytest.fixture
def bureau(finance):
    return Caller(finance)


def year_of(year, firm=None):
    """A year with a purse for research, of which something is promised to the firm."""
    then = NOW.replace(year=year)
    actions.appropriate(year=year, document=f"{year} 年", amount_fen=10_000_000, actor=None, now=then)
    purse = actions.open_purse(year=year, use="research", amount_fen=6_000_000, actor=None, now=then)
    if firm is not None:
        actions.commit(
            purse=purse, rule="M3.1", payee=firm, subject="尾款", year=year, amount_fen=1_000_000, actor=None, now=then
        )
    return Purse.objects.get(pk=purse.pk)


def test_from_the_document_to_the_purses(bureau, auditor):
    given = {"year": 2026, "document": f" {DOCUMENT} ", "amount_fen": 10_000_000}
    assert bureau.post("/api/fund/purses", {"year": 2026, "use": "research", "amount_fen": 1}).status_code == 409
    made = done(bureau.post("/api/fund/documents", given), 201)
    assert (made["year"], made["document"], made["amount_fen"]) == (2026, DOCUMENT, 10_000_000)
    assert done(bureau.post("/api/fund/documents", given), 201) == made, "asked twice, done once"
    assert bureau.post("/api/fund/documents", given | {"amount_fen": 5}).status_code == 409
    cut = {"year": 2026, "document": "核减 1 号", "amount_fen": -2_000_000}
    assert done(bureau.post("/api/fund/documents", cut), 201)["amount_fen"] == -2_000_000
    assert bureau.post("/api/fund/documents", cut | {"document": "2 号", "amount_fen": -8_000_001}).status_code == 409
    purse = done(bureau.post("/api/fund/purses", {"year": 2026, "use": "research", "amount_fen": 6_000_000}), 201)
    assert (purse["label"], purse["amount_fen"], purse["free_fen"]) == ("技术攻关", 6_000_000, 6_000_000)
    assert bureau.post("/api/fund/purses", {"year": 2026, "use": "research", "amount_fen": 1}).status_code == 409
    assert bureau.post("/api/fund/purses", {"year": 2026, "use": "talent", "amount_fen": 2_000_001}).status_code == 409
    address, change = f"/api/fund/purses/{purse['id']}/change", {"by_fen": 2_000_000, "seen_amount_fen": 6_000_000}
    assert done(bureau.post(address, change | {"why": WHY}))["amount_fen"] == 8_000_000
    assert bureau.post(address, change | {"why": WHY}).status_code == 409, "sent twice, it is made once"
    less = {"by_fen": -8_000_001, "seen_amount_fen": 8_000_000, "why": WHY}
    assert bureau.post(address, less).status_code == 409
    read = done(Caller(auditor).get("/api/fund"))
    assert (read["appropriated_fen"], read["free_fen"]) == (8_000_000, 0)
    documents = done(Caller(auditor).get("/api/fund/documents", year=2026))
    assert [one["amount_fen"] for one in documents["items"]] == [10_000_000, -2_000_000]


def test_a_year_that_is_over_is_carried_over_and_closed(bureau, firm):
    this = timezone.localdate().year
    last, running = year_of(this - 1, firm), year_of(this)
    carry, close = f"/api/fund/purses/{last.pk}/carry", f"/api/fund/years/{this - 1}/close"
    (ended,) = done(bureau.get("/api/fund/years"))
    (row,) = ended["purses"]
    assert (ended["year"], row["state"], row["purse"]["free_fen"]) == (this - 1, "carry", 5_000_000)
    (owed,) = done(bureau.get("/api/fund/promised"))["items"]
    assert (owed["payee"], owed["amount_fen"], owed["paid_fen"]) == (firm.name, 1_000_000, 0)
    assert bureau.post(f"/api/fund/purses/{running.pk}/carry", {}).status_code == 409, "the year runs"
    assert bureau.post(f"/api/fund/years/{this}/close", {"sure": True}).status_code == 409
    carried = done(bureau.post(carry, {"why": WHY}))
    assert (carried["year"], carried["origin_year"], carried["free_fen"]) == (this, this - 1, 5_000_000)
    assert done(bureau.post(carry, {"why": WHY})) == carried, "nothing is free any more"
    change = {"by_fen": 1, "seen_amount_fen": 5_000_000, "why": WHY}
    assert bureau.post(f"/api/fund/purses/{carried['id']}/change", change).status_code == 409
    assert list(fields(bureau.post(close, {"sure": False}))) == ["sure"]
    assert list(fields(bureau.post(close, {}))) == ["sure"]
    closed = done(bureau.post(close, {"sure": True}))
    assert (closed["year"], closed["handed_back_fen"]) == (this - 1, 4_000_000)
    assert done(bureau.post(close, {"sure": True})) == closed | {"handed_back_fen": 0}
    (row,) = done(bureau.get("/api/fund/years"))[0]["purses"]
    assert (row["state"], row["carried_fen"], row["unpaid_fen"]) == ("carried", 5_000_000, 1_000_000)
    more = {"year": this - 1, "document": "迟到的 1 号", "amount_fen": 1}
    assert bureau.post("/api/fund/documents", more).status_code == 409


def test_an_empty_purse_opens_no_next_year(bureau):
    last = timezone.localdate().year - 1
    actions.change_purse(purse=year_of(last), by_fen=-6_000_000, why=WHY, actor=None, now=NOW.replace(year=last))
    answer = bureau.post(f"/api/fund/purses/{Purse.objects.get().pk}/carry", {})
    assert answer.status_code == 409 and Pool.objects.get().year == last


@pytest.mark.parametrize(
    ("path", "changed", "field"),
    [
        ("documents", {"document": " "}, "document"),
        ("documents", {"document": "长" * 71}, "document"),
        ("documents", {"document": "1\x00"}, "document"),
        ("documents", {"year": 9999}, "year"),
        ("documents", {"amount_fen": 10**30}, "amount_fen"),
        ("documents", {"amount_fen": 1.5}, "amount_fen"),
        ("purses", {"use": "gifts"}, "use"),
        ("purses", {"use": "\x00"}, "use"),
        ("purses", {"amount_fen": -1}, "amount_fen"),
        ("purses", {"amount_fen": 0}, "amount_fen"),
        ("change", {"why": " "}, "why"),
        ("change", {"why": "长" * 201}, "why"),
        ("change", {"by_fen": -(10**18)}, "by_fen"),
        ("change", {"seen_amount_fen": None}, "seen_amount_fen"),
    ],
)
def test_wrong_fields_by_name(bureau, path, changed, field):
    purse, rows = year_of(2026), Movement.objects.count()
    good = {
        "documents": {"year": 2026, "document": DOCUMENT, "amount_fen": 1},
        "purses": {"year": 2026, "use": "talent", "amount_fen": 1},
        "change": {"by_fen": -1, "seen_amount_fen": 6_000_000, "why": WHY},
    }
    address = f"/api/fund/purses/{purse.pk}/change" if path == "change" else f"/api/fund/{path}"
    assert list(fields(bureau.post(address, good[path] | changed))) == [field]
    assert Movement.objects.count() == rows and Purse.objects.count() == 1


def test_only_the_finance_bureau_writes(officer, auditor, county, clerk, firm):
    last = timezone.localdate().year - 1
    purse, rows = year_of(last), Movement.objects.count()
    for who in map(Caller, (officer, auditor, county, clerk)):
        for path, body in (
            ("documents", {"year": last, "document": DOCUMENT, "amount_fen": 1}),
            ("purses", {"year": last, "use": "talent", "amount_fen": 1}),
            (f"purses/{purse.pk}/change", {"by_fen": -1, "seen_amount_fen": 6_000_000, "why": WHY}),
            (f"purses/{purse.pk}/carry", {}),
            (f"years/{last}/close", {"sure": True}),
        ):
            assert who.post(f"/api/fund/{path}", body).status_code == 404
        assert {who.get(f"/api/fund/{path}").status_code for path in ("years", "promised")} == {404}
    assert {Caller(who).get("/api/fund/documents").status_code for who in (officer, auditor)} == {200}
    assert {Caller(who).get("/api/fund/documents").status_code for who in (county, clerk)} == {404}
    assert Movement.objects.count() == rows and Appropriation.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["years/99999999999999999999/close", "years/0/close", "purses/99999999999999999999/carry"]
)
def test_what_is_not_there(bureau, path):
    year_of(2026)
    assert bureau.post(f"/api/fund/{path}", {"sure": True}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_one_row_and_three_cost_the_same_queries(bureau, firm, django_assert_num_queries, rows):
    this = timezone.localdate().year
    for back in range(1, rows + 1):
        year_of(this - back, firm)
        actions.appropriate(year=this - 1, document=f"{back} 号", amount_fen=1, actor=None, now=NOW)
    with django_assert_num_queries(5):
        assert done(bureau.get("/api/fund/documents", year=this - 1))["total"] == 1 + rows
    with django_assert_num_queries(5):
        assert len(done(bureau.get("/api/fund/years"))) == rows
    with django_assert_num_queries(4):
        assert done(bureau.get("/api/fund/promised"))["total"] == rows


def test_the_self_review_of_a_year_takes_execution_from_the_ledger(auditor, clerk, firm):
    points = {"output": "45.5", "benefit": "25", "satisfaction": "9"}
    assert Caller(auditor).get("/api/fund/review", **points).status_code == 404, "there is no year"
    year_of(2026, firm)
    found = done(Caller(auditor).get("/api/fund/review", **points))
    assert (found["budget_fen"], found["executed_fen"], found["total"], found["grade"]) == (
        10_000_000,
        0,
        "79.50",
        "中",
    )
    assert [(one["key"], one["score"]) for one in found["parts"]][:2] == [("execution", "0.00"), ("output", "45.50")]
    assert Caller(clerk).get("/api/fund/review", **points).status_code == 404
    for name, odd in (
        ("output", "51"),
        ("benefit", "-1"),
        ("satisfaction", "1.001"),
        ("output", "NaN"),
        ("year", "1999"),
    ):
        assert list(fields(Caller(auditor).get("/api/fund/review", **points | {name: odd}))) == [name]
