"""The public home with its one search box, and what it finds."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from triplehelix.doors.web.shown import account_of, facets_of
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import finds
from triplehelix.market.needs.models import Need
from triplehelix.matching.search import EmptyQuery, search
from triplehelix.records.parties.access import audiences

LATEST = 6
MOST_CHARACTERS = 20_000
KINDS = {"achievements": Achievement.kind, "needs": Need.kind}


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
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
def find(request: HttpRequest) -> HttpResponse:
    """A sentence comes in the address; a pasted page, too long for one, is posted. Neither writes anything."""
    given = request.POST if request.method == "POST" else request.GET
    query = given.get("q", "").strip()
    what = given.get("what", "achievements")
    if what not in KINDS:
        return redirect("web:home")
    context = {"query": query, "what": what, "too_long": len(query) > MOST_CHARACTERS, "result": None}
    if query:
        account, now = account_of(request), timezone.now()
        facets = facets_of(given)
        try:
            context["result"] = search(
                text=query[:MOST_CHARACTERS],
                audiences=audiences(account, timezone.localdate(now)),
                kind=KINDS[what],
                facets=facets,
                now=now,
            )
        except EmptyQuery as why:
            context["problem"] = str(why)
        context["facets"] = facets
    else:
        context["problem"] = _("请写一句话，或者把整页资料粘贴进来")
    return render(request, "web/_results.html" if request.htmx else "web/search.html", context)
