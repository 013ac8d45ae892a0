"""What stays on a device belongs to one account, and goes when that account leaves; nothing between keeps it."""

from collections.abc import Callable
from typing import Any

from allauth.account.views import LogoutView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import salted_hmac

from triplehelix.records.parties.models import Account

#: Who signed in on this device last, as a handle a script may read: a page that was kept (visits-worker.js) shows what
#: was written on it only where it is still the one the page was made for. It outlives the session, which may end in a
#: workshop; signing out takes it away, and the next to sign in puts his own in its place. Letting nobody in, it is no
#: secret.
WHOSE = "device_of"
WHOSE_SECONDS = 60 * 60 * 24 * 400  # as long as browsers keep one at most


def handle_of(account: Account) -> str:
    """A name for an account on a device, by which its drafts are told from another's. Nobody can guess it."""
    return salted_hmac("visits", str(account.pk)).hexdigest()[:20]


@login_not_required
def leave(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Signing out, as ever; the browser is told to forget what this site kept on the device: drafts, kept pages."""
    answer: HttpResponseBase = LogoutView.as_view()(request, *args, **kwargs)
    if request.method == "POST" and answer.status_code == 302:
        # `cache` also takes what the browser would show again by its own way back.
        answer["Clear-Site-Data"] = '"cache", "storage"'
        answer.delete_cookie(WHOSE, samesite="Lax")
    return answer


class WhoseDeviceMiddleware:
    """Says with every page, the answer to signing in among them, whose device this is now; and of what was made for
    somebody, unless it says so itself, that no cache keeps it for others or shows it again unasked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        is_page = answer.get("Content-Type", "").startswith("text/html")
        if (
            is_page
            and request.user.is_authenticated
            and request.COOKIES.get(WHOSE) != (whose := handle_of(request.user))
        ):
            answer.set_cookie(WHOSE, whose, WHOSE_SECONDS, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
        if request.user.is_authenticated and "Cache-Control" not in answer:
            answer["Cache-Control"] = "private, no-cache"
        return answer
