"""Two workers, and push and pull, at the same moment: on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from django.db import connections, transaction
from django.utils import timezone

from tests.exchange.conftest import body, follow, published, push, stepped
from tests.exchange.test_peers import made
from triplehelix.market.exchange import feed, finds, receive, traffic
from triplehelix.market.exchange.models import Conflict, FeedEntry, ForeignListing, Incoming, Outgoing, Received
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail import actions as trail


def together(*calls):
    """Run these at the same moment, each on a connection of its own."""

    def run(one):
        try:
            return one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_push_and_pull_of_the_same_in_one_moment(active, market):
    entries = [market.say("publish", "achievement", n % 3, body(price_fen=n)) for n in range(12)]

    def bring(some):
        return lambda: receive.take_in(peer=active, entries=some, via="push", now=timezone.now())

    together(bring(entries), bring(entries[::-1]), bring(entries[5:]), bring(entries[:5]))
    assert Received.objects.count() == 12
    assert ForeignListing.objects.count() == 3
    assert Incoming.objects.get().cursor == 12
    assert not Conflict.objects.exists()
    assert sorted(one.body["price_fen"] for one in finds.shown()) == [9, 10, 11]


@pytest.mark.django_db(transaction=True)
def test_two_workers_number_one_feed(active, clerk, firm):
    rows = [published(clerk, firm, title=f"第 {n} 项") for n in range(6)]
    ids = [row.pk for row in rows]

    def say():
        return feed.refresh(peer=active, kind=rows[0].kind, ids=ids, now=timezone.now())

    assert sum(together(say, say, say)) == 6
    assert list(FeedEntry.objects.order_by("seq").values_list("seq", "prev")) == [(n + 1, n) for n in range(6)]
    assert sorted(together(lambda: push(active), lambda: push(active))) in ([False, True], [True, True])
    assert Outgoing.objects.get(peer=active).waiting == 0


@pytest.mark.django_db
def test_waiting_grows_and_ends_with_the_first_success(active, market, server, clerk, firm):
    published(clerk, firm)
    follow()
    server.stop()
    now, waits = timezone.now(), []
    for _n in range(8):
        traffic.push(peer=active.pk, now=now)
        row = Outgoing.objects.get(peer=active)
        waits.append((row.next_try - now).total_seconds() / 60)
        now = row.next_try
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert row.failing_since is not None


@pytest.mark.django_db
def test_each_page_of_a_long_exchange_says_when_it_was_sent(active, monkeypatch):
    """The other side takes nothing that is five minutes old, however long ago the exchange began."""
    now, sent, clock = timezone.now(), [], iter([0.0, 10.0, 400.0, 800.0])
    monkeypatch.setattr(traffic, "monotonic", lambda: next(clock))

    def page(_peer, at):
        sent.append((at - now).total_seconds())
        return len(sent) < 3

    monkeypatch.setattr(traffic, "_pull_page", page)
    assert traffic.pull(peer=active.pk, now=now)
    assert sent == [10, 400, 800]


@pytest.mark.django_db(transaction=True)
def test_a_peer_goes_on_while_something_is_said_to_it(active, officer, clerk, firm):
    """The feed goes on while the exchange is paused: whoever says something holds the feed and names the peer in it,
    whoever resumes holds the peer and looks at the feed."""
    row = published(clerk, firm)
    stepped(active, "pause", officer)
    active.refresh_from_db()
    holding = Event()

    def say():
        with transaction.atomic():
            Outgoing.objects.select_for_update().get(peer=active)  # as `refresh` begins
            holding.set()
            sleep(0.5)  # until the other has the peer, and waits for the feed
            return feed.refresh(peer=active, kind=row.kind, ids=[row.pk], now=timezone.now())

    def resume():
        holding.wait(10)
        return stepped(active, "resume", officer)

    said, peer = together(say, resume)
    assert (said, peer.state) == (1, "active")


@pytest.mark.django_db(transaction=True)
def test_a_peer_is_cut_while_something_of_it_arrives(active, officer, market):
    entry = market.say("publish", "achievement", 1, body())
    receive.take_in(peer=active, entries=[entry], via="push", now=timezone.now())
    listing, arriving = ForeignListing.objects.get(), Event()

    def arrive():
        with transaction.atomic():
            trail.record(kind=listing.kind, id=str(listing.pk), verb="receive", actor=None, now=timezone.now())
            arriving.set()
            sleep(0.5)  # until the other has the peer, and waits to say so of its listings
            later = market.say("update", "achievement", 1, body(price_fen=1))
            return receive.take_in(peer=active, entries=[later], via="push", now=timezone.now())

    def cut():
        arriving.wait(10)
        return stepped(active, "cut", officer)

    outcome, peer = together(arrive, cut)
    assert ([one["result"] for one in outcome.results], peer.state) == (["applied"], "cut")


@pytest.mark.django_db(transaction=True)
def test_a_market_registered_twice_at_once_is_one(officer):
    def register():
        with transaction.atomic():
            try:
                return made(officer)
            except Invalid as why:
                return why
            finally:
                sleep(0.3)

    found = together(register, register)
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "Peer"], found


@pytest.mark.django_db(transaction=True)
def test_what_runs_out_while_its_market_speaks_of_it_keeps_nothing_else_back(active, market):
    """A listing that changes between the list of what is over and its turn is left for the next hour."""
    now = timezone.now()
    for n in (1, 2):
        entry = market.say("publish", "achievement", n, body(valid_until=str(now.date() + timedelta(days=3))))
        receive.take_in(peer=active, entries=[entry], via="push", now=now)
    first, second = ForeignListing.objects.order_by("pk")
    moving = Event()

    def move():
        with transaction.atomic():
            stepped(first, "withdraw", None)
            moving.set()
            sleep(0.4)

    def tidy():
        moving.wait(10)
        return receive.expire_due(now=now + timedelta(days=9))

    _moved, done = together(move, tidy)
    second.refresh_from_db()
    assert (done, second.state) == (1, "expired")
