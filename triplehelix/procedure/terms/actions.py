"""The only writer of settings."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.dated import Dated, NotInForce, Undecided
from triplehelix.policy.facts import BadFact
from triplehelix.policy.settle import read_value, to_plain
from triplehelix.policy.terms import Spec, value_on
from triplehelix.procedure.terms import judged
from triplehelix.procedure.terms.access import may_settle
from triplehelix.procedure.terms.check import KIND
from triplehelix.procedure.terms.finds import decided, pack
from triplehelix.procedure.terms.models import Settled
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

LONGEST_DOCUMENT = 80
#: So many numbers of cases are named in a message.
NAMED = 5


@transaction.atomic
def settle(*, code: str, value: Any, since: date, document: str, actor: Account, now: datetime) -> Settled:
    """Set a term from a day on. No case that has been accepted or decided gets another value by it than the one that
    was in force: what was open when it was accepted may still be set for that day.

    Raises Refused (not the city's officer; what the policy itself fixes), Invalid at `value`, `since`, `document`.
    """
    if not may_settle(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以设定标准"))
    spec = pack().terms.get(code)
    if spec is None or not spec.settable:
        raise Refused(_("政策原文已经写明的标准不能设定"))
    errors = {}
    document = " ".join(document.split())
    if not document or len(document) > LONGEST_DOCUMENT:
        errors["document"] = _("请填写决定文件的文号，最多 %(most)d 个字") % {"most": LONGEST_DOCUMENT}
    try:
        read = read_value(spec, value)
    except BadFact as why:
        errors["value"] = str(why)
    if since < timezone.localdate(now) and Settled.objects.filter(code=code, since__lte=since).exists():
        errors["since"] = _("这一天已经有设定的值在施行：新的值最早从今天起，已受理的办件不变")
    if errors:
        raise Invalid(errors)
    made = Settled(
        code=code, value=to_plain(spec, read), since=since, document=document, decided_by=actor, decided_at=now
    )
    if changed := _changed(spec, made):
        raise Invalid({"since": _judged_otherwise(changed)})
    made.save(force_insert=True)
    data = {"value": made.value, "since": since.isoformat(), "document": document}
    trail.record(kind=KIND, id=code, verb="settle", actor=actor, now=now, data=data)
    return made


def _changed(spec: Spec, made: Settled) -> list[tuple[date, str]]:
    """What was judged by a value that this setting would put another in the place of."""
    now, then = decided(), decided(made)
    found = judged.under(spec.code, made.since)
    moved = {day for day in {day for day, _number in found} if _moves(_value(spec, day, now), _value(spec, day, then))}
    return [(day, number) for day, number in found if day in moved]


def _moves(was: Any, becomes: Any) -> bool:
    return was is not None and was != becomes


def _value(spec: Spec, day: date, settings: Mapping[str, Dated[Any]]) -> Any:
    """The value in force on a day; None while nobody has decided it: by that nothing was granted."""
    try:
        return value_on(spec, day, settings)
    except (Undecided, NotInForce):
        return None


def _judged_otherwise(found: list[tuple[date, str]]) -> str:
    said = {
        "count": len(found), "cases": "、".join(number for _day, number in found[:NAMED]), "first": found[0][0],
        "next": found[-1][0] + timedelta(days=1),
    }  # fmt: skip
    return (
        _(
            "%(first)s 起已有 %(count)d 件按当时施行的值受理或决定（%(cases)s 等），不能改它们的标准："
            "新的值请从 %(next)s 或以后起施行"
        )
        % said
    )
