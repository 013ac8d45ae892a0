"""Where the city's single sign-on begins."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.providers.openid_connect.views import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest


@login_not_required
def begin(request: HttpRequest, provider_id: str) -> Any:
    """To the provider. Linking it with the account that is signed in lasts longer than the session, so it asks for the
    password first: allauth asks when the provider has answered already, and its answer cannot be used twice."""
    is_linking = request.GET.get("process") == "connect" and request.user.is_authenticated
    return (reauthentication_required(login) if is_linking else login)(request, provider_id)
