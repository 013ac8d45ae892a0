"""Who may be the same person: evidence between two experts, in words and in points, and what follows from it.

Certain is only the same ORCID under names that agree: that merges by rule. Everything else is proposed, and a person
decides: two of the same name at the same university are two people until somebody says otherwise.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.text import search_words
from triplehelix.market.experts.actions import merges
from triplehelix.market.experts.models import Answer, Authorship, Expert, Proposal
from triplehelix.market.experts.names import INITIALS, SAME_HAN, SAME_LETTERS, Name, agree, parse
from triplehelix.market.experts.terms import value, weights
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

#: A name so common that its pairs would be beyond looking at: only those with something certain are compared.
MOST_IN_BLOCK = 400
MOST_COUNTED = 3
FAR_YEARS = 40
BATCH = 500


@dataclass
class Whole:
    """What is known of one root: everything under it."""

    root: Expert
    names: set[str] = field(default_factory=set)
    organisations: set[int] = field(default_factory=set)
    places: dict[int, str] = field(default_factory=dict)
    orcids: set[str] = field(default_factory=set)
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


@dataclass(frozen=True)
class Evidence:
    score: int
    reasons: list[str]
    certain: bool = False


def names_agree(one: Whole, other: Whole) -> str:
    """The best agreement of any of their names; "" as soon as Chinese names contradict each other."""
    if (a := {n.han for n in one.parsed if n.han}) and (b := {n.han for n in other.parsed if n.han}):
        return SAME_HAN if a & b else ""
    found = {agree(a, b) for a in one.parsed for b in other.parsed}
    return next((how for how in (SAME_HAN, SAME_LETTERS, INITIALS) if how in found), "")


def evidence(one: Whole, other: Whole, points: Mapping[str, int]) -> Evidence | None:
    """What speaks for the two being one; None when they cannot be: names that contradict, one work by both of them,
    both in the register, a work the person has refused."""
    how = names_agree(one, other)
    if not how or one.works & other.works or (one.root.person_id and other.root.person_id):
        return None
    if one.refused & other.works or other.refused & one.works:
        return None
    said = {SAME_HAN: _("姓名相同"), SAME_LETTERS: _("姓名拼写相同"), INITIALS: _("姓名缩写相符")}
    found: list[tuple[int, str]] = [(points[how], said[how])]
    if one.orcids & other.orcids:
        return Evidence(100, [*(why for _n, why in found), _("ORCID 相同")], certain=True)
    if one.orcids and other.orcids:
        return None
    found += _by_place(one, other, points)
    shared = list(dict.fromkeys(one.coauthors[key] for key in sorted(one.coauthors.keys() & other.coauthors.keys())))
    if shared:
        words = _("共同的合作者：%(names)s") % {"names": "、".join(shared[:MOST_COUNTED])}
        found.append((points["coauthor"] * min(len(shared), MOST_COUNTED), words))
    if one.source_people & other.source_people:
        found.append((points["source"], _("来源库认为是同一人")))
    found += _by_subject(one, other, points)
    if one.years and other.years and min(abs(a - b) for a in one.years for b in other.years) >= FAR_YEARS:
        found.append((-points["years"], _("年份相差很远")))
    total = sum(n for n, _why in found)
    return Evidence(max(0, min(99, total)), [why for _n, why in found])


def _by_place(one: Whole, other: Whole, points: Mapping[str, int]) -> list[tuple[int, str]]:
    if shared := one.organisations & other.organisations:
        name = one.places.get(min(shared), "")
        return [(points["organisation"], _("同在%(name)s") % {"name": name})]
    if one.organisations and other.organisations:
        return [(-points["elsewhere"], _("单位不同"))]
    return []


def _by_subject(one: Whole, other: Whole, points: Mapping[str, int]) -> list[tuple[int, str]]:
    """How much of the smaller one's words the other shares."""
    shared = one.words & other.words
    least = min(len(one.words), len(other.words))
    if least < 3 or not shared:
        return []
    counted = round(points["subject"] * min(1.0, 2 * len(shared) / least))
    words = "、".join(sorted(shared, key=lambda word: (-len(word), word))[:3])
    return [(counted, _("研究方向相近：%(words)s") % {"words": words})] if counted >= 3 else []


def look(*, keys: Collection[str], now: datetime) -> tuple[int, int]:
    """Compare everybody whose name has one of these keys. Answers (merged by rule, proposed)."""
    merged = proposed = 0
    for key in _shared(keys):
        counts = look_at(key=key, now=now)
        merged, proposed = merged + counts[0], proposed + counts[1]
    return merged, proposed


def _shared(keys: Collection[str]) -> list[str]:
    """Those of the keys that more than one expert has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k FROM experts_expert e, unnest(e.keys) k WHERE e.keys && %s::varchar[] AND k = ANY(%s)"
            " GROUP BY k HAVING count(DISTINCT e.root_id) > 1 ORDER BY k",
            [list(keys), list(keys)],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def look_at(*, key: str, now: datetime) -> tuple[int, int]:
    """One key: merge what is certain, propose the rest that is likely enough."""
    merges.people_lock()
    wholes = gather(key)
    if len(wholes) < 2:
        return 0, 0
    merged = 0
    if any(whole.orcids for whole in wholes):
        merged = _certain(wholes, now)
        if merged:
            wholes = gather(key)
    return merged, _propose(wholes, _apart([whole.root.pk for whole in wholes]), now)


def _certain(wholes: Sequence[Whole], now: datetime) -> int:
    points = weights(timezone.localdate(now))
    by_orcid: dict[str, list[Whole]] = {}
    for whole in sorted(wholes, key=lambda one: one.rank):
        for orcid in whole.orcids:
            by_orcid.setdefault(orcid, []).append(whole)
    merged = 0
    for group in by_orcid.values():
        for other in group[1:]:
            now_one, now_other = (Expert.objects.get(pk=one.root.pk).root_id for one in (group[0], other))
            found = evidence(group[0], other, points)
            # Asked anew each time: every merge moves to another root what somebody has said of its parts.
            apart = _apart([now_one, now_other])
            if now_one == now_other or found is None or not found.certain or _pair(now_one, now_other) in apart:
                continue
            try:
                with transaction.atomic():
                    merges.merge(
                        one=group[0].root, other=other.root, how="rule", actor=None, now=now, reasons=found.reasons
                    )
            except (Refused, Invalid):
                continue  # for an officer to look at
            merged += 1
    return merged


def _propose(wholes: Sequence[Whole], apart: set[tuple[int, int]], now: datetime) -> int:
    """Each with the first ahead of it that is likely enough: a star for a person, not every pair."""
    day = timezone.localdate(now)
    points, least = weights(day), int(value("propose_from", day).value)
    ordered = sorted(wholes, key=lambda one: one.rank)
    anchors = ordered if len(ordered) <= MOST_IN_BLOCK else [one for one in ordered if one.root.person_id or one.orcids]
    made: list[Proposal] = []
    for n, whole in enumerate(ordered):
        best: tuple[int, Whole, Evidence] | None = None
        for anchor in anchors[:n]:
            if _pair(anchor.root.pk, whole.root.pk) in apart:
                continue
            found = evidence(anchor, whole, points)
            if found is not None and found.score >= least and (best is None or found.score > best[0]):
                best = (found.score, anchor, found)
        if best is not None:
            pair = merges.pair_of(best[1].root, whole.root)
            made.append(Proposal(**pair, score=best[0], reasons=best[2].reasons, made_at=now))
    return _kept(made)


def _kept(made: Sequence[Proposal]) -> int:
    """New ones are written; open ones get the score of now; decided ones stay as they are."""
    there = {
        (row.one_id, row.other_id): row
        for row in Proposal.objects.filter(one__in=[p.one_id for p in made], other__in=[p.other_id for p in made])
    }
    new = [one for one in made if (one.one_id, one.other_id) not in there]
    changed = []
    for one in made:
        row = there.get((one.one_id, one.other_id))
        if row is not None and row.state == "open" and (row.score, row.reasons) != (one.score, one.reasons):
            row.score, row.reasons = one.score, one.reasons
            changed.append(row)
    Proposal.objects.bulk_create(new, batch_size=BATCH)
    Proposal.objects.bulk_update(changed, ["score", "reasons"], batch_size=BATCH)
    return len(new)


def _pair(a: int, b: int) -> tuple[int, int]:
    return (min(a, b), max(a, b))


def _apart(roots: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs of roots of which somebody has said that they are two."""
    rows = Proposal.objects.filter(state="refused", one__root__in=roots, other__root__in=roots)
    return {_pair(a, b) for a, b in rows.values_list("one__root", "other__root")}


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
