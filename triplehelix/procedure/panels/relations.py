"""What the register knows of experts and applicants, as the pure rules of 回避 want it."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts.models import Authorship, Work
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import NOT_COUNTED
from triplehelix.procedure.panels import ties
from triplehelix.procedure.panels.models import Seat, Tie
from triplehelix.procedure.review import conflicts, relations
from triplehelix.procedure.review.panel import Candidate
from triplehelix.records.parties.models import FormerHome, Membership, Organisation, Person
from triplehelix.records.parties.reference import regions

#: Disciplines of those who judge a budget.
FINANCE_WORDS = ("财务", "会计", "审计", "金融")
EVER = date(2000, 1, 1)


def candidate(person: Person) -> Candidate:
    """An expert as the rules of a panel see them: employer, from outside the city or not, finance or not."""
    return Candidate(
        id=str(person.pk), unit=str(person.home.standing_id), outside=person.home.region not in regions(),
        finance=any(word in person.discipline for word in FINANCE_WORDS), discipline=person.discipline,
    )  # fmt: skip


def records(people: Sequence[Person], cases: Sequence[Case], on: date) -> relations.Relations:
    """Everything the registers tell: employers, what was made and written together, recorded ties, declarations made
    before."""
    ids = [person.pk for person in people]
    # Once public: whom an applicant names in a draft would be one more expert to be avoided (`AVOID_MOST`).
    known = Achievement.objects.filter(people__in=ids, created_at__date__lte=on, published_at__isnull=False)
    works = known.prefetch_related("people").distinct()
    declared = Seat.objects.filter(expert__in=ids).exclude(declared="")
    leaders = [case.leader for case in cases if case.leader is not None]
    told = ties.as_records(_passed_on(Tie.objects.filter(void_why="")))
    employed = (
        relations.Affiliation(str(p.pk), unit, relations.Period(EVER), "单位登记")
        for p in (*people, *leaders)
        for unit in _units(p.home)
    )
    made = (
        relations.JointWork(
            "project", work.title, frozenset(str(p.pk) for p in work.people.all()),
            relations.Period(timezone.localdate(work.created_at), on), f"成果库 {work.number}",
        )
        for work in works
        if len(work.people.all()) > 1
    )  # fmt: skip
    told["affiliations"] += [*employed, *_before(people), *_acting(people)]
    told["works"] += [*made, *_written(people, leaders)]
    return relations.Relations(
        **told,
        declarations=[
            relations.Declaration(str(seat.expert_id), str(seat.case_id), seat.declared) for seat in declared
        ],
        cases=[as_case(case) for case in cases],
        names={str(p.pk): p.name for p in (*people, *leaders)}
        | {unit: p.home.name for p in people for unit in _units(p.home)}
        | {unit: case.organisation.name for case in cases for unit in _units(case.organisation)},
    )


def _written(people: Sequence[Person], leaders: Sequence[Person]) -> Iterator[relations.JointWork]:
    """Papers and patents that sources tell of, of experts with those who lead: whose it is decided that they are, as it
    stands today (docs/decisions/0021). One of an unknown year tells nothing."""
    theirs = Authorship.objects.filter(expert__root__person__in=leaders, dropped=False).values("work")
    rows = Authorship.objects.filter(work__in=theirs, work__live=True, work__year__isnull=False, dropped=False)
    rows = rows.filter(expert__root__person__in=[*people, *leaders]).exclude(work__kind="achievement")
    found: dict[Work, set[str]] = {}
    for row in rows.select_related("work", "expert__root").order_by("work", "order"):
        found.setdefault(row.work, set()).add(str(row.expert.root.person_id))
    for work, authors in found.items():
        if len(authors) > 1 and work.year is not None:
            year = relations.Period(date(work.year, 1, 1), date(work.year, 12, 31))
            yield relations.JointWork(work.kind, work.title, frozenset(authors), year, work.doi or work.number)


def _passed_on(rows: QuerySet[Tie]) -> Iterator[Tie]:
    """Each tie, and where a unit of it has ended the same tie to who has taken that over: shares, posts, quarrels and
    control pass on with the rest."""
    for tie in rows.select_related("unit", "other_unit").order_by("pk"):
        yield tie
        own, other = (None if unit is None else unit.standing_id for unit in (tie.unit, tie.other_unit))
        if (own, other) != (tie.unit_id, tie.other_unit_id) and (own is None or own != other):
            yield Tie(
                kind=tie.kind, person_id=tie.person_id, other_person_id=tie.other_person_id, unit_id=own,
                other_unit_id=other, since=tie.since, until=tie.until, about=tie.about, source=tie.source,
            )  # fmt: skip


def _units(organisation: Organisation) -> tuple[str, ...]:
    """An organisation as ties name it, and who has taken it over: whoever is near to one is near to the other."""
    return tuple(dict.fromkeys(ties.unit_id(pk) for pk in (organisation.pk, organisation.standing_id)))


def _before(people: Sequence[Person]) -> Iterator[relations.Affiliation]:
    """Where the experts were before."""
    for row in FormerHome.objects.filter(person__in=people).select_related("organisation"):
        for unit in _units(row.organisation):
            yield relations.Affiliation(str(row.person_id), unit, relations.Period(EVER, row.until), "原单位")


def _acting(people: Sequence[Person]) -> Iterator[relations.Affiliation]:
    """The organisations the experts' accounts act for, or did: as near as being employed there."""
    experts = {person.account_id: str(person.pk) for person in people if person.account_id is not None}
    rows = Membership.objects.filter(account__in=experts, accepted_at__isnull=False).select_related("organisation")
    for row in rows.order_by("pk"):
        period = relations.Period(row.since, row.until)
        for unit in _units(row.organisation):
            yield relations.Affiliation(experts[row.account_id], unit, period, "单位经办人")


def as_case(case: Case) -> relations.Case:
    """A case as the rules of 回避 see it."""
    people = (str(case.leader_id),) if case.leader_id else ()
    avoid = tuple(relations.Avoidance(str(one["expert"]), one["reason"]) for one in case.avoid)
    return relations.Case(
        id=str(case.pk),
        call=str(case.round_id),
        units=_units(case.organisation),
        people=people,
        title=case.title,
        avoid=avoid,
    )


def barred(people: Sequence[Person], cases: Sequence[Case], on: date) -> dict[tuple[str, str], str]:
    """(expert, case) → why the expert may not judge it. The other cases of the round count as competing ones."""
    rivals = Case.objects.filter(round__in={case.round_id for case in cases}).exclude(state__in=NOT_COUNTED)
    others = rivals.exclude(pk__in=[case.pk for case in cases]).select_related("leader__home", "organisation")
    known = records(people, [*cases, *others], on)
    found = {}
    for case in cases:
        for person in people:
            expert = relations.Expert(str(person.pk), person.name)
            hard = [one for one in conflicts.conflicts(expert, as_case(case), known, on) if one.blocks]
            if hard:
                found[str(person.pk), str(case.pk)] = "；".join(one.reason for one in hard)
    return found
