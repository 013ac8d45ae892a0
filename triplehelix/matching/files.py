"""Matching two sheets: for each need the achievements worth a telephone call, with the reason."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from triplehelix.foundation.sheet import SheetError, Table
from triplehelix.foundation.sheet.cells import same
from triplehelix.matching import lexical
from triplehelix.matching.encode import Cached, Vectors, whole
from triplehelix.matching.explain import Explanation, explain
from triplehelix.matching.score import DenseAim, Floats, Space, score, shares, strength
from triplehelix.matching.typical import query_mean

#: What a column may be called, in the order we look; a sheet may also use the English names.
NAMES = {
    "id": ("id", "编号", "序号", "编码"),
    "title": ("title", "标题", "名称", "需求名称", "成果名称", "题目"),
    "text": ("content", "内容", "abstract", "摘要", "text", "正文", "简介", "需求内容", "成果简介", "描述"),
    "keywords": ("keywords", "关键词", "关键字"),
}
#: With so many needs in a sheet their own mean is what they have in common; fewer use the house's typical needs.
LEAST_FOR_MEAN = 30
SHORT_TITLE = 40
#: Two items with so much in common are one item listed twice.
SAME_COSINE, SAME_SHINGLES = 0.97, 0.7
SHINGLE = 3

Progress = Callable[[str, int, int], None]


class Unusable(ValueError):
    """A sheet that cannot be matched; the message names the file, the rows or the columns, and what to do."""


@dataclass(frozen=True)
class Item:
    """One row of a sheet. `title` is what is shown: without a title column, how the text begins."""

    id: str
    title: str
    text: str
    more: dict[str, str] = field(default_factory=dict)
    titled: bool = True

    @property
    def asked(self) -> tuple[str, str]:
        """(title, text) as the scoring sees them: a beginning shown as a title is no title."""
        return (self.title, self.text) if self.titled else ("", self.text)


@dataclass(frozen=True)
class Match:
    """One need's hit: `row` in the achievements, its place from 1, its score in deviations of the corpus."""

    row: int
    rank: int
    score: float


def items(table: Table, name: str, columns: Sequence[str] = ()) -> list[Item]:
    """The rows of a sheet. `columns` limits which of title, text and keywords are read (all that are there).

    Raises Unusable: no id column, nothing to match by, an id twice, a row without an id or without any text.
    """
    headers = _headers(table, name)
    wanted = [key for key in ("title", "text", "keywords") if key in headers and (not columns or key in columns)]
    if not wanted:
        raise Unusable(
            f"{name}：没有可用来对接的列；需要 标题、内容（或摘要）、关键词 中的至少一列，表头现有：{_shown(table)}"
        )
    seen: dict[str, int] = {}
    wrong: list[str] = []
    found = []
    for row in table.rows:
        given = {key: row.text(headers[key]) for key in ("id", *wanted)}
        if not given["id"]:
            wrong.append(f"第 {row.number} 行没有编号")
        elif not any(given[key] for key in wanted):
            wrong.append(f"第 {row.number} 行（编号 {given['id']}）没有文字")
        elif (first := seen.setdefault(given["id"], row.number)) != row.number:
            wrong.append(f"第 {row.number} 行的编号 {given['id']} 与第 {first} 行重复")
        else:
            more = {h: row.text(h) for h in table.headers if h not in {headers[k] for k in ("id", *wanted)}}
            found.append(_item(given, more))
    if wrong:
        rest = f"……共 {len(wrong)} 处" if len(wrong) > 10 else ""
        raise Unusable(f"{name}：" + "；".join(wrong[:10]) + rest + "。请改好后再试。")
    return found


def _headers(table: Table, name: str) -> dict[str, str]:
    shown = {same(header): header for header in table.headers}
    found = {}
    for key, names in NAMES.items():
        if header := next((shown[same(n)] for n in names if same(n) in shown), None):
            found[key] = header
    if "id" not in found:
        raise Unusable(f"{name}：没有编号列；请加一列“编号”（或 id），表头现有：{_shown(table)}")
    return found


def _shown(table: Table) -> str:
    return "、".join(table.headers)[:200]


def _item(given: dict[str, str], more: dict[str, str]) -> Item:
    title = given.get("title", "")
    text = "\n".join(filter(None, (given.get("text", ""), given.get("keywords", ""))))
    if title:
        return Item(given["id"], title, text, more)
    begin = text.split("。")[0].split("\n")[0]
    shown = begin if len(begin) <= SHORT_TITLE else begin[:SHORT_TITLE] + "…"
    return Item(given["id"], shown, text, more, titled=False)


class Matcher:
    """Achievements made ready once; needs matched against them. `encoder` None: words alone.

    Raises EncoderDown from the encoder.
    """

    def __init__(
        self,
        achievements: Sequence[Item],
        encoder: Cached | None,
        progress: Progress = lambda what, done, total: None,
    ) -> None:
        self.achievements, self.encoder, self.progress = achievements, encoder, progress
        self.lexicon = lexical.Lexicon([lexical.document_terms(*item.asked) for item in achievements])
        self.idf = {term: lexical.idf(self.lexicon.n, df) for term, df in self.lexicon.df.items()}
        self.vectors: Vectors | None = None
        if encoder is not None:
            texts = [whole(*item.asked) for item in achievements]
            self.vectors = encoder.passages(texts, lambda done: progress("成果", done, len(texts)))
            self.space = Space.of(self.vectors)

    def match(self, needs: Sequence[Item], top: int) -> Iterator[list[Match]]:
        """The best `top` achievements of each need, in the order of the needs; ties by the order of the sheet."""
        for total in self.scores(needs):
            best = np.argsort(-total, kind="stable")[:top]
            yield [Match(int(row), rank, float(total[row])) for rank, row in enumerate(best, start=1)]

    def scores(self, needs: Sequence[Item]) -> Iterator[Floats]:
        """Each need's score of every achievement, in the order of the needs. Shape (n,) each."""
        for need, aim in zip(needs, self._aims(needs), strict=True):
            wanted = lexical.aim(lexical.query_terms(*need.asked), n=self.lexicon.n, df=self.lexicon.df)
            dense = aim.scores(self.vectors) if aim is not None and self.vectors is not None else None
            yield score(dense, self.lexicon.scores(wanted))

    def _aims(self, needs: Sequence[Item]) -> list[DenseAim | None]:
        if self.encoder is None:
            return [None] * len(needs)
        parts = [[part for part in need.asked if part] for need in needs]
        flat = [part for some in parts for part in some]
        made = iter(self.encoder.queries(flat, lambda done: self.progress("需求", done, len(flat))))
        vectors = [[next(made) for _part in some] for some in parts]
        every = np.array([v for some in vectors for v in some])
        common = every.mean(axis=0) if len(needs) >= LEAST_FOR_MEAN else query_mean(self.encoder)
        long = self.lexicon.average
        return [self.space.aim(some, common, shares(len(some), long), strength(long)) for some in vectors]

    def explain(self, need: Item, match: Match) -> Explanation:
        """Why this hit, from the two texts."""
        offered, by_meaning = self.achievements[match.row].asked, self.vectors is not None
        return explain(asked=need.asked, offered=offered, idf=self.idf, by_meaning=by_meaning)

    def twins(self, matches: Sequence[Match]) -> dict[int, int]:
        """Among these hits, the rows that say the same as a better one: row → row of the better one."""
        better: dict[int, int] = {}
        for one, other in combinations([match.row for match in matches], 2):
            if one not in better and other not in better and self._same(one, other):
                better[other] = one
        return better

    def _same(self, one: int, other: int) -> bool:
        if self.vectors is not None and float(self.vectors[one] @ self.vectors[other]) < SAME_COSINE:
            return False
        return alike(whole(*self.achievements[one].asked), whole(*self.achievements[other].asked)) >= SAME_SHINGLES


def alike(one: str, other: str) -> float:
    """Jaccard likeness of two texts' runs of three characters, 0 … 1."""
    a, b = (frozenset(t[i : i + SHINGLE] for i in range(max(1, len(t) - SHINGLE + 1))) for t in (one, other))
    return len(a & b) / len(a | b)


def read_items(table: Table, name: str, columns: Sequence[str] = ()) -> list[Item]:
    """`items` of a table whose header may stand below a title row."""
    return items(table.headed_by(NAMES.values()), name, columns)


__all__ = ["Item", "Match", "Matcher", "SheetError", "Unusable", "alike", "items", "read_items"]
