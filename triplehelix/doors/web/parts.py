"""Fields that several forms ask for. Amounts come out in whole fen, rates in parts of a million."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.foundation.money import Fen, MoneyError, parse_amount

DAY = {"type": "date"}
MOMENT = {"type": "datetime-local"}


class FenField(forms.CharField):
    """An amount in 元 or 万元, or in the unit typed behind it; whole fen, or None when left empty."""

    def __init__(self, *, unit: str = "元", **more: Any) -> None:
        self.unit = unit
        super().__init__(
            max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal", "data-unit": unit}), **more
        )

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return int(parse_amount(text, self.unit))
        except MoneyError as why:
            raise forms.ValidationError(why.message) from None

    def prepare_value(self, value: Any) -> Any:
        """Fen given as the start are shown in the unit; what was typed stays as typed."""
        if not isinstance(value, int):
            return value
        return Fen(value).in_wan().split(" ")[0].replace(",", "") if self.unit == "万元" else Fen(value).yuan


class RateField(forms.CharField):
    """A yearly rate in percent, as 3.45; parts of a million come out."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=10, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **more)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).removesuffix("%").strip()
        if not text:
            return None
        try:
            ppm = Decimal(text) * 10_000
        except ArithmeticError:  # no number, or an exponent so large that the product overflows
            ppm = Decimal("NaN")
        if not ppm.is_finite() or ppm != ppm.to_integral_value() or not 0 <= ppm <= 1_000_000:
            raise forms.ValidationError(_("请写成 3.45 这样的百分数，最多四位小数"))
        return int(ppm)


def moment_field(label: Any) -> forms.DateTimeField:
    """A day and time of the city, as the browser's own input writes it."""
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("请写成 2026-01-01 09:30 这样的日期和时间")},
    )  # fmt: skip


def day_field(label: Any, *, required: bool = True, help: Any = "") -> forms.DateField:
    """A day, shown and read as a browser's own date input writes it, whatever the language."""
    widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help, widget=widget)


def text_field(label: Any, *, most: int = 500, required: bool = True, help: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help, widget=forms.Textarea(attrs={"rows": rows})
    )


def choice_field(label: Any, choices: Iterable[tuple[str, Any]]) -> Any:
    """One of a list, none chosen to begin with."""
    return forms.ChoiceField(label=label, choices=[("", gettext_lazy("请选择")), *choices])


def offered(codes: Any, on: Any) -> list[tuple[str, str]]:
    """The entries of a code list in force, as choices."""
    return [(entry.code, entry.name) for entry in codes.current(on)]


def one_of(form: forms.Form, name: str, label: Any, rows: Sequence[Any]) -> None:
    """For whom somebody acts now, asked of who acts for several, before everything else."""
    form.acts_for = {str(row.pk): row for row in rows}  # type: ignore[attr-defined]
    if len(rows) > 1:
        form.fields[name] = choice_field(label, [(str(row.pk), str(row)) for row in rows])
        form.order_fields([name])


def chosen(form: forms.Form, name: str) -> Any:
    """The one that was chosen, or the only one there is."""
    rows = form.acts_for  # type: ignore[attr-defined]
    return rows[form.cleaned_data[name]] if name in form.fields else next(iter(rows.values()))


class MoneyForm(Form):
    """A form with amounts in yuan, or in the unit typed behind them (120万).

    After `is_valid()` `fen` answers them in whole fen, an amount left out as none.
    """

    money: tuple[str, ...] = ("amount",)
    #: What to do about zero or less, by field; an amount not named here may have a sign.
    above_zero: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in self.money:
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "data-unit": "元"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.amounts: dict[str, int] = {}
        for name in self.money:
            if cleaned.get(name):
                try:
                    self.amounts[name] = int(parse_amount(cleaned[name], "元"))
                except MoneyError as why:
                    self.add_error(name, why.message)
                else:
                    if self.amounts[name] <= 0 and name in self.above_zero:
                        self.add_error(name, self.above_zero[name])
        return cleaned

    def fen(self, name: str) -> int:
        return self.amounts.get(name, 0)
