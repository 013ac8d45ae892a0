"""Querysets of diagnoses, and the figures of answers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from triplehelix.market.diagnosis import access
from triplehelix.market.diagnosis.models import OPEN, Diagnosis
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account
from triplehelix.records.trail.models import Entry

#: Whose turn it is, by state.
OFFICES_TURN = ("waiting", "taken")


def rows() -> "QuerySet[Diagnosis]":
    """With what a line shows at hand, the earliest end of term first."""
    found = Diagnosis.objects.select_related("need__organisation", "assigned_to")
    return found.order_by(F("due_on").asc(nulls_last=True), "started_at", "pk")


def shown_to(actor: Account | None, on: date) -> "QuerySet[Diagnosis]":
    """The diagnoses somebody may open."""
    return access.visible(rows(), actor, on)


def due_by(today: date) -> "QuerySet[Diagnosis]":
    """Not judged, and the term ends today or has ended."""
    return Diagnosis.objects.filter(state__in=OFFICES_TURN, due_on__lte=today).order_by("due_on", "pk")


def without_a_day() -> Q:
    """Open, and its first answer or the term running now has no last day: a calendar was missing."""
    return Q(state__in=OPEN, first_due_on=None) | Q(state__in=OFFICES_TURN, due_on=None)


def overdue(found: "QuerySet[Diagnosis]", today: date) -> "QuerySet[Diagnosis]":
    return found.filter(state__in=OFFICES_TURN, due_on__lt=today)


def waiting_for(actor: Account, on: date) -> "QuerySet[Diagnosis]":
    """Whose turn it is this person's: to judge, to hand out (also what somebody holds who may no longer judge), or to
    answer the questions."""
    held = access.relations(actor, on)
    turn = held[access.DIAGNOSER] & Q(state="taken") | held[access.OWNER] & Q(state="refine")
    turn |= (held[access.OFFICER] | held[access.MANAGER]) & Q(state="waiting")
    turn |= held[access.OFFICER] & Q(state="taken") & ~access.may_still(on)
    return rows().filter(turn)


def of_need(need: Need) -> Diagnosis | None:
    """The newest diagnosis of a need."""
    return (
        Diagnosis.objects.select_related("assigned_to", "judged_by").filter(need=need).order_by("-started_at").first()
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as somebody may read it; without its words where they are closed to them."""

    seq: int
    answered: bool
    withdrawn: bool
    text: str = ""
    answer: str = ""


def asked(diagnosis: Diagnosis, *, closed: bool) -> list[Asked]:
    """The questions of a diagnosis; for somebody to whom it is `closed` (access), only which of them are answered."""
    rows = diagnosis.questions.all()
    return [
        Asked(row.seq, row.answered_at is not None, row.withdrawn_at is not None,
              *(() if closed else (row.text, row.answer)))
        for row in rows
    ]  # fmt: skip


def with_answers(found: "QuerySet[Diagnosis]", on: date | None = None) -> "QuerySet[Diagnosis]":
    """With `answered_in_time`: whether the first answer came by the last day of the first term; None while it is open
    within the term, where the firm took the need back within it, or where no calendar told the last day. `on` is today
    unless given."""
    told = Case(
        When(first_due_on=None, then=Value(None)),
        When(answered_at=None, first_due_on__gte=on or timezone.localdate(), then=Value(None)),
        When(Q(answered_at=None, state="dropped") & Q(Exists(_dropped_within_term())), then=Value(None)),
        When(answered_at=None, then=Value(False)),
        When(answered_day__lte=F("first_due_on"), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(null=True),
    )
    day = TruncDate("answered_at", tzinfo=timezone.get_default_timezone())
    return found.annotate(answered_day=day).annotate(answered_in_time=told)


def _dropped_within_term() -> "QuerySet[Entry]":
    """The trail row by which a diagnosis was dropped, of those dropped by the last day of the first term."""
    row = Entry.objects.filter(subject_kind=Diagnosis.kind, subject_id=Cast(OuterRef("pk"), CharField()), verb="drop")
    day = TruncDate("at", tzinfo=timezone.get_default_timezone())
    return row.annotate(day=day).filter(day__lte=OuterRef("first_due_on"))


def came(since: date | None = None, until: date | None = None) -> "QuerySet[Diagnosis]":
    """Needs that came before the desk in these days (both included), with `answered_in_time`."""
    return with_answers(_between("started_at", since, until))


def answered(since: date | None = None, until: date | None = None) -> "QuerySet[Diagnosis]":
    """Needs first answered in these days (both included), with `answered_in_time`."""
    return with_answers(_between("answered_at", since, until).filter(answered_at__isnull=False))


def in_time(found: "QuerySet[Any]", since: date, until: date) -> "QuerySet[Any]":
    """Of `came` or `answered`, those in time that are their need's first of these days (both included): what was not
    answered is not made good by taking the need back and publishing it again."""
    asked: QuerySet[Any] = came(since, until).order_by()
    earlier = asked.filter(answered_in_time=False, need=OuterRef("need"), started_at__lt=OuterRef("started_at"))
    return found.filter(~Exists(earlier), answered_in_time=True)


def _between(field: str, since: date | None, until: date | None) -> "QuerySet[Diagnosis]":
    found = Diagnosis.objects.select_related("need__organisation")
    found = found.filter(**{f"{field}__date__gte": since}) if since else found
    return (found.filter(**{f"{field}__date__lte": until}) if until else found).order_by(field, "pk")
