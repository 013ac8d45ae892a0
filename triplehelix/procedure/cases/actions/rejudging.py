"""Taking a case up anew under the present law, when the program has another one than the case was accepted under."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import judge, law
from triplehelix.procedure.cases.actions.shared import locked, saved
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK
from triplehelix.records.parties.models import Account
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused

#: Accepted, and no money of it public: later the old edition has to be put back.
REJUDGED_IN = frozenset(
    {"screening", "held", "checking", "reviewing", "site_check", "deciding", "noticing", "objected"}
)


@transaction.atomic
def rejudge(*, case: Case, why: str, actor: Account, now: datetime, seen_version: int) -> Case:
    """改按现行标准办理: from today on the case is under the present law, and is decided anew. What the present law asks
    and nobody has compared is open again. Raises Refused: not now, the law is the same, no reason."""
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    if case.state not in REJUDGED_IN:
        raise Refused(_("现在不能改适用的标准：已经公示或办结的按受理时的标准"))
    if law.changed(case) is None:
        raise Refused(_("适用的标准没有变"))
    if not why.strip():
        raise Refused(_("请写明改按现行标准办理的依据"))
    was = {**law.said(case), "on": str(case.judged_on)}
    law.bind(case, timezone.localdate(now))
    law.remember(case, actor, now)
    asked = {fact.key for fact in judge.asked(case.award)}
    case.confirmed = {key: value for key, value in case.confirmed.items() if key in asked}
    data = {"law": {"from": was, "to": {**law.said(case), "on": str(case.judged_on)}}}
    case = saved(case, "rejudge", actor, now, data, why)
    acts.tell(case, "rejudge", (APPLICANT,), lambda: _words(case, why), now, but=actor)
    return case


def _words(case: Case, why: str) -> tuple[str, str]:
    said = {"case": case, "why": why.strip(), "edition": case.edition}
    return (
        _("改按现行标准办理：%(case)s") % said,
        _("“%(case)s”改按现行标准（%(edition)s）办理。依据：%(why)s") % said + "\n",
    )
