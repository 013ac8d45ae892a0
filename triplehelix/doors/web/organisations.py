"""How a form takes the name of a unit."""

from django import forms
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
