"""Two who wait for each other: the database ends one of them, whose work is undone whole. He is told, and tries again.

Locks are taken in one order so that it does not happen; where an order was overlooked, nobody sees an error of ours.
"""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

log = logging.getLogger(__name__)
DEADLOCK = "40P01"


class RingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        if not isinstance(why, OperationalError) or getattr(why.__cause__, "sqlstate", None) != DEADLOCK:
            return None
        log.error("两个请求互相等待，数据库结束了这一个：%s", request.path, exc_info=why)
        return HttpResponse(render_to_string("409.html"), status=409)
