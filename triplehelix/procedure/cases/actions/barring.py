"""申报限制: who may not apply, and when that is over before its day."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases.access import has_part
from triplehelix.procedure.cases.actions.shared import line, require_clerk
from triplehelix.procedure.cases.kept import of_bar
from triplehelix.procedure.cases.models import Barred
from triplehelix.procedure.cases.people import person_named, unit_named
from triplehelix.records.alone import alone
from triplehelix.records.parties import letters
from triplehelix.records.parties.finds import members_of
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

KIND = "procedure.barred"


@transaction.atomic
def bar(*, who: str, since: date, until: date, reason: str, document: str, actor: Account, now: datetime) -> Barred:
    """Bar a unit or a person, by name or credit code, from applying (失信、违规); they are told why, until when.

    Raises Refused, Invalid by field; at `document` where the same is entered and holds: lifted, the other would bar all
    the same.
    """
    require_clerk(actor, now)
    alone("bars")
    errors: dict[str, str] = {}
    said = {
        "reason": line(reason, _("事由"), 200, errors, "reason"),
        "document": line(document, _("依据文件"), 80, errors, "document"),
    }
    ends: dict[str, Any] = {}
    try:
        ends["organisation"] = unit_named(who)
    except ValueError as no_unit:
        try:
            ends["person"] = person_named(who)
        except ValueError as no_person:
            errors["who"] = f"{no_unit}；{no_person}"
    if until < since:
        errors["until"] = _("结束日期不能早于开始日期")
    same = {"since": since, "until": until, "document": said["document"], **ends}
    if not errors and Barred.objects.filter(lifted_at=None, **same).exists():
        errors["document"] = _("这份文件对它的这一限制已经登记，正在施行")
    if errors:
        raise Invalid(errors)
    made = Barred.objects.create(recorded_by=actor, reason=said["reason"], **same)
    data = {"who": str(made.organisation or made.person), "until": str(until), "document": made.document}
    data |= kept.said(of_bar(made))
    trail.record(kind=KIND, id=str(made.pk), verb="bar", actor=actor, now=now, data=data, why=made.reason)
    _tell(made, "bar", _begun, now)
    return made


def said_why(why: str) -> str:
    """Why an entry of a register holds no more, as it is kept. Raises Invalid at `why`."""
    said = " ".join(why.replace("\x00", "").split())
    if not 4 <= len(said) <= 200:
        raise Invalid({"why": _("请写明依据和原因，4 至 200 个字")})
    return said


@transaction.atomic
def lift_bar(*, barred: Barred, why: str, actor: Account, now: datetime) -> Barred:
    """It holds no more from this moment: entered of the wrong one, its document taken back, or 信用修复 before its day.
    The row stays, with why; whom it barred is told. What it kept from being accepted or paid is handled as any other.

    Raises Refused (not the clerk, or one who has a part in it; lifted already), Invalid at `why`.
    """
    require_clerk(actor, now)
    held = Barred.objects.select_for_update(of=("self",)).select_related("organisation", "person").get(pk=barred.pk)
    if has_part(actor, [held.person], [held.organisation], timezone.localdate(now), held.since):
        raise Refused(_("与您本人或您代表的单位有关：请另一位工作人员办理"))
    if held.lifted_at is not None:
        raise Refused(_("这条限制已经解除"))
    why = said_why(why)
    held.lifted_at, held.lifted_by, held.lifted_why = now, actor, why
    held.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    data = {"who": str(held.organisation or held.person), "until": str(held.until), "document": held.document}
    data |= kept.said(of_bar(held))
    trail.record(kind=KIND, id=str(held.pk), verb="lift", actor=actor, now=now, data=data, why=why)
    _tell(held, "lift", _lifted, now)
    return held


def _begun(barred: Barred) -> tuple[str, str]:
    said = {
        "who": barred.organisation or barred.person, "document": barred.document, "since": barred.since,
        "until": barred.until, "why": barred.reason,
    }  # fmt: skip
    body = _(
        "%(who)s从 %(since)s 到 %(until)s 不能申报。依据：%(document)s。事由：%(why)s。"
        "认为有误的，请向市科技局说明，核实后解除。"
    )
    return _("申报限制：%(who)s") % said, body % said + "\n"


def _lifted(barred: Barred) -> tuple[str, str]:
    said = {
        "who": barred.organisation or barred.person, "document": barred.document, "until": barred.until,
        "why": barred.lifted_why,
    }  # fmt: skip
    body = _("%(who)s到 %(until)s 为止的申报限制（%(document)s）现在解除，可以申报。依据和原因：%(why)s")
    return _("申报限制已解除：%(who)s") % said, body % said + "\n"


def _tell(barred: Barred, what: str, words: Callable[[Barred], tuple[str, str]], now: datetime) -> None:
    readers = _concerned(barred, timezone.localdate(now))
    letters.write(
        readers, lambda: words(barred), kind=f"{KIND}.{what}", cause_kind=KIND, cause_id=barred.pk, now=now
    )  # fmt: skip


def _concerned(barred: Barred, today: date) -> Iterable[Account]:
    if barred.organisation is not None:
        return members_of(barred.organisation, today)
    assert barred.person is not None
    return [barred.person.account] if barred.person.account is not None else []
