"""What is written in the trail: chained, canonical, and it stays."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from hypothesis import given
from hypothesis import strategies as st

from tests.records.cases import Thread
from tests.records.conftest import NOW
from triplehelix.records.trail import digest
from triplehelix.records.trail.actions import record, record_many, written_together
from triplehelix.records.trail.models import Entry, Head, Seal
from triplehelix.records.trail.seals import seal
from triplehelix.records.trail.verify import verify


def write(id="1", verb="edit", **more):
    with transaction.atomic():
        return record(kind="test", id=id, verb=verb, actor=None, now=NOW, **more)


@pytest.mark.django_db
def test_each_row_is_chained_to_the_subjects_row_before(account):
    first = record(kind="test", id="7", verb="create", actor=account, now=NOW, data={"a": 1}, why="因为")
    other = record(kind="test", id="8", verb="create", actor=None, now=NOW)
    second = record(kind="test", id="7", verb="edit", actor=None, now=NOW)
    assert [(e.n, bytes(e.prev)) for e in (first, second)] == [(1, b""), (2, bytes(first.digest))]
    assert (other.n, bytes(other.prev)) == (1, b"")
    assert (first.actor, first.actor_account, second.actor, second.actor_account) == (
        "梁叙白",
        account.pk,
        "系统",
        None,
    )
    head = Head.objects.get(subject_kind="test", subject_id="7")
    assert (head.n, bytes(head.digest)) == (2, bytes(second.digest))


@pytest.mark.django_db
def test_rows_written_together_are_chained_as_if_they_were_not():
    """Two subjects of two kinds, one of them told of twice, the first row of the other before."""
    with transaction.atomic(), written_together():
        for kind, id, verb in (("test", "7", "a"), ("other", "7", "b"), ("test", "8", "c"), ("test", "7", "d")):
            with written_together():  # an act within an act
                record(kind=kind, id=id, verb=verb, actor=None, now=NOW)
        assert not Entry.objects.exists()
    assert list(Entry.objects.order_by("seq").values_list("verb", "n")) == [("a", 1), ("b", 1), ("c", 1), ("d", 2)]
    write("7", "e")
    one, two, three = Entry.objects.filter(subject_kind="test", subject_id="7").order_by("n")
    assert [bytes(two.prev), bytes(three.prev)] == [bytes(one.digest), bytes(two.digest)] and verify() == []


@pytest.mark.django_db
def test_of_an_act_that_fails_no_row_is_written():
    with pytest.raises(RuntimeError), transaction.atomic(), written_together():
        write("7")
        raise RuntimeError
    assert not Entry.objects.exists()
    write("7")
    assert Entry.objects.get().n == 1 and verify() == []


@pytest.mark.django_db
def test_what_comes_back_from_the_database_has_the_digest_that_was_written():
    data = {
        "钱": 10**15,
        "空": None,
        "列": [1, "二", True, {"b": 1, "a": 2}],
        "日": date(2026, 1, 2),
        "率": Decimal("0.10"),
    }
    at = datetime(2026, 11, 23, 10, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    entry = record(kind="test", id="1", verb="edit", actor=None, now=at, data=data, why="第一行\n第二行 🙂")
    stored = Entry.objects.get(pk=entry.pk)
    assert stored.data == {
        "钱": 10**15,
        "空": None,
        "列": [1, "二", True, {"b": 1, "a": 2}],
        "日": "2026-01-02",
        "率": "0.10",
    }
    assert stored.at == datetime(2026, 11, 23, 2, 0, 0, 5, tzinfo=UTC)
    assert digest.of_entry(stored) == (bytes(stored.parts), bytes(stored.digest))


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.django_db
@given(
    data=st.dictionaries(TEXT, VALUES, max_size=4),
    why=TEXT,
    at=st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)),
)
def test_any_data_keeps_its_digest(data, why, at):
    entry = record(kind="test", id="1", verb="edit", actor=None, now=at, data=data, why=why)
    stored = Entry.objects.get(pk=entry.pk)
    assert digest.of_entry(stored) == (bytes(stored.parts), bytes(stored.digest))


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{"a": 1.5}, {1: "a"}, {"a": object()}, {"a": "\x00"}])
def test_what_would_not_come_back_is_refused(data):
    with pytest.raises((TypeError, ValueError)):
        write(data=data)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_many_subjects_get_a_row_each_and_heads_that_fit():
    write("b")
    made = record_many(kind="test", ids=["c", "a", "b"], verb="import", actor=None, now=NOW, data={"import": 3})
    assert [(e.subject_id, e.n) for e in made] == [("c", 1), ("a", 1), ("b", 2)]
    assert [e.seq for e in made] == sorted(e.seq for e in made)
    for entry in made:
        head = Head.objects.get(subject_kind="test", subject_id=entry.subject_id)
        assert (head.n, bytes(head.digest)) == (entry.n, bytes(entry.digest))
    assert record_many(kind="test", ids=[], verb="import", actor=None, now=NOW) == []
    with pytest.raises(ValueError, match="twice"):
        record_many(kind="test", ids=["a", "a"], verb="import", actor=None, now=NOW)


@pytest.mark.django_db
def test_many_rows_cost_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        record_many(kind="test", ids=[str(n) for n in range(1500)], verb="import", actor=None, now=NOW)
    assert Entry.objects.count() == 1500


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(transaction.TransactionManagementError):
        record(kind="test", id="1", verb="edit", actor=None, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE trail_entry SET why = 'x'",
        "UPDATE trail_entry SET seal_id = NULL",
        "UPDATE trail_entry SET seal_id = seal_id + 1",
        "DELETE FROM trail_entry",
        "UPDATE trail_seal SET day = '2020-01-01'",
        "DELETE FROM trail_seal",
    ],
)
def test_the_database_refuses_to_change_what_is_written(sql):
    write()
    assert seal(day=NOW.date(), now=NOW) is not None
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (Entry.objects.count(), Seal.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_sm3_by_setting_and_old_rows_keep_their_algorithm(settings):
    old = write()
    settings.TRAIL_HASH = "sm3"
    new = write()
    assert (old.algorithm, new.algorithm) == ("sha256", "sm3")
    assert bytes(new.prev) == bytes(old.digest)
    assert digest.of_entry(Entry.objects.get(pk=old.pk))[1] == bytes(old.digest)
    assert digest.of_entry(Entry.objects.get(pk=new.pk))[1] == bytes(new.digest)


def test_sm3_is_the_standards():
    # GB/T 32905-2016, annex A.1
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest.hasher("sm3")(b"abc").hex() == expected


def test_an_algorithm_openssl_lacks_is_named():
    with pytest.raises(ValueError, match="no-such"):
        digest.hasher("no-such")


def naive_root(leaves):
    """RFC 6962, section 2.1, as it is written there."""
    sha = digest.hasher("sha256")
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\x00" + leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:]))


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_tree_is_that_of_rfc_6962(leaves):
    assert digest.merkle_root(iter(leaves), "sha256") == naive_root(leaves)


def test_the_changed_group_is_named():
    row = SimpleNamespace(
        subject_kind="k", subject_id="1", n=1, actor="甲", actor_account=1, verb="edit", at=NOW, data={}, why="",
        algorithm="sha256", prev=b"",
    )  # fmt: skip
    before, _whole = digest.of_entry(row)
    row.why, row.actor = "改", "乙"
    assert digest.changed_groups(before, digest.of_entry(row)[0]) == ["actor", "why"]


@pytest.mark.django_db(transaction=True)
def test_two_writers_on_one_subject_queue_and_chain():
    def work():
        for _ in range(10):
            write("hot")

    for thread in [Thread(work) for _ in range(3)]:
        thread.result()
    rows = list(Entry.objects.filter(subject_id="hot").order_by("n"))
    assert [row.n for row in rows] == list(range(1, 31))
    assert all(bytes(b.prev) == bytes(a.digest) for a, b in pairwise(rows))


@pytest.mark.django_db(transaction=True)
def test_writers_of_the_same_subjects_in_other_orders_do_not_block_each_other():
    """Some of them have been written before, the others are begun by whoever comes first."""
    ids = [str(n) for n in range(20)]
    with transaction.atomic():
        record_many(kind="k", ids=ids[::2], verb="x", actor=None, now=NOW)

    def work(order):
        for _ in range(10):
            with transaction.atomic():
                record_many(kind="k", ids=order, verb="x", actor=None, now=NOW)

    for thread in [Thread(work, order) for order in (ids, ids[::-1], ids[10:] + ids[:10])]:
        thread.result()
    counted = Entry.objects.filter(subject_kind="k").values_list("subject_id").annotate(n=Max("n"))
    assert dict(counted) == {id: 31 if int(id) % 2 == 0 else 30 for id in ids}
