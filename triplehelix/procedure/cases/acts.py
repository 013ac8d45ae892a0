"""What may be done with a case beside its steps: by whom, and when it is offered. The actions ask again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.procedure.cases import judge, law, pay
from triplehelix.procedure.cases.actions.applying import ACCOUNT_IN
from triplehelix.procedure.cases.actions.extending import is_spent
from triplehelix.procedure.cases.actions.handling import CORRECTED_IN
from triplehelix.procedure.cases.actions.milestones import PLANNED_IN, unordered
from triplehelix.procedure.cases.actions.rejudging import REJUDGED_IN
from triplehelix.procedure.cases.flow import DEMANDED_FROM
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK, FINANCE
from triplehelix.procedure.cases.states import DEMANDED
from triplehelix.procedure.cases.waiting import next_milestone, waiting_milestone


@dataclass(frozen=True, slots=True)
class Act:
    """One act: who does it, and whether it is offered now. `is_seldom`: seldom wanted in its states."""

    code: str
    label: Any
    relation: str
    may: Callable[[Case], bool]
    danger: bool = False
    is_seldom: bool = False


def offered(case: Case, relations: frozenset[str]) -> list[Act]:
    """The acts for somebody with these relations, in the order declared."""
    return [act for act in ACTS.values() if act.relation in relations and act.may(case)]


def _may_extend(case: Case) -> bool:
    return case.state == "running" and bool(case.ends_on) and not is_spent(case, timezone.localdate())


def _may_name_account(case: Case) -> bool:
    return case.state in ACCOUNT_IN and not pay.account_bound(case)


def _unconfirmed(case: Case) -> bool:
    return case.state in ("accepting", "checking") and any(
        fact.key not in case.confirmed and fact.key in case.facts for fact in judge.asked(case.award)
    )


def _is_objected_to(case: Case) -> bool:
    return case.objections.filter(answered_at__isnull=True).exists()


def _is_under_another_law(case: Case) -> bool:
    return case.state in REJUDGED_IN and law.changed(case) is not None


def _has_milestone_next(case: Case) -> bool:
    return case.state == "running" and next_milestone(case) is not None


def _has_proof_waiting(case: Case) -> bool:
    return case.state == "running" and waiting_milestone(case) is not None


def _is_passed_unpaid(case: Case) -> bool:
    return case.state == "running" and bool(unordered(case))


def _owes(case: Case) -> bool:
    return case.state in DEMANDED_FROM and pay.paid(case) > pay.refunded(case)


def _is_demanded(case: Case) -> bool:
    return case.state == "clawing"


def _has_refund(case: Case) -> bool:
    return case.state in DEMANDED and pay.refunds(case).exists()


_DECLARED = (
    Act("account", _("收款账户"), APPLICANT, _may_name_account),
    Act("confirm", _("核对事实"), CLERK, _unconfirmed),
    Act("answer", _("答复异议"), CLERK, _is_objected_to),
    Act("correct", _("填写评审、决定结果或更正事实"), CLERK, lambda case: case.state in CORRECTED_IN, is_seldom=True),
    Act("rejudge", _("改按现行标准办理"), CLERK, _is_under_another_law, danger=True),
    Act("milestones", _("里程碑"), CLERK, lambda case: case.state in PLANNED_IN[case.is_staged]),
    Act("agreement", _("任务书"), CLERK, lambda case: case.state == "agreeing"),
    Act("proof", _("提交里程碑考核材料"), APPLICANT, _has_milestone_next),
    Act("pass", _("里程碑考核"), CLERK, _has_proof_waiting),
    Act("unpass", _("撤回里程碑考核结论"), CLERK, _is_passed_unpaid, danger=True, is_seldom=True),
    Act("extend", _("任务延期"), CLERK, _may_extend, is_seldom=True),
    # Written again, it takes the place of what was there, until it is handed in.
    Act("evaluate", _("绩效自评"), APPLICANT, lambda case: case.state == "evaluating"),
    Act("demand", _("追回资金"), CLERK, _owes, danger=True, is_seldom=True),
    Act("change_demand", _("更正追回金额"), CLERK, _is_demanded, is_seldom=True),
    Act("lift_demand", _("撤销追回"), CLERK, _is_demanded, danger=True, is_seldom=True),
    Act("refund", _("登记缴回国库"), FINANCE, _is_demanded),
    Act("void_refund", _("作废登记错的缴款书"), FINANCE, _has_refund, danger=True, is_seldom=True),
)
ACTS: Mapping[str, Act] = {act.code: act for act in _DECLARED}
