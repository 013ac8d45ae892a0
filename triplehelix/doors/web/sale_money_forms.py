"""Forms of a sale from its contract on: contract, registration, money, royalty, distribution, the years after."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.act_forms import day_field
from triplehelix.doors.web.sale_fields import (
    DECIMAL,
    ActForm,
    Group,
    hundredths,
    may_day,
    paper_field,
    percent,
    yuan_field,
)
from triplehelix.foundation.money import Fen, MoneyError
from triplehelix.market.contracts import money
from triplehelix.market.contracts.actions.contract import Terms
from triplehelix.market.contracts.models import Contract, Receipt, Sale
from triplehelix.market.contracts.terms import listed, value
from triplehelix.records.parties.reference import code_list, regions

PARTS, COSTS, PEOPLE = 4, 3, 6


def type_choices() -> list[tuple[str, Any]]:
    """五类技术合同."""
    return [("", _("请选择")), *((one.code, one.name) for one in code_list("contract_types"))]


class RowsForm(ActForm):
    """A form with rows of amounts; an amount that is none is said at its field."""

    def fen_in(self, name: str) -> int | None:
        """The whole fen typed in a field; None for nothing, and for what has been blamed."""
        typed = (self.cleaned_data.get(name) or "").strip()
        if not typed:
            return None
        try:
            return int(Fen.from_yuan(typed))
        except MoneyError as why:
            self.add_error(name, why.message)
            return None


class ContractForm(RowsForm):
    """书面技术合同 and how it is paid."""

    money = ("price",)
    at = {"royalty": "royalty_percent", "equity": "equity_percent",
          **{f"row_{n}": f"name_{n}" for n in range(1, PARTS + 1)}}  # fmt: skip
    number = forms.CharField(label=gettext_lazy("合同编号"), max_length=60)
    type = forms.ChoiceField(label=gettext_lazy("合同类型"))
    price = yuan_field(gettext_lazy("合同金额（元）"))
    signed_on = day_field(gettext_lazy("签订日期"))
    ends_on = may_day(gettext_lazy("有效期至"))
    site = forms.ChoiceField(label=gettext_lazy("项目实施地"))
    file = paper_field(gettext_lazy("书面合同"))
    structure = forms.ChoiceField(label=gettext_lazy("价款结构"), choices=Contract.STRUCTURES)
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

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        start = {"price": Fen(sale.price_fen).yuan if sale.price_fen else "", "signed_on": timezone.localdate()}
        super().__init__(data, files, initial=start)
        places = [(one.code, one.name) for one in regions().current(timezone.localdate()) if one.parent]
        self.fields["type"].choices = type_choices()  # type: ignore[attr-defined]
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")), *places, ("elsewhere", _("不在本市")),
        ]  # fmt: skip
        for n in range(1, PARTS + 1):
            self.fields[f"name_{n}"] = forms.CharField(
                label=_("第 %(n)d 期的条件") % {"n": n}, max_length=120, required=False
            )
            self.fields[f"amount_{n}"] = yuan_field(_("金额（元）"), required=False)
            self.fields[f"due_{n}"] = may_day(_("期限"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.rows, self.shares = [], {}
        for name, most in (("royalty_percent", 100), ("equity_percent", 100)):
            if typed := cleaned.get(name):
                try:
                    self.shares[name] = self._exact(typed) if name == "royalty_percent" else hundredths(typed, most)
                except ValueError as why:
                    self.add_error(name, str(why))
        for n in range(1, PARTS + 1):
            fen = self.fen_in(f"amount_{n}")
            if cleaned.get(f"name_{n}") or fen is not None:
                self.rows.append((cleaned.get(f"name_{n}") or "", fen or 0, cleaned.get(f"due_{n}")))
        return cleaned

    @staticmethod
    def _exact(typed: str) -> int:
        """A royalty's rate in parts of a million: 3.3333% is 33,333. Raises ValueError."""
        try:
            exact = Decimal(typed.strip().removesuffix("%").strip()) * 10_000
        except ArithmeticError:  # no number, or an exponent so large that the product overflows
            raise ValueError(_("请写成 3 或 2.5 这样的百分数")) from None
        if exact != exact.to_integral_value() or not 0 <= exact <= 1_000_000:
            raise ValueError(_("请写 0 到 100 之间的百分数，最多四位小数"))
        return int(exact)

    def terms(self, file: Any) -> Terms:
        """The contract as it was entered."""
        said = self.cleaned_data
        names = ("number", "type", "structure", "signed_on", "ends_on", "site", "royalty_base", "equity_company",
                 "trigger", "trial_until")  # fmt: skip
        return Terms(
            price_fen=self.fen("price"), file=file, rows=self.rows, royalty_ppm=self.shares.get("royalty_percent", 0),
            equity_bp=self.shares.get("equity_percent", 0), **{name: said[name] for name in names},
        )  # fmt: skip

    def layout(self) -> list[Group]:
        own = [self[name] for name in ("number", "type", "price", "signed_on", "ends_on", "site", "file")]
        how = ("structure", "royalty_percent", "royalty_base", "equity_company", "equity_percent", "trigger",
               "trial_until")  # fmt: skip
        rows = [field for row in self._rows(PARTS, "name", "amount", "due") for field in row]
        return [
            Group("", own),
            Group(_("怎样付款（只填与所选结构有关的）"), [self[name] for name in how]),
            Group(_("分期：各期合计应等于合同金额；提成合同写入门费"), rows),
        ]


class SubmitForm(ActForm):
    authority = forms.ChoiceField(label=gettext_lazy("登记机构"))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data)
        known = listed("authorities").current(timezone.localdate())
        self.fields["authority"].choices = [(one.code, one.name) for one in known]  # type: ignore[attr-defined]


class RegisterForm(ActForm):
    money = ("certified", "technical")
    number = forms.CharField(label=gettext_lazy("登记编号"), max_length=40)
    type = forms.ChoiceField(label=gettext_lazy("认定类型"))
    certified = yuan_field(gettext_lazy("认定成交额（元）"))
    technical = yuan_field(gettext_lazy("认定技术交易额（元）"))
    decided_on = day_field(gettext_lazy("认定日期"))
    file = paper_field(gettext_lazy("登记证明"))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        amount = Fen(sale.contract.price_fen).yuan
        start = {"type": sale.contract.type, "certified": amount, "technical": amount}
        super().__init__(data, files, initial=start)
        self.fields["type"].choices = type_choices()  # type: ignore[attr-defined]
        example = value("registration_example", timezone.localdate())
        self.fields["number"].help_text = _("像 %(example)s") % {"example": example.value}


class ReasonForm(ActForm):
    """Refused, revoked: why."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data)


class MoneyInForm(ActForm):
    """到账、退款, or shares entered in the register of the company."""

    money = ("amount",)
    way = forms.ChoiceField(label=gettext_lazy("方向"), choices=Receipt.WAYS, initial="in")
    amount = yuan_field(gettext_lazy("金额（元）"))
    on = day_field(gettext_lazy("日期"))
    number = forms.CharField(label=gettext_lazy("银行回单号"), max_length=60)
    reason = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False,
                             help_text=gettext_lazy("退款、超出合同金额的必须写明"))  # fmt: skip
    file = paper_field(gettext_lazy("银行回单"))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        late = money.coverage(sale.contract)
        owed = next((row.amount_fen - covered for row, covered in late if covered < row.amount_fen), 0)
        start = {"amount": Fen(owed).yuan if owed else "", "on": timezone.localdate()}
        super().__init__(data, files, initial=start)
        if sale.contract.structure == "equity":
            self.fields["number"].label = _("变更登记号")
            self.fields["file"].label = _("股权变更登记证明")


class RoyaltyForm(ActForm):
    money = ("base",)
    period = forms.CharField(label=gettext_lazy("提成期间"), max_length=120,
                             help_text=gettext_lazy("例如：2026 年第三季度"))  # fmt: skip
    base = yuan_field(gettext_lazy("提成基数（元）"))
    due_on = day_field(gettext_lazy("付款期限"))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data)
        self.fields["base"].help_text = sale.contract.royalty_base


class VoidRoyaltyForm(ActForm):
    seq = forms.TypedChoiceField(label=gettext_lazy("哪一期"), coerce=int)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data)
        rows = sale.contract.instalments.filter(kind="royalty", void_why="")
        self.fields["seq"].choices = [(row.seq, f"{row.name} · {Fen(row.amount_fen)}") for row in rows]  # type: ignore[attr-defined]


class RewardForm(RowsForm):
    """收益分配表: income, costs, the unit's rule, and whose part is how large."""

    money = ("income",)
    at = {"costs": "cost_1", "contributors": "person_1"}
    income = yuan_field(gettext_lazy("本次分配的收入（元）"))
    rule = forms.CharField(label=gettext_lazy("奖励比例（%）"), max_length=8, widget=forms.TextInput(attrs=DECIMAL))
    rule_document = forms.CharField(label=gettext_lazy("本单位规定"), max_length=120,
                                    help_text=gettext_lazy("文件名称或文号"))  # fmt: skip

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        before = sum(one.income_fen for one in sale.distributions.filter(void_why=""))
        last = sale.distributions.order_by("-seq").first()
        start = {"income": Fen(max(0, money.arrived(sale.contract) - before)).yuan}
        start |= {"rule": percent(last.rule_bp), "rule_document": last.rule_document} if last is not None else {}
        super().__init__(data, initial=start)
        least = value("reward_least", timezone.localdate()).rate
        self.fields["rule"].help_text = _("占净收入；不低于法定的 %(least)s%%") % {
            "least": percent(int(least * 10_000))
        }
        for n in range(1, COSTS + 1):
            self.fields[f"cost_{n}"] = forms.CharField(label=_("成本 %(n)d") % {"n": n}, max_length=60, required=False)
            self.fields[f"amount_{n}"] = yuan_field(_("金额（元）"), required=False)
        people = list(sale.achievement.people.order_by("pk")) if last is None else []
        shares = list(last.shares.all()) if last is not None else []
        for n in range(1, PEOPLE + 1):
            self._person(n, shares[n - 1] if n <= len(shares) else people[n - 1] if n <= len(people) else None)

    def _person(self, n: int, known: Any) -> None:
        name = forms.CharField(label=_("完成人 %(n)d") % {"n": n}, max_length=60, required=False)
        part = forms.CharField(label=_("贡献"), max_length=120, required=False)
        weight = forms.IntegerField(label=_("权重"), required=False, min_value=0, max_value=10**6)
        name.initial = getattr(known, "name", "")
        part.initial, weight.initial = getattr(known, "part", ""), getattr(known, "weight", None)
        self.fields |= {f"person_{n}": name, f"part_{n}": part, f"weight_{n}": weight}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.costs, self.people, self.rule_bp = [], [], 0
        if typed := cleaned.get("rule"):
            try:
                self.rule_bp = hundredths(typed)
            except ValueError as why:
                self.add_error("rule", str(why))
        for n in range(1, COSTS + 1):
            fen = self.fen_in(f"amount_{n}")
            if cleaned.get(f"cost_{n}") or fen is not None:
                self.costs.append((cleaned.get(f"cost_{n}") or "", fen or 0))
        for n in range(1, PEOPLE + 1):
            name, weight = cleaned.get(f"person_{n}") or "", cleaned.get(f"weight_{n}")
            if name and weight is None:
                self.add_error(f"weight_{n}", _("请填写权重，例如 60"))
            elif name or weight:
                self.people.append((name, weight or 0, cleaned.get(f"part_{n}") or ""))
        return cleaned

    def layout(self) -> list[Group]:
        costs = [field for row in self._rows(COSTS, "cost", "amount") for field in row]
        people = list(self._rows(PEOPLE, "person", "part", "weight"))
        shown = self._filled(people, 3)
        more = [field for row in people[shown:] for field in row]
        return [
            Group("", [self["income"], self["rule"], self["rule_document"]]),
            Group(_("从收入里扣除的成本"), costs),
            Group(_("完成人：按权重分配，精确到分"), [field for row in people[:shown] for field in row]),
            *([Group(_("还有别的完成人"), more, folded=True)] if more else []),
        ]


class FollowForm(ActForm):
    money = ("output",)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2999)
    in_use = forms.BooleanField(label=gettext_lazy("仍在使用"), required=False, initial=True)
    output = yuan_field(gettext_lazy("新增产值（元）"), required=False)
    text = forms.CharField(label=gettext_lazy("情况"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, initial={"year": timezone.localdate().year})
