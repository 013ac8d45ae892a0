"""Following finance: when a claim is void, the clerks are told of the cases that rest on it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance.models import Application, Claim
from triplehelix.procedure.cases import eligibility, known
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.side_ways import CLERK
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties import letters

NAME = "cases.ground"
KINDS = (Application.kind,)
KIND = f"{Case.kind}.ground_gone"


def handle(subjects: Sequence[tuple[str, str]]) -> None:
    """Called inside the transaction that marks these subjects read; each is looked at as it is now."""
    now = timezone.now()
    contracts = [int(id) for _kind, id in subjects]
    for claim in Claim.objects.filter(loan__application__in=contracts).exclude(void_why="").select_related("payee"):
        for case in known.cases_of(claim):
            if gone := eligibility.ground_gone(case):
                _tell(case, gone[0].message, claim.made_at, now)


def _tell(case: Case, why: str, since: datetime, now: datetime) -> None:
    """Said once of a claim: a clerk stops the case, or demands back what has been paid."""
    if case.state == "draft" or outbox.told(kind=KIND, cause_kind=Case.kind, cause_id=str(case.pk), since=since):
        return
    said = {"case": case.number, "state": case.workflow.state(case.state).label, "why": why}
    letters.write(case.accounts_in(CLERK, now), lambda: (
        _("办件的依据已不存在：%(case)s") % said,
        _("%(case)s（%(state)s）：%(why)s。没有拨付的请不要再拨，已拨付的请追回。") % said + "\n",
    ), kind=KIND, cause_kind=Case.kind, cause_id=case.pk, now=now, page=case.address())  # fmt: skip
