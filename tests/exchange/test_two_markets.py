"""Our market and one that was written from the protocol's page alone, over loopback: publish, update, withdraw, a cut
and healed network, replayed and forged messages. Both end with the same, nothing doubled, forgeries refused."""

import pytest
from django.db.models import Sum
from django.utils import timezone

from tests.exchange.conftest import AWAY, HOME, body, edited, follow, published, pull, push, registered, stepped
from tests.exchange.peer import Key, sealed, signed, spelling
from triplehelix.market.exchange import finds
from triplehelix.market.exchange.models import (
    Conflict,
    FeedEntry,
    ForeignListing,
    Incoming,
    Nonce,
    Outgoing,
    Received,
    Refused,
)
from triplehelix.market.needs.models import Need

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ours(live_server):
    """Where the other market finds us."""
    return f"http://127.0.0.1:{live_server.thread.port}/exchange/v1/"


def titles():
    return sorted(finds.shown().values_list("title", flat=True))


def refused():
    """How many refusals of each code were noted, of whomever."""
    return dict(Refused.objects.order_by().values_list("code").annotate(n=Sum("count")))


def agree(market, peer):
    """Both sides hold what the other has in its feed, and know it."""
    newest = {}
    for one in FeedEntry.objects.filter(peer=peer).order_by("seq"):
        newest[one.envelope["id"]] = one.envelope
    assert market.known == newest
    told = {}
    for one in market.feed:
        told[one["id"]] = one
    here = {one.origin: one for one in ForeignListing.objects.filter(peer=peer)}
    assert here.keys() == told.keys()
    for id, one in told.items():
        assert (here[id].revision, here[id].digest) == (one["revision"], one["digest"])
        assert (here[id].state == "shown") == (one["verb"] != "withdraw")
    outgoing, incoming = Outgoing.objects.get(peer=peer), Incoming.objects.get(peer=peer)
    assert outgoing.waiting == incoming.missing == 0
    assert Received.objects.filter(peer=peer).count() == len(market.feed)


def test_publish_update_withdraw_both_ways(market, active, ours, clerk, firm):
    achievement, need = published(clerk, firm, title="镀锡铜排防变色"), published(clerk, firm, Need)
    follow()
    assert push(active)
    said = market.offered()
    assert sorted(said) == [f"{HOME}/achievement/{achievement.pk}", f"{HOME}/need/{need.pk}"]
    sent = said[f"{HOME}/achievement/{achievement.pk}"]
    assert (sent["title"], sent["holder"], sent["field"]) == ("镀锡铜排防变色", firm.name, "新材料")
    assert sent["url"] == f"https://chenghu.example/achievements/{achievement.pk}/"
    assert "阮砺石" not in str(said), "nobody's contact is sent"
    assert "8400000" not in str(said), "nobody's contact is sent"

    market.say("publish", "achievement", 1, body())
    market.say("publish", "need", 2, body(title="花生霉变粒在线检出"))
    assert market.push(ours)[0] == 200
    assert titles() == ["花生霉变粒在线检出", "高强度球墨铸铁的等温淬火工艺"]

    edited(achievement, clerk, title="镀锡铜排防变色膜")
    stepped(need, "withdraw", clerk)
    follow()
    assert push(active)
    assert [one["title"] for one in market.offered().values()] == ["镀锡铜排防变色膜"]
    market.say("update", "achievement", 1, body(price_fen=None))
    market.say("withdraw", "need", 2, {"reason": "withdrawn"})
    assert market.push(ours)[0] == 200
    assert titles() == ["高强度球墨铸铁的等温淬火工艺"]
    assert finds.shown().get().body["price_fen"] is None

    market.say("publish", "need", 2, body(title="花生霉变粒在线检出（再次发布）"))
    assert market.push(ours)[0] == 200
    assert "花生霉变粒在线检出（再次发布）" in titles()
    agree(market, active)
    assert refused() == {}


def test_a_cut_network_loses_nothing(market, cable, officer, live_server, clerk, firm):
    peer = registered(officer, market, cable.address)
    ours = f"http://127.0.0.1:{live_server.thread.port}/exchange/v1/"
    first = published(clerk, firm, title="第一项")
    follow()
    assert push(peer)
    cable.cut()
    edited(first, clerk, title="第一项，改过")
    second = published(clerk, firm, title="第二项")
    market.say("publish", "achievement", 1, body())
    follow()
    assert not push(peer)
    assert not pull(peer)
    outgoing = Outgoing.objects.get(peer=peer)
    assert (outgoing.tries, outgoing.waiting) == (1, 2)
    assert outgoing.error.startswith("unreachable")
    assert outgoing.failing_since is not None
    assert outgoing.next_try > timezone.now()

    # The message arrives and its answer is lost: sent again, it is known.
    cable.heal()
    cable.swallow = True
    assert not push(peer)
    cable.heal()
    stepped(second, "withdraw", clerk)
    follow()
    assert push(peer)
    market.say("update", "achievement", 1, body(title="等温淬火，改过"))
    assert pull(peer)
    assert titles() == ["等温淬火，改过"]
    agree(market, peer)
    assert [one["title"] for one in market.offered().values()] == ["第一项，改过"]
    # What the other side pushes late, after our pull had repaired the loss, changes nothing.
    status, answer = market.push(ours, market.feed)
    assert (status, {one["result"] for one in answer["results"]}) == (200, {"duplicate"})
    agree(market, peer)


def test_a_replayed_request_is_refused_and_noted(market, active, server, ours, clerk, firm):
    published(clerk, firm)
    follow()
    push(active)
    method, url, headers, content = server.seen[-1]
    wanted = {name: headers[name] for name in headers if name.lower().startswith(("sig", "content-"))}
    status, answer = market.ask("", method, url, content, wanted)
    assert (status, answer["code"]) == (409, "replayed")

    market.say("publish", "achievement", 1, body())
    content = spelling({"entries": market.feed})
    headers = signed("POST", f"{ours}inbox", content, market.key, AWAY)
    assert market.ask(ours, "POST", "inbox", content, headers)[0] == 200
    for _again in range(3):
        status, answer = market.ask(ours, "POST", "inbox", content, headers)
        assert (status, answer["code"]) == (409, "replayed")
    assert refused() == {"replayed": 3}
    assert ForeignListing.objects.count() == Received.objects.count() == Nonce.objects.count() == 1
    headers = signed("GET", f"{ours}feed?after=0&limit=9", b"", market.key, AWAY)
    assert market.ask(ours, "GET", "feed?after=0&limit=9", headers=headers)[0] == 200
    assert market.ask(ours, "GET", "feed?after=0&limit=9", headers=headers)[1]["code"] == "replayed"


def test_forgeries_are_refused_noted_and_change_nothing(market, active, ours):
    market.say("publish", "achievement", 1, body())
    assert market.push(ours)[0] == 200
    thief = Key()
    statement = {"from": AWAY, "to": HOME, "seq": 2, "prev": 1, "verb": "withdraw", "kind": "achievement",
                 "id": f"{AWAY}/achievement/1", "revision": 2, "body": {"reason": "withdrawn"}}  # fmt: skip
    # Another key under the name of theirs: in the request, and in an envelope of a request that is theirs.
    thief.id = market.key.id
    content = spelling({"entries": [sealed(thief, **statement)]})
    headers = signed("POST", f"{ours}inbox", content, thief, AWAY)
    assert market.ask(ours, "POST", "inbox", content, headers)[1]["code"] == "bad_signature"
    status, answer = market.push(ours, [sealed(thief, **statement)])
    assert (status, answer["cursor"], answer["results"][0]["code"]) == (422, 1, "bad_signature")
    # The true envelope with another body, another statement, another receiver, or from somebody else.
    true = sealed(market.key, **statement)
    forged = [
        (true | {"body": {"reason": "expired"}}, "bad_digest"),
        (true | {"revision": 3}, "bad_signature"),
        (true | {"to": "elsewhere.example"}, "not_for_us"),
        (true | {"from": "elsewhere.example"}, "foreign_origin"),
        (true | {"key": Key().id}, "unknown_key"),
        (true | {"extra": 1}, "malformed"),
        ({name: value for name, value in true.items() if name != "prev"}, "malformed"),
        (true | {"signature": "A" * 88}, "bad_signature"),
        ("a text", "malformed"),
    ]
    for envelope, code in forged:
        status, answer = market.push(ours, [envelope])
        assert (status, answer["results"][0]["code"]) == (422, code), envelope
    assert titles() == [body()["title"]]
    assert Received.objects.count() == 1
    assert refused() == {
        "bad_signature": 4, "bad_digest": 1, "not_for_us": 1, "foreign_origin": 1, "unknown_key": 1, "malformed": 3,
    }  # fmt: skip
    # What was forged did not spoil what is true.
    market.feed.append(true)
    market.revisions[true["id"]] = 2
    assert market.push(ours)[0] == 200
    assert titles() == []
    agree(market, active)


def test_who_speaks_is_proven_first(market, active, ours):
    def code(**more):
        content = more.pop("content", b'{"entries":[]}')
        headers = signed("POST", f"{ours}inbox", content, more.pop("key", market.key), more.pop("name", AWAY), **more)
        return market.ask(ours, "POST", "inbox", content, headers)

    now = int(timezone.now().timestamp())
    assert code(created=now - 400)[1]["code"] == "clock_skew"
    assert code(created=now + 400)[1]["code"] == "clock_skew"
    assert code(nonce="short")[1]["code"] == "no_signature"
    assert code(name="nobody.example")[1]["code"] == "unknown_peer"
    assert code(key=Key())[1]["code"] == "unknown_key"
    assert market.ask(ours, "POST", "inbox", b"{}", {"Content-Type": "application/json"})[1]["code"] == "no_signature"
    assert code(content=b"{")[1]["code"] == "malformed"
    assert code(content=b'{"entries":[],"entries":[]}')[1]["code"] == "malformed"
    assert code(content=b'{"entries":[1.5]}')[1]["code"] == "malformed"
    assert code(content=b'{"entries":' + b"[" * 5000 + b"]" * 5000 + b"}")[1]["code"] == "malformed"
    assert code(content=b'{"entries":[' + b"1," * 100 + b"1]}")[0] == 413
    assert code(content=b'{"entries":["' + b"x" * 2_200_000 + b'"]}')[0] == 413
    assert market.ask(ours, "GET", "inbox")[0] == 405
    assert market.ask(ours, "GET", "feed?after=-1&limit=9")[1]["code"] == "malformed"
    assert market.ask(ours, "GET", "feed?after=99&limit=9")[1]["code"] == "cursor_ahead"
    tampered = signed("POST", f"{ours}inbox", b'{"entries":[]}', market.key, AWAY)
    assert market.ask(ours, "POST", "inbox", b'{"entries":[ ]}', tampered)[1]["code"] == "bad_signature"
    elsewhere = signed("POST", "http://127.0.0.1:1/exchange/v1/inbox", b'{"entries":[]}', market.key, AWAY)
    assert market.ask(ours, "POST", "inbox", b'{"entries":[]}', elsewhere)[1]["code"] == "bad_signature"
    assert sum(refused().values()) == 17
    assert code()[0] == 200


def test_a_market_speaks_for_itself_and_once(market, active, ours):
    """Loops end at the first step, conflicts wait for an officer, a kind never changes."""
    echo = sealed(market.key, **{"from": AWAY}, to=HOME, seq=1, prev=0, verb="publish", kind="achievement",
                  id=f"{HOME}/achievement/7", revision=1, body=body())  # fmt: skip
    market.feed.append(echo)
    market.say("publish", "achievement", 1, body())
    market.say("publish", "need", 1, body())
    market.say("publish", "achievement", 3, body(title=""))
    status, answer = market.push(ours)
    assert status == 200
    assert [one.get("code", one["result"]) for one in answer["results"]] == [
        "foreign_origin", "applied", "applied", "bad_body",
    ]  # fmt: skip
    statement = {"from": AWAY, "to": HOME, "verb": "update", "kind": "achievement", "id": f"{AWAY}/achievement/1"}
    other = sealed(market.key, **statement, seq=5, prev=4, revision=1, body=body(title="另一个内容"))
    same_number = sealed(market.key, **statement, seq=2, prev=1, revision=9, body=body(title="又一个内容"))
    turned = sealed(market.key, **(statement | {"kind": "need"}), seq=6, prev=5, revision=9, body=body())
    status, answer = market.push(ours, [other, same_number, turned])
    assert [one["code"] for one in answer["results"]] == ["same_revision", "seq_reused", "kind_changed"]
    market.push(ours, [other, same_number])
    assert Conflict.objects.count() == 2
    assert titles() == [body()["title"]] * 2


def test_a_peer_that_is_not_in_traffic_is_told_so(market, active, ours, officer):
    peer = active
    for step, code in (("pause", "peer_paused"), ("cut", "peer_cut"), ("reopen", "not_confirmed")):
        peer = stepped(peer, step, officer)
        assert market.push(ours, [])[1]["code"] == code
        assert not push(peer)
        assert not pull(peer)
