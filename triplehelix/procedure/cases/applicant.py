"""Who may apply at all: what keeps a unit, or the person who leads its project, from it, whatever it applies for."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import terms
from triplehelix.procedure.cases.finding import Finding
from triplehelix.procedure.cases.models import Barred, Case
from triplehelix.procedure.cases.states import FAILED, GRANTED, NOT_COUNTED, RUNNING
from triplehelix.procedure.review.conflicts import window_start
from triplehelix.records.parties.finds import family, gone


def closed(case: Case) -> Iterator[Finding]:
    """Nobody is left who could be supported: 注销, and nobody goes on with what it did."""
    if case.organisation.ending == "closed":
        yield Finding("closed", gone(case.organisation), True)


def barred(case: Case, today: date) -> Iterator[Finding]:
    """失信、违规: what a document keeps from the unit or the person who leads, on this day."""
    who = family(case.organisation) | Q(person=case.leader_id, person__isnull=False)
    for row in Barred.objects.filter(who, since__lte=today, until__gte=today, lifted_at=None):
        said = {"who": row.organisation or row.person, "until": row.until, "why": row.reason, "document": row.document}
        yield Finding("barred", _("%(who)s在 %(until)s 以前不得申报：%(why)s（%(document)s）") % said, True)


def over_quota(case: Case) -> Iterator[Finding]:
    """限报: as many cases of the round as one applicant may hand in are there already, without this one."""
    if case.round is None or case.round.quota is None:
        return
    mine = case.round.cases.filter(family(case.organisation)).exclude(pk=case.pk).exclude(state__in=NOT_COUNTED)
    numbers = tuple(mine.values_list("number", flat=True))
    if len(numbers) >= case.round.quota:
        said = {"quota": case.round.quota, "have": len(numbers)}
        yield Finding("quota", _("本批每单位限报 %(quota)d 项，本单位已申报 %(have)d 项") % said, True, numbers)


def leader(case: Case, today: date) -> Iterator[Finding]:
    """Who leads has no more projects running, failed or late than the terms allow."""
    if case.leader_id is None:
        return
    led = type(case)._default_manager.filter(leader=case.leader_id).exclude(pk=case.pk)
    running = tuple(led.filter(state__in=RUNNING).values_list("number", flat=True))
    if len(running) >= (most := terms.value("running_most", today)):
        said = {"who": case.leader, "n": len(running), "most": most}
        message = _("负责人%(who)s已有 %(n)d 项在研的牵头项目，上限 %(most)d 项，请先验收或更换负责人") % said
        yield Finding("running", message, True, running)
    years = terms.value("block_years", today)
    since = window_start(today, years)
    failed = tuple(led.filter(state__in=FAILED, changed_at__date__gt=since).values_list("number", flat=True))
    if failed:
        said = {"who": case.leader, "years": years}
        yield Finding("failed", _("负责人%(who)s %(years)d 年内有终止或被追回的项目，不得申报") % said, True, failed)
    late = tuple(led.filter(state="running", ends_on__lt=today).values_list("number", flat=True))
    if late:
        yield Finding("overdue", _("负责人%(who)s有逾期未验收的项目") % {"who": case.leader}, True, late)


def leads_too_many(case: Case, today: date) -> Iterator[Finding]:
    """Asked at the decision too, counting what was decided since the application: several applied for at once would
    each find nothing running. A project that runs already is not stopped by those of its leader beside it."""
    if case.leader_id is None or case.state in RUNNING:
        return
    led = type(case)._default_manager.filter(leader=case.leader_id, state__in=GRANTED).exclude(pk=case.pk)
    numbers = tuple(led.order_by("pk").values_list("number", flat=True))
    if len(numbers) >= (most := terms.value("running_most", today)):
        said = {"who": case.leader, "cases": "、".join(numbers), "most": most}
        message = _(
            "负责人%(who)s已有决定支持或在研的牵头项目（%(cases)s），上限 %(most)d 项："
            "请先验收、撤回其中一项，或对本件不予支持"
        )
        yield Finding("running", message % said, True, numbers)
