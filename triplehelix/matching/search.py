"""The search of pages and API: a sentence, a page or a listing in; what answers it, and why, out.

The scoring is `score.py`, as for files. What differs is where the numbers come from: the index, not memory.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.text import search_words
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching import candidates, current, floor, lexical
from triplehelix.matching.candidates import Row
from triplehelix.matching.encode import EncoderDown
from triplehelix.matching.explain import explain
from triplehelix.matching.index import sources, vectors
from triplehelix.matching.result import EmptyQuery, Facets, Hit, Result
from triplehelix.matching.score import DenseAim, Offer, Wish, fit, score, shares, strength
from triplehelix.matching.situation import Asked, Meaning, Second, Situation
from triplehelix.matching.state import notices_of
from triplehelix.matching.twins import Shown, fold
from triplehelix.records.parties.access import audiences as audiences_of
from triplehelix.records.parties.models import Account

__all__ = ["EmptyQuery", "Facets", "Hit", "Result", "match_listing", "search", "standing"]

MOST_CHARACTERS = 20_000
#: A page begins with a line that says what it is about; a sentence is only itself.
PAGE_CHARACTERS, HEADING_CHARACTERS = 120, 80
#: A question of so few words tells nothing apart.
FEW_WORDS = 2
#: So many more than asked for are read, because some fold into others.
SPARE = 10
#: A document whose vector is not made yet is taken to fit by meaning about half as well as by words.
GUESS, MOST_GUESSED = 0.5, 3.0
FACETS = ("field", "chain", "region")


def search(
    *,
    text: str,
    title: str = "",
    audiences: frozenset[str],
    kind: str,
    facets: Facets | None = None,
    top: int = 20,
    wish: Wish | None = None,
    offer: Offer | None = None,
    now: datetime | None = None,
    second: Second | None = None,
    is_secret: bool = False,
) -> Result:
    """What of a kind answers this text, among what these audiences may find. A text that `is_secret` is shown to no
    encoder but the city's own.

    `wish` are facets of an asking need, `offer` of an offered achievement: they count in the score and leave nothing
    out; `facets` do leave out. `second` looks again at the candidates and may move them. Reads only.
    Raises EmptyQuery for a text without a single word.
    """
    asked = _read(title, text, wish, offer)
    wanted = lexical.query_terms(asked.title, asked.text)
    if not wanted:
        raise EmptyQuery(_("没有可以查找的字词：请写一句话，说明是什么东西、要解决什么问题"))
    notices = _about_length(title, text, len(wanted))
    facets = facets or Facets()
    found = _candidates(kind, asked, wanted, facets, audiences, is_secret=is_secret)
    notices += [found.problem] if found.problem else []
    notices += notices_of(kind, found.encoder, found.sums.n)
    if not found.rows:
        return Result(notices=(*notices, _nothing(found.sums.n, facets)))
    ranked = _ranked(asked, found.rows, found.offset, found.dense)
    idf = {term: lexical.idf(found.sums.n, df) for term, df in found.sums.df.items()}
    line = floor.line(found.sums.n, found.dense is not None)
    if second is not None:
        ranked = _again(second, Situation(kind, asked, *_columns(ranked), idf, line, found.meaning), ranked)
    hits = _hits(kind, asked, ranked, idf, top, line)
    answers = [one for one in ranked if one.score >= line]
    notices += [] if answers else _about_words(asked)
    return Result(hits, len(answers), len(found.rows), _counts(one.row for one in answers or ranked), tuple(notices))


@dataclass(frozen=True)
class _Candidates:
    """What may answer, by words and by meaning, with what it is ranked by. `meaning` and `dense` are None where only
    words are compared, and `problem` then says why."""

    rows: Sequence[Row]
    sums: candidates.Sums
    offset: float
    meaning: Meaning | None
    dense: DenseAim | None
    encoder: str
    problem: str


def _candidates(
    kind: str, asked: Asked, wanted: Mapping[int, float], facets: Facets, audiences: frozenset[str], *, is_secret: bool
) -> _Candidates:
    # An encoder behind an address works while the database looks by words.
    vectors_of_query = current.asking(asked.parts, is_secret=is_secret)
    sums = candidates.sums_of(kind, list(wanted))
    weighed = lexical.aim(wanted, n=max(sums.n, 1), df=sums.df)
    narrowing = facets.narrowing(audiences)
    by_words = candidates.find_by_words(kind, wanted=weighed, sums=sums, narrowing=narrowing, narrow=bool(facets))
    meaning, encoder, problem = _meaning(kind, vectors_of_query)
    dense = _aim(meaning, sums.average)
    rows = candidates.with_meaning(kind, by_words, aim=dense, encoder=encoder, narrowing=narrowing)
    return _Candidates(rows, sums, weighed.offset, meaning, dense, encoder, problem)


def match_listing(
    listing: Listing, *, actor: Account | None, now: datetime, top: int = 20, text: str | None = None,
    second: Second | None = None, facets: Facets | None = None,
) -> Result:  # fmt: skip
    """What answers this need, or which needs this achievement answers; an empty result for one without words.

    `text` are words to ask with instead of the public ones: those of a confidential need, for who may read them.
    `second` and `facets` as in `search`.
    """
    seen = audiences_of(actor, timezone.localdate(now))
    wish, offer, kind = None, None, Achievement.kind
    if isinstance(listing, Need):
        wish = Wish(listing.chain, listing.field, listing.trl_wanted, listing.region_wanted)
    elif isinstance(listing, Achievement):
        offer, kind = Offer(listing.chain, listing.field, listing.trl, listing.region), Need.kind
    else:
        raise TypeError(f"nothing is matched with {listing.kind}")
    said = listing.text if text is None else text
    is_secret = text is not None and isinstance(listing, Need) and listing.is_confidential
    try:
        return search(
            title=listing.title, text=said, audiences=seen, kind=kind, top=top, wish=wish, offer=offer, now=now,
            second=second, facets=facets, is_secret=is_secret,
        )  # fmt: skip
    except EmptyQuery as why:
        return Result(notices=(str(why),))


def standing(hits: Sequence[Hit]) -> list[Hit]:
    """Those whose listing is published at this moment. The index reads of a withdrawal a little later than it happens;
    pages look again by themselves, what leaves the site (an answer to a program, a letter) looks here."""
    found = {kind: sources.published(kind, [hit.subject_id for hit in hits]) for kind in {hit.kind for hit in hits}}
    return [hit for hit in hits if hit.subject_id in found[hit.kind]]


def _read(title: str, text: str, wish: Wish | None, offer: Offer | None) -> Asked:
    """Cut to what is used; a pasted page is its first line and the whole of it."""
    title, text = (_clean(part)[:MOST_CHARACTERS].strip() for part in (title, text))
    if not title and len(text) > PAGE_CHARACTERS:
        heading, _line_end, rest = text.partition("\n")
        if rest.strip() and 1 < len(heading.strip()) <= HEADING_CHARACTERS:
            title = heading.strip()
    return Asked(title, text if text != title else "", wish, offer)


def _clean(text: str) -> str:
    """Without what no text may hold: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _about_length(title: str, text: str, terms: int) -> list[str]:
    if len(text) > MOST_CHARACTERS or len(title) > MOST_CHARACTERS:
        return [_("资料超过 %(most)d 字，只用了前 %(most)d 字") % {"most": MOST_CHARACTERS}]
    if terms > candidates.MOST_TERMS:
        return [_("资料很长：按其中最有区别力的 %(most)d 个词查找") % {"most": candidates.MOST_TERMS}]
    return []


def _about_words(asked: Asked) -> list[str]:
    """What helps where nothing stands out, though the word may be in every other text: chance gives a word or two the
    same."""
    if len(set(search_words(" ".join(asked.parts)))) > FEW_WORDS:
        return []
    return [_("只有一两个词，看不出哪一条更合适：写成一句话，说明是什么东西、要达到什么指标，才找得准")]


def _meaning(kind: str, vectors_of_query: Callable[[], current.Answer | None]) -> tuple[Meaning | None, str, str]:
    """The query by meaning, the encoder's name, and what to tell the viewer when only words are compared."""
    words_only = _("只按词查找：意思相近而用词不同的，这次可能找不到")
    try:
        made = vectors_of_query()
    except current.Withheld:
        return None, "", _("保密内容不发给外部的语义模型。") + words_only
    except EncoderDown:
        return None, "", _("语义模型暂时不可用。") + words_only
    if made is None:
        return None, "", _("没有启用语义模型。") + words_only
    encoder, queries, common = made
    space = vectors.space(kind, encoder.name)
    if space is None or len(space.mean) != queries.shape[1]:
        return None, encoder.name, _("语义索引还在建立。") + words_only
    return Meaning(encoder.name, queries, common, space), encoder.name, ""


def _aim(meaning: Meaning | None, average: float) -> DenseAim | None:
    if meaning is None:
        return None
    queries = list(meaning.queries)
    return meaning.space.aim(queries, meaning.common, shares(len(queries), average), strength(average))


@dataclass(frozen=True)
class _Ranked:
    row: Row
    score: float
    lexical: float
    dense: float | None
    fit: float


def _less(dense: float | None, aim: DenseAim | None) -> float | None:
    """An inner product with the aim as a deviation."""
    return None if dense is None or aim is None else dense - aim.offset


def _ranked(asked: Asked, rows: Sequence[Row], offset: float, aim: DenseAim | None) -> list[_Ranked]:
    """All candidates by the one scoring function, best first; equals by number."""
    words = np.array([row.lexical for row in rows]) - offset
    fits = np.array([fit(*asked.sides(row)) for row in rows]) if asked.wish or asked.offer else np.zeros(len(rows))
    total = score(_dense(rows, aim, words), words, fits)
    order = sorted(range(len(rows)), key=lambda i: (-total[i], rows[i].subject_id))
    return [
        _Ranked(rows[i], float(total[i]), float(words[i]), _less(rows[i].dense, aim), float(fits[i])) for i in order
    ]


def _columns(ranked: Sequence[_Ranked]) -> tuple[list[Row], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return [o.row for o in ranked], np.array([o.score for o in ranked]), np.array([o.lexical for o in ranked])


def _again(second: Second, situation: Situation, ranked: Sequence[_Ranked]) -> list[_Ranked]:
    """The candidates with the scores a second look gave them, best first; equals keep their order."""
    moved = [replace(one, score=float(to)) for one, to in zip(ranked, second(situation), strict=True)]
    return sorted(moved, key=lambda one: -one.score)


def _dense(rows: Sequence[Row], aim: DenseAim | None, words: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    if aim is None:
        return None
    known = np.array([np.nan if row.dense is None else row.dense for row in rows]) - aim.offset
    return np.where(np.isnan(known), np.clip(GUESS * words, 0, MOST_GUESSED), known)


def _hits(
    kind: str, asked: Asked, ranked: Sequence[_Ranked], idf: Mapping[int, float], top: int, line: float
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
    kind: str, asked: Asked, one: _Ranked, said: Shown, same: Sequence[int], idf: Mapping[int, float], line: float
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


def _counts(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """How many say what, most frequent first; what says nothing is not counted."""
    found: dict[str, Counter[str]] = {name: Counter() for name in (*FACETS, "trl", "modes")}
    for row in rows:
        for name in FACETS:
            found[name][getattr(row, name)] += 1
        found["trl"][str(row.trl or "")] += 1
        found["modes"].update(row.modes)
    return {name: {code: n for code, n in counts.most_common() if code} for name, counts in found.items()}


def _nothing(n: int, facets: Facets) -> str:
    if not n:
        return _("索引里还没有内容")
    if facets:
        return _("这些条件下没有找到：可以去掉几个条件再试")
    return _("没有找到：可以换行业里通用的叫法，写明是什么、要达到什么指标")
