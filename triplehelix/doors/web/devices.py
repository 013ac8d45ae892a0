"""What stays on a device belongs to one account, and goes when that account leaves."""

from typing import Any

from allauth.account.views import LogoutView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from triplehelix.records.parties.models import Account


def handle_of(account: Account) -> str:
    """A name for an account on a device, by which its drafts are told from another's. Nobody can guess it."""
    return salted_hmac("visits", str(account.pk)).hexdigest()[:20]


@login_not_required
def leave(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Signing out, as ever; the browser is told to forget what this site kept on the device: drafts, kept pages."""
    answer: HttpResponseBase = LogoutView.as_view()(request, *args, **kwargs)
    if request.method == "POST" and answer.status_code == 302:
        answer["Clear-Site-Data"] = '"storage"'
    return answer
