"""What happened to an introduction, in words, and which of it a reader is told."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.introductions.access import INSIDE
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.steps.history import Line
from triplehelix.records.trail.models import Entry

#: Rows of the trail that are no step of the workflow; what was said in the room is not told here.
DEEDS = {
    "invite": gettext_lazy("发出邀请"),
    "accept_one": gettext_lazy("一方接受"),
    "term": gettext_lazy("确定答复期限"),
    "assign": gettext_lazy("指派经理人"),
    "agree_to_manage": gettext_lazy("经理人同意办理"),
    "refuse_to_manage": gettext_lazy("经理人不能办理"),
    "plan": gettext_lazy("约定时间"),
    "cancel": gettext_lazy("取消约定"),
    "meet": gettext_lazy("登记洽谈、考察"),
    "void_meeting": gettext_lazy("作废登记错的洽谈、考察"),
    "intent": gettext_lazy("登记意向书"),
    "void_intent": gettext_lazy("作废登记错的意向书"),
    "propose": gettext_lazy("提出条款"),
    "accept_terms": gettext_lazy("接受条款"),
}
#: Deeds whose reason is meant for the office.
TOLD_TO_ALL = frozenset({"refuse_to_manage"})
FOLLOWING = frozenset({"talk", "untalk", "sign_intent", "unsign", "negotiate"})


def of_introduction(introduction: Introduction, held: frozenset[str]) -> list[Line]:
    """What happened, oldest first, in words. Messages and files of the room are left out, and the steps that follow
    from a deed told already; what the two said to each other is for those inside."""
    steps = {step.code: step.label for step in introduction.workflow.steps if step.code not in FOLLOWING}
    labels: dict[str, Any] = DEEDS | steps
    inside = bool(held & INSIDE)
    rows = Entry.objects.filter(subject_kind=Introduction.kind, subject_id=str(introduction.pk)).order_by("n")
    return [Line(row.at, row.who, str(labels[row.verb]), _why(row, inside)) for row in rows if row.verb in labels]


def _why(row: Entry, inside: bool) -> str:
    if row.verb in ("propose", "accept_terms"):
        return _("第 %(n)d 版") % {"n": row.data["n"]}
    return row.why if inside or row.verb in TOLD_TO_ALL else ""
