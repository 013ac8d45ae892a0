"""What the fund's lists are as sheets: the ledger, its execution by month, the year's self-review."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import Sheet
from triplehelix.fund.finds import VERBS, Executed
from triplehelix.fund.models import Movement
from triplehelix.fund.selfreview import EXECUTION, SelfReview


def ledger_sheet(movements: Iterable[Movement]) -> Sheet:
    """Movements as `finds.movements` gives them, a line each, from and to with their accounts."""
    headings = [
        _("序号"), _("时间"), _("业务"), _("从"), _("到"), _("金额（元）"), _("单位"), _("事项"), _("摘要"), _("经办"),
    ]  # fmt: skip
    return Sheet(_("资金流水"), headings, map(_movement, movements))


def _movement(one: Movement) -> tuple[Any, ...]:
    held = one.commitment
    said = (held.payee.name, held.subject) if held is not None else ("", "")
    ways = (
        f"{one.credit_purse or one.pool} · {one.get_credit_display()}",
        f"{one.debit_purse or one.pool} · {one.get_debit_display()}",
    )
    at = timezone.localtime(one.at).replace(microsecond=0)
    verb = str(VERBS.get(one.verb, one.verb))
    return (one.pk, at, verb, *ways, Fen(one.amount_fen), *said, one.why, str(one.actor or ""))


def execution_sheet(rows: Iterable[Executed]) -> Sheet:
    """Months by uses, as `finds.execution` gives them."""
    headings = [
        _("月份"), _("用途"), _("本月承诺（元）"), _("本月支付（元）"), _("累计承诺（元）"), _("累计支付（元）"),
    ]  # fmt: skip
    lines = (
        (f"{one.month:%Y-%m}", one.label, one.committed, one.paid, one.committed_so_far, one.paid_so_far)
        for one in rows
    )
    return Sheet(_("资金执行"), headings, lines)


def self_review_sheet(review: SelfReview) -> Sheet:
    """The parts with their points, and the sum with its grade."""
    percent = (review.rate * 10_000).__round__()
    said = {"budget": review.budget, "executed": review.executed, "rate": f"{percent // 100}.{percent % 100:02d}%"}
    note = _("全年预算数 %(budget)s，全年执行数 %(executed)s，执行率 %(rate)s") % said
    lines: list[tuple[Any, ...]] = [
        (one.label, one.weight, one.score, note if one.key == EXECUTION else "") for one in review.parts
    ]
    lines.append((_("合计"), sum(one.weight for one in review.parts), review.total, review.grade))
    title = _("%(year)d 年度绩效自评") % {"year": review.year}
    return Sheet(title, [_("指标"), _("分值"), _("得分"), _("说明")], lines, landscape=False)
