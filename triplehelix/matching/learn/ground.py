"""The corpus that features are measured against, as sums: kept with a model, so that a feature means the same later."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from triplehelix.matching import lexical
from triplehelix.matching.encode import Cached
from triplehelix.matching.files import LEAST_FOR_MEAN
from triplehelix.matching.learn.sides import ASPECTS, Asked, Offered
from triplehelix.matching.score import Space
from triplehelix.matching.typical import query_mean

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """`n` documents of `average` term occurrences, document frequencies `df`, the space of their vectors (None: words
    alone), and `common`: what the vectors of all needs share, for each of ASPECTS, shape (dim,)."""

    n: int
    average: float
    df: Mapping[int, int]
    space: Space | None
    common: Mapping[str, Floats] = field(default_factory=dict)

    def idf(self, term: int) -> float:
        """The weight of a term; of one never seen, that of the rarest."""
        return lexical.idf(self.n, self.df.get(term, 0))

    @property
    def rarest(self) -> float:
        """The greatest weight a term can have."""
        return math.log(1 + (self.n + 0.5) / 0.5)

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, as arrays to be written; `read` is the way back."""
        terms = sorted(self.df)
        found: dict[str, npt.NDArray[np.generic]] = {
            "ground.sizes": np.array([self.n, self.average]),
            "ground.terms": np.array(terms, np.int64),
            "ground.df": np.array([self.df[term] for term in terms], np.int64),
        }
        if self.space is not None:
            found["ground.mean"] = self.space.mean
            found["ground.covariance"] = self.space.covariance.astype(np.float32)
        return found | {f"ground.common.{name}": vector for name, vector in self.common.items()}

    @classmethod
    def read(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> "Ground":
        """The ground of `arrays`. Raises KeyError when something is missing."""
        n, average = (float(value) for value in arrays["ground.sizes"].astype(np.float64))
        df = dict(zip(arrays["ground.terms"].tolist(), arrays["ground.df"].tolist(), strict=True))
        space = None
        if "ground.mean" in arrays:
            mean = arrays["ground.mean"].astype(np.float64)
            moment = arrays["ground.covariance"].astype(np.float64) + np.outer(mean, mean)
            space = Space(n=int(n), mean=mean, moment=moment)
        mark = "ground.common."
        common = {k.removeprefix(mark): v.astype(np.float64) for k, v in arrays.items() if k.startswith(mark)}
        return cls(int(n), average, df, space, common)


def ground_of(offered: Sequence[Offered], asked: Sequence[Asked], encoder: Cached | None) -> Ground:
    """The ground that these achievements and needs are. What needs share is theirs when they are many, else the
    house's typical needs'. No judgement is read."""
    average = sum(sum(o.counts.values()) for o in offered) / max(1, len(offered))
    df: dict[int, int] = {}
    for one in offered:
        for term in one.counts:
            df[term] = df.get(term, 0) + 1
    if encoder is None:
        return Ground(len(offered), average, df, None)
    space = Space.of(np.array([o.vector for o in offered]))
    if len(asked) >= LEAST_FOR_MEAN:
        common = {name: _mean([a.vectors[name] for a in asked]) for name in ASPECTS}
    else:
        common = {name: query_mean(encoder).astype(np.float64) for name in ASPECTS}
    return Ground(len(offered), average, df, space, common)


def _mean(vectors: Sequence[npt.NDArray[np.floating]]) -> Floats:
    return np.asarray(np.concatenate(vectors).mean(axis=0), np.float64)
