"""What may be done with a finance case besides its steps: one form each, offered as `market.finance.acts` says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web import finance_corrections as corrected
from triplehelix.doors.web import finance_forms as asked
from triplehelix.doors.web.asking import Form
from triplehelix.market.finance import actions, acts
from triplehelix.market.finance.models import Application
from triplehelix.procedure.cases import known
from triplehelix.procedure.terms.finds import decided


@dataclass(frozen=True)
class Act:
    """`made`: its form; `run` does it, with case, actor, now and seen_version given.

    Where the form shows words first, `button` asks for them and `agrees` is pressed below them.
    """

    code: str
    label: Any
    button: Any
    made: Callable[[Application, Any], Form]
    run: Callable[[Form, dict[str, Any]], object]
    danger: bool = False
    folded: bool = False
    agrees: Any = None

    def pressed(self, form: Form) -> Any:
        """What its button says."""
        return self.agrees if getattr(form, "text", "") else self.button


def offered(case: Application, held: frozenset[str]) -> list[Act]:
    """The acts somebody with these relations is offered."""
    return [ACTS[act.code] for act in acts.offered(case, held)]


def _claim(kind: str) -> Callable[[Form, dict[str, Any]], object]:
    def run(form: Form, given: dict[str, Any]) -> object:
        base = form.cleaned_data.get("base_fen")
        return actions.claim(kind=kind, base_fen=base, decided=decided(), **given)

    return run


def _consent(form: Form, given: dict[str, Any]) -> object:
    said = form.cleaned_data
    return actions.give_consent(fields=said["fields_"], until=said["until"], agreed=said["agreed"], **given)


def _plain(made: type[Form]) -> Callable[[Application, Any], Form]:
    return lambda case, data: made(data)


def _values(verb: Callable[..., object]) -> Callable[[Form, dict[str, Any]], object]:
    return lambda form, given: verb(values=form.cleaned_data, **given)


def _with(action: Callable[..., object]) -> Callable[[Form, dict[str, Any]], object]:
    """An action that takes just what its form asks."""
    return lambda form, given: action(**form.cleaned_data, **given)


def _grant(form: Form, given: dict[str, Any]) -> object:
    assert isinstance(form, asked.ContractForm)
    return actions.grant(values=form.values(), **given)


def _correct(form: Form, given: dict[str, Any]) -> object:
    assert isinstance(form, corrected.CorrectContractForm)
    reason = form.cleaned_data["reason"]
    return actions.correct_contract(values=form.values(), reason=reason, applied=known.applied_for, **given)


def _loss(form: Form, given: dict[str, Any]) -> object:
    return actions.report_loss(values=form.cleaned_data, decided=decided(), **given)


CLAIMS = {
    "interest": (gettext_lazy("计算贴息"), asked.InterestForm),
    "premium": (gettext_lazy("计算保费补贴"), asked.PlainForm),
    "guarantee": (gettext_lazy("计算担保费补贴"), asked.PlainForm),
    "payout": (gettext_lazy("计算代偿补偿"), asked.PayoutForm),
    "loss": (gettext_lazy("计算市级风险补偿"), asked.PlainForm),
}
SURE, WORDS, AGREE = gettext_lazy("确定"), gettext_lazy("看授权书"), gettext_lazy("同意并授权")
VOID = gettext_lazy("作废")
ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("consent", gettext_lazy("书面授权"), WORDS, asked.ConsentForm, _consent, agrees=AGREE),
        Act("grant", gettext_lazy("登记合同"), gettext_lazy("登记合同"),
            asked.ContractForm, _grant),
        Act("decline", gettext_lazy("婉拒"), gettext_lazy("婉拒并告知企业"),
            _plain(asked.DeclineForm), _with(actions.decline), danger=True, folded=True),
        Act("submit", gettext_lazy("提交备案"), gettext_lazy("列入本月备案"), _plain(asked.PlainForm),
            lambda form, given: actions.submit(**given)),
        Act("pay", gettext_lazy("登记还款"), SURE,
            _plain(asked.PaymentForm), _values(actions.record_payment), folded=True),
        Act("void_payment", gettext_lazy("作废登记错的还款"), VOID, corrected.VoidPaymentForm,
            _with(actions.void_payment), folded=True, danger=True),
        Act("correct_contract", gettext_lazy("更正登记错的合同"), gettext_lazy("更正"), corrected.CorrectContractForm,
            _correct, folded=True),
        Act("loss", gettext_lazy("报送本金损失"), SURE, _plain(asked.LossForm), _loss,
            folded=True),
        Act("recovery", gettext_lazy("登记追偿"), SURE, _plain(asked.RecoveryForm),
            _values(actions.record_recovery), folded=True),
        Act("void_recovery", gettext_lazy("作废登记错的追偿"), VOID, corrected.VoidRecoveryForm,
            _with(actions.void_recovery), folded=True, danger=True),
        *(
            Act(f"claim_{kind}", label, gettext_lazy("计算"), _plain(made), _claim(kind))
            for kind, (label, made) in CLAIMS.items()
        ),
        Act("renew", gettext_lazy("重新授权"), WORDS, asked.ConsentForm, _consent, folded=True, agrees=AGREE),
        Act("revoke", gettext_lazy("撤回授权"), gettext_lazy("撤回授权"), _plain(asked.RevokeForm),
            _with(actions.revoke_consent), danger=True, folded=True),
        Act("unfile", gettext_lazy("撤销备案"), gettext_lazy("撤销备案"),
            _plain(asked.ReasonForm), _with(actions.revoke), danger=True, folded=True),
        Act("refile", gettext_lazy("恢复备案"), gettext_lazy("恢复备案"),
            _plain(asked.ReasonForm), _with(actions.restore), folded=True),
    )
}  # fmt: skip


def done(act: Act) -> str:
    return _("已办理：%(step)s") % {"step": act.label}
