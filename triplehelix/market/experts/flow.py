"""采集的流程. The program runs, waits and ends a harvest; officers stop it, and let it go on where it stood."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.experts.access import DESK
from triplehelix.records.steps.actions import SYSTEM


def _at_once(case: Any, actor: Any, now: datetime) -> None:
    """Who lets it go on does not wait for the moment the last failure was put off to, nor are old failures counted."""
    case.next_try, case.tries, case.changed_at = None, 0, now


FLOW = Workflow(
    "harvest",
    start="queued",
    states=(
        State("queued", _("排队中")),
        State("running", _("采集中")),
        State("waiting", _("等待再试")),
        State("failed", _("没有完成")),
        State("stopped", _("已停止")),
        State("done", _("已完成"), final=True),
    ),
    steps=(
        Step("run", _("开始"), ("queued", "waiting"), "running", SYSTEM),
        Step("wait", _("稍后再试"), "running", "waiting", SYSTEM),
        Step("finish", _("完成"), "running", "done", SYSTEM),
        Step("fail", _("无法继续"), ("queued", "running", "waiting"), "failed", SYSTEM, tells=DESK),
        Step("stop", _("停止"), ("queued", "running", "waiting"), "stopped", DESK),
        Step("resume", _("接着采集"), ("waiting", "failed", "stopped"), "queued", DESK, effects=(_at_once,)),
    ),
)
