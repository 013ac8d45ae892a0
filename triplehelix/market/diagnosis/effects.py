"""What a step of a diagnosis changes beside its state."""

from datetime import datetime

from django.utils import timezone

from triplehelix.market.diagnosis import clock
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.records.parties.models import Account


def assign_to_actor(case: Diagnosis, actor: Account | None, now: datetime) -> None:
    case.assigned_to = actor


def note_assigned(case: Diagnosis, actor: Account | None, now: datetime) -> None:
    case.assigned_at = now


def unassign(case: Diagnosis, actor: Account | None, now: datetime) -> None:
    case.assigned_to, case.assigned_at = None, None


def note_judgement(case: Diagnosis, actor: Account | None, now: datetime) -> None:
    """The first judgement is the answer the term asks for."""
    case.reason, case.judged_by, case.judged_at = case.noted, actor, now
    case.answered_at = case.answered_at or now


def begin_new_term(case: Diagnosis, actor: Account | None, now: datetime) -> None:
    """Looked at once more: a term of its own begins, with a reminder of its own."""
    case.due_on, case.assigned_at = clock.due(timezone.localdate(now), case.days), now


def withdraw_questions(case: Diagnosis, actor: Account | None, now: datetime) -> None:
    """What was asked by mistake stays to be read, and is not to be answered any more."""
    case.open_questions().update(withdrawn_at=now)


def end_term(case: Diagnosis, actor: Account | None, now: datetime) -> None:
    case.due_on = None
