"""How well an expert fits a case: the likeness of what they work on to what the case is about, from matching."""

from collections.abc import Sequence

from triplehelix.foundation.text import bigrams
from triplehelix.matching import current
from triplehelix.matching.encode import EncoderDown
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.models import Person


def between(people: Sequence[Person], cases: Sequence[Case]) -> dict[tuple[str, str], float]:
    """(expert, case) → 0 to 1, stretched over the round: what counts is who fits better, not by how much."""
    texts = [f"{person.discipline} {person.title} {person.about}"[:1000] for person in people]
    topics = [f"{case.title} {case.summary}"[:1000] for case in cases]
    table = _dense(texts, topics) or _lexical(texts, topics)
    flat = [value for row in table for value in row]
    least, most = min(flat, default=0.0), max(flat, default=0.0)
    width = (most - least) or 1.0
    return {
        (str(person.pk), str(case.pk)): (table[n][k] - least) / width
        for n, person in enumerate(people)
        for k, case in enumerate(cases)
    }


def _dense(texts: Sequence[str], topics: Sequence[str]) -> list[list[float]] | None:
    """Cosines of the encoder's vectors; None when there is no encoder now."""
    try:
        encoder = current.encoder()
        if encoder is None or not texts or not topics:
            return None
        found = encoder.queries(list(topics)) @ encoder.passages(list(texts)).T
    except EncoderDown:
        return None
    return [[float(found[k][n]) for k in range(len(topics))] for n in range(len(texts))]


def _lexical(texts: Sequence[str], topics: Sequence[str]) -> list[list[float]]:
    sets, wanted = [frozenset(bigrams(text)) for text in texts], [frozenset(bigrams(topic)) for topic in topics]
    return [[len(one & other) / (len(other) or 1) for other in wanted] for one in sets]
