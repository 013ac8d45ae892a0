"""Keys that change, and what happens to a feed after a restored backup."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.exchange.conftest import AWAY, HOME, body, follow, published, pull, push, registered, stepped
from tests.exchange.peer import Key, Market
from triplehelix.market.exchange import actions, feed, finds, keys, tasks, traffic
from triplehelix.market.exchange.envelope import Refusal, said
from triplehelix.market.exchange.models import FeedEntry, Outgoing, PeerKey
from triplehelix.market.exchange.wake import FILL
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Unread


@pytest.mark.django_db(transaction=True)
class TestKeys:
    def test_they_change_without_a_word_between_people(self, active, market, officer, clerk, firm):
        # Ours: the other side meets an unknown key, asks, and the old key vouches for the new one.
        published(clerk, firm)
        follow()
        old = keys.current(timezone.now())
        actions.new_key(actor=officer, now=timezone.now())
        assert keys.current(timezone.now()).kid != old.kid
        assert not push(active)
        assert Outgoing.objects.get(peer=active).error.startswith("unknown_key")
        market.trust(keys.announcement(timezone.now()))
        assert push(active)
        assert len(market.offered()) == 1

        # Theirs: we meet it in what we pull, and ask.
        new = Key()
        market.keys.append(new)
        market.say("publish", "achievement", 1, body())
        market.key = new
        market.say("publish", "achievement", 2, body())
        assert pull(active)
        assert finds.shown().count() == 2
        assert PeerKey.objects.get(kid=new.id).by_key == market.keys[0].id

        # A key that is gone from the announcement has ended.
        market.keys = [new]
        traffic.learn(peer=active.pk, now=timezone.now())
        assert PeerKey.objects.get(kid=new.id).ended_at is None
        assert PeerKey.objects.exclude(kid=new.id).get().ended_at is not None

    def test_an_announcement_repeated_takes_no_key_away(self, active, market):
        """Signed and once true: whoever keeps a copy must not put the clock back with it."""
        now = timezone.now()
        old = market.announcement()
        market.keys.append(Key())
        later = dict(market.announcement(), issued_at=said(now + timedelta(seconds=60)))
        keys.learn(peer=active, data=market.vouched(later), now=now)
        with pytest.raises(Refusal, match="replayed"):
            keys.learn(peer=active, data=old, now=now)
        assert not PeerKey.objects.filter(ended_at__isnull=False).exists()
        ahead = dict(later, issued_at=said(now + timedelta(days=1)))
        with pytest.raises(Refusal, match="clock_skew"):
            keys.learn(peer=active, data=market.vouched(ahead), now=now)

    @pytest.mark.parametrize("end", ["9999-12-31T23:59:59Z", "9000-12-31T23:59:59Z", None])
    def test_one_that_holds_for_ever(self, active, market, officer, client, end):
        told = market.announcement()
        told["keys"][0]["not_after"] = end
        keys.learn(peer=active, data=market.vouched(told), now=timezone.now())
        assert (PeerKey.objects.get().not_after is None) == (end is None or end > "9001")
        client.force_login(officer)
        assert client.get(f"/exchange/peers/{active.pk}/").status_code == 200

    @pytest.mark.parametrize(
        ("name", "moment"),
        [("not_before", "9999-12-31T23:59:59Z"), ("not_before", "0001-01-01T00:00:00Z"),
         ("not_after", "0001-01-01T00:00:00Z"), ("not_after", "9999-12-32T00:00:00Z")],
    )  # fmt: skip
    def test_no_key_of_a_day_that_no_clock_shows(self, active, market, name, moment):
        told = market.announcement()
        told["keys"][0][name] = moment
        with pytest.raises(Refusal, match="malformed"):
            keys.learn(peer=active, data=market.vouched(told), now=timezone.now())

    def test_nobody_vouches_for_a_stranger(self, active, market):
        thief = Market(AWAY, HOME)
        before = PeerKey.objects.count()
        market.announcement = thief.announcement
        assert traffic.learn(peer=active.pk, now=timezone.now()) == 0
        assert PeerKey.objects.count() == before
        assert finds.refusals().get().code == "bad_signature"

    def test_a_lost_key_is_replaced_by_hand_and_compared_anew(self, active, market, officer):
        new = Key()
        with pytest.raises(Refused):
            actions.replace_key(peer=active, public=new.public, actor=officer, now=timezone.now())
        peer = stepped(stepped(active, "cut", officer), "reopen", officer)
        actions.replace_key(peer=peer, public=new.public, actor=officer, now=timezone.now())
        old, now = market.key, timezone.now()
        with pytest.raises(Refused):
            take(case=peer, step="confirm", actor=officer, now=now, seen_version=4, note=old.fingerprint)
        assert take(case=peer, step="confirm", actor=officer, now=now, seen_version=4, note=new.fingerprint)
        with pytest.raises(Refused):
            actions.replace_key(peer=peer, public=old.public, actor=officer, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_after_a_restored_backup_the_feed_goes_on_above_what_was_heard(active, market, officer, clerk, firm):
    published(clerk, firm, title="留下的一项")
    follow()
    push(active)
    market.cursor = 40  # it has heard more than we know of
    Outgoing.objects.filter(peer=active).update(acked=0, last=1)
    assert not push(active)
    assert Outgoing.objects.get(peer=active).error.startswith("cursor_ahead")
    assert actions.say_again(peer=active, above=40, actor=officer, now=timezone.now(), why="恢复了昨夜的备份") == 1
    assert push(active)
    assert market.cursor == Outgoing.objects.get(peer=active).acked == 41
    assert [one["revision"] for one in market.known.values()] == [41]


@pytest.mark.django_db(transaction=True)
def test_what_was_withdrawn_before_anybody_noticed_the_restore_is_withdrawn_there(active, market, officer, clerk, firm):
    published(clerk, firm, title="留下的一项")
    gone = published(clerk, firm, title="撤下的一项")
    follow()
    assert push(active)
    # Then came three more, which our backup does not know; the peer has them.
    for seq in (3, 4, 5):
        market.heard[seq] = market.heard[2] | {"seq": seq, "prev": seq - 1, "id": f"{HOME}/achievement/9{seq}"}
    market.cursor = 5
    stepped(gone, "withdraw", clerk)  # number 3 once more
    follow()
    assert not push(active)
    assert actions.say_again(peer=active, above=5, actor=officer, now=timezone.now(), why="恢复了昨夜的备份") == 2
    assert push(active)
    assert [one["title"] for one in market.offered().values()] == ["留下的一项"]
    assert market.cursor == Outgoing.objects.get(peer=active).acked == 7


@pytest.mark.django_db(transaction=True)
def test_no_peer_has_heard_more_than_can_be(active, officer, clerk, firm, client):
    published(clerk, firm)
    follow()
    most = 1 + feed.MOST_AHEAD
    with pytest.raises(Invalid, match=str(most)) as why:
        actions.say_again(peer=active, above=most + 1, actor=officer, now=timezone.now(), why="恢复了昨夜的备份")
    assert list(why.value.errors) == ["above"]
    assert Outgoing.objects.get(peer=active).last == 1
    client.force_login(officer)
    given = {"above": 2**53 - 1, "note": "恢复了昨夜的备份"}
    assert client.post(f"/exchange/peers/{active.pk}/acts/again/", given).status_code == 422
    answer = client.post(f"/api/exchange/peers/{active.pk}/acts/again", given, content_type="application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["above"])
    assert actions.say_again(peer=active, above=most, actor=officer, now=timezone.now(), why="恢复了昨夜的备份") == 1


@pytest.mark.django_db(transaction=True)
def test_a_feed_that_cannot_go_on_stops_no_other(active, server, officer, clerk, firm):
    other = registered(officer, Market("henan.example", HOME), server.address)
    ProcrastinateJob.objects.all().delete()  # what their beginning asked for
    Outgoing.objects.filter(peer=active).update(last=2**53, acked=2**53)  # the numbers are used up
    made = [published(clerk, firm, title=f"第 {n} 项") for n in range(2)]
    follow()
    assert {one.subject_id for one in FeedEntry.objects.filter(peer=other)} == {one.pk for one in made}
    assert not Unread.objects.filter(follower="exchange").exists()
    # What the other one lacks is compared once more.
    waiting = ProcrastinateJob.objects.filter(task_name=FILL, status="todo")
    assert [one.args for one in waiting] == [{"peer": active.pk}]
    Outgoing.objects.filter(peer=active).update(last=1, acked=0)
    tasks.fill(active.pk)
    assert FeedEntry.objects.filter(peer=active).count() == 2
