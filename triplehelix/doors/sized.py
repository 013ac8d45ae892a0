"""A body is measured before anything reads it: whoever sends gigabytes fills neither the disk nor the memory, also
where no proxy in front does the measuring."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

#: A form takes several papers at once; each is measured by itself when it is kept.
PAPERS = 4


class SizedMiddleware:
    """Stands before whatever reads a form, and behind who chooses the language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most, said = PAPERS * settings.UPLOAD_MAX_BYTES, request.META.get("CONTENT_LENGTH") or "0"
        if said.isascii() and said.isdecimal() and int(said[:18]) > most:
            told = _("一次最多上传 %(most)d MB：请分几次上传") % {"most": most // 2**20}
            return HttpResponse(told, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
