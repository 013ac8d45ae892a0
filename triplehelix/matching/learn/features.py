"""What is known of one pair before anybody judges it: numbers from the house's own matching, against a ground.

dense     z of the need's title and text with directions damped not at all, as in scoring, and more; the need's title
          and text encoded as passages; the clause that fits best, the best three, the mean of all
lexical   BM25 in deviations for title and text, title, text; for words and bigrams, of title and of text: the weight
          they share, the heaviest shared one, the share of the achievement's weight, of the need's, how many
form      longest run of characters in common, how the achievement's title begins and ends, lengths
kinds     性能, 工艺, 应用: words that announce them on both sides (as in explanations); 研究, 装置 … in the title
facets    chain, field, maturity and region, where both sheets have such columns
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from triplehelix.matching import lexical
from triplehelix.matching.explain import PARTS
from triplehelix.matching.learn.ground import Ground
from triplehelix.matching.learn.sides import Asked, Offered
from triplehelix.matching.score import LEXICAL, fit, shares, strength

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: How strongly directions are damped: not at all, as in scoring, and almost whitened (exponent × 0.4).
STRENGTHS = {"plain": 0.0, "damped": 1.0, "white": 1.75}
KINDS = (
    *("研究", "技术", "系统", "装置", "方法", "设备", "应用", "产业化", "开发", "平台", "材料", "制备", "关键", "工艺"),
)
DENSE = (
    *(f"{part}_{name}" for name in STRENGTHS for part in ("title", "text")),
    *("title_as_passage", "text_as_passage", "clause_best", "clause_three", "clause_mean"),
)
SHARED = ("sum", "most", "of_achievement", "of_need", "count")
LEXICALS = (
    *("bm25", "bm25_title", "bm25_text"),
    *(f"{unit}_{part}_{what}" for unit in ("words", "pairs") for part in ("title", "text") for what in SHARED),
)
FORM = (
    *(f"{what}_in_{part}" for part in ("title", "text") for what in ("run", "begin2", "end2", "end4")),
    *("characters", "achievement_length", "title_length", "text_length"),
)
KIND = (*(f"kind_{name}" for name in PARTS), *(f"says_{word}" for word in KINDS))
NAMES: tuple[str, ...] = ("score", *DENSE, *LEXICALS, *FORM, *KIND, "facets")


def features(ground: Ground, asked: Sequence[Asked], offered: Sequence[Offered], pairs: Ints) -> Floats:
    """The features of `pairs` (rows of asked and offered), shape (n, len(NAMES))."""
    found = np.zeros((len(pairs), len(NAMES)))
    for need in np.unique(pairs[:, 0]):
        where = np.flatnonzero(pairs[:, 0] == need)
        some = [offered[row] for row in pairs[where, 1]]
        found[where] = _of_need(ground, asked[need], some)
    return found


def _of_need(ground: Ground, need: Asked, offered: Sequence[Offered]) -> Floats:
    dense, meaning = _dense(ground, need, offered)
    words = _lexical(ground, need, offered)
    facets = np.array([[fit(need.wish, one.offer)] for one in offered])
    score = meaning + LEXICAL * words[:, 0] + facets[:, 0]
    rest = np.array([[*_form(need, one), *_kinds(need, one)] for one in offered], np.float64)
    return np.concatenate([score[:, None], dense, words, rest, facets], axis=1)


def _dense(ground: Ground, need: Asked, offered: Sequence[Offered]) -> tuple[Floats, Floats]:
    """The dense features, and z_dense as scoring has it."""
    if ground.space is None:
        return np.zeros((len(offered), len(DENSE))), np.zeros(len(offered))
    vectors = np.array([one.vector for one in offered], np.float64)
    zs = {
        (part, name): _z(ground, need, part, vectors, how)
        for name, how in STRENGTHS.items()
        for part in ("title", "text")
    }
    passages = [_z(ground, need, part, vectors, 1.0)[0] for part in ("title_as_passage", "text_as_passage")]
    clauses = np.sort(_z(ground, need, "clauses", vectors, 1.0), axis=0)
    columns = [found[0] for found in zs.values()] + passages
    columns += [clauses[-1], clauses[-3:].mean(axis=0), clauses.mean(axis=0)]
    share = shares(2, ground.average)
    how = "damped" if strength(ground.average) > 0 else "plain"
    return np.stack(columns, axis=1), share[0] * zs["title", how][0] + share[1] * zs["text", how][0]


def _z(ground: Ground, need: Asked, part: str, vectors: Floats, how: float) -> Floats:
    """z of each of the need's vectors of `part` with each document. Shape (k, n)."""
    space = ground.space
    assert space is not None
    query = need.vectors[part].astype(np.float64) - ground.common[part]
    w = ((query @ space.directions) * space.damped**how) @ space.directions.T
    spread = np.sqrt(np.maximum(np.einsum("kd,de,ke->k", w, space.covariance, w), 1e-12))
    return np.asarray((w @ (vectors - space.mean).T) / spread[:, None], np.float64)


def _lexical(ground: Ground, need: Asked, offered: Sequence[Offered]) -> Floats:
    weights = [lexical.document_weights(one.counts, ground.average) for one in offered]
    columns = []
    for part in ("both", "title", "text"):
        aim = lexical.aim(need.terms[part], n=ground.n, df=ground.df)
        z = np.array([sum(aim.weights.get(t, 0.0) * w for t, w in own.items()) - aim.offset for own in weights])
        columns.append(np.sign(z) * np.log1p(np.abs(z)))
    shared = []
    for unit in ("words", "pairs"):
        for part in ("title", "text"):
            mine = (need.words if unit == "words" else need.pairs)[part]
            whole = sum(map(ground.idf, mine))
            theirs = [one.words if unit == "words" else one.pairs for one in offered]
            shared.append([_shared(ground, mine, other, whole) for other in theirs])
    return np.concatenate([np.stack(columns, axis=1), *(np.array(s, np.float64) for s in shared)], axis=1)


def _shared(ground: Ground, mine: frozenset[int], theirs: frozenset[int], whole: float) -> tuple[float, ...]:
    both = [ground.idf(term) for term in mine & theirs]
    total = sum(both)
    other = sum(map(ground.idf, theirs)) if both else 1.0
    return total, max(both, default=0.0), total / max(other, 1e-9), total / max(whole, 1e-9), len(both)


def _form(need: Asked, one: Offered) -> Iterable[float]:
    title = one.title
    for part in (need.title, need.text):
        yield longest_run(title, part)
        yield title[:2] in part
        yield title[-2:] in part
        yield title[-4:] in part
    own = set(title)
    yield len(own & set(need.title)) / max(1, len(own))
    yield len(title)
    yield len(need.title)
    yield len(need.text)


def _kinds(need: Asked, one: Offered) -> Iterable[float]:
    said = f"{one.title} {one.text}"
    for cue in PARTS.values():
        yield min(len(cue.findall(need.text)), len(cue.findall(said)))
    for word in KINDS:
        yield word in one.title


def longest_run(text: str, other: str) -> int:
    """The length of the longest run of characters of `text` that stands in `other`."""
    best = 0
    for start in range(len(text)):
        while start + best < len(text) and text[start : start + best + 1] in other:
            best += 1
    return best
