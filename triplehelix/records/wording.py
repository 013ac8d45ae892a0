"""The language of what is recorded: reasons and steps in the trail are read by everybody, years later."""

from django.conf import settings
from django.utils import translation


def as_recorded() -> translation.override:
    """Texts made inside are in the site's language (LANGUAGE_CODE), whatever language whoever acts reads."""
    return translation.override(settings.LANGUAGE_CODE)
