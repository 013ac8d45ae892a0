"""What a step of a finance case changes beside its state."""

from datetime import datetime

from triplehelix.market.finance.actions.claims import guarantee_settled
from triplehelix.market.finance.deadlines import due
from triplehelix.market.finance.models import Application
from triplehelix.records.parties.models import Account


def touch(case: Application, actor: Account | None, now: datetime) -> None:
    case.changed_at = now


def answer_due(case: Application, actor: Account | None, now: datetime) -> None:
    case.due_on = due("consented", now)


def decision_due(case: Application, actor: Account | None, now: datetime) -> None:
    case.due_on = due("handling", now)


def nothing_due(case: Application, actor: Account | None, now: datetime) -> None:
    case.due_on = None


def end_consent(case: Application, actor: Account | None, now: datetime) -> None:
    """Who withdraws the wish withdraws what was agreed to for it."""
    case.consents.filter(ended_at=None).update(ended_at=now, ended_by=actor, ended_why=case.noted[:200])


def guarantee_ended(case: Application, actor: Account | None, now: datetime) -> None:
    """Settled before its last day, a guarantee is subsidised for fewer days than was computed."""
    if case.loan is not None and case.loan.kind == "guarantee":
        guarantee_settled(case, actor, now)
