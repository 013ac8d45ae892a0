"""The form of the written contract: it begins with what the two sides agreed on, and asks for what is still missing."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import wanted
from triplehelix.doors.web.parts import FenField, day_field
from triplehelix.doors.web.rows import Rows
from triplehelix.doors.web.sale_fields import (
    DECIMAL,
    ActForm,
    Group,
    hundredths,
    may_day,
    paper_field,
    percent,
    type_choices,
    yuan_field,
)
from triplehelix.foundation.codes import CodeError
from triplehelix.foundation.money import Fen
from triplehelix.market.contracts.actions.written import MOST_PAY_DAYS, Terms, sites
from triplehelix.market.contracts.finds import agreed_terms
from triplehelix.market.contracts.models import Contract, Sale
from triplehelix.market.contracts.models.deals import PAY_DAYS
from triplehelix.market.introductions.models import MOST_ROWS, Version
from triplehelix.records.amounts import exact
from triplehelix.records.parties.reference import code_list

#: What is asked for only with one way of paying.
WANTED = {"fixed": ("pay_by",), "royalty": ("royalty_percent", "royalty_base"),
          "equity": ("equity_company", "equity_percent"), "trial": ("trigger", "trial_until", "pay_days")}  # fmt: skip


class ContractForm(ActForm):
    """书面技术合同 and how it is paid."""

    money = ("price",)
    asked_as = {"royalty": "royalty_percent", "equity": "equity_percent"}
    number = forms.CharField(label=gettext_lazy("合同编号"), max_length=60)
    type = forms.ChoiceField(label=gettext_lazy("合同类型"))
    price = yuan_field(gettext_lazy("合同金额（元）"))
    signed_on = day_field(gettext_lazy("签订日期"))
    ends_on = may_day(gettext_lazy("有效期至"))
    site = forms.ChoiceField(label=gettext_lazy("项目实施地"))
    file = paper_field(gettext_lazy("书面合同"))
    structure = forms.ChoiceField(label=gettext_lazy("价款结构"), choices=Contract.STRUCTURES)
    pay_by = may_day(gettext_lazy("付款期限"))
    royalty_percent = forms.CharField(label=gettext_lazy("提成比例（%）"), max_length=10, required=False,
                                      widget=forms.TextInput(attrs=DECIMAL))  # fmt: skip
    royalty_base = forms.CharField(label=gettext_lazy("提成基数"), max_length=120, required=False,
                                   help_text=gettext_lazy("例如：含税销售额"))  # fmt: skip
    equity_company = forms.CharField(label=gettext_lazy("入股企业"), max_length=120, required=False)
    equity_percent = forms.CharField(label=gettext_lazy("股权比例（%）"), max_length=10, required=False,
                                     widget=forms.TextInput(attrs=DECIMAL))  # fmt: skip
    trigger = forms.CharField(label=gettext_lazy("触发付款的条件"), max_length=300, required=False,
                              help_text=gettext_lazy("例如：连续三批合格率达到 98%"))  # fmt: skip
    trial_until = may_day(gettext_lazy("试用至"))
    pay_days = forms.IntegerField(label=gettext_lazy("达到条件后几日内付款"), required=False, min_value=1,
                                  max_value=MOST_PAY_DAYS)  # fmt: skip

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        start, rows = self._start(sale)
        super().__init__(data, files, initial=start)
        self.fields["type"].choices = type_choices()  # type: ignore[attr-defined]
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")), *sites(start["signed_on"]).items(), ("elsewhere", _("不在本市")),
        ]  # fmt: skip
        for structure, names in WANTED.items():
            for name in names:
                wanted(self.fields[name], _("%(how)s的必填") % {"how": dict(Contract.STRUCTURES)[structure]})
        self.fields["pay_days"].help_text = _("先使用后付费的填写；%(n)d 日是建议，以双方约定为准") % {"n": PAY_DAYS}
        self.instalments = Rows(
            self,
            {"name": lambda: forms.CharField(label=_("付款条件"), max_length=120),
             "amount": lambda: FenField(label=_("金额（元）")), "due": lambda: day_field(_("期限"))},
            title=_("分期：各期合计应等于合同金额；提成合同写入门费"), named=_("第 %(n)d 期"), shape="pay",
            most=MOST_ROWS, start=rows,
        )  # fmt: skip
        self.rows = {"row": self.instalments}

    def _start(self, sale: Sale) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What the fields and the lines of instalments begin with; `signed_on` is always there."""
        agreed, start = agreed_terms(sale), dict[str, Any](signed_on=timezone.localdate(), pay_days=PAY_DAYS)
        start |= {"price": Fen(sale.price_fen).yuan} if sale.price_fen else {}
        if agreed is None:
            return start, []
        self.hint = _hint(agreed, sale)
        rows = [{"name": row["name"], "amount": row["fen"], "due": row["due"] or None} for row in agreed.rows]
        return start | _agreed(agreed), rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.parts = [(row["name"] or "", row["amount"] or 0, row["due"]) for row in self.instalments.typed(cleaned)]
        structure = cleaned.get("structure", "")
        # The day of a price paid in one sum may stand in a line of its own.
        if structure != "fixed" or not self.parts:
            self.want(*WANTED.get(structure, ()))
        self.shares = dict(self._shares(cleaned))
        return cleaned

    def _shares(self, cleaned: dict[str, Any]) -> Iterator[tuple[str, int]]:
        for name, read in (("royalty_percent", _millionths), ("equity_percent", hundredths)):
            if typed := cleaned.get(name):
                try:
                    yield name, read(typed)
                except ValueError as why:
                    self.add_error(name, str(why))

    def terms(self, file: Any) -> Terms:
        """The contract as it was entered."""
        said = self.cleaned_data
        names = ("number", "type", "structure", "signed_on", "ends_on", "pay_by", "site", "royalty_base",
                 "equity_company", "trigger", "trial_until")  # fmt: skip
        return Terms(
            price_fen=self.fen("price"), file=file, rows=self.parts, royalty_ppm=self.shares.get("royalty_percent", 0),
            equity_bp=self.shares.get("equity_percent", 0), pay_days=said["pay_days"] or 0,
            **{name: said[name] for name in names},
        )  # fmt: skip

    def layout(self) -> list[Group]:
        own = [self[name] for name in ("number", "type", "price", "signed_on", "ends_on", "site", "file")]
        how = ("structure", "pay_by", "royalty_percent", "royalty_base", "equity_company", "equity_percent", "trigger",
               "trial_until", "pay_days")  # fmt: skip
        return [
            Group("", own),
            Group(_("怎样付款（只填与所选结构有关的）"), [self[name] for name in how]),
            Group(rows=self.instalments),
        ]


def _millionths(typed: str) -> int:
    """A royalty's rate in parts of a million: 3.3333% is 33,333. Raises ValueError."""
    try:
        exact = Decimal(typed.strip().removesuffix("%").strip()) * 10_000
    except ArithmeticError:  # no number, or an exponent so large that the product overflows
        raise ValueError(_("请写成 3 或 2.5 这样的百分数")) from None
    if exact != exact.to_integral_value() or not 0 <= exact <= 1_000_000:
        raise ValueError(_("请写 0 到 100 之间的百分数，最多四位小数"))
    return int(exact)


def _hint(agreed: Version, sale: Sale) -> str:
    said = _("已按双方议定的第 %(n)d 版条款填好；与书面合同不一致的，以书面合同为准。") % {"n": agreed.n}
    if sale.price_fen in (None, agreed.price_fen):
        return said
    more = _("公示的价格与议定的总价 %(price)s 不同：请按书面合同改各期金额。") % {"price": exact(agreed.price_fen)}
    return f"{said} {more}"


def _agreed(agreed: Version) -> dict[str, Any]:
    """What the contract takes over of the terms, beside the price: that is what was made public since."""
    return {
        "type": _type_of(agreed.mode), "structure": agreed.structure, "royalty_base": agreed.royalty_base,
        **shares(agreed),
    }  # fmt: skip


def shares(said: Version | Terms) -> dict[str, str]:
    """Royalty and shares in a company as they are typed."""
    return {
        "royalty_percent": f"{Decimal(said.royalty_ppm) / 10_000:f}" if said.royalty_ppm else "",
        "equity_percent": percent(said.equity_bp) if said.equity_bp else "",
    }


def _type_of(mode: str) -> str:
    """The type of contract that a way of working together goes by the name of; "" where it leaves the type open."""
    modes, types, today = code_list("transfer_modes"), code_list("contract_types"), timezone.localdate()
    for said in (mode, *(modes[mode].aliases if mode in modes else ())):
        try:
            return types.get(said, today).code
        except CodeError:
            continue
    return ""
