"""Sessions end when nobody uses them: those of office holders soon, those of others later. Office holders may be
required to have a second factor."""

from collections.abc import Callable, MutableMapping
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from triplehelix.records.parties.access import holds_office
from triplehelix.records.parties.models import Account

SEEN = "seen_at"
STAFF = "is_staff"
STAFF_CHECKED = "is_staff_checked_at"
#: A session is written at most this often for being used, and asks this often whether its account holds an office.
WRITE_EVERY = timedelta(seconds=30)
CHECK_EVERY = timedelta(minutes=5)
#: Where somebody without the required second factor may still go: to get one, or out.
OPEN_WITHOUT_TOTP = ("/accounts/", "/static/", "/i18n/")


def idle_too_long(session: MutableMapping[str, Any], *, staff: bool, now: datetime) -> bool:
    """Whether the session has not been used for longer than its holder's limit. A new one has not."""
    seen = session.get(SEEN)
    limit = settings.STAFF_IDLE_SECONDS if staff else settings.SESSION_COOKIE_AGE
    return seen is not None and now.timestamp() - seen > limit


def note_use(session: MutableMapping[str, Any], *, now: datetime) -> None:
    if now.timestamp() - session.get(SEEN, 0) >= WRITE_EVERY.total_seconds():
        session[SEEN] = now.timestamp()


def is_staff(session: MutableMapping[str, Any], account: Account, *, now: datetime) -> bool:
    """Whether the account holds an office; asked again every few minutes, remembered in the session between."""
    if now.timestamp() - session.get(STAFF_CHECKED, 0) >= CHECK_EVERY.total_seconds():
        session[STAFF] = holds_office(account, timezone.localdate(now))
        session[STAFF_CHECKED] = now.timestamp()
    return bool(session[STAFF])


def lacks_totp(account: Account) -> bool:
    """Whether an office holder's account is without the second factor that this city requires of it."""
    totp = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP)
    return bool(settings.STAFF_TOTP_REQUIRED) and not totp.exists()


class IdleSessionMiddleware:
    """After a pause that was too long the request goes on as the public's: what it may not see asks to sign in, and
    a form keeps what was typed (doors.web.kept)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            staff = is_staff(request.session, request.user, now=now)
            if idle_too_long(request.session, staff=staff, now=now):
                logout(request)
            else:
                note_use(request.session, now=now)
                if staff and self._needs_totp(request):
                    return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def _needs_totp(self, request: HttpRequest) -> bool:
        is_open = request.path.startswith(OPEN_WITHOUT_TOTP)
        return not is_open and isinstance(request.user, Account) and lacks_totp(request.user)
