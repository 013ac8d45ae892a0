"""What a search knows when its candidates are scored: what a second look is given, to move them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triplehelix.matching.candidates import Row
from triplehelix.matching.encode import Vectors
from triplehelix.matching.score import Offer, Space, Wish

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A question as the scoring sees it: title and text ('' when it has none), and the facets of the asking listing."""

    title: str
    text: str
    wish: Wish | None = None
    offer: Offer | None = None

    @property
    def parts(self) -> list[str]:
        return [part for part in (self.title, self.text) if part]

    def sides(self, row: Row) -> tuple[Wish, Offer]:
        """Who wants and who offers: a need asks achievements, an achievement is offered to needs."""
        if self.offer is not None:
            return Wish(row.chain, row.field, row.trl, row.region_wanted), self.offer
        return self.wish or Wish(), Offer(row.chain, row.field, row.trl, row.region)


@dataclass(frozen=True)
class Meaning:
    """The query's vectors, one for each of its parts, what all queries have in common, and where documents lie."""

    encoder: str
    queries: Vectors
    common: Vectors
    space: Space


@dataclass(frozen=True)
class Situation:
    """The candidates of one search of a `kind`, best first: `rows` with their `scores` and scores by words, shapes
    (n,). `idf` of the query's terms, the `line` where answers begin; `meaning` None: only words were compared."""

    kind: str
    asked: Asked
    rows: Sequence[Row]
    scores: Floats
    words: Floats
    idf: Mapping[int, float]
    line: float
    meaning: Meaning | None


#: Looks again and answers the scores the candidates shall have instead, in the order of `rows`. It must be in
#: deviations of the index as before, so that `line` still says where answers begin.
Second = Callable[[Situation], Floats]
