"""What a city does not have is not there: the pages and calls of a part its policy pack leaves out answer 404."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from triplehelix.market.finance import terms

#: The first word of the addresses of 科技金融, as pages and under /api/.
FINANCE = frozenset({"finance", "equity", "roadshows"})


class AbsentPartMiddleware:
    """Stands after whoever needs the request to say who asks: the page of a refusal shows it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = request.path_info.removeprefix("/api").strip("/").split("/")[0]
        if place in FINANCE and not terms.offered():
            raise Http404
        return self.get_response(request)
