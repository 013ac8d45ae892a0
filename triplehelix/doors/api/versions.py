"""Which version a caller has seen, as If-Match or `seen_version`: nobody writes over what they did not see."""

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import HttpError

TAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:-([0-9a-f]{8}))?"')


def tag(response: HttpResponse, version: int, beside: str = "") -> None:
    """Say which version an answer is of; `beside` is what it says that changes without a new version, such as names
    that may not be told any more. What it shows depends on the caller, so no shared cache may keep it."""
    mark = f"-{hashlib.blake2b(beside.encode(), digest_size=4).hexdigest()}" if beside else ""
    response["ETag"] = f'"{version}{mark}"'
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"


def unchanged(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the caller has just what this tagged answer says already (If-None-Match)."""
    given, wanted = request.headers.get("If-None-Match", ""), TAG.fullmatch(response["ETag"])
    return wanted is not None and any(match.groups() == wanted.groups() for match in TAG.finditer(given))


def seen(request: HttpRequest, given: int | None) -> int:
    """The version the caller has seen. Raises HttpError 428 where none is named, 422 for two that differ."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        if given is None:
            raise HttpError(428, _("请用 If-Match 或 seen_version 写明您看到的是哪一版，避免盖掉别人的修改"))
        return given
    match = TAG.fullmatch(header)
    if match is None or (given is not None and given != int(match[1])):
        raise HttpError(422, _("If-Match 应是读取时的 ETag，并与 seen_version 一致"))
    return int(match[1])
