"""What the forms of a sale are made of: papers, amounts, percentages, groups of fields."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.parts import MoneyForm, day_field
from triplehelix.doors.web.rows import Rows
from triplehelix.records.parties.reference import code_list

DECIMAL = {"inputmode": "decimal", "autocomplete": "off", "data-unit": "元"}


def paper_field(label: Any, *, required: bool = True, help: Any = "") -> forms.FileField:
    """A paper that proves something: PDF or picture."""
    return forms.FileField(
        label=label, required=required, help_text=help or gettext_lazy("PDF 或图片"),
        error_messages={"required": gettext_lazy("请上传%(what)s") % {"what": label}},
    )  # fmt: skip


def yuan_field(label: Any, *, required: bool = True, help: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=24, required=required, help_text=help, widget=forms.TextInput(attrs=DECIMAL)
    )


def may_day(label: Any, help: Any = "") -> forms.DateField:
    """A day that may be left out."""
    return day_field(label, required=False, help=help)


def hundredths(text: str, most: int = 100) -> int:
    """A percentage as people write it (33.34 or 33.34%) in hundredths of a percent. Raises ValueError."""
    try:
        exact = Decimal(text.strip().removesuffix("%").strip()) * 100
    except ArithmeticError:  # no number, or an exponent so large that the product overflows
        raise ValueError(_("请写成 60 或 33.34 这样的百分数")) from None
    if exact != exact.to_integral_value() or not 0 <= exact <= most * 100:
        raise ValueError(_("请写 0 到 %(most)d 之间的百分数，最多两位小数") % {"most": most})
    return int(exact)


def type_choices() -> list[tuple[str, Any]]:
    """五类技术合同."""
    return [("", _("请选择")), *((one.code, one.name) for one in code_list("contract_types"))]


def percent(bp: int) -> str:
    """Hundredths of a percent as they are typed."""
    return f"{Decimal(bp) / 100:f}"


class Group(NamedTuple):
    """Fields that stand together under a title, or lines of which there are as many as are needed."""

    title: Any = ""
    fields: Sequence[Any] = ()
    rows: Rows | None = None


class ActForm(MoneyForm):
    """The form of an act; `hint` stands above the fields."""

    money: tuple[str, ...] = ()
    hint = ""

    def layout(self) -> list[Group]:
        """What stands together, in order."""
        return [Group("", list(self))]
