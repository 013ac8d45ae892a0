"""Experts are told of what they were drawn to judge: the round and the way to the task, never whose case it is."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from triplehelix.procedure.panels.models import Panel, Seat
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties.models import Account


def tell_experts(panel: Panel, seats: Iterable[Seat], now: datetime) -> None:
    """One message to each expert who can sign in, whatever number of these seats is theirs."""
    wanted = Seat.objects.filter(pk__in=[seat.pk for seat in seats], expert__account__is_active=True)
    theirs: dict[Account, list[Seat]] = {}
    for seat in wanted.select_related("expert__account").order_by("pk"):
        if account := seat.expert.account:
            theirs.setdefault(account, []).append(seat)
    for account, own in theirs.items():
        with translation.override(account.language):
            subject, body = _words(panel, own)
        outbox.tell(
            kind="procedure.panel.seat", to=account.email, subject=subject, body=body, cause_kind="procedure.panel",
            cause_id=str(panel.pk), now=now,
        )  # fmt: skip


def _words(panel: Panel, seats: list[Seat]) -> tuple[str, str]:
    said = {"round": panel.round.title, "n": len(seats)}
    lines = [
        _("您被抽取为“%(round)s”的评审专家，有 %(n)d 项材料请您评分，单位和人员已隐去。请登录后打开：") % said,
        "\n".join(f"{settings.SITE_URL}{reverse('web:review', args=[seat.pk])}" for seat in seats),
        _("认出申报单位或人员、应当回避的，请在评分页填写“我应当回避”，不要评分。"),
    ]
    return _("评审任务：%(round)s") % said, "\n\n".join(lines) + "\n"
