"""The search of pages and API: a sentence, a page or a listing in; what answers it, and why, out.

The scoring is `score.py`, as for files. What differs is where the numbers come from: the index, not memory.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching import candidates, current, floor, lexical
from triplehelix.matching.candidates import Row
from triplehelix.matching.encode import EncoderDown
from triplehelix.matching.hits import hits
from triplehelix.matching.index import sources, vectors
from triplehelix.matching.question import about_few, about_length, about_words, read
from triplehelix.matching.ranking import again, columns, rank
from triplehelix.matching.result import EmptyQuery, Facets, Hit, Result
from triplehelix.matching.score import DenseAim, Offer, Wish, shares, strength
from triplehelix.matching.situation import Asked, Meaning, Second, Situation
from triplehelix.matching.state import notices_of
from triplehelix.records.parties.access import audiences as audiences_of
from triplehelix.records.parties.models import Account

__all__ = ["EmptyQuery", "Facets", "Hit", "Result", "match_listing", "search", "standing"]

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
    asked = read(title, text, wish, offer)
    wanted = lexical.query_terms(asked.title, asked.text)
    if not wanted:
        raise EmptyQuery(_("没有可以查找的字词：请写一句话，说明是什么东西、要解决什么问题"))
    notices = about_length(title, text, len(wanted))
    facets = facets or Facets()
    found = _candidates(kind, asked, wanted, facets, audiences, is_secret=is_secret)
    notices += [found.problem] if found.problem else []
    notices += notices_of(kind, found.encoder, found.sums.n)
    if not found.rows:
        return Result(notices=(*notices, _nothing(found.sums.n, facets)))
    ranked = rank(asked, found.rows, found.offset, found.dense)
    idf = {term: lexical.idf(found.sums.n, df) for term, df in found.sums.df.items()}
    line = floor.line(found.sums.n, found.dense is not None)
    if second is not None:
        ranked = again(second, Situation(kind, asked, *columns(ranked), idf, line, found.meaning), ranked)
    answers = [one for one in ranked if one.score >= line]
    notices += [] if answers else [*about_words(asked), *about_few(found.sums.n)]
    first = hits(kind, asked, ranked, idf, top, line)
    return Result(first, len(answers), len(found.rows), _counts(one.row for one in answers or ranked), tuple(notices))


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
