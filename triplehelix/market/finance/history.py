"""What happened to a case of finance, in words, and which of it a reader is told."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.finance import changes
from triplehelix.market.finance.access import FIRM
from triplehelix.market.finance.models import Application
from triplehelix.records.steps.history import Line
from triplehelix.records.trail.models import Entry

#: Rows of the trail that are no step of the workflow.
DEEDS = {
    "pick": gettext_lazy("选定机构"),
    "agree": gettext_lazy("签署授权书"),
    "revoke": gettext_lazy("撤回授权书"),
    "lapse": gettext_lazy("授权到期"),
    "set_due": gettext_lazy("补定办理期限"),
    "open": gettext_lazy("机构查阅企业资料"),
    "open_sheet": gettext_lazy("机构下载备案表"),
    "reason": gettext_lazy("填写婉拒原因"),
    "contract": gettext_lazy("登记合同"),
    "submit_filing": gettext_lazy("提交备案"),
    "filing_outcome": gettext_lazy("备案结果"),
    "revoke_filing": gettext_lazy("撤销备案"),
    "restore_filing": gettext_lazy("恢复备案"),
    "payment": gettext_lazy("登记还款"),
    "correct_contract": gettext_lazy("更正合同"),
    "void_payment": gettext_lazy("作废还款"),
    "loss": gettext_lazy("报送本金损失"),
    "recovery": gettext_lazy("登记追偿"),
    "void_recovery": gettext_lazy("作废追偿"),
    "claim": gettext_lazy("计算补助"),
    "void_claim": gettext_lazy("作废计算"),
}
#: A row of the trail that a step repeats.
SAID_TWICE = frozenset({"reason", "contract", "revoke_filing", "restore_filing"})


def _why(row: Entry) -> str:
    """The reason, and of a contract put right what was changed."""
    if row.verb != "correct_contract":
        return row.why
    return "；".join([*changes.lines(row.data["was"], row.data["now"]), row.why])


def of_application(case: Application, held: frozenset[str]) -> list[Line]:
    """What happened, oldest first. An institution is not told who acted for the firm."""
    labels: dict[str, Any] = DEEDS | {step.code: step.label for step in case.workflow.steps}
    rows = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk)).exclude(verb__in=SAID_TWICE)
    everybody = bool(held & {FIRM, "city", "auditor"})
    own, firm = set(), set()
    if not everybody:
        own = set(case.institution.organisation.memberships.values_list("account_id", flat=True))
        firm = set(case.lead.organisation.memberships.values_list("account_id", flat=True))

    def who(row: Entry) -> str:
        if everybody or row.actor_account in own or row.actor_account is None:
            return row.who
        return _("企业") if row.actor_account in firm else _("主管部门")

    return [
        Line(row.at, who(row), str(labels.get(row.verb, row.verb)),
             _why(row) if everybody or row.actor_account in own else "")
        for row in rows.order_by("n")
    ]  # fmt: skip
