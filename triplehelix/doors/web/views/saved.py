"""订阅: keep a search or the matches of an own listing, see what is kept, end it, also from a letter."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request, searched
from triplehelix.doors.web.shown import facets_of, options
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.saved import actions, addresses, finds
from triplehelix.matching.saved.models import TEXT_LENGTH, SavedSearch
from triplehelix.records.parties.finds import cared_for

KINDS = {"achievements": Achievement.kind, "needs": Need.kind}
OWN: dict[str, type[Listing]] = {"need": Need, "achievement": Achievement}


class KeepForm(Form):
    """What is kept is in the address; here is what it is called and how often one hears of it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    every = forms.ChoiceField(label=gettext_lazy("多久告诉我一次"), choices=SavedSearch.EVERY, initial="daily")


@require_safe
def index(request: Request) -> HttpResponse:
    """Everything I keep."""
    rows = [(one, _words(one), _address(one)) for one in finds.of(request.user)]
    return render(request, "web/saved_list.html", {"rows": rows})


def _address(saved: SavedSearch) -> str:
    """The search page that asks the same, for one in words."""
    if saved.listing is not None:
        return ""
    what = next(name for name, kind in KINDS.items() if kind == saved.what)
    chosen = {name: getattr(saved.facets, name) for name in ("chain", "field", "region")}
    asked = {"q": saved.text, "what": what, **chosen, "trl_min": saved.facets.trl_min or ()}
    return f"{reverse('web:search')}?{urlencode(asked, doseq=True)}"


def _words(saved: SavedSearch) -> list[str]:
    """What a search is narrowed to, in words."""
    named = {name: dict(known) for name, known in options().items()}
    facets = saved.facets
    chosen = [named[name].get(code, code) for name in ("chain", "field", "region") for code in getattr(facets, name)]
    return [*chosen, *([_("成熟度至少 %(n)d 级") % {"n": facets.trl_min}] if facets.trl_min else [])]


def _listing(request: Request) -> Listing | None:
    """The own listing the address names; None when it names none, 404 for one that is not there."""
    for name, model in OWN.items():
        if number := request.GET.get(name, ""):
            own = cared_for(request.user, timezone.localdate())
            rows = model._default_manager.select_related("organisation").filter(organisation__in=own)
            found: Listing = get_object_or_404(rows, pk=whole(number))
            return found
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Give it a name and say how often. What is kept stands in the address, also when the form is sent."""
    listing, what = _listing(request), request.GET.get("what", "achievements")
    text = searched(request, most=TEXT_LENGTH)
    if what not in KINDS or (listing is None and not text):
        raise Http404
    facets = facets_of(request.GET)
    start = listing.title if listing is not None else text
    form = KeepForm(request.POST if request.method == "POST" else None, initial={"name": Truncator(start).chars(40)})
    if form.is_valid():
        narrowed = {name: list(getattr(facets, name)) for name in ("chain", "field", "region")}
        given: dict[str, Any] = {"listing": listing} if listing is not None else {
            "text": text, "what": KINDS[what], "narrowed": {**narrowed, "trl_min": facets.trl_min},
        }  # fmt: skip
        with form.blaming():
            made = actions.keep(account=request.user, now=timezone.now(), **form.cleaned_data, **given)
            messages.success(request, _("已订阅“%(name)s”，有新的会写信告诉您") % {"name": made.name})
            return redirect("web:saved")
    context = {"form": form, "text": text, "listing": listing, "what": what}
    return render(request, "web/saved_new.html", context, status=form.status)


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    saved = actions.stop(saved=get_object_or_404(finds.of(request.user), pk=pk), actor=request.user, now=timezone.now())
    messages.success(request, _("已停止“%(name)s”") % {"name": saved.name})
    return redirect("web:saved")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """From a letter, without signing in: one look at what it is, one button. A mail program that follows links ends
    nothing."""
    number = addresses.stopped(token)
    saved = get_object_or_404(SavedSearch, pk=number if number is not None else 0)
    if request.method == "POST":
        saved = actions.stop(saved=saved, actor=None, now=timezone.now())
    return render(request, "web/saved_end.html", {"saved": saved, "done": saved.stopped_at is not None})
