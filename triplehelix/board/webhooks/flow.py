"""The workflow of a webhook: its owner stops and starts it; a day without a single success stops it too, and
so does its maker's leaving: what it may be told is what that account may see."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from triplehelix.board.webhooks.models import Hook
from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM

OWNER = "owner"


def begin_anew(case: Hook, actor: Account | None, now: datetime) -> None:
    """What waits is sent at once, and the day counts from here. Whoever starts it answers for it from now on."""
    if actor is not None:
        case.created_by = actor
    case.next_try, case.failing_since = None, None


FLOW = Workflow(
    "webhook",
    start="on",
    states=(State("on", _("推送中")), State("off", _("已停用")), State("ended", _("已删除"), final=True)),
    steps=(
        Step("stop", _("停用"), "on", "off", OWNER),
        Step("start", _("启用"), "off", "on", OWNER, (), (begin_anew,)),
        Step("give_up", _("自动停用"), "on", "off", SYSTEM, (), (), OWNER),
        Step("end", _("删除"), ("on", "off"), "ended", OWNER),
    ),
)
