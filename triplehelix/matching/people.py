"""Experts for a need: who made what answers it. Every suggestion says why: the achievements and works, with how well
each fits; nobody is ranked by anything else.

Achievements come from `search`, with words and meaning. Works of other sources are compared by words alone, with the
same weights (BM25 as deviations of what chance gives) and the same line where answers begin (`floor`, 0008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import finds
from triplehelix.market.experts.models import Expert, Work
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching import floor, lexical
from triplehelix.matching.explain import shared_terms
from triplehelix.matching.search import match_listing
from triplehelix.records.parties.models import Account

MOST_TERMS = 64
MOST_READ = 600
MOST_WORKS = 40
SHOWN_WORDS = 4
SHOWN = 10


@dataclass(frozen=True)
class Because:
    """One reason: a work that fits, how well (0 to 100, 50 where answers begin), and the words it shares."""

    work: Work
    percent: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """An expert with the reasons, best first."""

    expert: Expert
    because: tuple[Because, ...]

    @property
    def percent(self) -> int:
        return self.because[0].percent


def experts_for(need: Listing, *, actor: Account | None, now: datetime) -> list[Suggestion]:
    """Who the viewer may see and has made something that answers this need, best reason first; more reasons before
    fewer where the best are equal. Reads only."""
    if not isinstance(need, Need):
        raise TypeError(f"experts are suggested for needs, not for {need.kind}")
    found = {**_works(need), **_achievements(need, actor, now)}
    if not found:
        return []
    rows = finds.told_of(found, actor, timezone.localdate(now))
    by_root: dict[int, list[Because]] = {}
    for row in rows:
        reasons = by_root.setdefault(row.expert.root_id, [])
        if found[row.work_id] not in reasons:
            reasons.append(found[row.work_id])
    shown = finds.shown_to(actor, timezone.localdate(now)).filter(pk__in=by_root)
    made = [
        Suggestion(expert, tuple(sorted(by_root[expert.pk], key=lambda one: (-one.percent, one.work.pk))))
        for expert in shown
    ]
    made.sort(key=lambda one: (-one.percent, -len(one.because), one.expert.person_id is None, one.expert.pk))
    return made[:SHOWN]


def _achievements(need: Need, actor: Account | None, now: datetime) -> dict[int, Because]:
    """What the market itself answers with, above the line."""
    hits = [hit for hit in match_listing(need, actor=actor, now=now).hits if not hit.weak]
    ids = {hit.subject_id: hit for hit in hits if hit.kind == Achievement.kind}
    works = Work.objects.filter(achievement__in=ids, live=True)
    return {
        work.pk: Because(work, ids[work.achievement_id].percent, ids[work.achievement_id].terms[:SHOWN_WORDS])
        for work in works
        if work.achievement_id is not None
    }


def _works(need: Need) -> dict[int, Because]:
    """Papers, patents and projects by words, above the line for words alone."""
    asked = lexical.query_terms(need.title, need.text)
    n = Work.objects.filter(live=True).exclude(kind="achievement").count()
    if not asked or not n:
        return {}
    df = _frequencies(asked)
    aim = lexical.aim(asked, n=n, df=df)
    rare = sorted(aim.strongest(MOST_TERMS), key=lambda term: df[term])
    works = _read(rare, df)
    average = sum(len(work.terms) for work in works) / max(1, len(works))
    line = floor.line(n, by_meaning=False)
    scored = [(_score(work, aim, average), work) for work in works]
    best = sorted((one for one in scored if one[0] >= line), key=lambda one: (-one[0], one[1].pk))[:MOST_WORKS]
    idf = {term: lexical.idf(n, count) for term, count in df.items()}
    return {work.pk: Because(work, floor.percent(score, line), _words(need, work, idf)) for score, work in best}


def _frequencies(terms: Mapping[int, float]) -> dict[int, int]:
    """In how many works each of these words stands; words nobody writes are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t, count(*) FROM experts_work w, unnest(w.terms) t WHERE w.live AND w.kind <> 'achievement'"
            " AND w.terms && %s::int[] AND t = ANY(%s::int[]) GROUP BY t",
            [list(terms), list(terms)],
        )
        return dict(cursor.fetchall())


def _read(rare: Sequence[int], df: Mapping[int, int]) -> list[Work]:
    """Works that hold the rarest words asked for, until they are enough."""
    wanted: list[int] = []
    expected = 0
    for term in rare:
        wanted.append(term)
        expected += df[term]
        if expected >= MOST_READ:
            break
    rows = finds.works_by_words(wanted).exclude(kind="achievement") if wanted else Work.objects.none()
    return list(rows.order_by("-pk")[: 2 * MOST_READ])


def _score(work: Work, aim: lexical.Aim, average: float) -> float:
    counts = lexical.document_terms(work.title, f"{' '.join(work.subjects)} {work.abstract}")
    weights = lexical.document_weights(counts, 2 * average)
    return sum(aim.weights[term] * weight for term, weight in weights.items() if term in aim.weights) - aim.offset


def _words(need: Need, work: Work, idf: Mapping[int, float]) -> tuple[str, ...]:
    return shared_terms(f"{need.title} {need.text}", f"{work.title} {work.abstract}", idf)[:SHOWN_WORDS]
