"""采集的流程. The program runs, waits and ends a harvest; officers stop it, and let it go on where it stood."""

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.experts.access import DESK
from triplehelix.records.steps.actions import SYSTEM

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
        Step("resume", _("接着采集"), ("waiting", "failed", "stopped"), "queued", DESK),
    ),
)
