"""Every refusal under /api/ has one shape, also what never reaches a call: unknown addresses, methods, large bodies."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

ROOT = "/api/"
#: Of what an answer says of its content, what is not about its old body.
KEPT = ("Content-Security-Policy",)


def _said(status: int) -> str:
    return {
        400: _("请求读不懂"),
        403: _("没有权限，或缺少防伪标记"),
        404: _("没有这一项，或者您看不到它"),
        405: _("这个地址不接受这种方法"),
        409: _("有人同时在办相关的事项，这一次没有办成，什么也没有改：请重新读取后再试"),
        413: _("请求太大"),
        500: _("服务器出错了，没有办成；请稍后再试"),
    }.get(status, _("没有办成"))


class ProblemMiddleware:
    """Turns pages of refusal into what programs read; answers that are JSON already stay as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        kind = answer.get("Content-Type", "")
        if not request.path.startswith(ROOT) or answer.status_code < 400 or kind.startswith("application/json"):
            return answer
        body = json.dumps({"message": _said(answer.status_code), "fields": {}}, ensure_ascii=False)
        made = HttpResponse(body, content_type="application/json; charset=utf-8", status=answer.status_code)
        for name, value in answer.items():
            # What the site says with every answer (its policy, how long it is kept, nosniff), and Allow.
            if not name.startswith("Content-") or name in KEPT:
                made[name] = value
        made.cookies = answer.cookies
        return made
