"""Workflows of a deal and of a roadshow.

拨投结合 and 先投后股 are agreed on first and turn into shares later, or end without; plain equity is held at once.
"""

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.equity import guards
from triplehelix.market.equity.access import CITY, FIRM, FUND

ANNUL = _("撤销有误的登记")

FLOW = Workflow(
    "deal",
    start="proposed",
    states=(
        State("proposed", _("待企业确认")),
        State("agreed", _("已投资")),
        State("converted", _("已转股")),
        State("exited", _("已退出"), final=True),
        State("lapsed", _("未转股了结"), final=True),
        State("refused", _("企业未同意"), final=True),
        State("withdrawn", _("已撤回"), final=True),
        State("annulled", _("登记有误，已撤销"), final=True),
    ),
    steps=(
        Step("agree", _("确认属实"), "proposed", "agreed", FIRM, (guards.of_another,), (), FUND),
        Step("refuse", _("不同意"), "proposed", "refused", FIRM, (guards.with_note,), (), FUND),
        Step("withdraw", _("撤回"), "proposed", "withdrawn", FUND, (), (), FIRM),
        Step("convert", _("登记转股"), "agreed", "converted", FUND, (guards.valued,), (), FIRM),
        Step("lapse", _("条件未成就，了结"), "agreed", "lapsed", FUND, (guards.converts, guards.with_note), (), FIRM),
        Step("exit", _("登记退出"), ("agreed", "converted"), "exited", FUND, (guards.exit_there,), (), FIRM),
        # What both sides have let stand with a wrong figure: taken back by neither of them, and entered anew.
        Step("annul", ANNUL, ("agreed", "converted"), "annulled", CITY, (guards.with_note,), (), (FUND, FIRM)),
        Step(
            "annul_ended",
            ANNUL,
            ("exited", "lapsed"),
            "annulled",
            CITY,
            (guards.with_note,),
            (),
            (FUND, FIRM),
            corrects=True,
        ),
    ),
)

EVENT = Workflow(
    "roadshow",
    start="open",
    states=(
        State("open", _("报名中")),
        State("done", _("已举办"), final=True),
        State("cancelled", _("已取消"), final=True),
    ),
    steps=(
        Step("hold", _("登记已举办"), "open", "done", CITY, (guards.begun,)),
        Step("cancel", _("取消活动"), "open", "cancelled", CITY, (guards.with_note,), (), "registered"),
    ),
)
