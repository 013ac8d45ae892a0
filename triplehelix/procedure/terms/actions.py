"""The only writer of settings."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.policy.facts import BadFact
from triplehelix.policy.settle import read_value, to_plain
from triplehelix.procedure.terms.check import KIND
from triplehelix.procedure.terms.finds import pack
from triplehelix.procedure.terms.models import Settled
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

LONGEST_DOCUMENT = 80


def may_settle(account: Account | None, on: date) -> bool:
    """Settings are the city science bureau's."""
    return "role:city_officer" in audiences(account, on)


@transaction.atomic
def settle(*, code: str, value: Any, since: date, document: str, actor: Account, now: datetime) -> Settled:
    """Set a term from a day on. Cases accepted before keep the value they were accepted under.

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
    made = Settled.objects.create(
        code=code, value=to_plain(spec, read), since=since, document=document, decided_by=actor, decided_at=now
    )
    data = {"value": made.value, "since": since.isoformat(), "document": document}
    trail.record(kind=KIND, id=code, verb="settle", actor=actor, now=now, data=data)
    return made
