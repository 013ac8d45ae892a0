"""What one's organisations have on the market and should say again that it holds: chosen on one page, done at once."""

import re
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.views.listings import KINDS, mine_title
from triplehelix.market.listings.models import Listing
from triplehelix.market.lists.confirming import to_confirm
from triplehelix.market.lists.rules import terms
from triplehelix.records.parties.finds import cared_for
from triplehelix.records.steps.actions import Refused, take

PER_PAGE = 100
PICKED = re.compile(r"(\d{1,18})-(\d{1,9})")


class Left(NamedTuple):
    """One that was not confirmed, and why."""

    listing: Listing
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, kind: str) -> HttpResponse:
    """Those due, the longest unconfirmed first; those picked are confirmed, and of each that cannot be, why."""
    left: list[Left] = []
    status = 200
    if request.method == "POST":
        picked = _picked(request)
        left = _renewed(request, kind, picked)
        if done := len(picked) - len(left):
            messages.success(request, _("已再次确认 %(n)d 条") % {"n": done})
        if done and not left:
            return redirect("web:mine-confirm", kind)
        status = 409 if left else 422
    now = timezone.now()
    own = cared_for(request.user, timezone.localdate(now))
    page = Paginator(to_confirm(kind, own, now), PER_PAGE).get_page(request.GET.get("page"))
    title = _("再次确认本单位的%(what)s") % {"what": KINDS[kind].name}
    context = {
        "kind": kind, "title": title, "mine_title": mine_title(kind), "page": page, "left": left,
        "picked_none": status == 422, "days": terms().confirmed_within,
    }  # fmt: skip
    return render(request, "web/listing_confirm.html", context, status=status)


def _picked(request: Request) -> dict[int, int]:
    """The version each of them had on the page, by listing; 404 for what no page of ours sends."""
    found = [PICKED.fullmatch(one) for one in request.POST.getlist("pick")]
    if None in found or len(found) > PER_PAGE:
        raise Http404
    return {int(one[1]): int(one[2]) for one in found if one}


def _renewed(request: Request, kind: str, picked: dict[int, int]) -> list[Left]:
    """Confirm each for itself; 404 where one is not of the reader's organisations."""
    now = timezone.now()
    own = cared_for(request.user, timezone.localdate(now))
    rows = KINDS[kind].model._default_manager.filter(organisation__in=own).in_bulk(picked)
    if len(rows) < len(picked):
        raise Http404
    left = []
    for pk, listing in sorted(rows.items()):
        try:
            take(case=listing, step="renew", actor=request.user, now=now, seen_version=picked[pk])
        except Refused as why:
            left.append(Left(listing, str(why)))
    return left
