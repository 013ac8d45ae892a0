"""What somebody may do with a case beside its steps: each act is a small form, offered by state and relation.

An act's form is made from the case; `run` calls one action, which asks again whether it may be done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web import act_forms
from triplehelix.doors.web.objecting import AnswerForm
from triplehelix.doors.web.requests import Request
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases import actions, judge, law, pay
from triplehelix.procedure.cases.actions.applying import ACCOUNT_IN
from triplehelix.procedure.cases.actions.handling import CORRECTED_IN
from triplehelix.procedure.cases.actions.milestones import PLANNED_IN
from triplehelix.procedure.cases.actions.rejudging import REJUDGED_IN
from triplehelix.procedure.cases.flow import DEMANDED_FROM
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.waiting import next_milestone, waiting_milestone
from triplehelix.procedure.notices import actions as notices

Made = Callable[[Case, Any, Any], forms.Form]


@dataclass(frozen=True)
class Act:
    """One act. `may` says whether it is offered now; `made` its form, bound or not."""

    code: str
    label: Any
    relation: str
    may: Callable[[Case], bool]
    made: Made
    run: Callable[[Request, Case, Any, dict[str, Any]], object]
    danger: bool = False
    #: Seldom wanted in its state: its form is folded until somebody opens it.
    is_seldom: bool = False


def offered(case: Case, relations: frozenset[str]) -> Iterator[Act]:
    """The acts for somebody with these relations, in the order declared."""
    return (act for act in ACTS.values() if act.relation in relations and act.may(case))


def _given(request: Request, case: Case, seen: int) -> dict[str, Any]:
    return {"case": case, "actor": request.user, "now": timezone.now(), "seen_version": seen}


def _account(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    data = form.cleaned_data
    account = BankAccount(data["name"], data["number"], data["bank"], data["bank_code"])
    return actions.set_account(account=account, **given)


def _confirm(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.confirm_facts(keys=form.cleaned_data["facts"], **given)


def _correct(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    changed = {key: value for key, value in form.given.items() if case.facts.get(key) != value}
    return actions.correct_facts(facts=changed, why=form.cleaned_data["why"], **given)


def _rejudge(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.rejudge(**form.cleaned_data, **given)


def _agreement(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.sign_agreement(**form.cleaned_data, **given)


def _milestones(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.plan_milestones(rows=form.rows, **given)


def _proof(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    given.pop("case")
    milestone = next_milestone(case)
    assert milestone is not None
    return actions.submit_proof(
        milestone=milestone, text=form.cleaned_data["text"], file=_kept(request, case, form), **given
    )


def _kept(request: Request, case: Case, form: Any) -> Any:
    """The uploaded proof, kept for the firm and shown to the offices."""
    upload = form.cleaned_data["file"]
    if upload is None:
        return None
    return actions.keep_proof(
        case=case, content=upload.read(), name=upload.name, actor=request.user, now=timezone.now()
    )


def _pass(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    given.pop("case")
    milestone = waiting_milestone(case)
    assert milestone is not None
    passed = form.cleaned_data["passed"] == "yes"
    return actions.pass_milestone(milestone=milestone, passed=passed, why=form.cleaned_data["why"], **given)


def _evaluate(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.evaluate(**form.cleaned_data, **given)


def _demand(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.demand_back(amount_fen=form.fen("amount"), why=form.cleaned_data["why"], **given)


def _change_demand(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    said = {name: form.cleaned_data[name] for name in ("why", "document")}
    return actions.change_demand(amount_fen=form.fen("amount"), **said, **given)


def _lift_demand(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.lift_demand(**form.cleaned_data, **given)


def _refund(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.record_refund(amount_fen=form.fen("amount"), receipt=form.cleaned_data["receipt"], **given)


def _answer_form(case: Case, data: Any, files: Any) -> AnswerForm:
    return AnswerForm(data, case.objections.filter(answered_at__isnull=True))


def _answer(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return notices.answer(**form.answered(), actor=request.user, now=given["now"])


def _unconfirmed(case: Case) -> bool:
    return case.state in ("accepting", "checking") and any(
        fact.key not in case.confirmed and fact.key in case.facts for fact in judge.asked(case.award)
    )


def _owes(case: Case) -> bool:
    return case.state in DEMANDED_FROM and pay.paid(case) > pay.refunded(case)


def _is_demanded(case: Case) -> bool:
    return case.state == "clawing"


ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act(
            "account",
            gettext_lazy("收款账户"),
            "applicant",
            lambda c: c.state in ACCOUNT_IN and not pay.account_bound(c),
            act_forms.account,
            _account,
        ),
        Act("confirm", gettext_lazy("核对事实"), "clerk", _unconfirmed, act_forms.confirm, _confirm),
        Act(
            "answer",
            gettext_lazy("答复异议"),
            "clerk",
            lambda c: c.objections.filter(answered_at__isnull=True).exists(),
            _answer_form,
            _answer,
        ),
        Act(
            "correct",
            gettext_lazy("填写评审、决定结果或更正事实"),
            "clerk",
            lambda c: c.state in CORRECTED_IN,
            act_forms.correct,
            _correct,
            is_seldom=True,
        ),
        Act(
            "rejudge",
            gettext_lazy("改按现行标准办理"),
            "clerk",
            lambda c: c.state in REJUDGED_IN and law.changed(c) is not None,
            act_forms.reason,
            _rejudge,
            danger=True,
        ),
        Act(
            "milestones",
            gettext_lazy("里程碑"),
            "clerk",
            lambda c: c.state in PLANNED_IN[c.is_staged],
            act_forms.milestones,
            _milestones,
        ),
        Act(
            "agreement",
            gettext_lazy("任务书"),
            "clerk",
            lambda c: c.state == "agreeing",
            act_forms.agreement,
            _agreement,
        ),
        Act(
            "proof",
            gettext_lazy("提交里程碑考核材料"),
            "applicant",
            lambda c: c.state == "running" and next_milestone(c) is not None,
            act_forms.proof,
            _proof,
        ),
        Act(
            "pass",
            gettext_lazy("里程碑考核"),
            "clerk",
            lambda c: c.state == "running" and waiting_milestone(c) is not None,
            act_forms.passing,
            _pass,
        ),
        Act(
            "evaluate",
            gettext_lazy("绩效自评"),
            "applicant",
            lambda c: c.state == "evaluating" and not c.evaluation,
            act_forms.evaluation,
            _evaluate,
        ),
        Act("demand", gettext_lazy("追回资金"), "clerk", _owes, act_forms.demand, _demand, danger=True, is_seldom=True),
        Act(
            "change_demand",
            gettext_lazy("更正追回金额"),
            "clerk",
            _is_demanded,
            act_forms.change_demand,
            _change_demand,
            is_seldom=True,
        ),
        Act(
            "lift_demand",
            gettext_lazy("撤销追回"),
            "clerk",
            _is_demanded,
            act_forms.lift_demand,
            _lift_demand,
            danger=True,
            is_seldom=True,
        ),
        Act("refund", gettext_lazy("登记缴回国库"), "finance", _is_demanded, act_forms.refund, _refund),
    )
}


def run(act: Act, request: Request, case: Case, form: forms.Form, seen: int) -> str:
    """Do it; answers what to tell. Raises Refused, Invalid, evidence.Unacceptable."""
    act.run(request, case, form, _given(request, case, seen))
    return _("已办理：%(act)s") % {"act": act.label}
