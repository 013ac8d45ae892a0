"""Experts are told of what they were drawn to judge: the round and the way to the task, never whose case it is."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat
from triplehelix.records.parties import letters
from triplehelix.records.parties.models import Account


def tell_experts(panel: Panel, seats: Iterable[Seat], now: datetime) -> None:
    """One message to each expert who can sign in, whatever number of these seats is theirs."""
    wanted = Seat.objects.filter(pk__in=[seat.pk for seat in seats], expert__account__is_active=True)
    theirs: dict[Account, list[Seat]] = {}
    for seat in wanted.select_related("expert__account").order_by("pk"):
        if account := seat.expert.account:
            theirs.setdefault(account, []).append(seat)
    for account, own in theirs.items():
        letters.write(
            [account], partial(_task, panel, own), kind="procedure.panel.seat", cause_kind="procedure.panel",
            cause_id=panel.pk, now=now,
        )  # fmt: skip


def _task(panel: Panel, seats: list[Seat]) -> tuple[str, str]:
    said = {"round": panel.round.title, "n": len(seats)}
    lines = [
        _("您被抽取为“%(round)s”的评审专家，有 %(n)d 项材料请您评分，单位和人员已隐去。请登录后打开：") % said,
        "\n".join(f"{settings.SITE_URL}{reverse('web:review', args=[seat.pk])}" for seat in seats),
        _("认出申报单位或人员、应当回避的，请在评分页填写“我应当回避”，不要评分。"),
    ]
    return _("评审任务：%(round)s") % said, "\n\n".join(lines) + "\n"


def tell_of_credit(finding: CreditFinding, now: datetime) -> None:
    """The expert reads what was confirmed of them, or that it no longer counts, on what grounds, where to object."""
    account = finding.expert.account
    if account is None or not account.is_active:
        return
    letters.write(
        [account], lambda: _credit(finding), kind="procedure.credit", cause_kind="procedure.credit",
        cause_id=finding.pk, now=now, page=reverse("web:reviews"),
    )  # fmt: skip


def _credit(finding: CreditFinding) -> tuple[str, str]:
    said = {
        "round": finding.panel.round.title, "kind": finding.get_kind_display(), "why": finding.why,
        "evidence": finding.evidence,
    }  # fmt: skip
    counts = finding.answer == "confirmed"
    subject = (_("评审信用记录：%(kind)s") if counts else _("评审信用记录已撤销：%(kind)s")) % said
    lines = [_("批次：%(round)s") % said, _("情况：%(evidence)s") % said, _("认定的理由：%(why)s") % said]
    lines.append(_("有异议的，请在收到通知后向市科技局说明，可以改正。") if counts else "")
    return subject, "\n\n".join(filter(None, lines)) + "\n"
