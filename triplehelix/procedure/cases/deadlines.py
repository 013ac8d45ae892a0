"""Who is late: cases past the working days their state allows, and one reminder before that."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK, COUNTY, FINANCE, UNIT_ADMIN
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties.reference import calendar
from triplehelix.records.steps.acts import tell

#: Reminded so many working days before the last day.
REMIND_DAYS = 2
#: So many cases in one night.
MOST = 1000
KIND = f"{Case.kind}.remind"
#: Who has to act in a state.
ACTS = {
    **dict.fromkeys(("confirming", "correcting", "pay_returned", "evaluating"), APPLICANT),
    "unit_review": UNIT_ADMIN,
    "recommending": COUNTY,
    "paying": FINANCE,
}


def overdue(cases: "QuerySet[Case]", now: datetime) -> "QuerySet[Case]":
    """Those past their last day, longest first."""
    return cases.filter(due_on__lt=timezone.localdate(now)).order_by("due_on", "pk")


def remind(*, now: datetime) -> int:
    """Tell who has to act, once for each case and state, when two working days are left. Answers how many cases."""
    today = timezone.localdate(now)
    try:
        until = calendar().add_working_days(today, REMIND_DAYS)
    except MissingYear:
        return 0
    # Those that were told stay late for years: asked for with the others, they would be all that is ever looked at.
    due = outbox.untold(
        Case.objects.filter(due_on__lte=until), kind=KIND, cause_kind=Case.kind, since="changed_at"
    )  # fmt: skip
    return sum(_remind(case, now) for case in due.select_related("organisation").order_by("pk")[:MOST])


@transaction.atomic
def _remind(case: Case, now: datetime) -> bool:
    if outbox.told(kind=KIND, cause_kind=Case.kind, cause_id=str(case.pk), since=case.changed_at):
        return False
    label = case.workflow.state(case.state).label
    said = {"case": case, "state": label, "day": case.due_on}
    tell(case, "remind", (ACTS.get(case.state, CLERK),), lambda: (
        _("请尽快办理：%(case)s") % said,
        _("“%(case)s”现在是“%(state)s”，办理期限是 %(day)s。") % said,
    ), now)  # fmt: skip
    return True
