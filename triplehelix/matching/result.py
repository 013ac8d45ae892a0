"""What a search is asked and what it answers."""

from dataclasses import dataclass, field
from typing import Any

from triplehelix.matching.candidates import Narrowing
from triplehelix.matching.explain import Clause, told


class EmptyQuery(ValueError):
    """There is nothing to look for; the message says what to write."""


@dataclass(frozen=True)
class Facets:
    """What a search is narrowed to; empty narrows nothing. Several values of one facet: any of them. `subjects` are
    numbers of listings.

    `trl_min` keeps what is at least so mature (GB/T 22900, 1–13); what says no level is left out then.
    """

    field: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    trl_min: int | None = None
    modes: tuple[str, ...] = ()
    organisation: tuple[int, ...] = ()
    subjects: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return any((self.field, self.chain, self.region, self.trl_min, self.modes, self.organisation, self.subjects))

    def narrowing(self, audiences: frozenset[str]) -> Narrowing:
        """These facets and the viewer's audiences as a condition on documents."""
        parts, values = ["audiences && %s::text[]"], [sorted(audiences)]
        given: list[tuple[str, Any]] = [
            ("field = ANY(%s::text[])", list(self.field)),
            ("chain = ANY(%s::text[])", list(self.chain)),
            ("region = ANY(%s::text[])", list(self.region)),
            ("trl >= %s", self.trl_min),
            ("modes && %s::text[]", list(self.modes)),
            ("organisation = ANY(%s::bigint[])", list(self.organisation)),
            ("subject_id = ANY(%s::bigint[])", list(self.subjects)),
        ]
        for sql, value in given:
            if value:
                parts.append(sql)
                values.append(value)
        return Narrowing(" AND ".join(parts), tuple(values))


@dataclass(frozen=True)
class Hit:
    """One thing found. `score` in deviations of the whole index (the same whatever was fetched), `percent` for people.

    `lexical` and `dense` are its parts, `dense` None when only words were compared; `fit` what the facets added.
    `weak`: below the score where answers begin. `terms`, `part`, `pair`, `missing`, `clauses` are the explanation
    (matching.explain); where to mark them `foundation.text.spans` says. `same_as` are subjects that
    say the same.
    """

    kind: str
    subject_id: int
    title: str
    text: str
    holder: str
    organisation: int | None
    chain: str
    field: str
    region: str
    trl: int | None
    score: float
    percent: int
    weak: bool
    lexical: float
    dense: float | None
    fit: float
    terms: tuple[str, ...]
    part: str
    pair: tuple[str, str]
    missing: tuple[Clause, ...]
    clauses: tuple[Clause, ...]
    same_as: tuple[int, ...] = ()

    @property
    def why(self) -> str:
        """The explanation in one sentence, in the language in force when it is read: a letter is not written in that
        of the search."""
        return told((*self.clauses, *self.missing))


@dataclass(frozen=True)
class Result:
    """The answer, best first. `total` documents are near enough to be an answer, of `among` that were compared; when
    it is 0, everything in `hits` is weak. `facets` counts those answers: facet → code → how many (all that were
    compared when none is near enough).
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    among: int = 0
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
