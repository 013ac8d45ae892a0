"""Every entry is sealed exactly once, also one that commits after its neighbours were sealed."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction

from tests.records.cases import Thread
from tests.records.conftest import NOW, TODAY
from triplehelix.records.trail import tasks
from triplehelix.records.trail.actions import record
from triplehelix.records.trail.models import Entry, Seal
from triplehelix.records.trail.seals import seal
from triplehelix.records.trail.verify import verify


def write(id="1"):
    with transaction.atomic():
        return record(kind="test", id=id, verb="edit", actor=None, now=NOW)


@pytest.mark.django_db
def test_seals_are_chained_and_cover_what_was_not_sealed():
    assert seal(day=TODAY, now=NOW) is None
    rows = [write("1"), write("2")]
    first = seal(day=TODAY, now=NOW)
    assert seal(day=TODAY, now=NOW) is None
    rows.append(write("1"))
    second = seal(day=TODAY + timedelta(days=1), now=NOW + timedelta(days=1))
    assert (first.n, first.count, first.ranges, bytes(first.prev_root)) == (1, 2, [[rows[0].seq, rows[1].seq]], b"")
    assert (second.n, second.count, second.first_seq) == (2, 1, rows[2].seq)
    assert bytes(second.prev_root) == bytes(first.root)
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_falls_into_the_next_seal():
    taken, go = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            entry = record(kind="test", id="slow", verb="edit", actor=None, now=NOW)
            taken.set()
            assert go.wait(10)
        return entry

    before = write("before")
    thread = Thread(slow)
    assert taken.wait(10)
    after = write("after")
    first = seal(day=TODAY, now=NOW)
    assert first.ranges == [[before.seq, before.seq], [after.seq, after.seq]]
    go.set()
    late = thread.result()
    second = seal(day=TODAY, now=NOW)
    assert second.ranges == [[late.seq, late.seq]]
    assert not Entry.objects.filter(seal__isnull=True).exists()
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_each_row_once():
    for n in range(30):
        write(str(n))
    made = [thread.result() for thread in [Thread(lambda: seal(day=TODAY, now=NOW)) for _ in range(3)]]
    assert sorted(s.count for s in made if s) == [30]
    assert verify() == []


@pytest.mark.django_db
def test_the_nightly_task_closes_yesterday_once():
    write("1")
    tasks.seal_yesterday(timestamp=0)
    made = Seal.objects.get()
    write("2")
    tasks.seal_yesterday(timestamp=0)
    assert Seal.objects.get() == made
