"""How a form takes the name of a unit: what people know is its name, what registers know is its code."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.records.parties.models import Organisation

#: As many characters as a unit's full name may have.
LONGEST = 120
#: How a form asks for a firm.
FIRM = gettext_lazy("企业：单位全称，或统一社会信用代码")


def organisation_of(text: str) -> Organisation:
    """The registered unit of a unified social credit code or of an exact full name.

    Raises ValidationError that says what to do: nobody is called so, or several are.
    """
    said = text.strip()
    found = Organisation.objects.filter(uscc=said.upper()).first()
    if found is not None:
        return found
    named = list(Organisation.objects.filter(name=said)[:2])
    if len(named) > 1:
        raise forms.ValidationError(_("不止一个单位叫这个名称：请写 18 位统一社会信用代码"))
    if not named:
        raise forms.ValidationError(
            _("没有找到这个单位：请写 18 位统一社会信用代码或单位全称；还没有登记的，先由主管部门登记、核实")
        )
    return named[0]
