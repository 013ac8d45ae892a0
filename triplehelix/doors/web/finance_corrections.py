"""What an institution puts right of a loan: a contract typed wrong, a repayment or a recovery entered wrongly."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.finance_forms import ContractForm
from triplehelix.doors.web.parts import text_field
from triplehelix.market.finance.models import Application, Loan
from triplehelix.market.finance.money import rate_words
from triplehelix.records.amounts import exact


class CorrectContractForm(ContractForm):
    """The contract as it stands, to be put right, with the reason."""

    reason = text_field(gettext_lazy("原因"), most=300, rows=2)

    def __init__(self, case: Application, data: Any = None) -> None:
        super().__init__(case, data)
        loan = case.loan
        assert loan is not None
        self.fields["number"].help_text = _("合同已经备案的，请市科技局先撤销备案，更正以后再恢复")
        self.initial = {name: getattr(loan, name) for name in self.fields if name != "reason"}
        self.initial["rate_ppm"] = rate_words(loan.rate_ppm).removesuffix("%")

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "reason"}


class VoidForm(Form):
    """Which of what stands, by its voucher, and why it falls away."""

    number = forms.ChoiceField()
    reason = text_field(gettext_lazy("原因"), most=300, rows=2)

    def __init__(self, case: Application, data: Any = None) -> None:
        super().__init__(data)
        assert case.loan is not None
        self.fields["number"].choices = list(self.standing(case.loan))  # type: ignore[attr-defined]

    def standing(self, loan: Loan) -> Iterable[tuple[str, str]]:
        """Voucher and words of each."""
        return ()


class VoidPaymentForm(VoidForm):
    number = forms.ChoiceField(
        label=gettext_lazy("哪一笔还款"),
        help_text=gettext_lazy("已结清的贷款，作废以后回到结清以前：登记正确的还款，再办理结清"),
    )

    def standing(self, loan: Loan) -> Iterable[tuple[str, str]]:
        for row in loan.standing_payments():
            yield row.number, f"{row.number} · {row.get_kind_display()} {exact(row.amount_fen)}"


class VoidRecoveryForm(VoidForm):
    number = forms.ChoiceField(
        label=gettext_lazy("哪一笔追偿"),
        help_text=gettext_lazy("追偿已经完结的，作废以后回到“已补偿”：登记正确的追偿，再办理追偿完结"),
    )

    def standing(self, loan: Loan) -> Iterable[tuple[str, str]]:
        for row in loan.recoveries.filter(void_why=""):
            yield row.number, f"{row.number} · {exact(row.amount_fen)}"
