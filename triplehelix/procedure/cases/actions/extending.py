"""延期: a project that needs longer than agreed. How often and how long the pack says (domain §2.2: once, a year)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import terms
from triplehelix.procedure.cases.actions.shared import KIND, line, locked, saved
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK
from triplehelix.procedure.review.conflicts import window_start
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

VERB = "extend"
LONGEST_DOCUMENT = 80


@transaction.atomic
def extend(
    *, case: Case, ends_on: date, why: str, document: str, actor: Account, now: datetime, seen_version: int
) -> Case:
    """Agree to a later last day of a project under way; what of its milestones is not passed moves by as many days.

    Raises Refused (not under way, extended as often as may be), Invalid at `ends_on`, `why`, `document`.
    """
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    if case.state != "running" or case.ends_on is None:
        raise Refused(_("只有在执行中的任务可以延期"))
    today, was = timezone.localdate(now), case.ends_on
    if is_spent(case, today):
        most = terms.value("extension_times", today)
        raise Refused(_("已经延期 %(most)d 次，不能再延：请验收，或者办理终止") % {"most": most})
    errors: dict[str, str] = {}
    reason = line(why, _("理由"), 500, errors, "why")
    number = line(document, _("依据文件"), LONGEST_DOCUMENT, errors, "document")
    last = window_start(was, -terms.value("extension_years", today))  # so many years later
    if not was < ends_on <= last:
        said = {"was": was, "last": last}
        errors["ends_on"] = _("应晚于现在的截止日期 %(was)s，最晚到 %(last)s") % said
    if errors:
        raise Invalid(errors)
    case.ends_on = ends_on
    case.milestones.filter(reached_at=None).update(due_on=F("due_on") + (ends_on - was))
    data = {"ends_on": str(ends_on), "from": str(was), "document": number}
    case = saved(case, VERB, actor, now, data, f"{reason}（{number}）")
    acts.tell(case, VERB, (APPLICANT,), lambda: _words(case, was, reason, number), now, but=actor)
    return case


def is_spent(case: Case, today: date) -> bool:
    """Whether it has been extended as often as may be."""
    return extensions(case).count() >= terms.value("extension_times", today)


def extensions(case: Case) -> QuerySet[Entry]:
    """The rows of the trail that say so, oldest first."""
    return Entry.objects.filter(subject_kind=KIND, subject_id=str(case.pk), verb=VERB).order_by("n")


def _words(case: Case, was: date, reason: str, number: str) -> tuple[str, str]:
    told = {"case": case, "was": was, "last": case.ends_on, "why": reason, "document": number}
    return (
        _("任务已同意延期：%(case)s") % told,
        _("“%(case)s”的截止日期由 %(was)s 改为 %(last)s（%(document)s），没有通过的里程碑顺延同样的天数。理由：%(why)s")
        % told
        + "\n",
    )
