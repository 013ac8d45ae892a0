"""From sheets to a model, and from a model to levels: what the commands call."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from math import exp

import numpy as np
import numpy.typing as npt

from triplehelix.matching import floor, lexical
from triplehelix.matching.encode import Cached
from triplehelix.matching.files import Item, Matcher
from triplehelix.matching.learn import levels, rank
from triplehelix.matching.learn.cases import cases
from triplehelix.matching.learn.features import NAMES, STRENGTHS, features
from triplehelix.matching.learn.ground import Ground, ground_of
from triplehelix.matching.learn.judged import Pairs
from triplehelix.matching.learn.levels import Cases
from triplehelix.matching.learn.model import Learned
from triplehelix.matching.learn.rank import Examined, Ranker, Trained
from triplehelix.matching.learn.sides import Asked, Offered, Progress, asked_of, offered_of
from triplehelix.matching.learn.signs import MOST, POOL, Candidate, Question, Scored, damped, dense_of, signs
from triplehelix.matching.score import fit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 7
#: Without judgements: a level 2 begins one deviation above the average achievement, 3 where answers begin, 4 one step
#: of the scale for people further. A convention, not learned from anything.
WEAK = 1.0


def silent(what: str, done: int, total: int) -> None:
    """No progress is told."""


@dataclass(frozen=True)
class Sheets:
    """Two sheets made ready, and the ground they are."""

    needs: Sequence[Item]
    achievements: Sequence[Item]
    asked: Sequence[Asked]
    offered: Sequence[Offered]
    ground: Ground
    encoder: Cached | None

    @classmethod
    def of(
        cls, needs: Sequence[Item], achievements: Sequence[Item], encoder: Cached | None, progress: Progress = silent
    ) -> "Sheets":
        """Encodes what was not encoded before. Raises EncoderDown."""
        asked, offered = asked_of(needs, encoder, progress), offered_of(achievements, encoder, progress)
        return cls(needs, achievements, asked, offered, ground_of(offered, asked, encoder), encoder)


def examine(sheets: Sheets) -> dict[int, Examined]:
    """The best candidates of each of the sheets' needs with their features, need by its place in the sheet."""
    matcher = Matcher(sheets.achievements, sheets.encoder)
    vectors = matcher.vectors.astype(np.float64) if matcher.vectors is not None else None
    offered = [Candidate(o.title, o.text, frozenset(o.counts)) for o in sheets.offered]
    found = {}
    for need, (asked, total) in enumerate(zip(sheets.asked, matcher.scores(sheets.needs), strict=True)):
        pool = np.argsort(-total, kind="stable")[:POOL]
        first = pool[:MOST]
        fits = [fit(asked.wish, sheets.offered[row].offer) for row in first]
        candidates = [replace(offered[row], fit=one) for row, one in zip(first, fits, strict=True)]
        scored = _scored(sheets.ground, asked, total[pool], [sheets.offered[row] for row in first], vectors, pool)
        found[need] = Examined(first.tolist(), signs(_question(sheets.ground, asked), candidates, scored))
    return found


def _question(ground: Ground, asked: Asked) -> Question:
    parts = {"title": asked.terms["title"], "text": asked.terms["text"]}
    terms = {part: {t: ground.idf(t) for t in own if t in ground.df} for part, own in parts.items()}
    return Question(asked.title, asked.text, terms)


def _scored(
    ground: Ground, asked: Asked, scores: Floats, first: Sequence[Offered], vectors: Floats | None, pool: Ints
) -> Scored:
    aim = lexical.aim(asked.terms["both"], n=ground.n, df=ground.df)
    weights = [lexical.document_weights(one.counts, ground.average) for one in first]
    z = np.array([sum(aim.weights.get(t, 0.0) * w for t, w in own.items()) - aim.offset for own in weights])
    words = np.sign(z) * np.log1p(np.abs(z))
    if vectors is None or ground.space is None:
        return Scored(scores, words, np.zeros((len(first), 2 * len(STRENGTHS))), np.zeros((len(first), 0), np.float32))
    queries = {part: asked.vectors[part][0].astype(np.float64) - ground.common[part] for part in ("title", "text")}
    near = damped(ground.space, vectors[pool], ground.space.mean)
    return Scored(
        scores, words, dense_of(ground.space, queries, vectors[pool[: len(first)]]), near[: len(first)] @ near.T
    )


def train_ranking(sheets: Sheets, judged: Pairs) -> Trained:
    """The ranking that `judged` teaches, with its folds."""
    by_need: dict[int, dict[int, int]] = defaultdict(dict)
    for (need, achievement), level in zip(judged.rows.tolist(), judged.levels.tolist(), strict=True):
        by_need[need][achievement] = level
    return rank.train(examine(sheets), by_need)


def ranked(sheets: Sheets, ranker: Ranker) -> list[Ints]:
    """The candidates of each of the sheets' needs as places in the achievements, best first."""
    return [np.array(one.rows)[ranker.order(one.features)] for one in examine(sheets).values()]


def train(sheets: Sheets, judged: Pairs, trained: Trained) -> Learned:
    """The model of everything: `trained` ranking and, with enough judgements, levels."""
    header = {
        "code": _code(),
        "encoder": sheets.encoder.name if sheets.encoder else "none",
        "learned_from": _data(sheets, judged),
        "folds": [{"zero_shot": asdict(one), "learned": asdict(other)} for one, other in trained.folds],
        "total": dict(zip(("zero_shot", "learned"), map(asdict, trained.total), strict=True)),
        "ratios": list(trained.ratios),
    }
    if not enough(judged.levels):
        return Learned(trained.ranker, sheets.ground, header=header)
    made, scale = cases(sheets.ground, sheets.asked, sheets.offered, judged.rows)
    return Learned(trained.ranker, sheets.ground, scale, levels.fit(made, judged.levels), header)


def enough(told: Ints) -> bool:
    """Whether levels can be learned from so many judgements."""
    return len(told) >= levels.LEAST_PAIRS and len(np.unique(told)) > 1


def chances(learned: Learned, pairs: Pairs, encoder: Cached | None, progress: Progress = silent) -> Floats:
    """The chance of each level for `pairs`, by a model. Shape (n, 4)."""
    asked, offered = asked_of(pairs.needs, encoder, progress), offered_of(pairs.achievements, encoder, progress)
    if learned.levels is None:
        return zero_shot(learned.ground, asked, offered, pairs.rows)
    known = learned.levels.learners.known.batch
    made, _scale = cases(learned.ground, asked, offered, pairs.rows, learned.scale, known)
    return learned.levels.chances(made)


def zero_shot(ground: Ground, asked: Sequence[Asked], offered: Sequence[Offered], pairs: Ints) -> Floats:
    """The chance of each level without any judgement, from the score alone. Shape (n, 4)."""
    score = features(ground, asked, offered, pairs)[:, NAMES.index("score")]
    line = floor.line(ground.n, by_meaning=ground.space is not None)
    cuts = (min(WEAK, line), line, line + floor.SLOPE)
    at_least = [[1 / (1 + exp(min(50.0, (cut - one) / floor.SLOPE))) for cut in cuts] for one in score]
    return levels.distribution(np.array(at_least).reshape(len(score), 3))


def evaluate(sheets: Sheets, judged: Pairs, folds: int = FOLDS) -> Mapping[str, Mapping[str, float]]:
    """1/(1+MAE) by protocol and method: folds by need ("by_need"), and stratified folds of pairs ("plain").

    `constant` is the best single level of the training folds; `learned` falls back to zero-shot where folds are thin.
    """
    made, _scale = cases(sheets.ground, sheets.asked, sheets.offered, judged.rows)
    plain = levels.decide(zero_shot(sheets.ground, sheets.asked, sheets.offered, judged.rows))
    protocols = {
        "by_need": levels.grouped(judged.rows[:, 0], folds, levels.SEED),
        "plain": levels.stratified(judged.levels, folds, levels.SEED),
    }
    found = {}
    for name, fold in protocols.items():
        learned, constant = _out_of_fold(made, judged.levels, fold, plain)
        told = {"constant": constant, "zero_shot": plain, "learned": learned}
        found[name] = {method: levels.closeness(one, judged.levels) for method, one in told.items()}
    return found


def _out_of_fold(made: Cases, told: Ints, folds: Ints, plain: Ints) -> tuple[Ints, Ints]:
    learned, constant = plain.copy(), np.zeros(len(told), np.int64)
    for fold in np.unique(folds):
        held, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        constant[held] = int(np.median(told[rest])) if len(rest) else 2
        if enough(told[rest]):
            learned[held] = levels.decide(levels.fit(made.some(rest), told[rest]).chances(made.some(held)))
    return learned, constant


def _data(sheets: Sheets, judged: Pairs) -> dict[str, int | str]:
    """What was learned from: how much, and a hash that tells whether it was the same."""
    found = hashlib.sha256()
    for (need, achievement), level in zip(judged.rows.tolist(), judged.levels.tolist(), strict=True):
        found.update(
            f"{sheets.asked[need].key}\0{sheets.offered[achievement].key}\0{level}\0".encode("utf-8", "replace")
        )
    sizes = {"needs": len(sheets.needs), "achievements": len(sheets.achievements), "judgements": len(judged.levels)}
    return {**sizes, "sha256": found.hexdigest()}


def _code() -> str:
    try:
        return version("triplehelix")
    except PackageNotFoundError:
        return "0"
