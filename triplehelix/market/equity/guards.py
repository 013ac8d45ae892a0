"""What must be true before a step of a deal or a roadshow. A guard answers why not, or None."""

from datetime import datetime

from django.utils.translation import gettext as _

from triplehelix.market.equity.models import Deal, Event
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.models import Stateful


def with_note(case: Stateful, actor: Account | None, now: datetime) -> str | None:
    return None if case.noted else _("请写明原因")


def of_another(case: Deal, actor: Account | None, now: datetime) -> str | None:
    """Who acts for both sides does not confirm for the one what he wrote for the other."""
    own = actor is not None and actor.pk == case.recorded_by_id
    return _("这笔投资是您自己登记的，请企业的另一位同事确认") if own else None


def converts(case: Deal, actor: Account | None, now: datetime) -> str | None:
    return None if case.converts else _("只有拨投结合、先投后股才有转股条件")


def valued(case: Deal, actor: Account | None, now: datetime) -> str | None:
    if reason := converts(case, actor, now):
        return reason
    return None if case.post_fen else _("请先登记转股时的投前、投后估值")


def exit_there(case: Deal, actor: Account | None, now: datetime) -> str | None:
    if case.exit_on is None:
        return _("请先登记退出方式、日期和金额")
    return _("还没有转股，请先登记转股或了结") if case.converts and case.state == "agreed" else None


def begun(case: Event, actor: Account | None, now: datetime) -> str | None:
    return None if case.starts_at <= now else _("活动还没有开始")
