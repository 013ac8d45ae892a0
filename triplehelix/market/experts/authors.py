"""Who wrote the works of a batch: authorships, each with an expert of its own, until somebody says who is who."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from triplehelix.market.experts.affiliations import Known
from triplehelix.market.experts.models import Alias, Authorship, Expert, Work
from triplehelix.market.experts.names import agree, parse
from triplehelix.market.experts.reading.found import FoundAuthor, FoundWork
from triplehelix.records.parties.models import Organisation, Person

BATCH = 1000
MOST_KEYS = 8
FILLED = ("affiliation", "orcid", "source_person")


def known_organisations() -> Known:
    """Names and aliases of every organisation."""
    return Known([*Organisation.objects.values_list("name", "pk"), *Alias.objects.values_list("name", "organisation")])


def of_works(works: Iterable[int]) -> dict[int, list[Authorship]]:
    """The authorships of these works, in order."""
    found: dict[int, list[Authorship]] = {}
    for row in Authorship.objects.filter(work__in=list(works)).order_by("work", "order"):
        found.setdefault(row.work_id, []).append(row)
    return found


def write(
    told: Sequence[tuple[Work, FoundWork]], there: Mapping[int, list[Authorship]], now: datetime
) -> set[str]:  # fmt: skip
    """Authorships as the records tell them: those that are there are filled in, the others added. Answers the keys of
    their names."""
    known = known_organisations()
    rows: dict[int, list[Authorship]] = {pk: list(found) for pk, found in there.items()}
    new: list[Authorship] = []
    filled: dict[int, Authorship] = {}
    for work, found in told:
        have = rows.setdefault(work.pk, [])
        for author in found.authors:
            same = _same(have, author)
            if same is None:
                made = _made(work, max((one.order for one in have), default=0) + 1, author, known)
                have.append(made)
                new.append(made)
            elif _fill(same, author, known) and same.pk is not None:
                filled[same.pk] = same
    _experts(new, now)
    Authorship.objects.bulk_create(new, batch_size=BATCH)
    Authorship.objects.bulk_update(filled.values(), [*FILLED, "organisation"], batch_size=BATCH)
    return {key for row in (*new, *filled.values()) for key in parse(row.name).keys}


def _same(have: list[Authorship], author: FoundAuthor) -> Authorship | None:
    """The authorship another source has told of already: the same ORCID, or a name that agrees with just one."""
    if author.orcid and (found := next((row for row in have if row.orcid == author.orcid), None)):
        return found
    name = parse(author.name)
    alike = [row for row in have if row.name == author.name or agree(parse(row.name), name)]
    alike = [row for row in alike if not (row.orcid and author.orcid)]
    exact = [row for row in alike if row.name == author.name]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None


def _made(work: Work, order: int, author: FoundAuthor, known: Known) -> Authorship:
    where = author.affiliation[:300]
    return Authorship(
        work=work, order=order, name=author.name[:80], affiliation=where, orcid=author.orcid,
        source_person=author.source_id[:60], organisation_id=known.of(where) if where else None,
    )  # fmt: skip


def _fill(row: Authorship, author: FoundAuthor, known: Known) -> bool:
    given = {"affiliation": author.affiliation[:300], "orcid": author.orcid, "source_person": author.source_id[:60]}
    empty = {name: value for name, value in given.items() if value and not getattr(row, name)}
    for name, value in empty.items():
        setattr(row, name, value)
    if "affiliation" in empty:
        row.organisation_id = known.of(row.affiliation)
    return bool(empty)


def _experts(rows: Sequence[Authorship], now: datetime) -> None:
    """An expert for each authorship that has none, their numbers drawn beforehand: each is its own root."""
    bare = [row for row in rows if row.expert_id is None]
    for row, pk in zip(bare, numbers(len(bare)), strict=True):
        row.expert = Expert(pk=pk, root_id=pk, name=row.name, keys=keys_of(row.name), created_at=now)
    Expert.objects.bulk_create([row.expert for row in bare], batch_size=BATCH)


def numbers(count: int) -> list[int]:
    """So many new numbers of experts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('experts_expert', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


def keys_of(name: str) -> list[str]:
    return sorted(key[:60] for key in parse(name).keys)[:MOST_KEYS]


def of_person(person: Person, now: datetime) -> Expert:
    """The expert of somebody in the register, made when there is none."""
    found = Expert.objects.filter(person=person).first()
    if found is not None:
        return found
    pk = numbers(1)[0]
    return Expert.objects.create(
        pk=pk, root_id=pk, name=person.name, keys=keys_of(person.name), person=person, created_at=now
    )


def place_aliases() -> int:
    """Find the organisations of affiliations nobody knew before: after a new alias. Returns how many were placed."""
    known = known_organisations()
    rows = Authorship.objects.filter(organisation__isnull=True).exclude(affiliation="")
    found = [row for row in rows.iterator(chunk_size=2000) if (pk := known.of(row.affiliation)) and _place(row, pk)]
    Authorship.objects.bulk_update(found, ["organisation"], batch_size=BATCH)
    return len(found)


def _place(row: Authorship, pk: int) -> bool:
    row.organisation_id = pk
    return True
