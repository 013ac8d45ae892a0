"""Who calls: a person's session (with its CSRF token) or a key, sent as `Authorization: Bearer …`."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer, SessionAuth

from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.access import holds_office
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.sessions import lacks_totp


class Request(HttpRequest):
    """For type checkers: where a call needs somebody signed in, the user is an account."""

    user: Account


class Key(HttpBearer):
    """A key acts as the account that made it, and no further than that account may. One made before its owner was given
    an office opens nothing of it without the second factor either, where offices must have one."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        scope = "read" if request.method in ("GET", "HEAD") else "write"
        account = parties.account_of_key(token=token, now=timezone.now(), scope=scope)
        if account is not None and lacks_totp(account) and holds_office(account, timezone.localdate()):
            return None
        if account is not None:
            request.user = account
        return account


class OwnSession(SessionAuth):
    """A person's session. Not for who sends a key: a program is told that its key is wrong, or only reads (401), and
    not that it lacks a token it never had."""

    def __call__(self, request: HttpRequest) -> Any:
        sends_key = request.headers.get("Authorization", "").lower().startswith("bearer ")
        return super().__call__(request) if request.user.is_authenticated and not sends_key else None


#: Public calls write nothing: a program without our cookie may make them, and nothing can be forged by them.
SESSION = SessionAuth(csrf=False)


def anybody(request: HttpRequest) -> Any:
    """Public calls know who asks when it is known, and answer the public otherwise."""
    return SESSION(request) or "public"


def account_of(request: HttpRequest) -> Account | None:
    return request.user if request.user.is_authenticated else None


SIGNED_IN = [Key(), OwnSession()]
PUBLIC = [Key(), anybody]
