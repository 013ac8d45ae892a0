"""Followers lose nothing: rows that commit out of order, several workers, handlers that fail, a lost server."""

import threading
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from tests.records.cases import Thread
from tests.records.conftest import NOW
from triplehelix.records.trail import followers
from triplehelix.records.trail.actions import record, record_many
from triplehelix.records.trail.models import Entry, Unread

real = pytest.mark.django_db(transaction=True)


def write(id="1", kind="test"):
    with transaction.atomic():
        return record(kind=kind, id=id, verb="edit", actor=None, now=NOW)


@pytest.fixture
def inbox():
    """A follower that notes what it is handed; `inbox.bad` are ids it cannot handle."""

    class Inbox:
        def __init__(self):
            self.seen, self.bad, self.calls = [], set(), 0

        def handle(self, subjects):
            self.calls += 1
            self.seen += [id for _kind, id in subjects]
            if wrong := self.bad & {id for _kind, id in subjects}:
                raise RuntimeError(f"cannot handle {sorted(wrong)}")

        def drain(self, now=NOW):
            return followers.drain("box", now=now)

    made = Inbox()
    followers.follow("box", ["test"], made.handle)
    yield made
    followers.unfollow("box")


@pytest.mark.django_db
def test_rows_of_followed_kinds_wait_once_per_follower(inbox):
    write("1")
    write("2")
    write("1")
    write("9", kind="other")
    assert Unread.objects.count() == 3
    assert inbox.drain() == 3
    assert inbox.seen == ["1", "2"]  # each subject once, oldest first
    assert not Unread.objects.exists()
    assert inbox.drain() == 0


@pytest.mark.django_db
def test_two_followers_read_for_themselves(inbox):
    other = []
    followers.follow("other", ["test"], other.extend)
    try:
        write("1")
        assert followers.drain_all(now=NOW) == 2
    finally:
        followers.unfollow("other")
    assert (inbox.seen, other) == (["1"], [("test", "1")])


@pytest.mark.django_db
def test_a_name_belongs_to_one_handler(inbox):
    followers.follow("box", ["test"], inbox.handle)  # the same again does no harm
    with pytest.raises(ValueError, match="box"):
        followers.follow("box", ["test"], print)


@pytest.mark.django_db
def test_a_batch_is_no_larger_than_asked(inbox):
    record_many(kind="test", ids=["1", "2", "3"], verb="import", actor=None, now=NOW)
    assert followers.drain("box", 2, now=NOW) == 2
    assert inbox.seen == ["1", "2"]
    assert inbox.drain() == 1


@pytest.mark.django_db
def test_what_is_rolled_back_is_never_handed_out(inbox):
    with pytest.raises(RuntimeError), transaction.atomic():
        write("1")
        raise RuntimeError
    assert inbox.drain() == 0


@real
def test_a_row_that_commits_after_a_higher_number_is_not_lost(inbox):
    taken, go = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            entry = record(kind="test", id="slow", verb="edit", actor=None, now=NOW)
            taken.set()
            assert go.wait(10)
        return entry.seq

    thread = Thread(slow)
    assert taken.wait(10)
    quick = write("quick")
    inbox.drain()
    assert inbox.seen == ["quick"]
    go.set()
    assert thread.result() < quick.seq  # the lower number came later
    inbox.drain()
    assert inbox.seen == ["quick", "slow"]


@real
def test_two_workers_never_handle_a_row_twice():
    seen, lock = [], threading.Lock()

    def handle(subjects):
        time.sleep(0.01)
        with lock:
            seen.extend(subjects)

    followers.follow("box", ["test"], handle)
    try:
        with transaction.atomic():
            record_many(kind="test", ids=[str(n) for n in range(60)], verb="import", actor=None, now=NOW)

        def work():
            while followers.drain("box", 5, now=NOW) or Unread.objects.exists():
                pass

        for thread in [Thread(work) for _ in range(3)]:
            thread.result()
    finally:
        followers.unfollow("box")
    assert len(seen) == len(set(seen)) == 60


@real
def test_one_subject_is_in_one_hand_at_a_time():
    """A worker that read a subject earlier must not write its result over that of one who read it later."""
    inside, go, calls = threading.Event(), threading.Event(), []

    def handle(subjects):
        calls.append(list(subjects))
        if len(calls) == 1:
            inside.set()
            assert go.wait(10)

    followers.follow("box", ["test"], handle)
    try:
        write("1")
        first = Thread(lambda: followers.drain("box", now=NOW))
        assert inside.wait(10)
        write("1")  # changes while the first worker is at it
        assert followers.drain("box", now=NOW) == 0  # the second worker leaves it alone
        go.set()
        assert first.result() == 1
        assert followers.drain("box", now=NOW) == 1  # and the newer row is still there
    finally:
        followers.unfollow("box")
    assert calls == [[("test", "1")], [("test", "1")]]


@pytest.mark.django_db
def test_a_bad_row_does_not_hold_up_the_others(inbox, caplog):
    inbox.bad = {"2"}
    for id in "123":
        write(id)
    assert inbox.drain() == 2
    assert [(row.entry.subject_id, row.attempts) for row in Unread.objects.select_related("entry")] == [("2", 1)]
    assert "cannot handle ['2']" in Unread.objects.get().last_error
    assert inbox.drain() == 0  # waits
    now = NOW
    for wait in followers.WAITS:
        now += timedelta(seconds=wait)
        assert inbox.drain(now=now) == 0
    assert [row.entry.subject_id for row in followers.parked()] == ["2"]
    assert Unread.objects.get().attempts == followers.TRIES == 5
    assert "办不成 test 2，已搁置" in caplog.text
    calls = inbox.calls
    assert inbox.drain(now=now + timedelta(days=1)) == 0
    assert inbox.calls == calls  # parked: not even tried
    assert followers.standing()["box"] == (0, 1)
    said = StringIO()
    call_command("followers", stdout=said)
    assert "box：等待 0 件，搁置 1 件" in said.getvalue()
    assert "  box test 2 " in said.getvalue() and "cannot handle ['2']" in said.getvalue()
    inbox.bad = set()
    call_command("followers", "--retry", stdout=said)
    assert "已重新排队 1 件" in said.getvalue() and followers.standing()["box"] == (1, 0)
    assert inbox.drain(now=now) == 1


@pytest.mark.django_db
def test_a_failed_handler_leaves_nothing_behind(inbox):
    def half(subjects):
        write("side", kind="other")
        raise RuntimeError("half way")

    followers.unfollow("box")
    followers.follow("box", ["test"], half)
    write("1")
    assert inbox.drain() == 0
    assert not Entry.objects.filter(subject_id="side").exists()
    assert Unread.objects.count() == 1


@pytest.mark.django_db
def test_a_newer_row_that_succeeds_clears_the_parked_one(inbox):
    write("1")
    Unread.objects.update(parked=True, attempts=5)
    write("1")
    assert inbox.drain() == 2
    assert not Unread.objects.exists()


@pytest.mark.django_db
def test_an_outage_is_not_taken_for_bad_rows(inbox):
    inbox.bad = {str(n) for n in range(20)}
    for n in range(20):
        write(str(n))
    assert inbox.drain() == 0
    assert Unread.objects.filter(attempts=1).count() == followers.OUTAGE
    assert Unread.objects.filter(attempts=0).count() == 20 - followers.OUTAGE


@pytest.mark.django_db
def test_a_follower_that_comes_later_can_read_everything(inbox):
    followers.unfollow("box")
    for id in "1121":
        write(id)
    assert not Unread.objects.exists()
    followers.follow("box", ["test"], inbox.handle)
    assert followers.reread("box") == 2
    assert followers.reread("box") == 2  # twice is no more than once
    assert inbox.drain() == 2
    assert sorted(inbox.seen) == ["1", "2"]


@real
def test_waiting_ends_when_a_followed_row_commits(inbox):
    with followers.listening() as wait:
        assert wait(0.05) is False
        write("9", kind="other")
        assert wait(0.05) is False  # nobody follows it
        thread = Thread(lambda: (time.sleep(0.2), write("1")))
        started = time.monotonic()
        assert wait(10) is True
        assert time.monotonic() - started < 5
        thread.result()


@real
def test_the_listener_connects_again_after_the_server_went_away(inbox, caplog):
    with followers.listening() as wait:
        assert wait(0.05) is False
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query = 'LISTEN trail'"
            )
            assert cursor.rowcount == 1
        assert wait(10) is True  # something may have been missed: look
        Thread(lambda: (time.sleep(0.2), write("1"))).result()
        assert wait(10) is True
    assert inbox.drain() == 1


@real
def test_a_dead_connection_is_not_blamed_on_the_row(inbox):
    def handle(subjects):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    followers.unfollow("box")
    followers.follow("box", ["test"], handle)
    write("1")

    def work():
        with pytest.raises(Exception, match=r"terminat|closed"):
            followers.drain("box", now=NOW)

    Thread(work).result()
    assert Unread.objects.get().attempts == 0
