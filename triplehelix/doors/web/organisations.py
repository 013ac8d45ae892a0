"""How a form takes the name of a unit, and for which of somebody's own it is sent."""

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Refused

#: As many characters as a unit's full name may have.
LONGEST = 120
#: How a form asks for a firm.
FIRM = gettext_lazy("企业：单位全称，或统一社会信用代码")


def organisation_of(text: str) -> Organisation:
    """As `finds.organisation_called`. Raises ValidationError that says what to do."""
    try:
        return finds.organisation_called(text)
    except Refused as why:
        raise forms.ValidationError(str(why)) from None


def sent_for(request: HttpRequest, own: Sequence[Organisation]) -> Organisation:
    """Of one's own, at least one, that which was chosen (components/organisation_field.html), else the first."""
    return next((one for one in own if str(one.pk) == request.POST.get("organisation")), own[0])
