"""Our own sources: people of the register are experts, and published achievements are works of theirs.

Kept by following the trail: who registers a person or publishes an achievement need not know of this room.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import authors, landing
from triplehelix.market.experts.models import Answer, Authorship, Expert, Identity, Source, Work
from triplehelix.market.experts.reading.found import FoundAuthor, FoundWork
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Person

PERSON = "parties.person"
KINDS = (PERSON, Achievement.kind)
SOURCE = "achievement"


def follow(subjects: Sequence[tuple[str, str]]) -> None:
    """What changed, as it is now."""
    now = timezone.now()
    people = [int(pk) for kind, pk in subjects if kind == PERSON]
    if people:
        take_people(Person.objects.filter(pk__in=people), now=now)
    ids = [int(pk) for kind, pk in subjects if kind == Achievement.kind]
    if ids:
        take_achievements(ids, now=now)


@transaction.atomic
def take_people(people: Iterable[Person], *, now: datetime) -> None:
    """Every person an expert, by the name in the register."""
    for person in people:
        expert = authors.of_person(person, now)
        if expert.name != person.name:
            Expert.objects.filter(pk=expert.pk).update(name=person.name, keys=authors.keys_of(person.name))


@transaction.atomic
def take_achievements(ids: Sequence[int], *, now: datetime) -> None:
    """Published achievements as works of the people named in them; what is not published any more is taken back."""
    landing.works_lock()
    rows = Achievement.objects.filter(pk__in=ids).select_related("organisation").prefetch_related("people__home")
    published = [row for row in rows if row.state == "published"]
    landing.withdraw(SOURCE, [str(row.pk) for row in rows if row.state != "published"])
    told = {row.source_id: row for row in Source.objects.filter(source=SOURCE, source_id__in=[str(i) for i in ids])}
    for row in published:
        _achievement(row, told.get(str(row.pk)), now)


def _achievement(row: Achievement, told: Source | None, now: datetime) -> None:
    """One achievement. It is a work by itself, never the same as a paper of its title; who made it is known."""
    found = _found(row)
    work = Work.objects.filter(achievement=row).first() or Work(
        kind="achievement", achievement=row, created_at=now, number=row.number
    )
    work.title, work.abstract, work.year, work.venue = found.title, found.abstract, found.year, found.venue
    work.subjects, work.live = list(found.subjects), True
    work.terms = landing.terms_of(work.title, work.abstract, work.subjects)
    work.save()
    Identity.objects.get_or_create(key=f"achievement:{row.pk}", defaults={"work": work})
    if told is None:
        Source.objects.create(work=work, source=SOURCE, source_id=str(row.pk), seen_at=now)
    elif told.deleted:
        Source.objects.filter(pk=told.pk).update(deleted=False, seen_at=now)
    people = list(row.people.all())
    here = {one.expert_id: one for one in work.authorships.select_related("expert")}
    # Who said that it is not theirs is not named again.
    refused = set(Answer.objects.filter(authorship__work=work, said="not_mine").values_list("person", flat=True))
    wanted = {authors.of_person(person, now).pk: person for person in people if person.pk not in refused}
    gone = [one.pk for pk, one in here.items() if pk not in wanted and one.expert.person_id is not None]
    Authorship.objects.filter(pk__in=gone, answers=None).delete()
    place = max((one.order for one in here.values()), default=0)
    for expert, person in wanted.items():
        if expert not in here:
            place += 1
            Authorship.objects.create(
                work=work, order=place, name=person.name, affiliation=person.home.name, organisation=person.home,
                expert_id=expert,
            )  # fmt: skip


def _found(row: Achievement) -> FoundWork:
    day = timezone.localdate(row.published_at) if row.published_at else None
    chain = reference.chains().label(row.chain) if row.chain else ""
    return FoundWork(
        source=SOURCE, source_id=str(row.pk), title=row.title, kind="achievement", abstract=row.text,
        year=day.year if day else None, venue=row.organisation.name,
        subjects=tuple(filter(None, (row.field, chain))),
        authors=tuple(FoundAuthor(person.name, person.home.name) for person in row.people.all()),
    )  # fmt: skip
