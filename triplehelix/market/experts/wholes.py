"""What is known of everybody who shares a name: their works, places, colleagues and words, one whole for each root."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from triplehelix.foundation.text import search_words
from triplehelix.market.experts.models import Answer, Authorship, Expert
from triplehelix.market.experts.names import Name, parse


@dataclass
class Whole:
    """What is known of one root: everything under it. `vouched`: its ORCIDs, each with whose word it is."""

    root: Expert
    names: set[str] = field(default_factory=set)
    organisations: set[int] = field(default_factory=set)
    places: dict[int, str] = field(default_factory=dict)
    orcids: set[str] = field(default_factory=set)
    vouched: set[tuple[str, str]] = field(default_factory=set)
    source_people: set[str] = field(default_factory=set)
    works: set[int] = field(default_factory=set)
    coauthors: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)

    @cached_property
    def parsed(self) -> list[Name]:
        return [parse(name) for name in sorted(self.names)]

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """Who is compared with first: known persons, then those with an ORCID, then who has most works."""
        return (self.root.person_id is None, not self.orcids, -len(self.works), self.root.pk)


def gather(key: str) -> list[Whole]:
    """Everybody under whose name something has this key, with all that is known of them."""
    roots = set(Expert.objects.filter(keys__contains=[key]).values_list("root", flat=True))
    found = {one.pk: Whole(one) for one in Expert.objects.filter(pk__in=roots).select_related("person__home")}
    rows = list(
        Authorship.objects.filter(expert__root__in=roots, work__live=True)
        .select_related("work", "expert", "organisation")
        .order_by("work", "order")
    )
    for row in rows:
        _add(found[row.expert.root_id], row)
    _coauthors(found, rows)
    for whole in found.values():
        _of_register(whole)
    people = [whole.root.person_id for whole in found.values() if whole.root.person_id]
    by_person = {whole.root.person_id: whole for whole in found.values()}
    refused = Answer.objects.filter(person__in=people, said="not_mine")
    for person, work in refused.values_list("person", "authorship__work"):
        by_person[person].refused.add(work)
    return [whole for whole in found.values() if whole.works or whole.root.person_id]


def _add(whole: Whole, row: Authorship) -> None:
    whole.names.add(row.name)
    whole.works.add(row.work_id)
    if row.orcid:
        whole.orcids.add(row.orcid)
        if row.orcid_by:
            whole.vouched.add((row.orcid, row.orcid_by))
    if row.source_person:
        whole.source_people.add(row.source_person)
    if row.organisation is not None:
        whole.organisations.add(row.organisation.pk)
        whole.places[row.organisation.pk] = row.organisation.name
    if row.work.year:
        whole.years.add(row.work.year)
    whole.words |= _words(row.work.title, tuple(row.work.subjects))


def _words(title: str, subjects: Iterable[str]) -> set[str]:
    """The longer words of a title and its keywords: 研究 and 分析 stand in every title."""
    said = search_words(" ".join((title, *subjects)))
    return {word for word in said if len(word) >= 2 and word not in EVERYWHERE}


EVERYWHERE = frozenset([
    "研究", "分析", "方法", "系统", "技术", "应用", "设计", "基于", "制备", "性能", "影响", "及其",
    "一种", "装置", "工艺",
    "study", "analysis", "based",
])  # fmt: skip


def _of_register(whole: Whole) -> None:
    """What the register says of a known person."""
    if (person := whole.root.person) is not None:
        whole.names.add(person.name)
        whole.organisations.add(person.home_id)
        whole.places[person.home_id] = person.home.name
        whole.words |= _words(person.discipline, [person.about[:400]])


def _coauthors(found: Mapping[int, Whole], rows: Sequence[Authorship]) -> None:
    """Who else stands on their works: by Chinese name, else by the letters, and by who they are known to be."""
    works = {row.work_id: row.expert.root_id for row in rows}
    by_work: dict[int, list[Authorship]] = {}
    for other in Authorship.objects.filter(work__in=works).select_related("expert"):
        by_work.setdefault(other.work_id, []).append(other)
    for row in rows:
        whole = found[row.expert.root_id]
        for other in by_work[row.work_id]:
            if other.expert.root_id != whole.root.pk:
                for key in _marks(other):
                    whole.coauthors.setdefault(key, other.name)


def _marks(row: Authorship) -> list[str]:
    """张三 and Zhang San are one colleague when the letters agree; an initial is none."""
    name = parse(row.name)
    forms = sorted({f"{form.family} {form.given}" for form in name.forms if form.given})
    return forms[:1] if len(forms) == 1 or name.han else forms
