"""What becomes of an opening. The program takes every step: people act on the sale before it and on the case after."""

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.procedure.openings import guards
from triplehelix.records.steps.actions import SYSTEM

FIRM, CLERK = "firm", "clerk"

FLOW = Workflow(
    "opening",
    start="waiting",
    states=(
        State("waiting", _("等待批次")),
        State("opened", _("已建立办件")),
        State("doubtful", _("依据有变，办件待核对")),
        State("taken_back", _("已撤回")),
    ),
    steps=(
        Step("open", _("建立办件"), "waiting", "opened", SYSTEM, (guards.has_case,), (), FIRM),
        Step("doubt", _("依据有变"), "opened", "doubtful", SYSTEM, (), (), CLERK),
        Step("restore", _("依据已恢复"), "doubtful", "opened", SYSTEM, (), (), CLERK),
        Step("take_back", _("撤回"), ("waiting", "opened", "doubtful"), "taken_back", SYSTEM, (), (), FIRM),
        Step("again", _("重新列入"), "taken_back", "waiting", SYSTEM, (), (), FIRM),
    ),
)  # fmt: skip
