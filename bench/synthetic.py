"""Made-up collections of any size with the shape of real ones: real words with their frequencies, clustered vectors.

Every document belongs to a topic. Half of its words come from the whole vocabulary by the frequencies counted in the
given files, half from the topic's own few hundred words; its vector lies near the topic's centre, and all vectors
share a common direction, as those of real encoders do. Texts are words with blanks between them, so cutting them up
gives exactly each word's own terms, which are looked up once a word: a million documents are made in minutes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triplehelix.foundation.text import search_terms, search_words, term_id
from triplehelix.matching.index.sources import Content
from triplehelix.matching.index.write import Made, text_hash

KIND = "market.achievement"
TOPIC_WORDS = 200
DOCUMENTS_PER_TOPIC = 400
MEDIAN_WORDS, SPREAD = 40, 0.5
FEWEST, MOST = 6, 300
QUERY_WORDS = (4, 12)
DIMENSIONS = 384
COMMON, OWN = 1.2, 0.7  # of the common direction and of a document's own, against the topic's 1.0


@dataclass(frozen=True)
class Query:
    """A made-up question with the vector it would have."""

    text: str
    vector: npt.NDArray[np.float32]


class Collection:
    """`n` documents by number; the same seed gives the same collection."""

    def __init__(self, texts: Iterable[str], n: int, seed: int = 7) -> None:
        self.n, self.seed = n, seed
        counts = Counter(word for text in texts for word in search_words(text))
        # A word with a blank or one that is cut differently on its own would not come back as itself.
        self.words = [w for w, _count in counts.most_common() if " " not in w]
        self.frequency = np.array([counts[w] for w in self.words], float)
        self.frequency /= self.frequency.sum()
        self.terms = [Counter(map(term_id, search_terms(w))) for w in self.words]
        random = np.random.default_rng(seed)
        self.topics = max(20, n // DOCUMENTS_PER_TOPIC)
        self.topic_words = random.choice(
            len(self.words), (self.topics, TOPIC_WORDS), p=self.frequency**0.5 / (self.frequency**0.5).sum()
        )
        self.centres = self._units(random, self.topics)
        self.common = self._units(random, 1)[0]

    @staticmethod
    def _units(random: np.random.Generator, n: int) -> npt.NDArray[np.float32]:
        found = random.standard_normal((n, DIMENSIONS), np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def _vectors(self, random: np.random.Generator, topics: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        found = self.centres[topics] + COMMON * self.common + OWN * self._units(random, len(topics))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def _words(self, random: np.random.Generator, topic: int, size: int) -> npt.NDArray[np.int64]:
        place = np.minimum(random.zipf(1.3, size // 2) - 1, TOPIC_WORDS - 1)
        general = np.searchsorted(self._cumulated, random.random(size - size // 2))
        return np.concatenate([self.topic_words[topic][place], np.minimum(general, len(self.words) - 1)])

    @property
    def _cumulated(self) -> npt.NDArray[np.float64]:
        if not hasattr(self, "_sum"):
            self._sum = self.frequency.cumsum()
        return self._sum

    def words_of(self, batch: int = 10_000) -> Iterator[tuple[list[npt.NDArray[np.int64]], npt.NDArray[np.float32]]]:
        """The words of every document, and its vector, in batches."""
        random = np.random.default_rng(self.seed + 1)
        for start in range(0, self.n, batch):
            size = min(batch, self.n - start)
            topics = random.integers(0, self.topics, size)
            lengths = np.clip(random.lognormal(np.log(MEDIAN_WORDS), SPREAD, size), FEWEST, MOST).astype(int)
            words = [self._words(random, t, k) for t, k in zip(topics, lengths, strict=True)]
            yield words, self._vectors(random, topics)

    @property
    def average(self) -> float:
        """About how many term occurrences a document has; good enough to weigh with."""
        sizes = np.array([sum(terms.values()) for terms in self.terms], float)
        return float(MEDIAN_WORDS * np.exp(SPREAD**2 / 2) * (sizes @ self.frequency))

    def documents(self, encoder: str, keep: list[npt.NDArray[np.int32]] | None = None) -> Iterator[Made]:
        """Every document, ready to be stored. `keep` is given the words of each, by number."""
        number = 0
        for batch, vectors in self.words_of():
            for words, vector in zip(batch, vectors, strict=True):
                number += 1
                if keep is not None:
                    keep.append(words.astype(np.int32))
                yield self._document(number, words.tolist(), vector, encoder)

    def _document(self, number: int, words: list[int], vector: npt.NDArray[np.float32], encoder: str) -> Made:
        named = [self.words[w] for w in words]
        title, text = " ".join(named[:6]), " ".join(named[6:])
        counts: dict[int, int] = {}
        for place, word in enumerate(words):
            times = 2 if place < 6 and text else 1
            for term, count in self.terms[word].items():
                counts[term] = counts.get(term, 0) + times * count
        content = Content(KIND, number, title, text, chain=f"LC{number % 12 + 1:02}", region=f"3715{number % 11:02}")
        return Made(content, counts, text_hash(title, text), vector, encoder)

    def queries(self, n: int) -> list[Query]:
        """Questions about the collection's topics."""
        random = np.random.default_rng(self.seed + 2)
        topics = random.integers(0, self.topics, n)
        vectors = self._vectors(random, topics)
        sizes = random.integers(*QUERY_WORDS, n, endpoint=True)
        return [
            Query(" ".join(self.words[w] for w in self._words(random, int(t), int(k))), v)
            for t, k, v in zip(topics, sizes, vectors, strict=True)
        ]
