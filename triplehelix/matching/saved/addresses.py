"""The few addresses a letter must name."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from triplehelix.market.needs.models import Need

STOP = "saved.stop"


def whole(path: str) -> str:
    """The whole address of a page, or its path alone where the site does not know its own name (SITE_URL)."""
    return f"{settings.SITE_URL}{path}"


def of_listing(kind: str, number: int) -> str:
    """The page of a hit: of ours, or, below zero, of a listing of another market."""
    if number < 0:
        return whole(reverse("web:foreign", args=[-number]))
    return whole(reverse("web:listing", args=["needs" if kind == Need.kind else "achievements", number]))


def of_list() -> str:
    return whole(reverse("web:saved"))


def of_stop(number: int) -> str:
    """Where anybody who holds the letter ends it: the number is signed, so that nobody ends another's."""
    return whole(reverse("web:saved-end", args=[signing.dumps(number, salt=STOP)]))


def stopped(token: str) -> int | None:
    """The number a token names; None for one we did not sign."""
    try:
        return int(signing.loads(token, salt=STOP))
    except (signing.BadSignature, ValueError, TypeError):
        return None
