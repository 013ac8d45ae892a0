"""The one scoring function, for files, API and pages.

    score = z_dense + 0.9 · ln(1 + z_lexical) + facets

The logarithm (of |z|, with its sign) lets the first shared words count and the twentieth hardly: two long texts of one
trade share many words whatever they are about. Both parts are in standard deviations of the corpus, so that a score
means the same whichever candidates were fetched, and a cut-off can be said in words. Both are inner products with what
a document stores:

z_dense    A query vector q and a document vector d (unit vectors of the encoder) are compared after taking away what
           all queries and all documents have in common, with over-represented directions damped:
           w = (Σ + ελ̄I)^(−p) · (q − m_q),   z = w·(d − μ) / √(wᵀΣw)
           where μ, Σ are mean and covariance of the corpus' vectors, m_q the mean of query vectors, λ̄ the mean
           eigenvalue; p = 0.4, ε = 0.1. (p = 0 centres only, p = 1 is the Mahalanobis product; "all but the top",
           Mu & Viswanath 2018, is the blunt form of it.) A query with a title and a text gives two vectors.
           Titles need this, paragraphs are better without: p and m_q fade out as documents grow (`strength`).
           Like is compared with like: where documents are only titles, title and text of the query count half each;
           where they have texts, the query's text decides (`title_share`).
z_lexical  BM25 in deviations: see `lexical.aim`.
facets     small, additive, only where both sides say something: see `fit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEXICAL = 0.9
POWER, RIDGE = 0.4, 0.1
#: Below so many documents a covariance is noise: directions are then only centred.
LEAST_FOR_COVARIANCE = 200

#: Documents of so few term occurrences on average are titles; of so many, texts.
TITLES, TEXTS = 40.0, 120.0
TITLE_SHARE = 0.5

SAME_CHAIN, SAME_FIELD = 0.25, 0.1
TRL_REACHED, TRL_BELOW = 0.05, -0.2
REGION_FITS = 0.1


@dataclass(frozen=True)
class DenseAim:
    """The query's side of z_dense: `vector` · d − `offset`, with d as the document stores it. Shape (dim,)."""

    vector: Floats
    offset: float

    def scores(self, documents: npt.NDArray[np.floating]) -> Floats:
        """z_dense of each row. Shape (n, dim) → (n,)."""
        return np.asarray(documents @ self.vector - self.offset, np.float64)


class Space:
    """Where a corpus' vectors lie: its mean and covariance, from sums that can be kept up to date.

    `mean` is the mean vector, `moment` the mean of d·dᵀ, shapes (dim,) and (dim, dim), over `n` documents.
    """

    def __init__(self, *, n: int, mean: Floats, moment: Floats) -> None:
        self.n, self.mean = n, mean
        self.covariance = moment - np.outer(mean, mean)
        if n >= LEAST_FOR_COVARIANCE:
            values, directions = np.linalg.eigh(self.covariance)
            damped = (np.clip(values, 0, None) + RIDGE * max(values.mean(), 1e-12)) ** -POWER
            self.damped, self.directions = damped, directions
        else:
            self.damped, self.directions = np.ones(len(mean)), np.eye(len(mean))

    @classmethod
    def of(cls, documents: npt.NDArray[np.floating]) -> "Space":
        """The space of these vectors. Shape (n, dim), n ≥ 1."""
        rows = documents.astype(np.float64)
        return cls(n=len(rows), mean=rows.mean(axis=0), moment=rows.T @ rows / len(rows))

    def aim(
        self,
        queries: Sequence[npt.NDArray[np.floating]],
        query_mean: npt.NDArray[np.floating],
        shares: Sequence[float] | None = None,
        strength: float = 1.0,
    ) -> DenseAim:
        """One aim for the vectors of one query (title, text; those it has), weighted by `shares` (else equally).

        `strength` 1 takes away what queries share and damps directions fully, 0 not at all (documents are centred
        all the same: that changes no order).
        """
        damped = self.damped**strength
        vector, offset = np.zeros_like(self.mean), 0.0
        for query, share in zip(queries, shares or [1 / len(queries)] * len(queries), strict=True):
            # From right to left: two products with a vector instead of one of two matrices.
            w = self.directions @ (damped * (self.directions.T @ (query.astype(np.float64) - strength * query_mean)))
            spread = float(np.sqrt(max(w @ self.covariance @ w, 1e-12)))
            vector += w / spread * share
            offset += float(w @ self.mean) / spread * share
        return DenseAim(vector, offset)


def shares(parts: int, average: float) -> list[float]:
    """How much a query's vectors count: of (title, text) the title by `title_share`, a single one wholly."""
    return [1.0] if parts == 1 else [title_share(average), 1 - title_share(average)]


def title_share(average: float) -> float:
    """The title's share, by how long the corpus' documents are (term occurrences on average)."""
    return TITLE_SHARE * strength(average)


def strength(average: float) -> float:
    """How far documents are titles, 1 … 0: a title is mostly what all titles share; a paragraph speaks for itself."""
    return min(1.0, max(0.0, (TEXTS - average) / (TEXTS - TITLES)))


@dataclass(frozen=True)
class Wish:
    """What the asking side wants besides its words; empty says nothing."""

    chain: str = ""
    field: str = ""
    trl: int | None = None
    region: str = ""


@dataclass(frozen=True)
class Offer:
    """What the answering side is, besides its words; empty says nothing."""

    chain: str = ""
    field: str = ""
    trl: int | None = None
    region: str = ""


def fit(wish: Wish, offer: Offer) -> float:
    """How well the facets fit, in the score's deviations. What one side does not say counts nothing."""
    found = 0.0
    if wish.chain and offer.chain:
        found += SAME_CHAIN if wish.chain == offer.chain else 0.0
    if wish.field and offer.field:
        found += SAME_FIELD if wish.field == offer.field else 0.0
    if wish.trl and offer.trl:
        found += TRL_REACHED if offer.trl >= wish.trl else TRL_BELOW
    if wish.region and offer.region:
        found += REGION_FITS if wish.region == offer.region else 0.0
    return found


def score(dense: Floats | None, lexical: Floats, facets: Floats | float = 0.0) -> Floats:
    """The score of each candidate. `dense` None: no encoder, words alone decide. Shapes (n,)."""
    if dense is None:
        return lexical + facets
    return dense + LEXICAL * np.sign(lexical) * np.log1p(np.abs(lexical)) + facets
