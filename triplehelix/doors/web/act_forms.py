"""The forms of the acts on a case. Each maker gets the case, what was posted and the files, or None."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.fact_forms import FactForm
from triplehelix.doors.web.parts import MoneyForm, day_field, text_field
from triplehelix.foundation.money import Fen, MoneyError
from triplehelix.policy.facts import Money, YesNo
from triplehelix.procedure.cases import judge, pay, terms
from triplehelix.procedure.cases.actions.applying import WEIGHTS
from triplehelix.procedure.cases.actions.milestones import unordered
from triplehelix.procedure.cases.models import Case
from triplehelix.records.amounts import exact

ROWS = 4


class AccountForm(Form):
    name = forms.CharField(label=gettext_lazy("户名"), max_length=120, help_text=gettext_lazy("必须是本单位全称"))
    number = forms.CharField(
        label=gettext_lazy("账号"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    bank = forms.CharField(label=gettext_lazy("开户银行"), max_length=120)
    bank_code = forms.CharField(label=gettext_lazy("联行号"), max_length=20, required=False)


def account(case: Case, data: Any, files: Any) -> Form:
    unit, name = case.organisation, case.account_name
    start = {
        # Of a unit that has been taken over the account is who stands for it by now's.
        "name": unit.standing.name if unit.heir_id or not name else name, "number": case.account_number,
        "bank": case.bank, "bank_code": case.bank_code,
    }  # fmt: skip
    return AccountForm(data, initial=start)


class ConfirmForm(Form):
    facts = forms.MultipleChoiceField(
        label=gettext_lazy("已与证明材料核对一致的"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少勾选一项")},
    )  # fmt: skip


def confirm(case: Case, data: Any, files: Any) -> Form:
    form = ConfirmForm(data)
    chooser = form.fields["facts"]
    assert isinstance(chooser, forms.MultipleChoiceField)
    known = {fact.key: fact for fact in judge.asked(case.award)}
    chooser.choices = [
        (key, _("%(label)s：%(value)s（%(proof)s）") % {
            "label": fact.label, "value": said(fact, case.facts[key]), "proof": fact.about.evidence or _("查登记信息")})
        for key, fact in known.items()
        if key not in case.confirmed and key in case.facts
    ]  # fmt: skip
    return form


def said(fact: Any, plain: Any) -> str:
    """A stored fact as people read it, as typed when it cannot be read yet."""
    if plain is None:
        return _("未提供")
    if isinstance(fact, YesNo) and isinstance(plain, bool):
        return _("是") if plain else _("否")
    try:
        read = fact.read(plain)
        return exact(read) if isinstance(fact, Money) else str(fact.written(read))
    except ValueError:
        return str(plain)


class CorrectForm(FactForm):
    """Facts with the reason for what is entered or changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"] = text_field(_("依据"), most=300, help=_("例如：评审汇总表、局党组会议纪要、107-2 表原件"))


def correct(case: Case, data: Any, files: Any) -> Form:
    facts = tuple(fact for fact in case.award.facts if fact.key not in judge.own(case.award))
    return CorrectForm(case.award, data, facts=case.facts, only=facts, partial=True)


class ReasonForm(Form):
    why = text_field(gettext_lazy("依据"), most=1000)


class AgreementForm(Form):
    number = forms.CharField(label=gettext_lazy("任务书编号"), max_length=60)
    signed_on = day_field(gettext_lazy("签订日期"))
    ends_on = day_field(gettext_lazy("任务截止日期"))


def agreement(case: Case, data: Any, files: Any) -> Form:
    start = {"number": case.agreement_number, "signed_on": case.signed_on, "ends_on": case.ends_on}
    return AgreementForm(data, initial=start)


class MilestonesForm(Form):
    """Rows of name, yuan and last day; an empty row is none."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None, count: int = ROWS) -> None:
        super().__init__(data, initial=initial)
        self.count = count
        self.planned: list[tuple[str, int, date]] = []
        for n in range(1, count + 1):
            self.fields[f"name_{n}"] = forms.CharField(
                label=_("第 %(n)d 个里程碑") % {"n": n}, max_length=120, required=n == 1
            )
            self.fields[f"amount_{n}"] = forms.CharField(
                label=_("金额（元）"),
                max_length=20,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
            self.fields[f"due_{n}"] = day_field(_("期限"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for n in range(1, self.count + 1):
            name, amount, due = (cleaned.get(f"{key}_{n}") for key in ("name", "amount", "due"))
            if not name and not amount:
                continue
            try:
                fen = int(Fen.from_yuan(amount or "0"))
            except MoneyError as why:
                self.add_error(f"amount_{n}", why.message)
                continue
            if due is None:
                self.add_error(f"due_{n}", _("请填写期限"))
                continue
            self.planned.append((name or "", fen, due))
        return cleaned


def milestones(case: Case, data: Any, files: Any) -> Form:
    start: dict[str, Any] = {}
    for one in case.milestones.all():
        start |= {
            f"name_{one.seq}": one.name,
            f"amount_{one.seq}": Fen(one.amount_fen).yuan,
            f"due_{one.seq}": one.due_on,
        }
    for n, (name, fen) in enumerate([] if start else judge.phases(case), start=1):
        start |= {f"name_{n}": name, f"amount_{n}": fen.yuan, f"due_{n}": None}
    return MilestonesForm(data, initial=start, count=max(ROWS, len(start) // 3))


class ProofForm(Form):
    text = text_field(gettext_lazy("完成情况"), most=3000, help=gettext_lazy("完成了什么、指标实测多少、由谁检测"))
    file = forms.FileField(
        label=gettext_lazy("证明材料"), required=False, help_text=gettext_lazy("检测报告、验收意见等，PDF 或图片")
    )


def proof(case: Case, data: Any, files: Any) -> Form:
    return ProofForm(data, files)


class PassForm(Form):
    passed = forms.ChoiceField(
        label=gettext_lazy("结论"), choices=[("yes", gettext_lazy("通过")), ("no", gettext_lazy("退回补充"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    why = text_field(gettext_lazy("考核意见"), most=500)


class UnpassForm(Form):
    seq = forms.ChoiceField(label=gettext_lazy("里程碑"), widget=forms.RadioSelect)
    why = text_field(
        gettext_lazy("撤回的原因"), most=500, help=gettext_lazy("申报单位和市财政局会收到；材料留着，重新考核")
    )


def unpassing(case: Case, data: Any, files: Any) -> Form:
    form = UnpassForm(data)
    found = [(str(one.seq), f"{one.seq}. {one.name}") for one in unordered(case)]
    form.fields["seq"].choices = found  # type: ignore[attr-defined]  # a choice field
    return form


class EvaluationForm(Form):
    output = forms.IntegerField(label=gettext_lazy("产出（满分 50）"), min_value=0, max_value=WEIGHTS["output"])
    benefit = forms.IntegerField(label=gettext_lazy("效益（满分 30）"), min_value=0, max_value=WEIGHTS["benefit"])
    satisfaction = forms.IntegerField(
        label=gettext_lazy("满意度（满分 10）"), min_value=0, max_value=WEIGHTS["satisfaction"]
    )
    text = text_field(
        gettext_lazy("产出和效益说明"), most=3000, help=gettext_lazy("预算执行率的 10 分由系统按到账金额计算")
    )


def evaluation(case: Case, data: Any, files: Any) -> Form:
    return EvaluationForm(data, initial=case.evaluation)


class DemandForm(MoneyForm):
    amount = forms.CharField(label=gettext_lazy("追回金额（元）"), max_length=20)
    why = text_field(gettext_lazy("事由和依据"), most=500)


def demand(case: Case, data: Any, files: Any) -> Form:
    return DemandForm(data, initial={"amount": Fen(pay.paid(case) - pay.refunded(case)).yuan})


class ChangeDemandForm(DemandForm):
    document = forms.CharField(label=gettext_lazy("依据文件"), max_length=80)


def change_demand(case: Case, data: Any, files: Any) -> Form:
    form = ChangeDemandForm(data, initial={"amount": Fen(case.demanded_fen).yuan})
    said = {"back": exact(pay.refunded(case)), "paid": exact(pay.paid(case))}
    form.fields["amount"].help_text = _("含已缴回的 %(back)s，不超过已支付的 %(paid)s") % said
    return form


class LiftDemandForm(Form):
    why = text_field(gettext_lazy("理由"), most=500)
    document = forms.CharField(label=gettext_lazy("依据文件"), max_length=80)


class ExtendForm(LiftDemandForm):
    ends_on = day_field(gettext_lazy("新的截止日期"))
    field_order = ("ends_on", "why", "document")


def extension(case: Case, data: Any, files: Any) -> Form:
    made = ExtendForm(data)
    today = timezone.localdate()
    said = {"was": case.ends_on, "years": terms.value("extension_years", today)}
    said["times"] = terms.value("extension_times", today)
    made.fields["ends_on"].help_text = (
        _("现在是 %(was)s。一次最多延 %(years)d 年，可延 %(times)d 次；没有通过的里程碑顺延同样的天数") % said
    )
    return made


class RefundForm(MoneyForm):
    amount = forms.CharField(label=gettext_lazy("缴回金额（元）"), max_length=20)
    receipt = forms.CharField(label=gettext_lazy("缴款书号"), max_length=80)


def refund(case: Case, data: Any, files: Any) -> Form:
    return RefundForm(data, initial={"amount": Fen(case.demanded_fen - pay.refunded(case)).yuan})


class VoidRefundForm(Form):
    receipt = forms.ChoiceField(label=gettext_lazy("缴款书"), widget=forms.RadioSelect)
    reason = text_field(
        gettext_lazy("作废的原因"), most=200, help=gettext_lazy("作废后可以用同一缴款书号登记正确的金额")
    )


def void_refund(case: Case, data: Any, files: Any) -> Form:
    form = VoidRefundForm(data)
    found = [(one.receipt, f"{one.receipt}　{exact(one.amount_fen)}") for one in pay.refunds(case)]
    form.fields["receipt"].choices = found  # type: ignore[attr-defined]  # a choice field
    return form
