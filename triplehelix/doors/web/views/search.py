"""The public home with its one search box, and what it finds."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from triplehelix.doors.web import found, introducing
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import account_of, facets_of
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import finds
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.ranked import search
from triplehelix.matching.saved.models import TEXT_LENGTH
from triplehelix.matching.search import EmptyQuery
from triplehelix.records.parties.access import audiences

LATEST = 6
KINDS = {"achievements": Achievement.kind, "needs": Need.kind}


@login_not_required
@require_GET
def home(request: Request) -> HttpResponse:
    needs, achievements = finds.published(Need), finds.published(Achievement)
    context = {
        "latest_needs": needs[:LATEST],
        "latest_achievements": achievements[:LATEST],
        "need_count": needs.count(),
        "achievement_count": achievements.count(),
    }
    return render(request, "web/home.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def find(request: Request) -> HttpResponse:
    """A sentence comes in the address; a pasted page, too long for one, is posted. Neither writes anything."""
    given = request.POST if request.method == "POST" else request.GET
    query, what = given.get("q", "").strip(), given.get("what", "achievements")
    if what not in KINDS:
        raise Http404
    facets, now = facets_of(given), timezone.now()
    result, problem = None, ""
    try:
        result = search(
            text=query,
            audiences=audiences(account_of(request), timezone.localdate(now)),
            kind=KINDS[what],
            facets=facets,
            now=now,
        )
    except EmptyQuery as why:
        problem = str(why)
    door = introducing.from_search(request) if result is not None else None
    context = found.context(result, what, facets, door) | {
        "query": query,
        "problem": problem,
        "too_long": False,
        "keep": _keep(request, given) if result is not None else "",
    }
    return render(request, "web/_results.html" if request.htmx else "web/search.html", context)


def _keep(request: HttpRequest, given: QueryDict) -> str:
    """Where this search is kept, with everything that narrows it; not for the public, nor for a pasted page."""
    if not request.user.is_authenticated or len(given.get("q", "")) > TEXT_LENGTH:
        return ""
    kept = QueryDict(mutable=True)
    for name in ("q", "what", "chain", "field", "region", "trl_min"):
        kept.setlist(name, [value for value in given.getlist(name) if value])
    return f"{reverse('web:saved-new')}?{kept.urlencode()}"
