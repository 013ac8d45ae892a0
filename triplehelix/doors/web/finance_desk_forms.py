"""The forms of those who keep finance going: institutions, their products, proofs of a year, results of the filing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.organisations import FIRM, LONGEST, organisation_of
from triplehelix.doors.web.parts import (
    FenField,
    RateField,
    choice_field,
    chosen,
    day_field,
    offered,
    one_of,
    text_field,
)
from triplehelix.market.finance import terms
from triplehelix.market.finance.models import Parameter, Qualification
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Organisation


class OutcomesForm(Form):
    document = forms.CharField(
        label=gettext_lazy("备案公告文号"), max_length=80, help_text=gettext_lazy("例如：贷款备案公告 2026 年第 3 号")
    )
    file = forms.FileField(label=gettext_lazy("填好结果的备案表（xlsx、xls 或 csv）"))


class QualificationForm(Form):
    """A firm's own; `own` are the firms somebody acts for."""

    kind = choice_field(gettext_lazy("资格"), Qualification.KINDS)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2999)
    number = forms.CharField(label=gettext_lazy("编号"), max_length=40)
    organisation: Organisation | None = None

    def __init__(self, own: Sequence[Organisation], data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        one_of(self, "firm", gettext_lazy("以哪个单位的名义"), own)

    def clean(self) -> None:
        if "firm" not in self.errors:
            self.organisation = chosen(self, "firm")


class CityQualificationForm(QualificationForm):
    """The city enters for any firm; by its code, and it counts at once."""

    uscc = forms.CharField(label=FIRM, max_length=LONGEST)
    field_order = ("uscc", "kind", "year", "number")

    def __init__(self, own: Sequence[Organisation], data: Any = None, initial: Any = None) -> None:
        super().__init__((), data, initial)

    def clean_uscc(self) -> str:
        self.organisation = organisation_of(self.cleaned_data["uscc"])
        return self.organisation.uscc

    def clean(self) -> None:
        """The firm is the one of its code."""


class InstitutionForm(Form):
    uscc = forms.CharField(label=gettext_lazy("机构：单位全称，或统一社会信用代码"), max_length=LONGEST)
    kind = choice_field(gettext_lazy("类别"), terms.INSTITUTIONS)
    licence = forms.CharField(label=gettext_lazy("许可证号"), max_length=60)
    since = day_field(gettext_lazy("合作起始日"))

    def clean_uscc(self) -> str:
        self.organisation = organisation_of(self.cleaned_data["uscc"])
        return self.organisation.uscc


class ProductForm(Form):
    """A product with its first parameters; each parameter has one source, marked when it still is to be confirmed."""

    scheme = forms.ChoiceField(label=gettext_lazy("属于哪个方案"), required=False)
    name = forms.CharField(label=gettext_lazy("产品名称"), max_length=60)
    about = text_field(gettext_lazy("说明"), most=1000, required=False)
    amount_min = FenField(label=gettext_lazy("最低金额（万元）"), unit="万元", required=False)
    amount_max = FenField(label=gettext_lazy("最高金额（万元）"), unit="万元", required=False)
    rate_min = RateField(label=gettext_lazy("年利率或费率下限（%）"), required=False)
    rate_max = RateField(label=gettext_lazy("年利率或费率上限（%）"), required=False)
    months_min = forms.IntegerField(label=gettext_lazy("最短期限（月）"), required=False)
    months_max = forms.IntegerField(label=gettext_lazy("最长期限（月）"), required=False)
    flags = forms.MultipleChoiceField(
        label=gettext_lazy("只面向有其一标识的企业"), required=False, widget=forms.CheckboxSelectMultiple
    )
    collaterals = forms.MultipleChoiceField(
        label=gettext_lazy("接受的增信方式"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不勾就是都接受"),
    )  # fmt: skip
    since = day_field(gettext_lazy("自"))
    source = forms.CharField(
        label=gettext_lazy("参数的来源"), max_length=120, help_text=gettext_lazy("例如：行办发〔2026〕9号产品手册")
    )
    assumed = forms.BooleanField(label=gettext_lazy("数值待确认"), required=False)

    def __init__(self, kind: str, data: Any = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"since": today})
        schemes = [(one.code, one.name) for one in terms.schemes(today).values() if one.kind == kind]
        chosen: dict[str, list[tuple[str, Any]]] = {
            "scheme": [("", _("本机构自有产品")), *schemes],
            "flags": offered(reference.code_list("flags"), today),
            "collaterals": offered(terms.listed("collaterals"), today),
        }
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        names = ("scheme", "name", "about", "flags", "collaterals", "since")
        return {name: self.cleaned_data[name] for name in names}

    def parameters(self) -> list[dict[str, Any]]:
        said = {"source": self.cleaned_data["source"], "assumed": self.cleaned_data["assumed"]}
        keys = [key for key, _label in Parameter.KEYS if self.cleaned_data[key] is not None]
        return [{"key": key, "value": self.cleaned_data[key], **said} for key in keys]


class ParameterForm(Form):
    """Another value of one parameter from a day on; the unit follows the parameter."""

    key = choice_field(gettext_lazy("参数"), Parameter.KEYS)
    number = forms.CharField(
        label=gettext_lazy("数值"), max_length=20, help_text=gettext_lazy("金额写万元，利率写百分数，期限写月数")
    )
    since = day_field(gettext_lazy("自"))
    source = forms.CharField(label=gettext_lazy("来源"), max_length=120)
    assumed = forms.BooleanField(label=gettext_lazy("数值待确认"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        key, text = cleaned.get("key", ""), cleaned.get("number")
        if key and text:
            units: dict[str, forms.Field] = {
                "amount": FenField(unit="万元"), "rate": RateField(), "months": forms.IntegerField(),
            }  # fmt: skip
            try:
                cleaned["value"] = units[key.split("_")[0]].clean(text)
            except forms.ValidationError as why:
                self.add_error("number", why)
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("key", "value", "since", "source", "assumed")}

    def field_of(self, name: str) -> str:
        """What the room says of a parameter stands at its number."""
        return name if name == "since" else "number"


class EndForm(Form):
    until = day_field(gettext_lazy("最后一天"))
