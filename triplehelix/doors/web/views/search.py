"""The public home with its one search box, and what it finds."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from triplehelix.doors.web import found, introducing
from triplehelix.doors.web.numbers import whole
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
#: So many are shown at first, so many more each time more are asked for, and no more than these.
AT_ONCE, MOST = 20, 100
#: A question up to so long fits into an address (app.js knows the same limit).
SHORT = 600
KINDS = {"achievements": Achievement.kind, "needs": Need.kind}


@login_not_required
@require_safe
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
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """A sentence comes in the address; a pasted page, too long for one, is posted. Neither writes anything."""
    given = request.POST if request.method == "POST" else request.GET
    query, what = given.get("q", "").strip(), given.get("what", "achievements")
    if what not in KINDS:
        raise Http404
    if request.method == "POST" and len(query) <= SHORT:
        # Sent without script: with its address it can be gone back to, kept and reloaded like any other.
        return redirect(f"{reverse('web:search')}?{_asked(given, 'top').urlencode()}")
    facets, now, top = facets_of(given), timezone.now(), _top(given)
    result, problem = None, ""
    try:
        result = search(
            text=query,
            audiences=audiences(account_of(request), timezone.localdate(now)),
            kind=KINDS[what],
            facets=facets,
            top=top,
            now=now,
        )
    except EmptyQuery as why:
        problem = str(why)
    door = introducing.from_search(request) if result is not None else None
    context = found.context(result, what, facets, door) | {
        "query": query,
        "problem": problem,
        "too_long": False,
        "more": min(MOST, top + AT_ONCE) if result is not None and top < min(MOST, result.total) else None,
        "keep": _keep(request, given) if result is not None else "",
    }
    return render(request, "web/_results.html" if request.htmx else "web/search.html", context)


def _keep(request: HttpRequest, given: QueryDict) -> str:
    """Where this search is kept, with everything that narrows it; not for the public, nor for a pasted page."""
    if not request.user.is_authenticated or len(given.get("q", "")) > TEXT_LENGTH:
        return ""
    return f"{reverse('web:saved-new')}?{_asked(given).urlencode()}"


def _asked(given: QueryDict, *more: str) -> QueryDict:
    """What was asked, with everything that narrows it, as it stands in an address."""
    kept = QueryDict(mutable=True)
    for name in ("q", "what", "chain", "field", "region", "trl_min", *more):
        kept.setlist(name, [value for value in given.getlist(name) if value])
    return kept


def _top(given: QueryDict) -> int:
    """How many are to be shown: as many as the button for more says, else those at first."""
    asked = whole(given.get("top", ""))
    return AT_ONCE if asked is None else max(AT_ONCE, min(asked, MOST))
