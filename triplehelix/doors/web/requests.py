"""A request as our middleware leaves it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from triplehelix.records.parties.models import Account


class Request(HttpRequest):
    """For type checkers: htmx's headers are read, and where sign-in is required the user is an account."""

    htmx: HtmxDetails
    user: Account


def searched(request: HttpRequest, name: str = "q", most: int = 60) -> str:
    """What somebody looks for, of the address; without NULs, which no text of the database holds."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:most]
