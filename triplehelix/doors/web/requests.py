"""A request as our middleware leaves it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from triplehelix.records.parties.models import Account


class Request(HttpRequest):
    """For type checkers: htmx's headers are read, and where sign-in is required the user is an account."""

    htmx: HtmxDetails
    user: Account
