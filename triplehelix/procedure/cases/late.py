"""Why a case cannot be ended yet for having been kept waiting: the period is the other side's until its last day."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.models import Account


def period_over(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Nobody is told that a day has passed that was never set: without one the case waits."""
    if case.due_on is None:
        return _("这一件没有设定办理期限，不能按逾期办理：请先联系申请人")
    if timezone.localdate(now) <= case.due_on:
        return _("办理期限是 %(day)s，到期以前不能按逾期办理") % {"day": case.due_on}
    return None
