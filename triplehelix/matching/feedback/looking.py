"""The second look at a search's candidates: the model in force puts them into its order, judgements move their pairs.

The model deals the candidates' scores out anew: its best gets the best score. So as many stand above the line where
answers begin as before, and a score still means what it meant. Below `signs.MOST` everything keeps its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection

from triplehelix.foundation.text import normalise
from triplehelix.market.achievements.models import Achievement
from triplehelix.matching import lexical
from triplehelix.matching.encode import QUERY_CHARACTERS
from triplehelix.matching.feedback.moved import moved
from triplehelix.matching.learn.rank import Examined, Ranker
from triplehelix.matching.learn.signs import MOST, POOL, Candidate, Question, Scored, damped, dense_of, signs
from triplehelix.matching.score import fit
from triplehelix.matching.situation import Meaning, Situation

Floats = npt.NDArray[np.float64]
#: So much of a candidate's text is looked at.
CHARACTERS = 2000


@dataclass(frozen=True)
class Look:
    """A `Second`: `ranker` orders achievements (None: the zero-shot order stays), `levels` are of judged subjects."""

    ranker: Ranker | None
    levels: Mapping[int, int]

    def __call__(self, situation: Situation) -> Floats:
        scores = situation.scores
        if self.ranker is not None and (seen := examined(situation)) is not None:
            order = self.ranker.order(seen.features)
            scores = scores.copy()
            scores[order] = situation.scores[: len(order)]
        line, rows = situation.line, situation.rows
        pairs = zip(rows, scores, strict=True)
        return np.array([moved(float(score), line, self.levels.get(row.subject_id)) for row, score in pairs])


def examined(situation: Situation) -> Examined | None:
    """The candidates as the ranking sees them; None when it cannot: no achievements are sought, or only words were
    compared."""
    meaning = situation.meaning
    if meaning is None or situation.kind != Achievement.kind or not situation.rows:
        return None
    rows = situation.rows[:POOL]
    first = rows[:MOST]
    read = _read([row.id for row in first])
    candidates = [
        Candidate(*read[row.id], fit=fit(*situation.asked.sides(row)))
        if row.id in read
        else Candidate("", "", frozenset())
        for row in first
    ]
    z = situation.words[: len(first)]
    vectors = _vectors([row.id for row in rows], meaning)
    near = damped(meaning.space, vectors, meaning.space.mean)
    dense = dense_of(meaning.space, _queries(situation, meaning), vectors[: len(first)])
    scored = Scored(situation.scores[:POOL], np.sign(z) * np.log1p(np.abs(z)), dense, near[: len(first)] @ near.T)
    return Examined([row.subject_id for row in first], signs(_question(situation), candidates, scored))


def _queries(situation: Situation, meaning: Meaning) -> dict[str, Floats]:
    found = [vector.astype(np.float64) - meaning.common for vector in meaning.queries]
    return {"title": found[0], "text": found[-1]}


def _question(situation: Situation) -> Question:
    asked, idf = situation.asked, situation.idf
    title, text = asked.title or asked.text, asked.text or asked.title
    parts = {"title": title, "text": text}
    terms = {name: {t: idf[t] for t in lexical.query_terms("", part) if t in idf} for name, part in parts.items()}
    return Question(_plain(title), _plain(text[:QUERY_CHARACTERS]), terms)


def _plain(text: str) -> str:
    return normalise(text).lower()


def _read(ids: list[int]) -> dict[int, tuple[str, str, frozenset[int]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, title, left(text, %s), terms FROM matching_document WHERE id = ANY(%s)", [CHARACTERS, ids]
        )
        return {id: (_plain(title), _plain(text), frozenset(terms)) for id, title, text, terms in cursor.fetchall()}


def _vectors(ids: list[int], meaning: Meaning) -> npt.NDArray[np.float32]:
    """Their vectors, (n, dim); one that is not made yet stands where all documents stand on average."""
    dim = len(meaning.space.mean)
    found = np.tile(meaning.space.mean.astype(np.float32), (len(ids), 1))
    place = {id: row for row, id in enumerate(ids)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, halfvec_send(vector) FROM matching_document WHERE id = ANY(%s) AND encoder = %s",
            [ids, meaning.encoder],
        )
        for id, sent in cursor.fetchall():
            found[place[id]] = np.frombuffer(sent, ">f2", dim, 4)
    return found
