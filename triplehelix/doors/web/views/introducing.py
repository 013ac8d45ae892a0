"""A new introduction: from a match, or from somebody's listing to one of my own."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web import found
from triplehelix.doors.web.introduction_forms import InviteForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import access, actions, finds
from triplehelix.market.introductions.terms import term
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.ranked import match_listing
from triplehelix.matching.search import Hit
from triplehelix.records.parties.finds import cared_for, organisations_of

#: So many of the best are looked through for this pair.
LOOKED_AT = 50
Pair = tuple[Need | None, Achievement | None]


def _given(request: Request, model: type[Any], name: str) -> Any:
    """The published listing the address or the form names; None when it names none, 404 when there is none."""
    number = request.POST.get(name) or request.GET.get(name, "")
    if not number:
        return None
    one = model.objects.select_related("organisation").filter(pk=whole(number), state="published").first()
    if one is None:
        raise Http404
    return one


def _own(request: Request, model: type[Listing]) -> "QuerySet[Any]":
    """What of my organisations is published, to be put beside somebody else's listing."""
    own = cared_for(request.user, timezone.localdate()).filter(confirmed_at__isnull=False)
    rows = model._default_manager.filter(organisation__in=own, state="published")
    return rows.select_related("organisation").order_by("-published_at", "-pk")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Look at the pair and invite; with one of the two only, choose the other among the own ones."""
    need: Need | None = _given(request, Need, "need")
    achievement: Achievement | None = _given(request, Achievement, "achievement")
    if need is None and achievement is None:
        raise Http404
    if need is None or achievement is None:
        return _choose(request, (need, achievement))
    side = access.side_for(request.user, need, achievement, timezone.localdate())
    if not side:
        raise Http404
    running = finds.running(need, achievement).first()
    if running is not None and running.relations_of(request.user, timezone.now()):
        messages.info(request, _("这一对供需正在引荐中"))
        return redirect("web:introduction", running.pk)
    hit = _hit(request, need, achievement, side)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            made = actions.invite(
                need=need, achievement=achievement, side=side, actor=request.user, now=timezone.now(),
                percent=hit.percent if hit else None, **form.cleaned_data,
            )  # fmt: skip
            messages.success(request, _("已发出邀请，对方答复以后会通知您"))
            return redirect("web:introduction", made.pk)
    shown = found.one(hit) if hit else None
    context = {
        "need": need,
        "achievement": achievement,
        "side": side,
        "form": form,
        "found": shown,
        "days": term("answer", timezone.localdate()),
    }
    return render(request, "web/introduction_new.html", context, status=form.status)


def _hit(request: Request, need: Need, achievement: Achievement, side: str) -> Hit | None:
    """How the two were found to fit; a firm's own need is read whole, also where it is confidential."""
    text = need.words().whole if side == access.NEED else None
    result = match_listing(need, actor=request.user, now=timezone.now(), top=LOOKED_AT, text=text).result
    for hit in result.hits:
        if achievement.pk in (hit.subject_id, *hit.same_as):
            return hit
    return None


def _choose(request: Request, pair: Pair) -> HttpResponse:
    """Somebody else's listing, and mine to choose from."""
    need, achievement = pair
    wanted: type[Listing] = Need if need is None else Achievement
    listing = achievement if need is None else need
    assert listing is not None
    rows = _own(request, wanted).exclude(organisation=listing.organisation_id)
    context = {
        "listing": listing,
        "kind": "achievements" if need is None else "needs",
        "wanted": "needs" if need is None else "achievements",
        "rows": rows[:LOOKED_AT],
        "has_organisation": organisations_of(request.user, timezone.localdate()).exists(),
        "may_manage": access.may_manage(request.user, timezone.localdate()),
    }
    return render(request, "web/introduction_choose.html", context)
