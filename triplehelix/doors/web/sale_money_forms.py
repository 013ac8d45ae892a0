"""Forms of a sale once its contract is signed: registration, money, royalty, distribution, the years after."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.parts import FenField, day_field
from triplehelix.doors.web.rows import Columns, Rows
from triplehelix.doors.web.sale_fields import (
    DECIMAL,
    ActForm,
    Group,
    hundredths,
    paper_field,
    percent,
    type_choices,
    yuan_field,
)
from triplehelix.foundation.money import Fen
from triplehelix.market.contracts import money
from triplehelix.market.contracts.actions.registering import Certified
from triplehelix.market.contracts.actions.settling import MOST_COSTS, MOST_PEOPLE
from triplehelix.market.contracts.models import Distribution, Receipt, Sale
from triplehelix.market.contracts.terms import listed, value
from triplehelix.records.amounts import exact
from triplehelix.records.parties.rules import DUTIFUL


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
        super().__init__(data, files, initial=self._start(sale))
        self.fields["type"].choices = type_choices()  # type: ignore[attr-defined]
        example = value("registration_example", timezone.localdate())
        self.fields["number"].help_text = _("像 %(example)s") % {"example": example.value}

    def _start(self, sale: Sale) -> dict[str, Any]:
        amount = Fen(sale.contract.price_fen).yuan
        return {"type": sale.contract.type, "certified": amount, "technical": amount}

    def certificate(self, file: Any) -> Certified:
        """What the certificate says."""
        said = {name: self.cleaned_data[name] for name in ("number", "type", "decided_on")}
        certified, technical = self.fen("certified"), self.fen("technical")
        return Certified(file=file, certified_fen=certified, technical_fen=technical, **said)


class CorrectRegistrationForm(RegisterForm):
    """The certificate as it is recorded, to be put right."""

    file = paper_field(gettext_lazy("登记证明"), required=False, help=gettext_lazy("只在原来传错了文件时上传"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300)

    def _start(self, sale: Sale) -> dict[str, Any]:
        row = sale.contract.registrations.get(outcome="registered")
        assert row.certified_fen is not None and row.technical_fen is not None
        yuan = {"certified": Fen(row.certified_fen).yuan, "technical": Fen(row.technical_fen).yuan}
        return {name: getattr(row, name) for name in ("number", "type", "decided_on")} | yuan


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


class VoidReceiptForm(ActForm):
    number = forms.ChoiceField(label=gettext_lazy("哪一张回单"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data)
        rows = sale.contract.receipts.filter(void_why="")
        self.fields["number"].choices = [  # type: ignore[attr-defined]
            (row.number, f"{row.number} · {row.get_way_display()} {exact(row.amount_fen)}") for row in rows
        ]


class RoyaltyForm(ActForm):
    money = ("base",)
    period = forms.CharField(label=gettext_lazy("提成期间"), max_length=120,
                             help_text=gettext_lazy("例如：2026 年第三季度"))  # fmt: skip
    base = yuan_field(gettext_lazy("提成基数（元）"))
    due_on = day_field(gettext_lazy("付款期限"))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data)
        self.fields["base"].help_text = _("%(base)s；没有销售的，写 0") % {"base": sale.contract.royalty_base}


class VoidRoyaltyForm(ActForm):
    seq = forms.TypedChoiceField(label=gettext_lazy("哪一期"), coerce=int)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data)
        rows = sale.contract.instalments.filter(kind="royalty", void_why="")
        self.fields["seq"].choices = [(row.seq, f"{row.name} · {exact(row.amount_fen)}") for row in rows]  # type: ignore[attr-defined]


class RewardForm(ActForm):
    """收益分配表: income, costs, the unit's rule, and whose part is how large."""

    money = ("income",)
    asked_as = {"costs": "cost_1", "contributors": "person_1"}
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
        least = percent(int(value("reward_least", timezone.localdate()).rate * 10_000))
        is_bound = sale.seller.type in DUTIFUL
        said = (
            _("占净收入；不低于法定的 %(least)s%%") % {"least": least} if is_bound else _("占净收入；由本单位自己规定")
        )
        self.fields["rule"].help_text = said
        self.rows = {"cost": self._costs(), "contributor": self._contributors(sale, last)}

    def _costs(self) -> Rows:
        columns: Columns = {"cost": lambda: forms.CharField(label=_("成本名称"), max_length=60),
                            "amount": lambda: FenField(label=_("金额（元）"))}  # fmt: skip
        return Rows(self, columns, title=_("从收入里扣除的成本"), named=_("成本 %(n)d"), shape="cost", most=MOST_COSTS)

    def _contributors(self, sale: Sale, last: Distribution | None) -> Rows:
        columns: Columns = {
            "person": lambda: forms.CharField(label=_("姓名"), max_length=60),
            "part": lambda: forms.CharField(label=_("贡献"), max_length=120),
            "weight": lambda: forms.IntegerField(label=_("权重"), min_value=0, max_value=10**6),
        }
        rows = list(last.shares.all()) if last is not None else list(sale.achievement.people.order_by("pk"))
        known = [
            {"person": one.name, "part": getattr(one, "part", ""), "weight": getattr(one, "weight", None)}
            for one in rows
        ]
        return Rows(self, columns, title=_("完成人：按权重分配，精确到分"), named=_("完成人 %(n)d"), shape="people",
                    most=MOST_PEOPLE, least=3, start=known)  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.rule_bp = 0
        if typed := cleaned.get("rule"):
            try:
                self.rule_bp = hundredths(typed)
            except ValueError as why:
                self.add_error("rule", str(why))
        self.costs = [(row["cost"] or "", row["amount"] or 0) for row in self.rows["cost"].typed(cleaned)]
        people = self.rows["contributor"].typed(cleaned)
        for row in people:
            if row["person"] and row["weight"] is None and not self.has_error(f"weight_{row['n']}"):
                self.add_error(f"weight_{row['n']}", _("请填写权重，例如 60"))
        self.people = [(row["person"] or "", row["weight"] or 0, row["part"] or "") for row in people]
        return cleaned

    def layout(self) -> list[Group]:
        own = [self["income"], self["rule"], self["rule_document"]]
        return [Group("", own), *(Group(rows=rows) for rows in self.rows.values())]


class FollowForm(ActForm):
    money = ("output",)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2999)
    in_use = forms.BooleanField(label=gettext_lazy("仍在使用"), required=False, initial=True)
    output = yuan_field(gettext_lazy("新增产值（元）"), required=False)
    text = forms.CharField(label=gettext_lazy("情况"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, initial={"year": timezone.localdate().year})
