"""Sales over the API, by keys of the seller, the buyer, the market: from the first call to a contract that landed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.contracts.words import PRICE
from tests.doors import callers
from tests.doors.callers import done, fields, paper
from tests.introductions.words import Table
from triplehelix.doors.api.urls import api
from triplehelix.market.contracts import acts
from triplehelix.market.contracts.models import Bid, Objection, Publication, Sale
from triplehelix.records.evidence.models import File

OBJECTION = {
    "name": "邵明远",
    "phone": "0635-8400001",
    "text": "这项成果去年由同一单位以更低的价格许可给了别家，请核实定价依据。",
}


class Caller(callers.Caller):
    """What is asked about a sale is asked having seen it as it stands, if nothing else is said."""

    def act(self, sale, act, body, seen=None, **papers):
        return super().act(f"/api/sales/{sale['id']}", act, body, seen or seen_of(sale), **papers)

    def step(self, sale, step, note=""):
        return super().step(f"/api/sales/{sale['id']}", step, seen_of(sale), note)


def seen_of(sale):
    return Sale.objects.get(pk=sale["id"]).version


@pytest.fixture
def seller(market):
    return Caller(market.teller)


@pytest.fixture
def buyer(market):
    return Caller(market.clerk)


@pytest.fixture
def office(market):
    return Caller(market.officer)


def rights(market, **more):
    own = {"name": market.university.name, "uscc": market.university.uscc, "share_bp": 10_000}
    given = {"owners": [own], "secrecy": "open", "secrecy_document": "密审〔2026〕3号", "export": "home"}
    return given | more


def opened(market, seller, buyer=True):
    body = {"achievement": market.achievement.pk, "buyer": market.firm.uscc if buyer else ""}
    return done(seller.post("/api/sales", body), 201)


def pricing(market, seller, office, **more):
    sale = opened(market, seller, **more)
    done(seller.act(sale, "rights", rights(market)))
    return done(office.step(sale, "pass_rights"))


def proposal(**more):
    today = str(timezone.localdate())
    given = {"method": "agreed", "basis": "参考评估报告，协商确定", "document": "澄大办纪〔2026〕5号"}
    return given | {"objections_to": "科技大市场，0635-0000000", "unit_first": today} | more


def noticed(market, seller, office):
    """Made public by the market, from what the seller handed in."""
    sale = pricing(market, seller, office)
    done(seller.act(sale, "propose", proposal(), unit_proof=paper("unit.pdf", "unit")))
    said = {name: one for name, one in proposal().items() if name != "method"}
    return done(office.act(sale, "notice", said))


@pytest.fixture
def later(monkeypatch):
    """Let days pass: what is public is kept as it was, so the clock moves."""

    def pass_by(days):
        then = timezone.now() + timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda: then)

    return pass_by


def contract(**more):
    given = {"number": "澄大合〔2026〕9号", "type": "ASSIGN", "structure": "fixed", "price_fen": PRICE}
    days = {"signed_on": str(timezone.localdate()), "pay_by": str(timezone.localdate() + timedelta(days=60))}
    return given | days | {"site": "371521"} | more


def test_from_the_first_call_to_a_landing(market, seller, buyer, office, later):
    unknown = seller.post("/api/sales", {"achievement": market.achievement.pk, "buyer": "没有这家"})
    assert "没有找到这个单位" in fields(unknown)["buyer"]
    sale = opened(market, seller)
    again = {"achievement": market.achievement.pk, "buyer": market.firm.name}
    assert done(seller.post("/api/sales", again), 201)["id"] == sale["id"], "a unit is known by its name too"
    assert (sale["state"], sale["acts"]) == ("checking", ["rights", "buyer", "price"])
    assert done(buyer.get(f"/api/sales/{sale['id']}"))["acts"] == []
    wrong = rights(market, owners=[{"name": "某厂", "uscc": market.university.uscc, "share_bp": 6000}])
    assert "合计应为 100%" in fields(seller.act(sale, "rights", wrong))["owners"]
    sale = done(seller.act(sale, "rights", rights(market)))
    assert "pass_rights" in done(office.get(f"/api/sales/{sale['id']}"))["steps"]
    sale = done(office.step(sale, "pass_rights"))
    sale = done(seller.act(sale, "price", {"price_fen": PRICE}))
    assert "unit_proof" in fields(seller.act(sale, "propose", proposal()))
    assert not File.objects.exists()
    sale = done(seller.act(sale, "propose", proposal(), unit_proof=paper("unit.pdf", "unit")))
    assert (sale["proposal"]["method"], sale["proposal"]["unit_first"]) == ("agreed", str(timezone.localdate()))
    said = {name: one for name, one in proposal().items() if name != "method"}
    sale = done(office.act(sale, "notice", said))
    assert sale["state"] == "noticing" and Publication.objects.get().unit_proof.name == "unit.pdf"
    later(20)
    sale = done(office.step(sale, "end_notice"))
    assert "sign" in done(seller.get(f"/api/sales/{sale['id']}"))["acts"]
    sale = done(seller.act(sale, "sign", contract(), file=paper("contract.pdf", "contract")))
    assert (sale["state"], sale["contract"]["due_fen"]) == ("signed", PRICE)
    sale = done(seller.act(sale, "submit", {"authority": "MIIT"}))
    year = timezone.localdate().year
    registered = {"number": f"{year}-371500-000001", "type": "ASSIGN", "certified_fen": PRICE, "technical_fen": PRICE,
                  "decided_on": str(timezone.localdate())}  # fmt: skip
    sale = done(office.act(sale, "register", registered, file=paper("registered.pdf", "registered")))
    paid = {"amount_fen": PRICE, "on": str(timezone.localdate()), "number": "R1"}
    sale = done(seller.act(sale, "money", paid, file=paper("slip.pdf", "slip")))
    assert (sale["state"], sale["arrived_fen"]) == ("registered", PRICE)
    assert sale["landed_on"] == str(timezone.localdate())
    used = seller.act(sale, "money", paid | {"number": "R2"}, file=paper("slip.pdf", "slip"))
    assert "一张回单只能用一次" in fields(used)["file"]


def test_sharing_and_the_years_after(market, seller, buyer, office):
    sale = market.performing()
    market.pay(sale, PRICE)
    sale = {"id": sale.pk}
    sheet = {
        "income_fen": PRICE, "costs": [{"name": "维护费", "fen": 100}], "rule_bp": 7_000,
        "rule_document": "澄大科〔2025〕9号",
        "contributors": [{"name": "方砚", "weight": 60}, {"name": "林溪", "weight": 40}],
    }  # fmt: skip
    assert "法定" in fields(seller.act(sale, "reward", sheet | {"rule_bp": 100}))["rule_bp"]
    mine = done(seller.act(sale, "reward", sheet))
    (shared,) = mine["distributions"]
    assert sum(one["amount_fen"] for one in shared["shares"]) == shared["pool_fen"]
    bought = done(buyer.get(f"/api/sales/{sale['id']}"))
    assert (bought["state"], bought["distributions"]) == ("registered", []), "the money of persons is not the buyer's"
    Sale.objects.filter(pk=sale["id"]).update(state="following")
    told = {"year": timezone.localdate().year, "in_use": True, "output_fen": 500, "text": "两条产线都在用，运行稳定。"}
    assert done(buyer.act(sale, "follow", told))["follow_ups"][0]["output_fen"] == 500
    assert "这一年已经填过" in fields(buyer.act(sale, "follow", told))["year"]


def test_papers_of_co_owners_are_named_by_their_owner(market, seller):
    sale, other = opened(market, seller), market.other(9302)[0]
    own = {"name": market.university.name, "uscc": market.university.uscc, "share_bp": 6_667}
    co = {"name": other.name, "uscc": other.uscc, "share_bp": 3_333, "consented_on": str(timezone.localdate()),
          "consent": "consent.pdf"}  # fmt: skip
    body = rights(market, owners=[own, co])
    assert list(fields(seller.act(sale, "rights", body, consents=[paper("else.pdf")]))) == ["owners.1"]
    assert list(
        fields(seller.act(sale, "rights", body, consents=[SimpleUploadedFile("consent.pdf", b"\x00\x01")]))
    ) == ["owners.1"]
    done(seller.act(sale, "rights", body, consents=[paper("consent.pdf")]))
    assert [one.consent.name if one.consent else "" for one in Sale.objects.get().owners.all()] == ["", "consent.pdf"]


def test_a_refusal_is_said_at_the_field_of_the_call(market, seller):
    sale = {"id": market.priced().pk}
    low = seller.act(sale, "sign", contract(price_fen=PRICE - 1), file=paper())
    assert "低于公示" in fields(low)["price_fen"]
    rows = [{"name": "首付", "fen": PRICE}, {"name": "", "fen": 1}]
    split = seller.act(sale, "sign", contract(structure="instalments", rows=rows), file=paper())
    assert "请写付款条件" in fields(split)["rows.1"]
    broken = seller.act(sale, "sign", contract(), file=SimpleUploadedFile("contract.pdf", b"\x00\x01"))
    assert list(fields(broken)) == ["file"]
    assert "file" in fields(seller.act(sale, "sign", contract(), other=paper()))
    assert (
        seller.client.post(
            f"/api/sales/{sale['id']}/acts/sign", {"given": "{", "file": paper()}, headers=seller.headers
        ).status_code
        == 400
    )
    assert not Sale.objects.filter(contract__isnull=False).exists()


def test_who_has_no_part_finds_nothing_and_who_has_another_is_refused(market, seller, buyer, office):
    sale = opened(market, seller)
    stranger = Caller(market.other(9302)[1])
    for act, body in (("price", {"price_fen": 1}), ("rights", rights(market)), ("buyer", {"buyer": "x"})):
        assert stranger.act(sale, act, body).status_code == 404
    refused = buyer.act(sale, "price", {"price_fen": 1})
    assert (refused.status_code, refused.json()["message"]) == (409, "您无权办理这一步")
    assert seller.act(sale, "tags", {"tags": []}).status_code == 409
    assert done(office.act(sale, "tags", {"tags": []}))["tags"] == []


def test_nobody_writes_over_what_they_have_not_seen(market, seller, office):
    sale = opened(market, seller)
    address = f"/api/sales/{sale['id']}/acts/price"
    assert seller.get(f"/api/sales/{sale['id']}")["ETag"] == f'"{sale["version"]}"'
    assert seller.post(address, {"price_fen": 5}).status_code == 428
    assert done(seller.post(address, {"price_fen": 5, "seen_version": sale["version"]}))["price_fen"] == 5
    stale = seller.post(address, {"price_fen": 6}, sale["version"])
    assert (stale.status_code, stale.json()["message"][:4]) == (409, "别人刚刚")


def test_a_listing_takes_bids_and_a_notice_objections(market, seller, office):
    sale = pricing(market, seller, office, buyer=False)
    said = {"basis": "评估值", "document": "澄大办纪〔2026〕6号"}
    done(seller.act(sale, "propose", said | {"method": "listing"}))
    assert "days" in fields(office.act(sale, "list", said | {"days": 3}))
    sale = done(office.act(sale, "list", said))
    (public,) = sale["publications"]
    firm, clerk = market.other(9302)
    bidder = Caller(clerk)
    bid = {"organisation": firm.uscc, "contact_name": "阮砺石", "contact_phone": "13900000000"}
    assert list(fields(bidder.post(f"/api/market/{public}/bids", bid | {"deposit_fen": 5}))) == ["deposit_at"]
    assert bidder.post(f"/api/market/{public}/bids", bid | {"organisation": market.firm.uscc}).status_code == 404
    made = done(bidder.post(f"/api/market/{public}/bids", bid), 201)
    assert (made["organisation"], made["result"]) == (firm.uscc, "")
    assert bidder.post(f"/api/market/{public}/bids", bid).status_code == 409
    assert done(bidder.get("/api/bids"))["total"] == 1
    assert done(seller.get("/api/bids"))["total"] == 0 and Bid.objects.count() == 1
    assert seller.post(f"/api/bids/{made['id']}/take_back", {}).status_code == 404
    assert done(bidder.post(f"/api/bids/{made['id']}/take_back", {}))["result"] == "withdrawn"
    assert bidder.post(f"/api/bids/{made['id']}/take_back", {}).status_code == 409
    done(bidder.post(f"/api/market/{public}/bids", bid), 201)


def test_an_objection_is_answered_by_the_office_and_its_name_is_told_to_nobody_else(market, seller, buyer, office):
    sale = noticed(market, seller, office)
    address = f"/api/market/{sale['publications'][0]}/objections"
    anybody = Caller(market.account("citizen"))
    assert list(fields(anybody.post(address, OBJECTION | {"name": "邵"}))) == ["name"]
    assert done(anybody.post(address, OBJECTION), 201)["due_on"]
    (told,) = done(buyer.get(f"/api/sales/{sale['id']}"))["objections"]
    assert (told["name"], told["text"]) == (None, OBJECTION["text"])
    (told,) = done(office.get(f"/api/sales/{sale['id']}"))["objections"]
    assert told["name"] == OBJECTION["name"]
    body = {"objection": told["id"], "is_upheld": False, "text": "经核对，去年许可的是另一项成果。"}
    act = f"/api/sales/{sale['id']}/acts/answer"
    assert buyer.post(act, body).status_code == 409
    assert office.post(act, body | {"objection": 10**9}).status_code == 404
    assert done(office.post(act, body))["objections"][0]["is_upheld"] is False
    assert Objection.objects.get().answered_by == market.officer


def test_every_act_has_a_call_of_its_own():
    paths = api.get_openapi_schema()["paths"]
    known = {path.rsplit("/", 1)[1] for path in paths if path.startswith("/api/sales/{pk}/acts/")}
    assert known == set(acts.ACTS)


def test_agreed_terms_become_a_sale(officer, clerk, firm, stranger):
    table = Table(officer=officer, clerk=clerk, firm=firm)
    address = f"/api/introductions/{table.agreed(side='manager').pk}/sale"
    assert Caller(stranger).post(address, {}).status_code == 404
    made = done(Caller(table.manager).post(address, {}), 201)
    assert Caller(table.manager).get(f"/api/sales/{made['id']}").status_code == 404
    assert done(Caller(clerk).get(f"/api/sales/{made['id']}"))["number"] == made["number"]
    assert done(Caller(clerk).post(address, {}), 201) == made, "asked again, it is the same sale"
