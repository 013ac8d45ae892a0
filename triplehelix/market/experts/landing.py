"""Works found become rows: a few hundred at once, each work once, however many sources tell of it.

Called inside the transaction of whoever found them, which takes `identity_lock` first: two who land at once would not
see each other's new works.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from triplehelix.foundation.text import search_terms, term_id
from triplehelix.market.experts import authors
from triplehelix.market.experts.bringing import Bringer
from triplehelix.market.experts.models import Identity, Repository, Source, Work
from triplehelix.market.experts.names import agree, parse
from triplehelix.market.experts.reading.found import FoundWork
from triplehelix.market.imports.models import Import
from triplehelix.records.alone import alone

BATCH = 500
MOST_TERMS = 2000
FILLED = ("abstract", "venue", "number", "doi", "url", "year")


@dataclass
class Landed:
    """What came of a batch: `keys` are those of the names it brought, for who looks for equal persons next."""

    new: int = 0
    known: int = 0
    deleted: int = 0
    keys: set[str] = field(default_factory=set)


def works_lock() -> None:
    """Until the transaction ends nobody else makes works."""
    alone("experts works")


def land(
    found: Sequence[FoundWork], *, now: datetime, repository: Repository | None = None, batch: Import | None = None
) -> Landed:
    """Write what was found. The same again changes nothing; a record told of anew by who brought it is updated."""
    works_lock()
    state = _Batch(found, repository, batch, now)
    for one in found:
        state.take(one)
    state.write()
    return state.landed


class _Batch:
    """One batch on its way: what is known of it in the database, and what is new."""

    def __init__(
        self, found: Sequence[FoundWork], repository: Repository | None, batch: Import | None, now: datetime
    ) -> None:
        self.repository, self.batch, self.now = repository, batch, now
        self.bringer = Bringer(batch, now)
        self.landed = Landed()
        self.sources = self._sources(found)
        keys = {key for one in found for key in (*one.strong_keys, one.title_key) if key}
        rows = Identity.objects.select_related("work").filter(key__in=keys)
        self.known = {row.key: row.work for row in rows}
        works = {work.pk: work for work in (*self.known.values(), *(one.work for one in self.sources.values()))}
        # One object for one work: what a record fills in, the next one sees.
        self.known = {key: works[work.pk] for key, work in self.known.items()}
        for source in self.sources.values():
            source.work = works[source.work_id]
        self.first = self._first(works)
        self.old_authors = authors.of_works(works)
        self.new: list[tuple[Work, FoundWork]] = []
        self.changed: dict[int, Work] = {}
        self.new_sources: list[Source] = []
        self.changed_sources: list[Source] = []
        self.identities: list[Identity] = []
        self.names: list[authors.Told] = []
        self.touched: set[int] = set()
        self.retold: set[int] = set()

    def _sources(self, found: Sequence[FoundWork]) -> dict[tuple[str, str], Source]:
        said = {number for one in found for number in (one.source_id, one.title_key, one.title[:180])}
        ids = [*said, *map(self.bringer.number, said)]
        rows = Source.objects.select_related("work", "batch__organisation")
        rows = rows.filter(source_id__in=ids, repository=self.repository)
        return {(row.source, row.source_id): row for row in rows}

    def _first(self, works: Iterable[int]) -> dict[int, Source]:
        """The record each of these works was made from, where that is asked."""
        if self.bringer.trusted:
            return {}
        rows = Source.objects.filter(work__in=list(works)).select_related("batch__organisation")
        return {row.work_id: row for row in rows.order_by("work", "pk").distinct("work")}

    def take(self, one: FoundWork) -> None:
        """One record, by what is known so far."""
        one = self._numbered(one)
        source = self.sources.get((one.source, one.source_id))
        if one.deleted:
            if source is not None and not source.deleted:
                source.deleted, source.datestamp, source.seen_at = True, one.datestamp, self.now
                self._change(source)
                self.landed.deleted += 1
            return
        if source is not None and source.raw == one.raw and not source.deleted:
            self.landed.known += 1
            return
        work = source.work if source is not None else self._same(one)
        if work is None:
            work = self._made(one)
            self.landed.new += 1
        else:
            self.landed.known += 1
            own = source is not None and self._brought(work, source)
            self._fill(work, one, own=own)
            if own and one.authors and work.pk is not None:
                self.retold.add(work.pk)
        self._keep_keys(work, one)
        self.names.append(authors.Told(work, one, self.bringer.hand if self._own(work) else ""))
        if source is None:
            self._new_source(work, one)
        elif self.bringer.brought(source):  # what another has handed in stays as it came
            source.raw, source.url, source.datestamp = one.raw, one.url, one.datestamp
            source.deleted, source.seen_at = False, self.now
            self._change(source)

    def _numbered(self, one: FoundWork) -> FoundWork:
        """The record; where its number is that of another's record of another work, under a number of its own."""
        source = self.sources.get((one.source, one.source_id))
        if source is not None and one.source_id in one.strong_keys and not self._is(source.work, one):
            one = replace(one, source_id=one.title_key or one.title[:180])  # a list has no numbers but DOIs
            source = self.sources.get((one.source, one.source_id))
        if source is None or self.bringer.brought(source):
            return one
        known = self._same(one)
        same = self._may_be(source.work, one) if known is None else known is source.work
        return one if same else replace(one, source_id=self.bringer.number(one.source_id))

    def _brought(self, work: Work, source: Source) -> bool:
        """Whether both the record and the work came from who hands this in."""
        return self.bringer.brought(source) and self._own(work)

    def _own(self, work: Work) -> bool:
        """Whether the work came from who hands this in."""
        return work.pk is None or self.bringer.brought(self.first.get(work.pk))

    def _change(self, source: Source) -> None:
        if source.pk is not None:
            self.changed_sources.append(source)
            self.touched.add(source.work_id)

    def _same(self, one: FoundWork) -> Work | None:
        """The work this record tells of, if it is known: by DOI or number, else by title and year with an author in
        common. A DOI is typed wrong at times: with another title and nobody in common it is another work."""
        for key in one.strong_keys:
            work = self.known.get(key)
            if work is not None and self._is(work, one):
                return work
        work = self.known.get(one.title_key)
        return work if work is not None and self._may_be(work, one) else None

    def _is(self, work: Work, one: FoundWork) -> bool:
        """Whether a number they share is neither's by mistake: the title too, or an author."""
        return one.titled(work.title) or self._authors_agree(work, one)

    def _may_be(self, work: Work, one: FoundWork) -> bool:
        """No other DOI, and an author in common."""
        return not (work.doi and one.doi and work.doi != one.doi) and self._authors_agree(work, one)

    def _authors_agree(self, work: Work, one: FoundWork) -> bool:
        there = [row.name for row in self.old_authors.get(work.pk, [])] if work.pk else []
        there += [author.name for told in self.names if told.work is work for author in told.found.authors]
        if not there or not one.authors:
            return True
        return any(agree(parse(a), parse(b.name)) for a in there for b in one.authors)

    def _made(self, one: FoundWork) -> Work:
        work = Work(
            kind=one.kind, title=one.title, abstract=one.abstract, year=one.year, venue=one.venue, number=one.number,
            doi=one.doi, url=one.url, subjects=list(one.subjects), created_at=self.now,
        )  # fmt: skip
        self.new.append((work, one))
        return work

    def _fill(self, work: Work, one: FoundWork, *, own: bool) -> None:
        """What the work lacks; its title and text only from who brought it (`own`), and never an achievement's, which
        are its listing's (experts.register)."""
        before = (work.title, work.abstract, work.subjects, *(getattr(work, name) for name in FILLED), work.live)
        for name in FILLED:
            if not getattr(work, name) and getattr(one, name):
                setattr(work, name, getattr(one, name))
        if own and one.title and work.kind != "achievement":
            work.title, work.abstract = one.title, one.abstract or work.abstract
        work.subjects = list(dict.fromkeys((*work.subjects, *one.subjects)))[:20]
        work.live = True
        after = (work.title, work.abstract, work.subjects, *(getattr(work, name) for name in FILLED), work.live)
        if before != after and work.pk is not None:
            self.changed[work.pk] = work

    def _keep_keys(self, work: Work, one: FoundWork) -> None:
        for key in (*one.strong_keys, one.title_key):
            if key and key not in self.known:
                self.known[key] = work
                self.identities.append(Identity(key=key, work=work))

    def _new_source(self, work: Work, one: FoundWork) -> None:
        made = Source(
            work=work, source=one.source, source_id=one.source_id, repository=self.repository, batch=self.batch,
            url=one.url, raw=one.raw, datestamp=one.datestamp, seen_at=self.now,
        )  # fmt: skip
        self.sources[one.source, one.source_id] = made
        self.new_sources.append(made)

    def write(self) -> None:
        for work in (*(one for one, _found in self.new), *self.changed.values()):
            work.terms = terms_of(work.title, work.abstract, work.subjects)
        Work.objects.bulk_create([work for work, _found in self.new], batch_size=BATCH)
        fields = ["title", "abstract", "subjects", "terms", "live", *FILLED]
        Work.objects.bulk_update(self.changed.values(), fields, batch_size=BATCH)
        for source in self.new_sources:
            source.work = source.work  # the number it has now
        for identity in self.identities:
            identity.work = identity.work
        Source.objects.bulk_create(self.new_sources, batch_size=BATCH)
        Source.objects.bulk_update(
            self.changed_sources, ["raw", "url", "datestamp", "deleted", "seen_at"], batch_size=BATCH
        )
        # A record may be given and taken back on one page.
        self.touched |= {source.work_id for source in self.new_sources if source.deleted}
        Identity.objects.bulk_create(self.identities, batch_size=BATCH)
        self.landed.keys = authors.write(self.names, self.old_authors, self.now, corrected=self._corrected())
        _live(self.touched)

    def _corrected(self) -> set[int]:
        """The works whose authors a record told anew may correct: its own hands brought them, and nobody else tells of
        them."""
        told = {source.work_id for source in self.changed_sources if not source.deleted} & self.retold
        others = Source.objects.filter(work__in=told, deleted=False).values("work").annotate(n=Count("pk"))
        return told - set(others.filter(n__gt=1).values_list("work", flat=True))


def _live(ids: Iterable[int]) -> None:
    """A work lives as long as some source tells of it."""
    told = Exists(Source.objects.filter(work=OuterRef("pk"), deleted=False))
    rows = Work.objects.filter(pk__in=list(ids))
    rows.filter(told, live=False).update(live=True)
    rows.filter(~told, live=True).update(live=False)


def terms_of(title: str, abstract: str, subjects: Iterable[str]) -> list[int]:
    """The distinct words of a work as numbers."""
    words = dict.fromkeys(map(term_id, search_terms(f"{title} {' '.join(subjects)} {abstract}")))
    return list(words)[:MOST_TERMS]


def withdraw(source: str, source_ids: Sequence[str]) -> None:
    """The platform itself takes records back."""
    rows = Source.objects.filter(source=source, source_id__in=source_ids, repository=None, deleted=False)
    ids = list(rows.values_list("work_id", flat=True))
    rows.update(deleted=True)
    _live(ids)
