"""The acts on a case (procedure.cases.acts) as forms on its page: each is made from the case and runs one action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web import act_forms
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.objecting import AnswerForm
from triplehelix.doors.web.requests import Request
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.acts import Act
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.waiting import next_milestone, waiting_milestone
from triplehelix.procedure.notices import actions as notices

Made = Callable[[Case, Any, Any], Form]
Run = Callable[[Request, Case, Any, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class ActForm:
    """The form of one act: `made` from the case, bound or not, and what `run` does with it."""

    made: Made
    run: Run


def _given(request: Request, case: Case, seen: int) -> dict[str, Any]:
    return {"case": case, "actor": request.user, "now": timezone.now(), "seen_version": seen}


def _plain(made: type[Form]) -> Made:
    return lambda case, data, files: made(data)


def _with(action: Callable[..., object]) -> Run:
    """An action that takes just what its form asks."""
    return lambda request, case, form, given: action(**form.cleaned_data, **given)


def _account(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    data = form.cleaned_data
    account = BankAccount(data["name"], data["number"], data["bank"], data["bank_code"])
    return actions.set_account(account=account, **given)


def _confirm(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.confirm_facts(keys=form.cleaned_data["facts"], **given)


def _correct(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    changed = {key: value for key, value in form.given.items() if case.facts.get(key) != value}
    return actions.correct_facts(facts=changed, why=form.cleaned_data["why"], **given)


def _milestones(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.plan_milestones(rows=form.planned, **given)


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


def _unpass(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.unpass_milestone(seq=int(form.cleaned_data["seq"]), why=form.cleaned_data["why"], **given)


def _demand(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.demand_back(amount_fen=form.fen("amount"), why=form.cleaned_data["why"], **given)


def _change_demand(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    said = {name: form.cleaned_data[name] for name in ("why", "document")}
    return actions.change_demand(amount_fen=form.fen("amount"), **said, **given)


def _refund(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return actions.record_refund(amount_fen=form.fen("amount"), receipt=form.cleaned_data["receipt"], **given)


def _answer_form(case: Case, data: Any, files: Any) -> AnswerForm:
    return AnswerForm(data, case.objections.filter(answered_at__isnull=True))


def _answer(request: Request, case: Case, form: Any, given: dict[str, Any]) -> object:
    return notices.answer(**form.answered(), actor=request.user, now=given["now"])


FORMS: Mapping[str, ActForm] = {
    "account": ActForm(act_forms.account, _account),
    "confirm": ActForm(act_forms.confirm, _confirm),
    "answer": ActForm(_answer_form, _answer),
    "correct": ActForm(act_forms.correct, _correct),
    "rejudge": ActForm(_plain(act_forms.ReasonForm), _with(actions.rejudge)),
    "milestones": ActForm(act_forms.milestones, _milestones),
    "agreement": ActForm(act_forms.agreement, _with(actions.sign_agreement)),
    "proof": ActForm(act_forms.proof, _proof),
    "pass": ActForm(_plain(act_forms.PassForm), _pass),
    "unpass": ActForm(act_forms.unpassing, _unpass),
    "extend": ActForm(act_forms.extension, _with(actions.extend)),
    "evaluate": ActForm(act_forms.evaluation, _with(actions.evaluate)),
    "demand": ActForm(act_forms.demand, _demand),
    "change_demand": ActForm(act_forms.change_demand, _change_demand),
    "lift_demand": ActForm(_plain(act_forms.LiftDemandForm), _with(actions.lift_demand)),
    "refund": ActForm(act_forms.refund, _refund),
    "void_refund": ActForm(act_forms.void_refund, _with(actions.void_refund)),
}


def run(act: Act, request: Request, case: Case, form: Form, seen: int) -> str:
    """Do it, whole or not at all: what is refused leaves no proof behind. Answers what to tell. Raises Refused,
    Invalid, evidence.Unacceptable."""
    with transaction.atomic():
        FORMS[act.code].run(request, case, form, _given(request, case, seen))
    return _("已办理：%(act)s") % {"act": act.label}
