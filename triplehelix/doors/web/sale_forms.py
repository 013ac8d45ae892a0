"""Forms of a sale up to its contract: rights, price, what is made public, who wins. Each is made from the sale."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import wanted
from triplehelix.doors.web.organisations import LONGEST, organisation_of
from triplehelix.doors.web.parts import day_field
from triplehelix.doors.web.rows import Columns, Rows
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
from triplehelix.foundation.money import Fen
from triplehelix.market.contracts.actions.opening import MOST_OWNERS
from triplehelix.market.contracts.actions.proposing import not_yet
from triplehelix.market.contracts.actions.results import Result
from triplehelix.market.contracts.acts import held_proposal
from triplehelix.market.contracts.guards import current
from triplehelix.market.contracts.models import Publication, Rights, Sale
from triplehelix.market.contracts.terms import listed, value
from triplehelix.records.parties.reference import code_list
from triplehelix.records.parties.rules import Invalid

#: How a form asks for the buyer.
BUYER = gettext_lazy("受让方：单位全称，或统一社会信用代码")


class RightsForm(ActForm):
    """权属核查: owners in rows, then what burdens the right. An empty row is none."""

    asked_as = {"owners": "share_1"}
    encumbrance = forms.ChoiceField(label=gettext_lazy("质押、冻结等限制"), required=False)
    encumbrance_note = forms.CharField(label=gettext_lazy("限制情况"), max_length=200, required=False)
    secrecy = forms.ChoiceField(label=gettext_lazy("保密审查"), choices=Rights.SECRECY, required=False)
    secrecy_document = forms.CharField(label=gettext_lazy("保密审查文件号"), max_length=80, required=False)
    export = forms.ChoiceField(label=gettext_lazy("出口限制"), choices=Rights.EXPORT, required=False)
    export_document = forms.CharField(label=gettext_lazy("出口许可文件号"), max_length=80, required=False)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        held = getattr(sale, "rights", None)
        names = [name for name in self.base_fields if held is not None]
        super().__init__(data, files, initial={name: getattr(held, name) for name in names})
        wanted(self.fields["secrecy_document"], _("选“可以公开”时必填"))
        wanted(self.fields["export_document"], _("取得许可的必填"))
        self.fields["encumbrance"].choices = [  # type: ignore[attr-defined]
            ("", _("没有")), *((one.code, one.name) for one in code_list("encumbrances")),
        ]  # fmt: skip
        self.rows = {"owner": self._owners(sale)}

    def _owners(self, sale: Sale) -> Rows:
        """The owners entered before; to begin with, the seller as the only one."""
        rows = list(sale.owners.select_related("consent"))
        columns: Columns = {
            "name": lambda: forms.CharField(label=_("名称"), max_length=120),
            "uscc": lambda: forms.CharField(label=_("统一社会信用代码"), max_length=40),
            "share": lambda: forms.CharField(label=_("份额（%）"), max_length=8, widget=forms.TextInput(attrs=DECIMAL)),
            "consented": lambda: may_day(_("书面同意日期")),
            "consent": lambda: paper_field(_("书面同意"), required=False, help=_("共有人须有")),
        }
        start = [{"name": one.name, "uscc": one.uscc, "share": percent(one.share_bp), "consented": one.consented_on}
                 for one in rows]  # fmt: skip
        made = Rows(
            self, columns, title=_("权利人：份额合计 100%"), named=_("权利人 %(n)d"), shape="owners", told="uscc",
            most=MOST_OWNERS,
            start=start or [{"name": sale.seller.name, "uscc": sale.seller.uscc, "share": "100"}],
        )  # fmt: skip
        for n, one in enumerate(rows, start=1):
            if one.consent is not None:
                self.fields[f"consent_{n}"].help_text = _("已有：%(file)s") % {"file": one.consent.name}
        return made

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("secrecy") == "open":
            self.want("secrecy_document")
        if cleaned.get("export") == "licensed":
            self.want("export_document")
        self.owners: list[dict[str, Any]] = []
        for row in self.rows["owner"].typed(cleaned):
            try:
                bp = hundredths(row["share"] or "")
            except ValueError as why:
                self.add_error(f"share_{row['n']}", str(why))
                continue
            self.owners.append(
                {"name": row["name"] or "", "uscc": row["uscc"] or "", "share_bp": bp,
                 "consented_on": row["consented"], "consent": row["consent"]}
            )  # fmt: skip
        return cleaned

    def layout(self) -> list[Group]:
        burdens = [self[name] for name in self.base_fields]
        return [Group(rows=self.rows["owner"]), Group(_("限制、保密、出口"), burdens)]


class PriceForm(ActForm):
    money = ("price",)
    price = yuan_field(gettext_lazy("价格（元）"))
    why = forms.CharField(label=gettext_lazy("依据"), max_length=300, required=False)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, initial={"price": Fen(sale.price_fen).yuan if sale.price_fen else ""})


class BuyerForm(ActForm):
    asked_as = {"buyer": "uscc"}
    uscc = forms.CharField(label=BUYER, max_length=LONGEST)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, initial={"uscc": sale.buyer.uscc if sale.buyer is not None else ""})

    def clean_uscc(self) -> str:
        self.buyer = organisation_of(self.cleaned_data["uscc"])
        return self.buyer.uscc


class PublicForm(ActForm):
    """What every publication says: its basis and the decision behind it."""

    basis = forms.CharField(label=gettext_lazy("定价依据"), max_length=300,
                            widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip
    document = forms.CharField(label=gettext_lazy("决策文件"), max_length=80,
                               help_text=gettext_lazy("例如：澄大办纪〔2026〕5号"))  # fmt: skip

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        self.proposal = held_proposal(sale)
        names = [name for name in self.base_fields if hasattr(self.proposal, name)]
        super().__init__(data, files, initial={name: getattr(self.proposal, name) for name in names})
        proof = self.proposal.unit_proof if self.proposal is not None else None
        if "unit_proof" in self.fields and proof is not None:
            self.fields["unit_proof"].required = False
            self.fields["unit_proof"].help_text = _("已有：%(file)s") % {"file": proof.name}
            self.initial.pop("unit_proof", None)


class NoticeForm(PublicForm):
    """协议定价公示."""

    objections_to = forms.CharField(
        label=gettext_lazy("异议受理"), max_length=200, help_text=gettext_lazy("部门、地址、电话")
    )
    unit_first = day_field(gettext_lazy("本单位公示自"))
    unit_proof = paper_field(gettext_lazy("本单位公示的截图或照片"))


def _days(key: str) -> Any:
    period = value(key, timezone.localdate())
    words = _("不填按 %(n)d 个工作日") if period.unit == "working" else _("不填按 %(n)d 日")
    return words % {"n": period.days}


class ListForm(PublicForm):
    """挂牌."""

    days = forms.IntegerField(label=gettext_lazy("挂牌天数"), required=False, min_value=1, max_value=120)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, files, sale)
        self.fields["days"].help_text = _days("listing_days")


class AnnounceForm(PublicForm):
    """拍卖、招标公告."""

    METHODS = [one for one in Publication.METHODS if one[0] in ("auction", "tender")]
    method = forms.ChoiceField(label=gettext_lazy("方式"), choices=METHODS)
    days = forms.IntegerField(label=gettext_lazy("公告天数"), required=False, min_value=1, max_value=120)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, files, sale)
        self.fields["days"].help_text = _days("auction_days")


class ProposeForm(NoticeForm):
    """定价方案: the seller's decision."""

    method = forms.ChoiceField(label=gettext_lazy("定价方式"), choices=Publication.METHODS)
    days = forms.IntegerField(label=gettext_lazy("挂牌、公告天数"), required=False, min_value=1, max_value=120)
    field_order = ["method", "basis", "document"]
    asked_as = {"price": "method", "buyer": "method"}

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, files, sale)
        self.sale, on_file = sale, self.proposal is not None and self.proposal.unit_proof is not None
        self.agreed = ("objections_to", "unit_first") if on_file else ("objections_to", "unit_first", "unit_proof")
        self.fields["unit_proof"].required = False
        for name in self.agreed:
            wanted(self.fields[name], _("协议定价必填"))
        self.fields["unit_first"].help_text = _("协议定价：先在本单位公示，再由科技大市场公示")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("method") == "agreed":
            self.want(*self.agreed)
        if "method" in cleaned:
            self.blame(Invalid(not_yet(self.sale, cleaned["method"])))
        return cleaned


class RelistForm(ActForm):
    money = ("price",)
    price = yuan_field(gettext_lazy("挂牌价（元）"), help=gettext_lazy("可以不变或降低；提高须重新决策定价"))
    document = forms.CharField(label=gettext_lazy("新的决策文件"), max_length=80)
    days = forms.IntegerField(label=gettext_lazy("挂牌天数"), required=False, min_value=1, max_value=120)

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        before = current(sale)
        super().__init__(data, initial={"price": Fen(before.price_fen).yuan if before is not None else ""})
        self.fields["days"].help_text = _days("listing_days")


class ResultForm(ActForm):
    """成交结果 as the licensed exchange reported it."""

    money = ("price",)
    asked_as = {"winner": "uscc"}
    exchange = forms.CharField(label=gettext_lazy("交易机构"), max_length=120,
                               help_text=gettext_lazy("有资质的技术产权交易机构或拍卖企业"))  # fmt: skip
    document = forms.CharField(label=gettext_lazy("成交确认书编号"), max_length=80)
    held_on = day_field(gettext_lazy("成交日期"))
    uscc = forms.CharField(label=BUYER, max_length=LONGEST)
    price = yuan_field(gettext_lazy("成交价（元）"))
    file = paper_field(gettext_lazy("成交确认书"))

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, files, initial=self._start(sale))
        public = current(sale)
        bidders = public.who_bids() if public is not None else []
        if bidders:
            chosen = [("", _("请选择")), *((one.uscc, one.name) for one in bidders)]
            self.fields["uscc"] = forms.ChoiceField(label=_("受让方"), choices=chosen)
            self.order_fields(["exchange", "document", "held_on", "uscc"])

    def clean_uscc(self) -> str:
        self.winner = organisation_of(self.cleaned_data["uscc"])
        return self.winner.uscc

    def _start(self, sale: Sale) -> dict[str, Any]:
        return {}

    def reported(self, file: Any) -> Result:
        """What the exchange's confirmation says."""
        said = {name: self.cleaned_data[name] for name in ("exchange", "document", "held_on")}
        return Result(winner=self.winner, price_fen=self.fen("price"), file=file, **said)


class CorrectResultForm(ResultForm):
    """The result as it is recorded, to be put right."""

    file = paper_field(gettext_lazy("成交确认书"), required=False, help=gettext_lazy("只在原来传错了文件时上传"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300)

    def _start(self, sale: Sale) -> dict[str, Any]:
        public = current(sale)
        assert public is not None
        row = public.outcome
        said = {name: getattr(row, name) for name in ("exchange", "document", "held_on")}
        return said | {"uscc": row.winner.uscc, "price": Fen(row.price_fen).yuan}


class TagsForm(ActForm):
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("标签"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("没有官方定义，只作分类"),
    )  # fmt: skip

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, initial={"tags": sale.tags})
        self.fields["tags"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.code} {one.name}") for one in listed("trade_tags").current(timezone.localdate())
        ]
