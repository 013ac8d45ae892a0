"""Other markets over the API: registered, connected, paused; conflicts decided; what was refused."""

import pytest
from django.utils import timezone

from tests.doors.callers import Caller, done, fields
from tests.doors.conftest import exchange_of
from tests.exchange import peer as another
from triplehelix.market.exchange import actions, refusals
from triplehelix.market.exchange.models import Conflict, ForeignListing, Peer

PEERS = "/api/exchange/peers"


@pytest.fixture
def office(officer):
    return Caller(officer)


def new(key, **more):
    given = {"market": "jinan.example", "name": "济南市场", "url": "https://jinan.example/exchange/v1/"}
    return given | {"public": key.public} | more


def test_a_market_is_registered_and_connected_by_its_fingerprint(office, clerk, auditor):
    key = another.Key()
    assert set(fields(office.post(PEERS, new(key, market="J", public="x")))) == {"market", "public"}
    assert list(fields(office.post(PEERS, new(key, chains=["没有这条链"])))) == ["chains"]
    made = done(office.post(PEERS, new(key, kinds=["need"])), 201)
    assert (made["state"], made["kinds"], made["keys"][0]["fingerprint"]) == ("registered", ["need"], key.fingerprint)
    assert list(fields(office.post(PEERS, new(key)))) == ["market"], "it is known"
    address = f"{PEERS}/{made['id']}"
    assert office.step(address, "confirm", 1, note="0" * 64).status_code == 409
    assert office.post(f"{address}/steps/confirm", {"note": key.fingerprint}).status_code == 428
    there = done(office.step(address, "confirm", 1, note=key.fingerprint))
    assert (there["state"], there["steps"]) == ("active", ["pause", "cut"])
    assert office.step(address, "pause", 1).status_code == 409, "it has changed since"
    paused = office.step(address, "pause", 2)
    assert (done(paused)["state"], paused["ETag"]) == ("paused", '"3"')
    assert office.post(f"{address}/acts/try", {}).status_code == 409
    assert done(office.step(address, "resume", 3))["state"] == "active"
    assert office.step(address, "fly", 4).status_code == 404
    read = done(Caller(auditor).get(address))
    assert (read["steps"], read["version"]) == ([], 4), "who audits reads along"
    for who in (auditor, clerk):
        assert Caller(who).step(address, "cut", 4).status_code == 404
    assert Caller(clerk).get(address).status_code == 404


def test_what_a_market_gets_is_changed_having_seen_it(office):
    made = done(office.post(PEERS, new(another.Key())), 201)
    address = f"{PEERS}/{made['id']}"

    def amend(body, seen=None):
        headers = office.headers | ({"If-Match": f'"{seen}"'} if seen else {})
        return office.client.put(address, body, content_type="application/json", headers=headers)

    assert amend({"name": "改"}).status_code == 428
    assert list(fields(amend({"url": "ftp://jinan.example/"}, 1))) == ["url"]
    changed = done(amend({"kinds": []}, 1))
    assert (changed["kinds"], changed["name"], changed["version"]) == ([], "济南市场", 2)
    assert amend({"name": "改"}, 1).status_code == 409


def test_keys_of_both_sides(office, clerk, officer):
    assert done(office.get("/api/exchange/key"))["kid"] == ""
    key, other = another.Key(), another.Key()
    made = done(office.post(PEERS, new(key)), 201)
    first = done(office.get("/api/exchange/key"))
    assert len(first["fingerprint"]) == 64
    assert done(office.post("/api/exchange/key", {}), 201)["kid"] != first["kid"]
    act = f"{PEERS}/{made['id']}/acts/key"
    assert list(fields(office.post(act, {"public": "短"}))) == ["public"]
    held = done(office.post(act, {"public": other.public}))["keys"]
    assert {one["fingerprint"]: one["ended_at"] is None for one in held} == {
        key.fingerprint: False, other.fingerprint: True,
    }  # fmt: skip
    for address in ("/api/exchange/key", act):
        assert Caller(clerk).post(address, {"public": key.public}).status_code == 404


def test_a_conflict_is_decided_once(office, officer, clerk, auditor):
    things = exchange_of(officer)
    address = f"/api/exchange/conflicts/{things['conflict'].pk}"
    (waiting,) = done(office.get("/api/exchange/conflicts", waiting="true"))["items"]
    assert (waiting["id"], waiting["decision"]) == (things["conflict"].pk, "")
    both = done(Caller(auditor).get(address))
    assert (both["had"]["price_fen"], both["came"]["price_fen"]) == (None, 5)
    assert list(fields(office.post(f"{address}/decide", {"decision": "take", "note": "短"}))) == ["note"]
    assert list(fields(office.post(f"{address}/decide", {"decision": "both", "note": "核对过"}))) == ["decision"]
    taken = {"decision": "take", "note": "已电话与对方核对"}
    for who in (clerk, auditor):
        assert Caller(who).post(f"{address}/decide", taken).status_code == 404
    assert Conflict.objects.get().decision == ""
    assert done(office.post(f"{address}/decide", taken))["decision"] == "take"
    assert ForeignListing.objects.get().body["price_fen"] == 5
    assert office.post(f"{address}/decide", taken).status_code == 409
    assert done(office.get("/api/exchange/conflicts", waiting="true"))["total"] == 0
    assert done(office.get("/api/exchange/conflicts", peer=things["peer"].pk))["total"] == 1


def test_a_listing_of_theirs_is_hidden_and_shown_again(office, officer, clerk):
    things = exchange_of(officer)
    address = f"/api/foreign/{things['foreign'].pk}"
    assert list(fields(office.post(f"{address}/hide", {"note": ""}))) == ["note"]
    assert Caller(clerk).post(f"{address}/hide", {"note": "对方来函要求"}).status_code == 404
    assert office.post(f"{address}/hide", {"note": "对方来函要求"}).status_code == 204
    assert office.get(address).status_code == 404
    assert office.post(f"{address}/unhide", {}).status_code == 204
    assert office.get(address).status_code == 200


def test_refusals_are_told_in_words_to_the_office(office, officer, clerk):
    things = exchange_of(officer)
    refusals.note(code="unknown_peer", detail="who.example", peer=None, now=timezone.now())
    rows = done(office.get("/api/exchange/refusals"))["items"]
    assert {row["words"] for row in rows} == {"没有登记的市场", "不认得的密钥"}
    (own,) = done(office.get("/api/exchange/refusals", peer=things["peer"].pk))["items"]
    assert own["peer"] == things["peer"].pk
    assert Caller(clerk).get("/api/exchange/refusals").status_code == 404


def test_one_peer_and_three_cost_the_same_queries(office, officer, django_assert_num_queries):
    def register(n):
        now = timezone.now()
        given = {"market": f"m{n}.example", "name": f"市场 {n}", "url": f"https://m{n}.example/exchange/v1/"}
        actions.register(public=another.Key().public, actor=officer, now=now, **given)

    register(1)
    office.get(PEERS)
    with django_assert_num_queries(4):
        assert done(office.get(PEERS))["total"] == 1
    register(2), register(3)
    with django_assert_num_queries(4):
        assert len(done(office.get(PEERS))["items"]) == 3
    assert Peer.objects.count() == 3
