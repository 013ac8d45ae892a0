"""What a person is asked: the own works without an answer, and those of others proposed as the same person."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from triplehelix.market.experts.models import Answer, Authorship, Expert, Proposal, Split
from triplehelix.records.parties.models import Person

MOST_GROUPS = 30


@dataclass(frozen=True)
class Group:
    """Works that stand together: the person's own (`own`), or somebody's who may be the person, with the reasons.

    Each row has `said`: mine, not_mine or ""."""

    root: Expert
    own: bool
    reasons: list[str]
    rows: list[Any]

    @property
    def open(self) -> int:
        """How many wait for an answer."""
        return sum(not row.said for row in self.rows)


def with_answers(rows: QuerySet[Authorship], person: Person) -> QuerySet[Authorship]:
    """Each with what the person said of it."""
    said = Answer.objects.filter(person=person, authorship=OuterRef("pk")).values("said")[:1]
    return rows.annotate(said=Coalesce(Subquery(said), Value("")))


def proposed(person: Person) -> dict[int, list[str]]:
    """Root → reasons, of everybody proposed as this person and not yet decided; the surest first. Not who has become
    somebody else of the register meanwhile, nor whom an officer has said, of any part, to be another."""
    found: dict[int, list[str]] = {}
    if (own := Expert.objects.filter(person=person).first()) is None:
        return found
    apart: set[int] = set()
    rows = Proposal.objects.exclude(state="accepted").filter(Q(one__root=own) | Q(other__root=own))
    for row in rows.select_related("one__root", "other__root").order_by("-score", "pk"):
        root = row.other.root if row.one.root_id == own.pk else row.one.root
        if row.state == "refused":
            apart.add(root.pk)
        elif root.person_id is None:
            found.setdefault(root.pk, row.reasons_said)
    return {root: reasons for root, reasons in found.items() if root not in apart}


def groups(person: Person) -> list[Group]:
    """The own works first, then who may be the person. Groups with nothing left to say are left out, the own stays."""
    own = Expert.objects.filter(person=person).first()
    if own is None:
        return []
    reasons = dict(list(proposed(person).items())[:MOST_GROUPS])
    roots = [own.pk, *reasons]
    rows = with_answers(Authorship.objects.filter(expert__root__in=roots, work__live=True), person)
    rows = (
        rows.select_related("work")
        .annotate(root=F("expert__root"))
        .order_by(F("work__year").desc(nulls_last=True), "pk")
    )
    by_root: dict[int, list[Authorship]] = {}
    for row in rows:
        by_root.setdefault(row.root, []).append(row)
    heads = Expert.objects.in_bulk(roots)
    made = [Group(heads[pk], pk == own.pk, reasons.get(pk, []), by_root.get(pk, [])) for pk in roots]
    return [group for group in made if group.own or (group.rows and group.open)]


def refused(person: Person) -> QuerySet[Answer]:
    """What the person has said is not theirs."""
    rows = Answer.objects.filter(person=person, said="not_mine", authorship__work__live=True)
    return rows.select_related("authorship__work").order_by("-at")


def waiting(person: Person) -> int:
    """How many works wait for an answer."""
    roots = [*proposed(person)]
    mine = Authorship.objects.filter(work__live=True).exclude(answers__person=person)
    return mine.filter(Q(expert__root__person=person) | Q(expert__root__in=roots)).count()


def may_answer(person: Person) -> set[int]:
    """The authorships the person may speak of: the own, the proposed, and those the person's own word has taken out of
    the own. What was refused where it stood with another is an officer's matter once the pair is decided."""
    roots = [*proposed(person)]
    rows = Authorship.objects.filter(
        Q(expert__root__person=person) | Q(expert__root__in=roots) | Q(splits__in=taken_out(person))
    )
    return set(rows.values_list("pk", flat=True))


def taken_out(person: Person) -> QuerySet[Split]:
    """What the person's word has taken out of the own tree, and stands where that put it."""
    rows = Split.objects.filter(by_person=True, undone_at=None, frm__root__person=person)
    return rows.filter(
        authorship__expert=F("to"), authorship__answers__person=person, authorship__answers__said="not_mine"
    )
