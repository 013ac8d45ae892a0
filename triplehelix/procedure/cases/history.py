"""What happened to a case, in words."""

from django.utils.translation import gettext_lazy

from triplehelix.procedure.cases.models import Case
from triplehelix.records.steps import history as steps
from triplehelix.records.steps.history import Line
from triplehelix.records.trail.models import Entry

#: Rows of the trail that are no step of a workflow.
DEEDS = {
    "start": gettext_lazy("开始填报"),
    "candidate": gettext_lazy("列入候选名单"),
    "begin": gettext_lazy("自动建立办件"),
    "refill": gettext_lazy("按交易的最新情况更新事实"),
    "write": gettext_lazy("填写内容"),
    "account": gettext_lazy("填写收款账户"),
    "confirm_facts": gettext_lazy("核对事实"),
    "correct_facts": gettext_lazy("更正事实"),
    "review": gettext_lazy("评审汇总"),
    "share": gettext_lazy("按预算分配"),
    "rejudge": gettext_lazy("改按现行标准办理"),
    "agreement": gettext_lazy("登记任务书"),
    "extend": gettext_lazy("任务延期"),
    "plan_milestones": gettext_lazy("登记里程碑"),
    "submit_proof": gettext_lazy("提交考核材料"),
    "pass_milestone": gettext_lazy("里程碑通过"),
    "unpass_milestone": gettext_lazy("撤回里程碑考核结论"),
    "send_back_proof": gettext_lazy("考核材料退回"),
    "self_evaluate": gettext_lazy("绩效自评"),
    "demand_amount": gettext_lazy("确定追回金额"),
    "refund": gettext_lazy("缴回国库"),
    "void_refund": gettext_lazy("作废登记错的缴款书"),
    "set_due": gettext_lazy("补定办理期限"),
}
#: The list of papers says these, with the papers.
SILENT = ("add_paper", "take_back_paper")


def of_case(case: Case) -> list[Line]:
    """What happened to a case, oldest first, in words."""
    # Autosave writes often: of writings one after another the last is enough.
    found: list[Line] = []
    for line in steps.history(case, DEEDS, SILENT):
        if found and found[-1].what == line.what == str(DEEDS["write"]):
            found.pop()
        found.append(line)
    return found


def correction_asked(case: Case) -> str:
    """What 补正 has asked the applicant for, in the office's words; "" when nothing has to be put right."""
    if case.state != "correcting":
        return ""
    rows = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(case.pk), verb="ask_correction")
    return rows.order_by("-n").values_list("why", flat=True).first() or ""
