"""Finance over the API, by keys of a firm, a bank and the city: from a wish to a loan that is repaid."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.doors import callers
from tests.doors.callers import done, fields
from tests.equity.words import Equity
from tests.finance.words import WAN, WISH, YUAN
from triplehelix.doors.api.urls import api
from triplehelix.market.finance import acts
from triplehelix.market.finance.models import Application, Consent, Filing, Loan, Qualification
from triplehelix.records.trail.models import Entry


class Caller(callers.Caller):
    """What is asked about a case is asked having seen it as it stands, if nothing else is said."""

    def act(self, case, act, body, seen=None):
        return super().act(f"/api/finance/cases/{case['id']}", act, body, seen or seen_of(case))

    def step(self, case, step, note=""):
        return super().step(f"/api/finance/cases/{case['id']}", step, seen_of(case), note)


def seen_of(case):
    return Application.objects.get(pk=case["id"]).version


@pytest.fixture
def city(officer, firm, clerk):
    """Everybody of finance, today."""
    return Equity(officer=officer, firm=firm, clerk=clerk, now=timezone.now())


@pytest.fixture
def firm_caller(city):
    return Caller(city.clerk)


@pytest.fixture
def bank(city):
    return Caller(city.teller)


@pytest.fixture
def office(city):
    return Caller(city.officer)


def day(n=0):
    return str(timezone.localdate() + timedelta(days=n))


def picked(city, caller):
    """A wish of the firm, and the bank's product picked for it."""
    product = city.product()
    lead = done(caller.post("/api/finance/leads", WISH | {"organisation": city.firm.uscc, "origin": "check"}), 201)
    return done(caller.post(f"/api/finance/leads/{lead['id']}/pick", {"product": product.pk}), 201)


def agreed(caller, case):
    """The firm reads what it agrees to, and agrees."""
    asked = {"until": day(200), "fields": ["contact"]}
    words = done(caller.get(f"/api/finance/cases/{case['id']}/consent", **asked))
    return done(caller.act(case, "consent", asked | {"digest": words["digest"]}))


def contract(**more):
    given = {"number": "JK-1", "amount_fen": 300 * WAN, "rate_ppm": 36_000, "use": "research"}
    return given | {"first_on": day(-100), "last_on": day(265)} | more


def outcomes(loan, filing):
    rows = [
        "银行统一社会信用代码,合同号,结果,备案编号",
        f"{loan.institution.organisation.uscc},{loan.number},准予备案,{filing}",
    ]
    return SimpleUploadedFile("outcomes.csv", "\n".join(rows).encode("utf-8-sig"))


def test_from_a_wish_to_a_loan_that_is_repaid(city, firm_caller, bank, office):
    wrong = WISH | {"organisation": city.firm.uscc, "amount_fen": 0}
    assert list(fields(firm_caller.post("/api/finance/leads", wrong))) == ["amount_fen"]
    case = picked(city, firm_caller)
    assert (case["state"], case["acts"]) == ("lead", ["consent"])
    assert bank.get(f"/api/finance/cases/{case['id']}").status_code == 404, "without a consent it is not there"
    asked = {"until": day(200), "fields": ["contact"]}
    words = done(firm_caller.get(f"/api/finance/cases/{case['id']}/consent", **asked))
    assert city.bank.organisation.name in words["text"] and "contact" in words["fields"]
    other = asked | {"until": day(100), "digest": words["digest"]}
    assert list(fields(firm_caller.act(case, "consent", other))) == ["digest"], "other words than were read"
    assert not Consent.objects.exists()
    case = done(firm_caller.act(case, "consent", asked | {"digest": words["digest"]}))
    seen = done(bank.get(f"/api/finance/cases/{case['id']}"))
    assert (seen["firm"], seen["lead"], seen["acts"]) == (None, None, ["decline"])
    assert done(bank.post(f"/api/finance/cases/{case['id']}/open", {}))["papers"]["identity"]["uscc"] == city.firm.uscc
    assert Entry.objects.filter(verb="open", subject_id=str(case["id"])).count() == 1
    done(bank.step(case, "accept"))
    assert list(fields(bank.act(case, "grant", contract(use="securities")))) == ["use"]
    case = done(bank.act(case, "grant", contract()))
    assert (case["state"], case["contract"]["owed_fen"]) == ("granted", 300 * WAN)
    case = done(bank.act(case, "correct_contract", contract(amount_fen=200 * WAN, reason="写错")))
    assert case["contract"]["owed_fen"] == 200 * WAN
    case = done(bank.act(case, "correct_contract", contract(reason="原来是对的")))
    case = done(bank.act(case, "submit", {}))
    assert case["contract"]["filings"][0]["outcome"] == ""
    waits = bank.act(case, "correct_contract", contract(amount_fen=200 * WAN, reason="写错"))
    assert (waits.status_code, "备案正在等结果" in waits.json()["message"]) == (409, True)
    sheet = outcomes(Loan.objects.get(), "LKD-1")
    assert done(office.post("/api/finance/filings/outcomes", {"document": "公告 3 号"}, file=sheet))["accepted"] == 1
    month = day()[:7]
    (filed,) = done(bank.get("/api/finance/filings", month=month))["items"]
    assert (filed["outcome"], filed["number"]) == ("accepted", "LKD-1")
    much = bank.act(case, "pay", {"kind": "interest", "amount_fen": 100 * WAN, "on": day(), "number": "P1"})
    assert "超过这笔贷款能产生的利息" in fields(much)["amount_fen"]
    done(bank.act(case, "pay", {"kind": "interest", "amount_fen": WAN, "on": day(), "number": "P1"}))
    case = done(bank.act(case, "pay", {"kind": "principal", "amount_fen": 300 * WAN, "on": day(), "number": "P2"}))
    assert (case["state"], case["contract"]["owed_fen"]) == ("filed", 0)
    assert done(bank.step(case, "repay"))["state"] == "repaid"
    assert list(fields(bank.act(case, "void_payment", {"number": "P9", "reason": "x"}))) == ["number"]
    case = done(bank.act(case, "void_payment", {"number": "P2", "reason": "金额写错"}))
    assert (case["state"], case["contract"]["owed_fen"]) == ("filed", 300 * WAN)
    assert [(one["number"], one["void_why"]) for one in case["contract"]["payments"]] == [
        ("P1", ""),
        ("P2", "金额写错"),
    ]
    assert bank.step(case, "unsettle_filed").status_code == 404, "an act, and no mere step"


def test_who_has_no_part_finds_nothing_and_who_has_another_is_refused(city, firm_caller, bank):
    case = picked(city, firm_caller)
    agreed(firm_caller, case)
    stranger = Caller(city.other_teller)
    for act, body in (("decline", {"code": "other"}), ("grant", contract()), ("submit", {})):
        assert stranger.act(case, act, body).status_code == 404
    assert stranger.get(f"/api/finance/cases/{case['id']}/consent", until=day(5)).status_code == 404
    assert bank.get(f"/api/finance/cases/{case['id']}/consent", until=day(5)).status_code == 404
    refused = firm_caller.act(case, "decline", {"code": "other"})
    assert (refused.status_code, refused.json()["message"]) == (409, "您无权办理这一步")
    assert bank.step(case, "decline").status_code == 404, "an act, and no mere step"


def test_nobody_writes_over_what_they_have_not_seen(city, firm_caller, bank):
    case = agreed(firm_caller, picked(city, firm_caller))
    address = f"/api/finance/cases/{case['id']}"
    assert bank.get(address)["ETag"] == f'"{case["version"]}"'
    assert bank.post(f"{address}/acts/decline", {"code": "other"}).status_code == 428
    done(bank.step(case, "accept"))
    stale = bank.post(f"{address}/acts/decline", {"code": "other"}, case["version"])
    assert (stale.status_code, stale.json()["message"][:4]) == (409, "别人刚刚")


def test_a_firm_takes_its_consent_back(city, firm_caller, bank):
    case = agreed(firm_caller, picked(city, firm_caller))
    assert done(firm_caller.act(case, "revoke", {"why": "另找了一家"}))["state"] == "lead"
    assert bank.get(f"/api/finance/cases/{case['id']}").status_code == 404


def test_a_subsidy_is_computed_once_and_taken_back_with_a_reason(city, firm_caller):
    city.days(-200)
    city.prove()
    case = {"id": city.subsidised(100_000 * YUAN).pk}
    mine = done(firm_caller.get(f"/api/finance/cases/{case['id']}"))
    assert "claim_interest" in mine["acts"]
    assert "实际支付" in fields(firm_caller.act(case, "claim_interest", {"base_fen": 10**9}))["base_fen"]
    (made,) = done(firm_caller.act(case, "claim_interest", {}))["contract"]["claims"]
    assert made["base_fen"] == 100_000 * YUAN and made["amount_fen"] > 0 and made["steps"]
    assert firm_caller.act(case, "claim_interest", {}).status_code == 409
    void = f"/api/finance/claims/{made['id']}/void"
    assert list(fields(firm_caller.post(void, {"why": " "}))) == ["why"]
    assert Caller(city.other_teller).post(void, {"why": "x"}).status_code == 404
    assert done(firm_caller.post(void, {"why": "换一笔"}))["void_why"] == "换一笔"


def test_outcomes_are_refused_by_row_and_nothing_is_written(city, bank, office):
    case = city.granted()
    case = done(bank.act({"id": case.pk}, "submit", {}))
    address = "/api/finance/filings/outcomes"
    assert bank.post(address, {"document": "公告"}, file=outcomes(Loan.objects.get(), "LKD-1")).status_code == 404
    assert list(fields(office.post(address, {"document": "公告"}, file=outcomes(Loan.objects.get(), "")))) == ["file.2"]
    broken = SimpleUploadedFile("outcomes.csv", b"\x89PNG")
    assert "file" in fields(office.post(address, {"document": "公告"}, file=broken))
    assert Filing.objects.get().outcome == ""


def test_a_proof_of_the_year_counts_once_the_city_has_looked_it_up(city, firm_caller, office):
    year = timezone.localdate().year
    body = {"organisation": city.firm.uscc, "kind": "entry", "year": year, "number": "20263715000001"}
    made = done(firm_caller.post("/api/finance/qualifications", body), 201)
    assert made["confirmed_at"] is None
    assert "已经登记过" in fields(firm_caller.post("/api/finance/qualifications", body))["number"]
    assert [one["id"] for one in done(office.get("/api/finance/qualifications"))["items"]] == [made["id"]]
    answer = f"/api/finance/qualifications/{made['id']}/answer"
    assert firm_caller.post(answer, {"is_right": True}).status_code == 404
    assert list(fields(office.post(answer, {"is_right": False}))) == ["why"]
    assert done(office.post(answer, {"is_right": True}))["confirmed_at"]
    assert Qualification.objects.get().confirmed_by == city.officer


def test_a_bank_keeps_its_products_and_the_city_its_institutions(city, bank, office):
    address = f"/api/finance/institutions/{city.bank.pk}/products"
    first = {"key": "rate_max", "value": 39_000, "source": "手册"}
    body = {"name": "科创贷", "since": day(), "parameters": [first, first | {"key": "rate_min", "value": 40_000}]}
    assert "下限不能高于上限" in str(fields(bank.post(address, body)))
    made = done(bank.post(address, body | {"parameters": [first]}), 201)
    assert Caller(city.other_teller).post(address, body).status_code == 404
    changed = first | {"value": 36_000, "since": day(5)}
    done(bank.post(f"/api/finance/products/{made['id']}/parameters", changed))
    assert done(bank.post(f"/api/finance/products/{made['id']}/end", {"until": day(9)}))["until"] == day(9)
    listed = done(office.get("/api/finance/institutions"))
    assert {one["uscc"] for one in listed} == {city.bank.organisation.uscc, city.other_bank.organisation.uscc}
    new = {"uscc": city.firm.uscc, "kind": "bank", "licence": "XK1", "since": day()}
    assert "不是“金融机构”" in fields(office.post("/api/finance/institutions", new))["uscc"]
    assert bank.post("/api/finance/institutions", new).status_code == 409
    end = f"/api/finance/institutions/{city.bank.pk}/end"
    assert bank.post(end, {"why": "x"}).status_code == 409
    assert done(office.post(end, {"why": "协议到期"}))["until"]


def test_every_act_has_a_call_of_its_own():
    paths = api.get_openapi_schema()["paths"]
    known = {path.rsplit("/", 1)[1] for path in paths if path.startswith("/api/finance/cases/{pk}/acts/")}
    assert known == set(acts.ACTS)
