"""Which law a case is judged by: the edition of the pack and the award's declaration in force when it was accepted.

A case stays bound to them (domain §0). When the program has another declaration by now, it cannot compute by the old
one and does not compute by the new one: the old edition is put back, or the case is taken up anew under the present
one, with a reason (`actions.rejudge`).
"""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.policy import declared
from triplehelix.policy.award import Award
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.terms import finds
from triplehelix.records.parties.models import Account
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail.models import Entry

KIND = "policy.declaration"
SHOWN = 8


def of(award: Award) -> dict[str, str]:
    """The law of today as a case keeps it."""
    return {"edition": finds.pack().edition[:60], "declaration": award.declaration}


def bind(case: Case, on: date) -> None:
    """From here on the case stays under the law of this day."""
    case.judged_on = on
    for name, value in of(case.award).items():
        setattr(case, name, value)


def said(case: Case) -> dict[str, Any]:
    """The law of the case, for decisions and the trail."""
    return {"edition": case.edition, "declaration": case.declaration}


def changed(case: Case) -> str | None:
    """Why the case cannot be judged now: the award is declared otherwise than when it was accepted. Cases accepted
    before the program kept the declaration pass."""
    if not case.declaration or case.declaration == case.award.declaration:
        return None
    now = of(case.award)
    names = {
        "was": f"{case.edition} {case.declaration[:SHOWN]}", "now": f"{now['edition']} {now['declaration'][:SHOWN]}",
        "day": case.judged_on,
    }  # fmt: skip
    return (
        _(
            "%(day)s 受理时适用的标准（%(was)s）与现在程序里的（%(now)s）不同，不能按另一版标准办理："
            "请把受理时的版本装回政策包，或写明依据后“改按现行标准办理”"
        )
        % names
    )


def remember(case: Case, actor: Account | None, now: datetime) -> None:
    """Keep the declaration itself in the trail, once: so the rule of a decision can be read in any later year."""
    award = case.award
    subject = {"subject_kind": KIND, "subject_id": award.declaration}
    if Entry.objects.filter(**subject).exists():
        return
    data = {"award": award.code, "edition": finds.pack().edition, "declaration": declared.as_data(award)}
    trail.record(kind=KIND, id=award.declaration, verb="use", actor=actor, now=now, data=data)
