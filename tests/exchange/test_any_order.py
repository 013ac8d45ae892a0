"""Whatever is lost, doubled, late or out of order on the way: in the end the receiver shows what the sender says."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.exchange.conftest import AWAY, HOME, body
from tests.exchange.peer import Key, Market, sealed
from triplehelix.market.exchange import actions, finds, keys, receive
from triplehelix.market.exchange.models import Conflict, ForeignListing, Incoming, Peer, PeerKey, Received, Refused
from triplehelix.records.steps.actions import take
from triplehelix.records.trail.models import Entry

NUMBERS = some.integers(1, 3)


class Exchange(RuleBasedStateMachine):
    """A sender, a network that does what it likes, and our program at its other end."""

    officer = None

    @initialize()
    def begin(self):
        # The tables of the trail and of what was received refuse to be changed: each run has a peer of its own.
        self.count = Peer.objects.count()
        self.market = Market(f"m{self.count}.example", HOME)
        now = timezone.now()
        self.peer = actions.register(
            market=self.market.name, name="山东示例市场", url=f"https://m{self.count}.example/", actor=self.officer,
            public=self.market.key.public, now=now,
        )  # fmt: skip
        Peer.objects.filter(pk=self.peer.pk).update(state="active")
        self.peer.refresh_from_db()
        self.offered, self.sent = {}, 0

    def deliver(self, entries):
        outcome = receive.take_in(peer=self.peer, entries=entries, via="push", now=timezone.now())
        assert outcome.stopped == ""
        return outcome

    @rule(number=NUMBERS, price=some.integers(0, 3), late=some.booleans())
    def publish_or_update(self, number, price, late):
        verb = "update" if number in self.offered else "publish"
        content = body(title=f"第 {number} 项", price_fen=price, valid_until="2026-01-01" if late else "2099-12-31")
        self.market.say(verb, "achievement", number, content)
        self.offered[number] = None if late else price

    @precondition(lambda self: self.offered)
    @rule(data=some.data())
    def withdraw(self, data):
        number = data.draw(some.sampled_from(sorted(self.offered)))
        del self.offered[number]
        self.market.say("withdraw", "achievement", number, {"reason": "withdrawn"})

    @precondition(lambda self: self.market.feed)
    @rule(data=some.data())
    def some_arrive(self, data):
        """A push of any envelopes there ever were, in any order, some twice, as they were told first or are today."""
        told = [*(one for one in self.market.feed if one["key"] == self.market.key.id), *self.market.behind(0)]
        self.deliver(data.draw(some.lists(some.sampled_from(told), max_size=6)))

    @rule()
    def the_key_is_replaced(self):
        """By hand, because it was stolen: what it sealed is not taken any more."""
        self.market.key, now = Key(), timezone.now()
        PeerKey.objects.filter(peer=self.peer, ended_at=None).update(ended_at=now)
        keys.add(peer=self.peer, public=self.market.key.public, now=now, not_before=now.replace(microsecond=0))

    @precondition(lambda self: self.market.feed)
    @rule(data=some.data(), what=some.sampled_from(["body", "revision", "seq", "signature", "to", "from"]))
    def a_forgery_arrives(self, data, what):
        true = data.draw(some.sampled_from(self.market.feed))
        wrong = {"body": body(title="伪造"), "revision": 99, "seq": true["prev"] + 50, "signature": "A" * 88,
                 "to": "x.example", "from": "x.example"}  # fmt: skip
        before = Refused.objects.filter(peer=self.peer).count()
        outcome = receive.take_in(peer=self.peer, entries=[true | {what: wrong[what]}], via="push", now=timezone.now())
        assert outcome.stopped
        assert Refused.objects.filter(peer=self.peer).count() >= max(before, 1)

    @rule()
    def pull(self):
        """Everything behind the cursor, then both sides are the same."""
        cursor = Incoming.objects.get(peer=self.peer).cursor
        outcome = self.deliver(self.market.behind(cursor))
        assert outcome.cursor == len(self.market.feed)
        shown = {
            int(one.origin.rpartition("/")[2]): one.body["price_fen"] for one in finds.shown().filter(peer=self.peer)
        }
        assert shown == {number: price for number, price in self.offered.items() if price is not None}
        assert Received.objects.filter(peer=self.peer).count() == len(self.market.feed)
        assert ForeignListing.objects.filter(peer=self.peer).count() == len({one["id"] for one in self.market.feed})
        assert not Conflict.objects.filter(peer=self.peer).exists()

    def teardown(self):
        if hasattr(self, "market"):
            self.pull()


@pytest.mark.django_db
def test_both_sides_converge(officer):
    Exchange.officer = officer
    run_state_machine_as_test(
        Exchange,
        settings=settings(
            max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.django_db
class TestOneByOne:
    @pytest.fixture
    def peer(self, officer):
        market = Market(AWAY, HOME)
        peer = actions.register(
            market=AWAY, name="山东示例市场", url="https://shandong.example/x", public=market.key.public, actor=officer,
            now=timezone.now(),
        )  # fmt: skip
        Peer.objects.filter(pk=peer.pk).update(state="active")
        peer.refresh_from_db()
        peer.theirs = market
        return peer

    def bring(self, peer, *entries):
        return receive.take_in(peer=peer, entries=entries, via="push", now=timezone.now()).results

    def test_a_withdrawal_that_overtakes_its_publication_holds(self, peer):
        first = peer.theirs.say("publish", "need", 1, body())
        second = peer.theirs.say("withdraw", "need", 1, {"reason": "withdrawn"})
        assert [one["result"] for one in self.bring(peer, second, first)] == ["applied", "stale"]
        assert not finds.shown().exists()
        assert ForeignListing.objects.get().state == "withdrawn"
        third = peer.theirs.say("publish", "need", 1, body())
        assert self.bring(peer, third)[0]["result"] == "applied"
        assert finds.shown().count() == 1

    def test_what_is_past_its_day_leaves_sight_and_a_new_day_brings_it_back(self, peer):
        now = timezone.now()
        last = str(timezone.localdate(now) + timedelta(days=20))
        self.bring(peer, peer.theirs.say("publish", "need", 1, body(valid_until=last)))
        assert receive.expire_due(now=now) == 0
        assert receive.expire_due(now=now + timedelta(days=21)) == 1
        assert not finds.shown().exists()
        self.bring(peer, peer.theirs.say("update", "need", 1, body(valid_until="2099-12-01")))
        assert finds.shown().count() == 1

    def test_everything_taken_stands_in_the_trail_with_its_proof(self, peer):
        envelope = peer.theirs.say("publish", "need", 1, body())
        self.bring(peer, envelope)
        listing = ForeignListing.objects.get()
        entry = Entry.objects.get(subject_kind="market.foreign", subject_id=str(listing.pk), verb="receive")
        assert (entry.data["digest"], entry.data["key"]) == (envelope["digest"], envelope["key"])

    def test_codes_of_ours_are_found_by_the_words_of_theirs(self, peer):
        self.bring(
            peer, peer.theirs.say("publish", "need", 1, body(chain="铜铝深加工", field="新材料", region="371521"))
        )
        self.bring(peer, peer.theirs.say("publish", "need", 2, body(chain="没有的链", field="炼金术", region="999999")))
        known, unknown = ForeignListing.objects.order_by("pk")
        assert (known.field, known.region) == ("新材料", "371521")
        assert (unknown.chain, unknown.field, unknown.region) == ("", "", "")

    def test_an_envelope_is_judged_by_the_key_that_held_when_it_was_signed(self, peer):
        envelope = peer.theirs.say("publish", "need", 1, body())
        key = PeerKey.objects.get()
        PeerKey.objects.update(not_after=timezone.now() - timezone.timedelta(days=1))
        assert self.bring(peer, envelope)[0]["code"] == "key_not_in_force"
        old = sealed(peer.theirs.key, **{name: envelope[name] for name in
                     ("from", "to", "seq", "prev", "verb", "kind", "id", "revision", "body")},
                     issued_at="2026-11-01T00:00:00Z")  # fmt: skip
        assert self.bring(peer, old)[0]["result"] == "applied"
        PeerKey.objects.filter(pk=key.pk).update(ended_at=timezone.now())
        later = sealed(peer.theirs.key, **{name: old[name] for name in
                       ("from", "to", "verb", "kind", "id", "body", "issued_at")}, seq=2, prev=1,
                       revision=2)  # fmt: skip
        assert self.bring(peer, later)[0]["code"] == "key_not_in_force"

    def test_issued_tomorrow_is_not_taken_today(self, peer):
        envelope = sealed(peer.theirs.key, **{"from": AWAY}, to=HOME, seq=1, prev=0, verb="publish", kind="need",
                          id=f"{AWAY}/need/1", revision=1, body=body(), issued_at="2099-01-01T00:00:00Z")  # fmt: skip
        assert self.bring(peer, envelope)[0]["code"] == "clock_skew"

    def test_a_cut_peer_leaves_sight_at_once_and_comes_back(self, peer, officer):
        self.bring(peer, peer.theirs.say("publish", "need", 1, body()))
        listing = ForeignListing.objects.get()
        now = timezone.now()
        peer = take(case=peer, step="cut", actor=officer, now=now, seen_version=peer.version)
        assert not finds.shown().exists()
        peer = take(case=peer, step="reopen", actor=officer, now=now, seen_version=peer.version)
        told = PeerKey.objects.get().public
        from triplehelix.market.exchange.fingerprints import fingerprint

        take(case=peer, step="confirm", actor=officer, now=now, seen_version=peer.version, note=fingerprint(told))
        assert finds.shown().get() == listing
        verbs = Entry.objects.filter(subject_kind="market.foreign", subject_id=str(listing.pk), verb="peer").count()
        assert verbs == 2, "whoever follows listings is told to look again"
