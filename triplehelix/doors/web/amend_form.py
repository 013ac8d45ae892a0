"""The form by which a contract is corrected or changed: it begins with what stands."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.contract_form import ContractForm, shares
from triplehelix.doors.web.sale_fields import Group, may_day, paper_field
from triplehelix.foundation.money import Fen
from triplehelix.market.contracts.actions.amending import OF_A_CONTRACT, Ground, stands
from triplehelix.market.contracts.models import Amendment, Sale

GROUNDS = [(code, label) for code, label in Amendment.GROUNDS if code in OF_A_CONTRACT]


class AmendForm(ContractForm):
    """更正、变更: why and on what paper, and the contract as it should stand."""

    ground = forms.ChoiceField(label=gettext_lazy("依据"), choices=GROUNDS, widget=forms.RadioSelect)
    agreed_on = may_day(gettext_lazy("补充协议签订日期"), gettext_lazy("变更的填写"))
    file = paper_field(
        gettext_lazy("补充协议，或更正后的扫描件"), required=False,
        help=gettext_lazy("变更的必须上传补充协议；更正的，只在原来传错了文件时上传"),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300,
                             help_text=gettext_lazy("双方和科技大市场都能看到"))  # fmt: skip

    def __init__(self, data: Any, files: Any, sale: Sale) -> None:
        super().__init__(data, files, sale)
        self.hint = _("下面是现在登记的内容：只改要改的。价格、类型在认定登记以后不能改；已经付的款不受影响。")

    def _start(self, sale: Sale) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        held = stands(sale.contract)
        names = {one.name for one in fields(held)} - {"file", "rows"}
        start: dict[str, Any] = {name: getattr(held, name) for name in names}
        start |= shares(held) | {"price": Fen(held.price_fen).yuan}
        return start, [{"name": name, "amount": fen, "due": due} for name, fen, due in held.rows]

    def because(self, file: Any) -> Ground:
        """Why the contract is changed, and on what paper."""
        said = self.cleaned_data
        return Ground(said["ground"], said["reason"], said["agreed_on"], file)

    def layout(self) -> list[Group]:
        own, *rest = super().layout()
        asked = [self[name] for name in ("ground", "agreed_on", "file", "reason")]
        held = [field for field in own.fields if field.name != "file"]
        return [Group("", asked), Group(_("合同内容"), held), *rest]
