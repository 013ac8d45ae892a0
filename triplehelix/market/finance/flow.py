"""融资办件的流程 (domain M5.2): a firm's wish at one institution, from the consent to the loan's end.

Arrears, compensation and recovery concern loans that were filed; a loan that was not filed is simply repaid.
"""

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.finance import effects, guards
from triplehelix.market.finance.access import CITY, FIRM, INSTITUTION
from triplehelix.records.steps.actions import SYSTEM

LENDERS = (INSTITUTION, CITY)
T = (effects.touch,)
#: Where a loan that was settled by a payment entered wrongly goes back to, and the label of that.
SETTLED_FROM, UNSETTLED = ("granted", "filed", "overdue", "unfiled"), _("撤销结清")

FLOW = Workflow(
    "finance",
    start="lead",
    states=(
        State("lead", _("待授权")),
        State("consented", _("待受理")),
        State("handling", _("机构办理中")),
        State("granted", _("已签约")),
        State("filed", _("已备案")),
        State("overdue", _("逾期")),
        State("compensated", _("已补偿")),
        State("unfiled", _("备案已撤销")),
        State("repaid", _("已结清"), final=True),
        State("recovered", _("追偿完结"), final=True),
        State("refused", _("未获支持"), final=True),
        State("withdrawn", _("已撤回"), final=True),
    ),
    steps=(
        Step("consent", _("授权"), "lead", "consented", FIRM, (guards.consented,),
             (effects.answer_due, *T), INSTITUTION),
        Step("retract", _("撤回授权"), ("consented", "handling"), "lead", (FIRM, SYSTEM), (guards.no_consent,),
             (effects.nothing_due, *T), (INSTITUTION, FIRM)),
        Step("accept", _("受理"), "consented", "handling", INSTITUTION, (), (effects.decision_due, *T), FIRM),
        Step("decline", _("婉拒"), ("consented", "handling"), "refused", INSTITUTION, (guards.reason_coded,),
             (effects.nothing_due, *T), FIRM),
        Step("grant", _("登记合同"), "handling", "granted", INSTITUTION, (guards.contract_there,),
             (effects.nothing_due, *T), (FIRM, CITY)),
        # Only the city: a filing opens what the lender itself is paid.
        Step("file", _("备案"), "granted", "filed", CITY, (guards.filing_accepted,), T, (FIRM, INSTITUTION)),
        Step("unfile", _("撤销备案"), ("filed", "overdue"), "unfiled", (SYSTEM, CITY), (guards.filing_revoked,), T,
             (FIRM, INSTITUTION, CITY)),
        Step("refile", _("恢复备案"), "unfiled", "filed", CITY, (guards.filing_stands,), T, (FIRM, INSTITUTION)),
        Step("fall_due", _("登记逾期"), "filed", "overdue", LENDERS, (guards.owes,), T, (FIRM, CITY)),
        Step("catch_up", _("已归还逾期"), "overdue", "filed", LENDERS, (guards.with_note,), T, (FIRM, CITY)),
        Step("repay", _("结清"), ("granted", "filed", "unfiled", "overdue"), "repaid", LENDERS,
             (guards.nothing_owed,), (effects.guarantee_ended, *T), (FIRM, CITY)),
        Step("compensate", _("登记风险补偿"), "overdue", "compensated", CITY, (guards.loss_there,), T,
             (FIRM, INSTITUTION)),
        Step("recover", _("追偿完结"), "compensated", "recovered", LENDERS, (guards.with_note,), T, (FIRM, CITY)),
        *(
            Step(f"unsettle_{state}", UNSETTLED, "repaid", state, INSTITUTION, (guards.payment_voided,), T,
                 (FIRM, CITY), corrects=True)
            for state in SETTLED_FROM
        ),
        # Institution and city are told by the act itself, which also says of what.
        Step("unrecover", _("撤销追偿完结"), "recovered", "compensated", LENDERS, (guards.recovery_voided,), T, FIRM,
             corrects=True),
        Step("withdraw", _("撤回申请"), ("lead", "consented", "handling"), "withdrawn", FIRM, (),
             (effects.end_consent, effects.nothing_due, *T), INSTITUTION),
    ),
)  # fmt: skip
