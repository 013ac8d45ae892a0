"""What happened to a sale, in words, and which of it a reader is told."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.contracts.access import PERSONAL
from triplehelix.market.contracts.models import Sale
from triplehelix.records.amounts import in_words
from triplehelix.records.steps.history import Line
from triplehelix.records.trail.models import Entry

#: Rows of the trail that are no step.
DEEDS = {
    "open": gettext_lazy("开始交易"), "rights": gettext_lazy("填写权属核查"), "price": gettext_lazy("填写价格"),
    "buyer": gettext_lazy("确定受让方"), "tag": gettext_lazy("加标签"), "propose": gettext_lazy("提交定价方案"),
    "money": gettext_lazy("登记款项"), "royalty": gettext_lazy("申报提成"), "landed": gettext_lazy("成功落地"),
    "moved": gettext_lazy("落地日期变动"), "unlanded": gettext_lazy("不再符合落地条件"),
    "follow_up": gettext_lazy("填写年度跟踪"), "overdue": gettext_lazy("提醒逾期付款"),
    "void_receipt": gettext_lazy("作废回单"), "void_royalty": gettext_lazy("作废提成"),
    "amend": gettext_lazy("更正、变更合同"), "correct_registration": gettext_lazy("更正认定登记"),
    "correct_result": gettext_lazy("更正成交结果"),
    "trial_over": gettext_lazy("提醒试用期满"), "due": gettext_lazy("确定付款期限"),
    "set_due": gettext_lazy("补定办理期限"),
}  # fmt: skip
#: Said by the step that follows in the same act.
SILENT = frozenset({"contract", "result", "relist_decision", "sheet"})
OF_THE_SHEET = frozenset({"publish_reward", "object_reward", "dismiss_reward", "redo_reward", "end_reward"})


def of_sale(sale: Sale, held: frozenset[str]) -> list[Line]:
    """What happened, oldest first, in words; of the distribution only to those who may see it."""
    labels: dict[str, Any] = DEEDS | {step.code: step.label for step in sale.workflow.steps}
    subjects = [(Sale.kind, str(sale.pk))]
    trial = getattr(getattr(sale, "contract", None), "trial", None)
    if trial is not None:
        labels |= {step.code: step.label for step in trial.workflow.steps}
        subjects.append((trial.kind, str(trial.pk)))
    found = [row for kind, pk in subjects for row in Entry.objects.filter(subject_kind=kind, subject_id=pk)]
    hidden = SILENT if held & PERSONAL else SILENT | OF_THE_SHEET
    rows = sorted((row for row in found if row.verb not in hidden), key=lambda row: row.seq)
    return [Line(row.at, row.who, str(labels.get(row.verb, row.verb)), _why(row)) for row in rows]


def _why(row: Entry) -> str:
    """The reason, and the amount where there is one."""
    said = row.data
    if row.verb in ("money", "void_receipt"):
        way = _("退款") if said["way"] == "out" else _("到账")
        return " ".join(part for part in (way, in_words(said["fen"]), row.why) if part)
    if row.verb == "price":
        return " ".join(part for part in (in_words(said["to"]), row.why) if part)
    if row.verb in ("landed", "moved", "due"):
        return str(said.get("on", ""))
    return row.why
