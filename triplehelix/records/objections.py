"""异议: what somebody says against a notice under a real name, and the answer to it; alike for every kind of notice."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

#: More open objections to one thing than this are a flood, not objections.
MOST_OPEN = 20
#: What the trail keeps digests of: who objects is not for everybody who reads the trail, and the words may tell.
GROUPS = {"words": gettext_lazy("异议人和异议内容"), "answer": gettext_lazy("答复")}


class Objection(models.Model):
    """Real name, in writing, inside the notice. Who objects is shown to those who answer and the auditor only."""

    name = EncryptedTextField(gettext_lazy("姓名或单位"))
    phone = EncryptedTextField(gettext_lazy("联系电话"))
    text = models.TextField(gettext_lazy("异议内容和依据"), max_length=3000)
    received_at = models.DateTimeField(gettext_lazy("收到时间"))
    due_on = models.DateField(gettext_lazy("答复期限"), null=True, blank=True)
    is_upheld = models.BooleanField(gettext_lazy("成立"), null=True, blank=True)
    answer = models.TextField(gettext_lazy("答复"), max_length=3000, blank=True)
    answered_at = models.DateTimeField(gettext_lazy("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["received_at", "pk"]


Made = TypeVar("Made", bound=Objection)


def answered_either_way(name: str) -> models.CheckConstraint:
    """An answer says whether the objection is upheld, and nothing says so without an answer."""
    open_ = Q(answered_at__isnull=True, is_upheld__isnull=True)
    return models.CheckConstraint(condition=open_ | Q(answered_at__isnull=False, is_upheld__isnull=False), name=name)


def words(name: str, phone: str, text: str) -> dict[str, str]:
    """What the one who objects wrote, ready to be kept. Raises Invalid at `name`, `phone`, `text`."""
    found = {"name": " ".join(name.split()), "phone": "".join(phone.split()), "text": text.replace("\x00", "").strip()}
    errors = {}
    if not 2 <= len(found["name"]) <= 60 or "\x00" in found["name"]:
        errors["name"] = _("请写真实姓名或单位全称：匿名异议不受理")
    digits = found["phone"].replace("-", "").removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        errors["phone"] = _("请填写能联系上的电话号码")
    if not 20 <= len(found["text"]) <= 3000:
        errors["text"] = _("请用 20 至 3000 个字写明异议的事实和依据")
    if errors:
        raise Invalid(errors)
    return found


def sent_before(objections: QuerySet[Made], said: Mapping[str, str]) -> Made | None:
    """The one that says the same of the same person and is not answered yet: sent twice, an objection is one. Whoever
    asks holds what it is against."""
    waiting = objections.filter(answered_at__isnull=True, text=said["text"])
    return next((one for one in waiting if (one.name, one.phone) == (said["name"], said["phone"])), None)


def require_few_open(objections: QuerySet[Any]) -> None:
    """Raises Refused when MOST_OPEN or more wait for an answer already."""
    if objections.filter(answered_at__isnull=True).count() >= MOST_OPEN:
        raise Refused(_("这一项已有很多异议正在处理，请稍后再提交"))


def groups(objection: Objection) -> dict[str, Any]:
    """What was said and what was answered, by the name a difference is told by."""
    return {
        "words": [objection.name, objection.phone, objection.text, objection.received_at],
        "answer": [objection.is_upheld, objection.answer, objection.answered_at, objection.answered_by_id],
    }


def altered(model: type[Objection], kind: str) -> Iterator[str]:
    """Objections that are not as the trail last said, in words."""
    yield from kept.lost(model, kind, _("异议"))
    yield from kept.altered(model._default_manager.all(), kind, groups, GROUPS)


def received(made: Objection, kind: str, now: datetime, **about: Any) -> None:
    """Say in the trail that it came, and against what."""
    data = {"objection": made.pk, **about, **kept.said(groups(made))}
    trail.record(kind=kind, id=str(made.pk), verb="receive", actor=None, now=now, data=data)


def answer(held: Objection, kind: str, *, is_upheld: bool, text: str, actor: Account, now: datetime) -> None:
    """Answer it, once; whoever may was asked before, and holds a lock. Raises Refused, Invalid at `text`."""
    if held.answered_at is not None:
        raise Refused(_("这一异议已经答复"))
    text = text.replace("\x00", "").strip()
    if not 10 <= len(text) <= 3000:
        raise Invalid({"text": _("请用 10 至 3000 个字写明查实的情况和结论")})
    held.is_upheld, held.answer, held.answered_at, held.answered_by = is_upheld, text, now, actor
    held.save()
    data = {"objection": held.pk, "upheld": is_upheld, **kept.said(groups(held))}
    trail.record(kind=kind, id=str(held.pk), verb="answer", actor=actor, now=now, data=data, why=text[:200])


def set_missing_days(model: type[Objection], kind: str, day_of: Callable[[date], date | None], now: datetime) -> int:
    """Give each open objection that came while next year had no calendar the last day its page promised, counted from
    the day it came. `day_of` answers it, None while nobody can know it yet. Returns how many got one."""
    waiting = model._default_manager.filter(due_on=None, answered_at=None).order_by("pk")
    return sum(_day_set(model, kind, pk, day_of, now) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _day_set(model: type[Objection], kind: str, pk: int, day_of: Callable[[date], date | None], now: datetime) -> bool:
    held = model._default_manager.select_for_update(of=("self",)).get(pk=pk)
    day = day_of(timezone.localdate(held.received_at))
    if day is None or held.due_on is not None or held.answered_at is not None:
        return False
    held.due_on = day
    held.save(update_fields=["due_on"])
    data = {"objection": held.pk, "due_on": day.isoformat()}
    trail.record(kind=kind, id=str(held.pk), verb="set_due", actor=None, now=now, data=data)
    return True
