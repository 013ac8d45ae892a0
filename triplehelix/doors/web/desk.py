"""What the pages of the procedure share: the case behind an address, its history in words, who may look."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy

from triplehelix.doors.web import steps
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import Line
from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.access import audiences

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
    "plan_milestones": gettext_lazy("登记里程碑"),
    "submit_proof": gettext_lazy("提交考核材料"),
    "pass_milestone": gettext_lazy("里程碑通过"),
    "send_back_proof": gettext_lazy("考核材料退回"),
    "self_evaluate": gettext_lazy("绩效自评"),
    "demand_amount": gettext_lazy("确定追回金额"),
    "refund": gettext_lazy("缴回国库"),
}
#: The list of papers says these, with the papers.
SILENT = ("add_paper", "take_back_paper")


def case_of(request: Request, pk: int) -> Case:
    """The case, for those who may see it; 404 for everybody else."""
    rows = Case.objects.select_related("organisation", "round", "leader")
    return get_object_or_404(access.visible(rows, request.user, timezone.localdate()), pk=pk)


def clerk(request: Request) -> None:
    """404 for whoever is no officer of the city's science bureau."""
    if not request.user.is_authenticated or not access.is_clerk(request.user, timezone.localdate()):
        raise Http404


def keeps_register(request: Request) -> bool:
    """Whether somebody may enter into a register of the bureau: its officers; the auditor reads along, and enters
    nothing. 404 for everybody else."""
    today = timezone.localdate()
    if access.is_clerk(request.user, today):
        return True
    if request.method == "POST" or "auditor" not in audiences(request.user, today):
        raise Http404
    return False


def history(case: Case) -> list[Line]:
    """What happened to a case, oldest first, in words."""
    # Autosave writes often: of writings one after another the last is enough.
    found: list[Line] = []
    for line in steps.history(case, DEEDS, SILENT):
        if found and found[-1].what == line.what == str(DEEDS["write"]):
            found.pop()
        found.append(line)
    return found
