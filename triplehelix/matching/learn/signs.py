"""What the ranking is learned from: signs of one question's best candidates, cheap enough while somebody waits.

All of it is at hand once the candidates are scored: nothing more is encoded, and no text but the candidates' is read.
A feature is later standardised among one question's candidates, so what is the same for all of them says nothing and
is not here.

score    the zero-shot score
dense    z of the question's title and text, with directions damped not at all, as in scoring, and more
words    the score by words; for terms (words and bigrams) of the title and of the text: the weight they share, the
         heaviest shared one, the share of the candidate's terms, of the question's weight, how many
form     longest run of characters in common, how the candidate's title begins and ends, its length
kinds    性能, 工艺, 应用: words that announce them on both sides (as in explanations); 研究, 装置 … in the title
facets   chain, field, maturity and region, where both sides say something
pool     the score smoothed over the likeness of the pool's candidates, likeness to the best five and twenty (each
         weighed by its score, nothing its own witness), and how many others of the pool are like it
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triplehelix.matching.explain import PARTS
from triplehelix.matching.learn.features import KINDS, STRENGTHS, longest_run
from triplehelix.matching.score import Space

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

#: Of so many candidates the signs are made and the order is learned; what is below keeps its place. Deeper pools were
#: no better (docs/decisions/0024-what-judgements-teach.md).
MOST = 50
#: So many stand around them: the pool.
POOL = 200
FEEDBACK = (5, 20)
NEAR, SHARP, NEIGHBOURS = 0.3, 12.0, 10
PARTS_ASKED = ("title", "text")
SHARED = ("sum", "most", "of_candidate", "of_question", "count")
NAMES: tuple[str, ...] = (
    "score",
    *(f"{part}_{name}" for name in STRENGTHS for part in PARTS_ASKED),
    "by_words",
    *(f"terms_{part}_{what}" for part in PARTS_ASKED for what in SHARED),
    *(f"{what}_in_{part}" for part in PARTS_ASKED for what in ("run", "begin2", "end2", "end4")),
    *("characters", "length"),
    *(f"kind_{name}" for name in PARTS),
    *(f"says_{word}" for word in KINDS),
    "facets",
    *("smooth", *(f"like_best_{k}" for k in FEEDBACK), "crowd"),
)


@dataclass(frozen=True)
class Question:
    """A need: `title` and `text` normalised, lower case (the one stands for the other where it is missing); `terms` of
    each part with their weights in the collection."""

    title: str
    text: str
    terms: Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class Candidate:
    """An achievement: its title and text normalised, lower case, its distinct terms, and how its facets fit."""

    title: str
    text: str
    terms: frozenset[int]
    fit: float = 0.0


@dataclass(frozen=True)
class Scored:
    """The pool of p candidates, best first: zero-shot `scores` (p,); of the first k the score by words `words` (k,)
    and the z of title and text `dense` (k, 6); `like` (k, p): how alike they are to the pool (no columns: unknown)."""

    scores: Floats
    words: Floats
    dense: Floats
    like: Floats32


def signs(question: Question, candidates: Sequence[Candidate], scored: Scored) -> Floats:
    """The features of the first k of the pool, shape (k, len(NAMES))."""
    announced = {name: len(cue.findall(question.text)) for name, cue in PARTS.items()}
    rest = [[*_shared(question, one), *_form(question, one), *_kinds(announced, one), one.fit] for one in candidates]
    k = len(candidates)
    return np.concatenate(
        [scored.scores[:k, None], scored.dense, scored.words[:, None], np.array(rest, np.float64), _pool(scored)],
        axis=1,
    )


def dense_of(space: Space, queries: Mapping[str, Floats], vectors: npt.NDArray[np.floating]) -> Floats:
    """z of title and text with each document at each strength. `queries`: part → vector with what all queries have in
    common taken away, shape (dim,); `vectors` (k, dim). Shape (k, 6)."""
    rows = vectors.astype(np.float64) - space.mean
    columns = []
    for how in STRENGTHS.values():
        for part in PARTS_ASKED:
            w = space.directions @ (space.damped**how * (space.directions.T @ queries[part]))
            columns.append(rows @ w / np.sqrt(max(float(w @ space.covariance @ w), 1e-12)))
    return np.stack(columns, axis=1)


def damped(space: Space, vectors: npt.NDArray[np.floating], mean: Floats) -> Floats32:
    """Unit vectors of `vectors` with their `mean` taken away and directions damped as in scoring."""
    found = (vectors - mean) @ space.directions * space.damped
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), np.float32)


def _shared(question: Question, one: Candidate) -> list[float]:
    found: list[float] = []
    for part in PARTS_ASKED:
        asked = question.terms[part]
        both = [asked[term] for term in asked.keys() & one.terms]
        total = sum(both)
        whole = max(sum(asked.values()), 1e-9)
        found += [total, max(both, default=0.0), len(both) / max(1, len(one.terms)), total / whole, len(both)]
    return found


def _form(question: Question, one: Candidate) -> list[float]:
    title, found = one.title, list[float]()
    for part in (question.title, question.text):
        found += [longest_run(title, part), title[:2] in part, title[-2:] in part, title[-4:] in part]
    own = set(title)
    return [*found, len(own & set(question.title)) / max(1, len(own)), len(title)]


def _kinds(announced: Mapping[str, int], one: Candidate) -> list[float]:
    said = f"{one.title} {one.text}"
    found = [float(min(announced[name], len(cue.findall(said)))) for name, cue in PARTS.items()]
    return [*found, *(float(word in one.title) for word in KINDS)]


def _pool(scored: Scored) -> Floats:
    k, scores, like = len(scored.words), scored.scores, scored.like.astype(np.float64)
    if not like.shape[1]:
        return np.zeros((k, 2 + len(FEEDBACK)))
    weight = np.where(like < NEAR, 0.0, np.exp(SHARP * (like - 1)))
    columns = [weight @ scores / np.maximum(weight.sum(axis=1), 1e-9)]
    for most in FEEDBACK:
        best = min(most + 1, len(scores))
        worth = np.tile(np.maximum(scores[:best], 0.1), (k, 1))
        place = np.arange(min(best, k))
        worth[place, place] = 0.0
        columns.append((like[:, :best] * worth).sum(axis=1) / np.maximum(worth.sum(axis=1), 1e-9))
    near = -np.sort(-like, axis=1)[:, : NEIGHBOURS + 1]
    columns.append((near.sum(axis=1) - 1) / max(1, near.shape[1] - 1))
    return np.stack(columns, axis=1)
