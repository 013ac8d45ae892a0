"""Members, registers, entitlements, imports and income over the API: what their pages do, for the same people."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.doors.callers import Caller, done, fields
from tests.doors.procedure import round_of
from tests.doors.test_sale_pages import shared_out
from tests.market.conftest import NOW, account, member
from tests.market.sheets import sheet
from tests.market.test_imports import checked
from triplehelix.doors.handed import XLSX
from triplehelix.procedure.cases.models import Barred
from triplehelix.procedure.panels.models import Tie
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Membership

DAY = "2026-11-23"


class TestMembers:
    """Who acts for an organisation: let in, refused, ended."""

    def asks(self, firm, name="colleague"):
        return parties.claim_organisation(
            account=account(name), uscc=firm.uscc, name=firm.name, unit=firm.unit, now=NOW
        )

    def test_who_asks_is_let_in_and_who_leaves_is_ended_with_a_reason(self, firm, clerk, county, stranger):
        claim, own = self.asks(firm), Caller(county)
        address = f"/api/organisations/{firm.uscc}/members"
        first, second = done(own.get(address))["items"]
        assert (first["id"], first["accepted_at"], second["email"]) == (claim.pk, None, clerk.email)
        assert Caller(stranger).get(address).status_code == 404
        assert own.get("/api/organisations/%00/members").status_code == 404
        assert Caller(stranger).post(f"/api/members/{claim.pk}/accept", {}).status_code == 404
        assert own.post(f"/api/members/{claim.pk}/maybe", {}).status_code == 422
        assert own.post(f"/api/members/{claim.pk}/end", {"why": "离职"}).status_code == 409, "it only asks"
        assert done(own.post(f"/api/members/{claim.pk}/accept-admin", {}))["role"] == "admin"
        assert own.post(f"/api/members/{claim.pk}/refuse", {}).status_code == 409
        end = f"/api/members/{claim.pk}/end"
        assert list(fields(own.post(end, {"why": ""}))) == ["why"]
        assert Caller(stranger).post(end, {"why": "离职"}).status_code == 404
        assert done(own.post(end, {"why": "离职"}))["until"]
        assert [one["id"] for one in done(own.get(address))["items"]] == [second["id"]]
        assert own.post(end, {"why": "离职"}).status_code == 409

    def test_who_is_refused_acts_for_nobody(self, firm, clerk, county):
        claim = self.asks(firm)
        assert done(Caller(county).post(f"/api/members/{claim.pk}/refuse", {}))["until"]
        assert Membership.objects.get(pk=claim.pk).accepted_at is None
        assert Caller(county).post(f"/api/members/{claim.pk}/accept", {}).status_code == 409

    def test_an_officer_finds_what_the_own_unit_looks_after(self, firm, clerk, county, other_county):
        (found,) = done(Caller(county).get("/api/organisations", q=firm.uscc[:12]))["items"]
        assert (found["name"], found["acting"]) == (firm.name, 1)
        assert done(Caller(other_county).get("/api/organisations"))["total"] == 0
        assert Caller(clerk).get("/api/organisations").status_code == 404

    def test_one_member_and_three_cost_the_same_queries(self, firm, clerk, county, django_assert_num_queries):
        own, address = Caller(county), f"/api/organisations/{firm.uscc}/members"
        with django_assert_num_queries(5):
            assert done(own.get(address))["total"] == 1
        for n in range(2):
            member(account(f"colleague{n}"), firm)
        with django_assert_num_queries(5):
            assert len(done(own.get(address))["items"]) == 3


def test_a_tie_is_recorded_at_both_its_ends(officer, auditor, clerk, firm):
    parties.register_person(name="容止戈", home=firm, actor=None, now=NOW)
    office, tie = Caller(officer), {"kind": "interest.shareholding", "one": "容止戈", "other": firm.name, "since": DAY}
    assert list(fields(office.post("/api/ties", tie | {"kind": "friends", "source": "核实"}))) == ["kind"]
    wrong = tie | {"one": "无此人", "until": "2020-01-01", "source": " "}
    assert set(fields(office.post("/api/ties", wrong))) == {"one", "until", "source"}
    for who in (auditor, clerk):
        assert Caller(who).post("/api/ties", tie | {"source": "工商登记"}).status_code == 404
    made = done(office.post("/api/ties", tie | {"source": "工商登记"}), 201)
    assert (made["words"], made["other"], made["until"]) == ("持有股份", str(firm), None)
    assert done(Caller(auditor).get("/api/ties"))["items"] == [made]
    assert Caller(clerk).get("/api/ties").status_code == 404 and Tie.objects.count() == 1


def test_who_may_not_apply_is_entered_with_its_document(officer, auditor, clerk, firm):
    office, given = Caller(officer), {"who": firm.uscc, "since": DAY, "until": "2028-11-23", "document": "澄科罚 1 号"}
    wrong = given | {"who": "无此单位", "until": "2020-01-01", "reason": ""}
    assert set(fields(office.post("/api/barred", wrong))) == {"who", "until", "reason"}
    for who in (auditor, clerk):
        assert Caller(who).post("/api/barred", given | {"reason": "失信"}).status_code == 404
    made = done(office.post("/api/barred", given | {"reason": "失信"}), 201)
    assert (made["organisation"], made["reason"]) == (firm.uscc, "失信")
    assert done(Caller(auditor).get("/api/barred"))["items"] == [made]
    assert Caller(clerk).get("/api/barred").status_code == 404 and Barred.objects.count() == 1


def test_an_entry_of_a_register_that_holds_no_more_is_taken_back_on_its_page_and_by_the_api(client, things, officer):
    bar, tie, office = things["barred"], things["tie"], Caller(officer)
    client.force_login(officer)
    assert f"/barred/{bar.pk}/lift/" in client.get("/barred/").text
    short = client.post(f"/barred/{bar.pk}/lift/", {"why": "错"})
    assert short.status_code == 422 and "4 至 200 个字" in short.text and "南宫无咎" in short.text
    done_ = client.post(f"/barred/{bar.pk}/lift/", {"why": "信用修复决定 3 号"}, follow=True)
    assert "解除：信用修复决定 3 号" in done_.text and f"/barred/{bar.pk}/lift/" not in done_.text
    assert client.post(f"/barred/{bar.pk}/lift/", {"why": "信用修复决定 3 号"}).status_code == 409
    (line,) = done(office.get("/api/barred"))["items"]
    assert line["lifted_at"] and line["lifted_why"] == "信用修复决定 3 号"
    assert office.post(f"/api/barred/{bar.pk}/lift", {"why": "再来一次"}).status_code == 409
    assert f"/ties/{tie.pk}/void/" in client.get("/ties/").text
    assert set(fields(office.post(f"/api/ties/{tie.pk}/void", {"why": " "}))) == {"why"}
    assert done(office.post(f"/api/ties/{tie.pk}/void", {"why": "举报不实"}))["void_why"] == "举报不实"
    page = client.get("/ties/").text
    assert "已作废：举报不实" in page and f"/ties/{tie.pk}/void/" not in page
    assert client.post(f"/ties/{tie.pk}/void/", {"why": "举报不实"}).status_code == 409


@pytest.mark.parametrize("path", ["ties", "barred"])
def test_one_row_of_a_register_and_three_cost_the_same_queries(officer, firm, django_assert_num_queries, path):
    office = Caller(officer)
    parties.register_person(name="容止戈", home=firm, actor=None, now=NOW)
    bodies = {
        "ties": {"kind": "affiliation", "one": "容止戈", "other": firm.name, "since": DAY, "source": "核实"},
        "barred": {"who": "容止戈", "since": DAY, "until": DAY, "reason": "失信", "document": "1 号"},
    }
    own = {"ties": "source", "barred": "document"}
    done(office.post(f"/api/{path}", bodies[path]), 201)
    with django_assert_num_queries(4):
        assert done(office.get(f"/api/{path}"))["total"] == 1
    for again in ("2 号", "3 号"):  # the same twice is one
        done(office.post(f"/api/{path}", bodies[path] | {own[path]: again}), 201)
    with django_assert_num_queries(4):
        assert len(done(office.get(f"/api/{path}"))["items"]) == 3


def test_entitlements_name_the_missing_fact_and_the_open_round(city):
    firm, own = city.firm()
    round = round_of(city, award="M5.3", lane="quick", title="技术经理人证书奖励申报")
    found = done(Caller(own).get("/api/entitlements", organisation=firm.uscc))
    assert found[0]["rounds"] == [
        {"id": round.pk, "title": "技术经理人证书奖励申报", "closes_on": round.closes_on.isoformat()}
    ]
    research = next(one for one in found if one["award"] == "M5.4")
    assert "rd_expense_yuan" in [one["key"] for one in research["missing"]] and research["answer"] is None
    assert research["told"] < research["of"]
    _other, stranger = city.firm()
    assert Caller(stranger).get("/api/entitlements", organisation=firm.uscc).status_code == 404
    assert list(fields(Caller(own).get("/api/entitlements"))) == ["organisation"]


def test_an_import_is_listed_read_with_its_errors_marked_and_dropped(things, clerk, officer, stranger):
    case, own = things["import"], Caller(clerk)
    (line,) = done(own.get("/api/imports"))["items"]
    assert (line["id"], line["state"]) == (case.pk, "wrong") and line["error_count"] > 0
    assert done(Caller(stranger).get("/api/imports"))["total"] == 0
    marked = own.get(f"/api/imports/{case.pk}/annotated")
    assert (marked.status_code, marked["Content-Type"]) == (200, XLSX)
    assert any(cell.comment for row in load_workbook(BytesIO(marked.content)).active.iter_rows() for cell in row)
    assert Caller(stranger).get(f"/api/imports/{case.pk}/annotated").status_code == 404
    good, own = checked(officer, sheet(3).xlsx()), Caller(officer)
    assert own.get(f"/api/imports/{good.pk}/annotated").status_code == 404, "nothing is wrong"
    drop = f"/api/imports/{good.pk}/drop"
    assert own.post(drop, {"seen_version": 9}).status_code == 409
    assert Caller(stranger).post(drop, {"seen_version": good.version}).status_code == 404
    assert done(own.post(drop, {"seen_version": good.version}))["state"] == "dropped"
    assert [one["id"] for one in done(own.get("/api/imports"))["items"]] == [good.pk]


def test_a_person_reads_the_own_share_and_nobody_else_s(market, clerk):
    _sale, expert = shared_out(market)
    (own,) = done(Caller(expert).get("/api/sales/income"))["items"]
    assert (own["amount_fen"], own["part"]) == (42_000_000, "配方")
    assert "林溪" not in str(own)
    for who in (clerk, market.teller):
        assert done(Caller(who).get("/api/sales/income")) == {"items": [], "total": 0}
