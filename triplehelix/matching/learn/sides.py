"""Both sides of a pair made ready once: vectors, words, and the texts as they are compared."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from triplehelix.foundation.text import bigrams, normalise, search_words, term_id
from triplehelix.matching import lexical
from triplehelix.matching.encode import QUERY_CHARACTERS, Cached, Vectors, whole
from triplehelix.matching.files import Item
from triplehelix.matching.score import Offer, Wish

#: The vectors of a need, each of shape (k, dim): title and text as a query, as a passage, and the text's clauses.
ASPECTS = ("title", "text", "title_as_passage", "text_as_passage", "clauses")
CLAUSE = re.compile(r"[^。；;！!？?\n:：]+")
SHORTEST_CLAUSE, MOST_CLAUSES = 6, 30
FACETS = {
    "chain": ("产业链", "chain"),
    "field": ("领域", "技术领域", "field"),
    "trl": ("成熟度", "技术成熟度", "trl"),
    "region": ("地区", "县区", "region"),
}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Asked:
    """A need. `vectors` by ASPECTS, empty with words alone; `words` and `pairs` (bigrams) by part, as term numbers."""

    key: str
    title: str
    text: str
    terms: Mapping[str, Mapping[int, float]]
    words: Mapping[str, frozenset[int]]
    pairs: Mapping[str, frozenset[int]]
    wish: Wish
    vectors: Mapping[str, Vectors] = field(default_factory=dict)


@dataclass(frozen=True)
class Offered:
    """An achievement. `vector` (dim,), or shape (0,) with words alone."""

    key: str
    title: str
    text: str
    counts: Mapping[int, int]
    words: frozenset[int]
    pairs: frozenset[int]
    offer: Offer
    vector: Vectors


def key_of(item: Item) -> str:
    """What tells that two rows are one need or one achievement: its words, not its number in some list."""
    return "\n".join(normalise(part).lower() for part in item.asked)


def asked_of(items: Sequence[Item], encoder: Cached | None, progress: Progress) -> list[Asked]:
    """The needs of a sheet made ready. A part that is missing is stood for by the other."""
    found = []
    vectors = _vectors(items, encoder, progress)
    for item, own in zip(items, vectors, strict=True):
        title, text = item.asked[0] or item.text, item.text or item.title
        terms = {"both": lexical.query_terms(*item.asked), "title": _all(title), "text": _all(text)}
        parts = {"title": title, "text": text}
        words = {name: _terms(search_words(part)) for name, part in parts.items()}
        pairs = {name: _terms(bigrams(part)) for name, part in parts.items()}
        facets = _facets(item)
        wish = Wish(facets["chain"], facets["field"], _trl(facets["trl"]), facets["region"])
        found.append(
            Asked(key_of(item), _plain(title), _plain(text[:QUERY_CHARACTERS]), terms, words, pairs, wish, own)
        )
    return found


def offered_of(items: Sequence[Item], encoder: Cached | None, progress: Progress) -> list[Offered]:
    """The achievements of a sheet made ready."""
    vectors: Sequence[Vectors] = [np.zeros(0, np.float32)] * len(items)
    if encoder is not None:
        texts = [whole(*item.asked) for item in items]
        vectors = list(encoder.passages(texts, lambda done: progress("成果", done, len(texts))))
    return [_offered(item, vector) for item, vector in zip(items, vectors, strict=True)]


def _offered(item: Item, vector: Vectors) -> Offered:
    said, facets = whole(*item.asked), _facets(item)
    counts = lexical.document_terms(*item.asked)
    offer = Offer(facets["chain"], facets["field"], _trl(facets["trl"]), facets["region"])
    words, pairs = _terms(search_words(said)), _terms(bigrams(said))
    return Offered(key_of(item), _plain(item.title), _plain(item.text), counts, words, pairs, offer, vector)


def _vectors(items: Sequence[Item], encoder: Cached | None, progress: Progress) -> list[dict[str, Vectors]]:
    if encoder is None:
        return [{} for _ in items]
    titles = [item.asked[0] or item.text for item in items]
    texts = [item.text or item.title for item in items]
    clauses = [_clauses(text) or [title] for title, text in zip(titles, texts, strict=True)]
    flat = [clause for some in clauses for clause in some]
    total = len(titles) + len(texts) + len(flat)

    def told(done: int) -> None:
        progress("需求", done, total)

    made = iter(encoder.queries(flat, told))
    columns = {
        "title": encoder.queries(titles, told),
        "text": encoder.queries(texts, told),
        "title_as_passage": encoder.passages(titles),
        "text_as_passage": encoder.passages(texts),
    }
    own = [{name: column[place][None, :] for name, column in columns.items()} for place in range(len(items))]
    return [one | {"clauses": np.array([next(made) for _ in some])} for one, some in zip(own, clauses, strict=True)]


def _clauses(text: str) -> list[str]:
    found = (clause.strip() for clause in CLAUSE.findall(text))
    return [clause for clause in found if len(clause) >= SHORTEST_CLAUSE][:MOST_CLAUSES]


def _plain(text: str) -> str:
    return normalise(text).lower()


def _terms(words: Sequence[str]) -> frozenset[int]:
    return frozenset(map(term_id, words))


def _all(text: str) -> dict[int, float]:
    return lexical.query_terms("", text)


def _facets(item: Item) -> dict[str, str]:
    return {name: next((item.more[h] for h in heads if item.more.get(h)), "") for name, heads in FACETS.items()}


def _trl(given: str) -> int | None:
    digits = re.search(r"[1-9]", given)
    return int(digits.group()) if digits else None
