"""Who wrote the works of a batch: authorships, each with an expert of its own, until somebody says who is who."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from triplehelix.market.experts import corrections
from triplehelix.market.experts.affiliations import Known
from triplehelix.market.experts.bringing import TRUSTED
from triplehelix.market.experts.models import Alias, Authorship, Expert, Work
from triplehelix.market.experts.names import agree, parse
from triplehelix.market.experts.reading.found import FoundAuthor, FoundWork
from triplehelix.records.alone import alone
from triplehelix.records.parties.models import Organisation, Person

BATCH = 1000
MOST_KEYS = 8
FILLED = ("affiliation", "organisation", "orcid", "orcid_by", "source_person", "dropped")


@dataclass(frozen=True, slots=True)
class Told:
    """What one record tells of a work; `by` is whose word it is (`bringing.Bringer.hand`), "" of who has not brought
    the work: a sheet may name any work, so what it says of whose ORCID is whose makes nothing certain."""

    work: Work
    found: FoundWork
    by: str


def people_lock() -> None:
    """Until the transaction ends nobody else decides who is who."""
    alone("experts people")


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
    told: Sequence[Told], there: Mapping[int, list[Authorship]], now: datetime, *, corrected: Collection[int] = ()
) -> set[str]:  # fmt: skip
    """Authorships as the records tell them: those that are there are filled in, the others added, and of the works
    `corrected` those no record names any more are left out. Answers the keys of their names."""
    known = known_organisations()
    rows: dict[int, list[Authorship]] = {pk: list(found) for pk, found in there.items()}
    new: list[Authorship] = []
    filled: dict[int, Authorship] = {}
    named: dict[int, list[Authorship]] = {}
    for one in told:
        have = rows.setdefault(one.work.pk, [])
        said: set[int] = set()  # one record names nobody twice: two of one name are two
        for author in one.found.authors:
            same = _same([row for row in have if id(row) not in said], author, one.by)
            if same is None:
                same = _made(one, max((row.order for row in have), default=0) + 1, author, known)
                have.append(same)
                new.append(same)
            elif _fill(same, author, known, one.by) and same.pk is not None:
                filled[same.pk] = same
            said.add(id(same))
            if one.work.pk in corrected:
                named.setdefault(one.work.pk, []).append(same)
    _experts(new, now)
    Authorship.objects.bulk_create(new, batch_size=BATCH)
    Authorship.objects.bulk_update(filled.values(), FILLED, batch_size=BATCH)
    if named:
        people_lock()
    for work, rows_named in named.items():
        corrections.apply(rows[work], rows_named)
    return {key for row in (*new, *filled.values()) for key in parse(row.name).keys}


def _same(have: list[Authorship], author: FoundAuthor, by: str) -> Authorship | None:
    """The authorship another source has told of already: the same ORCID, or a name that agrees with just one. Of
    another ORCID it is another, unless who brought the work corrects what somebody else has said (`_vouched`)."""
    name = parse(author.name)
    alike = [row for row in have if row.name == author.name or agree(parse(row.name), name)]
    marked = [row for row in have if author.orcid and row.orcid == author.orcid]
    if found := next((row for row in marked if row.orcid_by or row in alike), None):
        return found
    alike = [row for row in alike if not (author.orcid and (row.orcid_by if by else row.orcid))]
    exact = [row for row in alike if row.name == author.name]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None


def _made(told: Told, order: int, author: FoundAuthor, known: Known) -> Authorship:
    where = author.affiliation[:300]
    return Authorship(
        work=told.work, order=order, name=author.name[:80], affiliation=where, orcid=author.orcid,
        orcid_by=told.by if author.orcid else "", source_person=author.source_id[:60],
        organisation_id=known.of(where) if where else None,
    )  # fmt: skip


def _fill(row: Authorship, author: FoundAuthor, known: Known, by: str) -> bool:
    """What it lacks; who the author is (ORCID, the source's number) only from who brought the work or is trusted."""
    given = {"affiliation": author.affiliation[:300], "source_person": author.source_id[:60] if by else ""}
    empty = {name: value for name, value in given.items() if value and not getattr(row, name)}
    for name, value in empty.items():
        setattr(row, name, value)
    if "affiliation" in empty:
        row.organisation_id = known.of(row.affiliation)
    back = bool(by) and row.dropped
    row.dropped = row.dropped and not by
    return _vouched(row, author.orcid, by) or back or bool(empty)


def _vouched(row: Authorship, orcid: str, by: str) -> bool:
    """Take the ORCID from who may say it: over one nobody answers for, and a trusted word over another's same one."""
    if not (orcid and by):
        return False
    if row.orcid_by and (row.orcid != orcid or by != TRUSTED or row.orcid_by == TRUSTED):
        return False
    row.orcid, row.orcid_by = orcid, by
    return True


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
    """The expert of somebody in the register, made when there is none; where the follower of the register makes it at
    this moment, that one."""
    found = Expert.objects.filter(person=person).first()
    if found is not None:
        return found
    pk = numbers(1)[0]
    new = {"pk": pk, "root_id": pk, "name": person.name, "keys": keys_of(person.name), "created_at": now}
    return Expert.objects.get_or_create(person=person, defaults=new)[0]


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
