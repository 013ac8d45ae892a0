"""A page that is only read cannot write: GET and HEAD let nothing but reading statements reach the database.

Held on the connection, while the view runs; sessions are saved outside of it. As nothing is written, what the viewer
belongs to is asked once. Two GETs must write: signing in by the
city's single sign-on, and the signed request of another market, which is remembered so that it is taken once.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from triplehelix.records.parties.known import remembered

READING = (
    *("SELECT", "WITH", "EXPLAIN", "SHOW", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET LOCAL"),
    *("FETCH", "DECLARE", "CLOSE"),
)
#: What a statement that begins with a name for its parts (WITH) may write with.
WRITING = re.compile(r"\b(INSERT\s+INTO|UPDATE\s[^()]*?\sSET|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE)
WRITES_BY_GET = ("/accounts/", "/exchange/v1/")


class WriteOnRead(RuntimeError):
    """A view answered a GET with a statement that writes."""


def only_reading(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    begins = sql.lstrip("( \n").upper()
    if not begins.startswith(READING) or (begins.startswith("WITH") and WRITING.search(sql)):
        raise WriteOnRead(f"a GET may not run: {sql[:80]}")
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if request.method not in ("GET", "HEAD") or request.path.startswith(WRITES_BY_GET):
            return None
        with connection.execute_wrapper(only_reading), remembered():
            answer = view(request, *args, **kwargs)
            # A template rendered later would run its queries outside the guard.
            if hasattr(answer, "render") and callable(answer.render):
                answer = answer.render()
        return answer
