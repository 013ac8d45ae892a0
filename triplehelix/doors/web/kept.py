"""Nothing typed is lost: a form sent after the session ended waits in the new session until its writer is back.

Each form carries its writer's signed number, because the ended session no longer knows it. What was typed is shown
again only to that account, on that page; another person who signs in on the same machine never sees it. It may be the
words of a confidential need, so it is encrypted as those are.
"""

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from triplehelix.records.parties.fields import box

KEPT = "kept_form"
WRITER = "writer"
MOST_BYTES = 200_000
NOT_KEPT = ("csrfmiddlewaretoken", "password", WRITER)


def writer(request: HttpRequest) -> str:
    """What a form carries to say who was writing it."""
    return signing.dumps(request.user.pk, salt=WRITER) if request.user.is_authenticated else ""


def _keep(request: HttpRequest) -> bool:
    try:
        account = signing.loads(request.POST.get(WRITER, ""), salt=WRITER, max_age=86_400)
    except signing.BadSignature:
        return False
    data = request.POST.copy()
    for name in [n for n in data if n.startswith(NOT_KEPT)]:
        del data[name]
    body = data.urlencode()
    if len(body) > MOST_BYTES:
        return False
    request.session[KEPT] = {"account": account, "path": request.path, "body": box().encrypt(body.encode()).decode()}
    return True


def _typed(found: dict[str, Any]) -> QueryDict | None:
    """The form as it was; None where its key is gone: an empty page, not one full of what is missing."""
    try:
        return QueryDict(box().decrypt(found["body"].encode()))
    except InvalidToken:
        return None


def kept(request: HttpRequest) -> QueryDict | None:
    """What this account typed on this page before it had to sign in again, or None. It stays until `forget`."""
    found: dict[str, Any] | None = request.session.get(KEPT)
    if found and found["path"] == request.path and found["account"] == request.user.pk:
        return _typed(found)
    return None


def note(request: HttpRequest) -> dict[str, str]:
    """The note this account wrote to a step of the thing this page shows, as first values of its form; {} for none."""
    found: dict[str, Any] | None = request.session.get(KEPT)
    if found and found["path"].startswith(f"{request.path}steps/") and found["account"] == request.user.pk:
        typed = _typed(found)
        return {} if typed is None else {"note": typed.get("note", "")}
    return {}


def forget(request: HttpRequest) -> None:
    """What was kept for this address, or for any step of this thing, has been sent; what waits elsewhere stays."""
    if (found := request.session.get(KEPT)) and _thing(found["path"]) == _thing(request.path):
        del request.session[KEPT]


def _thing(path: str) -> str:
    return path.partition("steps/")[0]


class KeepingLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Pages are for those who signed in unless they say otherwise; a form sent too late is kept, not dropped."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if request.resolver_match and "ninja" in request.resolver_match.app_names:
            return None  # the API asks for its callers' credentials itself, and answers 401 instead of a page
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        if _keep(request):
            messages.warning(request, _("登录已过期。您刚才填写的内容已经保留，登录后会回到那一页，请再点一次提交。"))
        else:
            messages.warning(request, _("登录已过期，请重新登录。"))
        answer = redirect_to_login(request.path, settings.LOGIN_URL)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": answer["Location"]})
        return answer
