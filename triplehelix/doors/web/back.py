"""An address that only takes forms leads to the page its form stands on, when it is opened as a page.

It comes to that by honest ways: a language was switched after a refusal, somebody signed in again where a session had
ended, an address was kept. A browser's empty page of error helps none of them.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import Resolver404, resolve


class BackMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        at = request.resolver_match
        if request.method == "GET" and isinstance(answer, HttpResponseNotAllowed) and at and at.namespace == "web":
            return redirect(page_above(request.path))
        return answer


def page_above(path: str) -> str:
    """The nearest address above that is one of this site; at last the first page."""
    parts = path.strip("/").split("/")
    for n in range(len(parts) - 1, 0, -1):
        above = "/".join(["", *parts[:n], ""])
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return "/"
