"""Who comes late is told what is true then: no body that a newer statement has overtaken, no seal of an ended key."""

import pytest
from django.utils import timezone

from tests.exchange.conftest import AWAY, HOME, body, edited, follow, published, pull, push, registered, stepped
from tests.exchange.peer import Key, digest, same_statement, sealed
from tests.market.test_flow import VALUES
from tests.market.test_needs import TEASER
from triplehelix.market.exchange import actions, finds, keys, receive
from triplehelix.market.exchange.models import Conflict, FeedEntry, Incoming, Outgoing, PeerKey, Received
from triplehelix.market.needs.models import Need
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = {"secrecy": "confidential", "teaser": TEASER}


def heard(market):
    """Bodies it was ever told, by number."""
    return {seq: one["body"] for seq, one in market.heard.items()}


def confirmed_anew(peer, market, officer):
    """Cut, and brought back with a key that was given by hand."""
    peer = stepped(stepped(peer, "cut", officer), "reopen", officer)
    now = timezone.now()
    peer = actions.replace_key(peer=peer, public=market.key.public, actor=officer, now=now)
    return take(
        case=peer, step="confirm", actor=officer, now=now, seen_version=peer.version, note=market.key.fingerprint
    )


def test_after_a_pause_nobody_hears_what_has_become_confidential(active, market, officer, clerk, firm):
    peer = stepped(active, "pause", officer)
    need, gone = published(clerk, firm, Need), published(clerk, firm, title="撤下的一项", text="撤下的内容" * 9)
    follow()
    edited(need, clerk, **SECRET)
    stepped(gone, "withdraw", clerk)
    follow()
    peer.refresh_from_db()
    peer = stepped(peer, "resume", officer)
    assert push(peer)
    told = heard(market)
    assert (told[1], told[2]) == (None, None)
    assert VALUES["text"] not in str(told) and "撤下的内容" not in str(told)
    assert [one["text"] for one in market.offered().values()] == [TEASER]
    assert market.cursor == Outgoing.objects.get(peer=peer).acked == 4
    assert not market.conflicts and not market.refused


def test_nor_before_the_worker_has_looked(active, market, live_server, clerk, firm):
    need = published(clerk, firm, Need)
    follow()
    edited(need, clerk, **SECRET)
    # Nobody has read the trail yet; the other market comes for the feed by itself.
    status, page = market.pull(f"http://127.0.0.1:{live_server.thread.port}/exchange/v1/")
    assert (status, page["last"]) == (200, 2)
    assert [one and one["text"] for one in heard(market).values()] == [None, TEASER]
    follow()
    assert FeedEntry.objects.count() == 2, "said already"


def test_a_feed_that_stood_still_is_looked_at_again(active, market, officer, clerk, firm):
    need = published(clerk, firm, Need)
    follow()
    peer = stepped(active, "cut", officer)
    edited(need, clerk, **SECRET)
    follow()
    peer = stepped(peer, "reopen", officer)
    peer = take(case=peer, step="confirm", actor=officer, now=timezone.now(), seen_version=peer.version,
                note=market.key.fingerprint)  # fmt: skip
    assert push(peer)
    assert VALUES["text"] not in str(heard(market))
    assert [one["text"] for one in market.offered().values()] == [TEASER]


def test_what_had_arrived_is_known_however_it_is_told_again(market, cable, officer, clerk, firm):
    """The answer is lost; then a body is overtaken and the key changes: the same statements, not others."""
    peer = registered(officer, market, cable.address)
    need, kept = published(clerk, firm, Need), published(clerk, firm, title="不变的一项")
    follow()
    cable.swallow = True
    assert not push(peer)
    assert len(market.heard) == 2
    cable.heal()
    edited(need, clerk, **SECRET)
    follow()
    actions.new_key(actor=officer, now=timezone.now())
    market.trust(keys.announcement(timezone.now()))
    assert push(peer)
    assert market.cursor == Outgoing.objects.get(peer=peer).acked == 3
    assert not market.conflicts and not market.refused
    assert sorted(one["title"] for one in market.offered().values()) == sorted([kept.title, need.title])


def test_after_our_key_was_stolen_the_feed_goes_on_under_the_new_one(active, market, officer, clerk, firm):
    published(clerk, firm)
    follow()
    actions.new_key(actor=officer, now=timezone.now())
    own = keys.current(timezone.now())
    market.trusted = {own.kid: (own.public, "2026-01-01T00:00:00Z", None)}  # their people ended the old one by hand
    published(clerk, firm, title="第二项")
    follow()
    assert push(active)
    assert len(market.offered()) == 2
    assert not market.refused


def test_after_theirs_was_stolen_we_take_what_they_seal_anew(active, market, officer):
    stolen = market.key
    first = market.say("publish", "achievement", 1, body())
    market.keys = [Key()]
    market.key = market.keys[0]
    peer = confirmed_anew(active, market, officer)
    market.say("publish", "achievement", 2, body(title="第二项"))
    assert pull(peer)
    assert finds.shown().count() == 2
    assert Incoming.objects.get(peer=peer).cursor == 2
    # What the thief says, or plays again, counts for nothing; what had come before is no other statement now.
    (refused,) = receive.take_in(peer=peer, entries=[first], via="push", now=timezone.now()).results
    assert (refused["code"], PeerKey.objects.get(kid=stolen.id).ended_at is None) == ("key_not_in_force", False)
    (known,) = receive.take_in(peer=peer, entries=[market.told(market.feed[0])], via="push", now=timezone.now()).results
    assert known["result"] == "duplicate"
    assert not Conflict.objects.exists()


def test_a_key_whose_time_is_over_leaves_the_announcement_and_has_not_ended(active, market):
    old, new = market.key, Key()
    signed_in_time = market.say("publish", "achievement", 1, body())
    PeerKey.objects.filter(kid=old.id).update(not_after=timezone.now())
    keys.add(peer=active, public=new.public, now=timezone.now(), not_before=timezone.now())
    market.keys, market.key = [new], new
    keys.learn(peer=active, data=market.announcement(), now=timezone.now())
    assert PeerKey.objects.get(kid=old.id).ended_at is None
    (result,) = receive.take_in(peer=active, entries=[signed_in_time], via="push", now=timezone.now()).results
    assert result["result"] == "applied"


class TestOvertaken:
    """Envelopes without a body, as they come to us."""

    def take(self, peer, *entries):
        outcome = receive.take_in(peer=peer, entries=entries, via="push", now=timezone.now())
        return [one.get("code", one["result"]) for one in outcome.results], outcome.cursor

    def test_they_close_the_gap_and_show_nothing(self, active, market):
        first, second = market.say("publish", "need", 1, body()), market.say("update", "need", 1, body(title="新的"))
        bare = market.told(first)
        assert bare["body"] is None and same_statement(bare, first)
        assert self.take(active, bare) == (["stale"], 1)
        assert not finds.shown().exists()
        assert self.take(active, first, second, bare) == (["duplicate", "applied", "duplicate"], 2)
        assert finds.shown().get().title == "新的"
        assert Received.objects.get(seq=1).envelope["body"] is None
        assert not Conflict.objects.exists()

    def test_only_who_sealed_it_takes_a_body_away(self, active, market):
        true = market.say("publish", "need", 1, body())
        assert self.take(active, true | {"body": None}) == (["bad_digest"], 0)
        nothing = {"body": None, "digest": digest(None)}
        assert self.take(active, true | nothing) == (["bad_signature"], 0)
        assert self.take(active, true) == (["applied"], 1)

    def test_another_statement_under_the_number_is_still_another(self, active, market):
        market.say("publish", "need", 1, body())
        bare = market.told(market.say("update", "need", 1, body()) and market.feed[0])
        self.take(active, bare)
        other = sealed(market.key, **{"from": AWAY}, to=HOME, seq=1, prev=0, verb="publish", kind="need",
                       id=f"{AWAY}/need/9", revision=1, body=None)  # fmt: skip
        assert self.take(active, other)[0] == ["seq_reused"]
        conflict = Conflict.objects.get()
        assert (conflict.had, conflict.came) == ({}, {})
