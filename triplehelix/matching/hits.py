"""What a search shows of the first of its ranked candidates: their texts, why they fit, what they stand for."""

from collections.abc import Mapping, Sequence

from django.db import connection

from triplehelix.matching import floor
from triplehelix.matching.explain import explain
from triplehelix.matching.ranking import Ranked
from triplehelix.matching.result import Hit
from triplehelix.matching.situation import Asked
from triplehelix.matching.twins import Shown, fold

#: So many more than asked for are read, because some fold into others.
SPARE = 10


def hits(
    kind: str, asked: Asked, ranked: Sequence[Ranked], idf: Mapping[int, float], top: int, line: float
) -> tuple[Hit, ...]:
    """The first of the ranked, near-duplicates folded, with their texts and explanations."""
    texts = _texts([one.row.id for one in ranked[: top + SPARE]])
    shown = [one for one in ranked[: top + SPARE] if one.row.id in texts]
    folded = fold([texts[one.row.id] for one in shown])
    kept = [(one, same) for one, same in zip(shown, folded, strict=True) if same is not None]
    return tuple(_hit(kind, asked, one, texts[one.row.id], same, idf, line) for one, same in kept[:top])


def _texts(ids: list[int]) -> dict[int, Shown]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, subject_id, title, text, holder, rights, halfvec_send(vector) FROM matching_document"
            " WHERE id = ANY(%s)",
            [ids],
        )
        return {row[0]: Shown(*row[1:]) for row in cursor.fetchall()}


def _hit(
    kind: str, asked: Asked, one: Ranked, said: Shown, same: Sequence[int], idf: Mapping[int, float], line: float
) -> Hit:
    row = one.row
    wish, offer = asked.sides(row)
    told = explain(
        asked=(asked.title, asked.text),
        offered=(said.title, said.text),
        idf=idf,
        wish=wish,
        offer=offer,
        rights=said.rights,
        by_meaning=one.dense is not None,
    )
    return Hit(
        kind=kind, subject_id=row.subject_id, title=said.title, text=said.text, holder=said.holder,
        organisation=row.organisation, chain=row.chain, field=row.field, region=row.region, trl=row.trl,
        score=one.score, percent=floor.percent(one.score, line),
        weak=one.score < line, lexical=one.lexical, dense=one.dense, fit=one.fit,
        terms=told.terms, part=told.part, pair=told.pair, missing=told.missing, clauses=told.clauses,
        same_as=tuple(same),
    )  # fmt: skip
