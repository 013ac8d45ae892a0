"""The forms of one finance case. Rules are the room's (`market.finance.rules`); here is what people type."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.parts import FenField, RateField, choice_field, day_field, offered, text_field
from triplehelix.market.finance import terms
from triplehelix.market.finance.actions.leads import least_fields, wording
from triplehelix.market.finance.models import Application, Payment

#: What the consent form proposes: half a year, long enough for a decision and the filing.
USUAL = timedelta(days=180)


class LeadForm(Form):
    """A wish: what the self-check asked is already there."""

    kind = choice_field(gettext_lazy("类别"), terms.KINDS)
    amount_fen = FenField(label=gettext_lazy("金额（万元）"), unit="万元")
    months = forms.IntegerField(label=gettext_lazy("期限（月）"), min_value=1, max_value=360)
    purpose = choice_field(gettext_lazy("用途"), [])
    collateral = choice_field(gettext_lazy("增信方式"), [])
    about = text_field(
        gettext_lazy("说明"), most=2000, rows=5, help=gettext_lazy("做什么项目、钱用在哪里、怎么还；至少 10 个字")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        today = timezone.localdate()
        self.fields["purpose"].choices = [("", _("请选择")), *offered(terms.listed("uses"), today)]  # type: ignore[attr-defined]
        self.fields["collateral"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")), *offered(terms.listed("collaterals"), today)
        ]  # fmt: skip


class ConsentForm(Form):
    """What one institution may see, until when. The first press shows the consent's text and its digest comes back in
    `seen`; agreeing counts for exactly that text, and is asked again when the fields have changed it."""

    fields_ = forms.MultipleChoiceField(
        label=gettext_lazy("除单位和需求以外，还可以看"), widget=forms.CheckboxSelectMultiple, required=False
    )
    until = day_field(gettext_lazy("授权到"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    agreed = forms.BooleanField(label=gettext_lazy("已阅读授权书，代表本单位同意"), required=False)

    def __init__(self, case: Application, data: Any = None) -> None:
        self.case, self.today, self.text, self.is_preview = case, timezone.localdate(), "", False
        super().__init__(data, initial={"until": self.today + USUAL})
        needed = set(least_fields(self.today))
        listed = [one for one in offered(terms.listed("consent_fields"), self.today) if one[0] not in needed]
        self.fields["fields_"].choices = listed  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            words = wording(self.case, cleaned["fields_"], cleaned["until"], self.today)
            self.text, digest = words.text, words.digest
            self.is_preview = not cleaned["seen"]
            if cleaned["seen"] not in ("", digest):
                self.add_error("agreed", _("授权的内容改了，授权书也随之改了：请再看一遍，再勾选同意"))
            # The form comes back with the words just shown: agreeing to them is a second look.
            assert isinstance(self.data, QueryDict)
            self.data = {**self.data.dict(), "fields_": cleaned["fields_"], "seen": digest, "agreed": ""}
        return cleaned


class ReasonForm(Form):
    why = text_field(gettext_lazy("原因"), most=300)


class RevokeForm(Form):
    why = text_field(gettext_lazy("原因"), most=200, required=False, help=gettext_lazy("可以不写"))


class DeclineForm(Form):
    code = choice_field(gettext_lazy("原因"), [])
    text = text_field(gettext_lazy("补充说明"), required=False, help=gettext_lazy("企业会看到：说清楚怎样可以再来"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        listed = offered(terms.listed("decline_reasons"), timezone.localdate())
        self.fields["code"].choices = [("", _("请选择")), *listed]  # type: ignore[attr-defined]


class ContractForm(Form):
    """The contract as signed: loan, guarantee or insurance."""

    number = forms.CharField(label=gettext_lazy("合同号"), max_length=60)
    amount_fen = FenField(label=gettext_lazy("金额（万元）"), unit="万元")
    rate_ppm = RateField(label=gettext_lazy("年利率或费率（%）"))
    premium_fen = FenField(label=gettext_lazy("实付保费（元）"), required=False)
    first_on = day_field(gettext_lazy("起始日"))
    last_on = day_field(gettext_lazy("到期日"))
    use = choice_field(gettext_lazy("资金用途"), [])
    security = choice_field(gettext_lazy("反担保"), [])
    early_stage = forms.BooleanField(
        label=gettext_lazy("早期研发信用贷款"), required=False,
        help_text=gettext_lazy("用于研发、没有抵质押和保证的；由市科技局在备案时核定"),
    )  # fmt: skip

    def __init__(self, case: Application, data: Any = None) -> None:
        lead = case.lead
        super().__init__(data, initial={"amount_fen": lead.amount_fen, "use": lead.purpose})
        today = timezone.localdate()
        self.fields["use"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")), *offered(terms.listed("uses"), today)
        ]  # fmt: skip
        if lead.kind == "insurance":
            del self.fields["security"]
        else:
            self.fields["security"].choices = [  # type: ignore[attr-defined]
                ("", _("请选择")), *offered(terms.listed("collaterals"), today)
            ]  # fmt: skip
        if lead.kind != "insurance":
            del self.fields["premium_fen"]
        if lead.kind != "loan":
            del self.fields["early_stage"]
        else:
            self.fields["security"].required = False
            self.fields["security"].label = _("增信方式")

    def values(self) -> dict[str, Any]:
        return {"premium_fen": None, "early_stage": False} | self.cleaned_data


class PaymentForm(Form):
    kind = choice_field(gettext_lazy("款项"), Payment.KINDS)
    amount_fen = FenField(label=gettext_lazy("金额（元）"))
    on = day_field(gettext_lazy("日期"))
    number = forms.CharField(label=gettext_lazy("凭证号"), max_length=60)


class LossForm(Form):
    principal_fen = FenField(label=gettext_lazy("本金损失（元）"))
    document = forms.CharField(label=gettext_lazy("认定文件"), max_length=120)
    on = day_field(gettext_lazy("认定日期"))


class RecoveryForm(Form):
    amount_fen = FenField(label=gettext_lazy("追回金额（元）"))
    on = day_field(gettext_lazy("日期"))
    number = forms.CharField(label=gettext_lazy("凭证号"), max_length=60)


class InterestForm(Form):
    base_fen = FenField(
        label=gettext_lazy("申请贴息的利息（元）"), required=False, help_text=gettext_lazy("不填就是全部实付利息")
    )


class PayoutForm(Form):
    base_fen = FenField(label=gettext_lazy("代偿金额（元）"))


class PlainForm(Form):
    """Nothing to type: a button with its confirmation."""
