"""Listings of other markets: a list, and the page of one, with the way back to where it comes from."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors.web.exchange_forms import NoteForm
from triplehelix.doors.web.requests import Request, searched
from triplehelix.doors.web.shown import account_of
from triplehelix.doors.web.views.listings import KINDS
from triplehelix.market.exchange import actions, finds
from triplehelix.market.exchange.access import keeps, relations_of
from triplehelix.market.exchange.models import ForeignListing
from triplehelix.records.steps.history import history

PER_PAGE = 20
WHAT = {"needs": "need", "achievements": "achievement"}
KIND_OF = {what: kind for kind, what in WHAT.items()}
#: Who also sees what is not shown: withdrawn, expired, hidden.
INSIDE = frozenset({"keeper", "auditor"})

#: What happens to a listing of another market besides its steps.
DEEDS = {
    "receive": gettext_lazy("收到对方的变化"),
    "hide": gettext_lazy("不在本市场展示"),
    "unhide": gettext_lazy("恢复展示"),
    "peer": gettext_lazy("对方接通或断开"),
    "decide_conflict": gettext_lazy("处理冲突"),
}


@login_not_required
@require_safe
def index(request: Request, kind: str) -> HttpResponse:
    """Everything other markets offer of this kind, newest first."""
    rows = finds.shown(WHAT[kind])
    words = searched(request, most=100)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(body__holder__icontains=words))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"kind": kind, "kind_name": KINDS[kind].name, "page": page, "words": words}
    return render(request, "web/_elsewhere_rows.html" if request.htmx else "web/elsewhere_list.html", context)


def _open(request: Request, pk: int) -> ForeignListing:
    """What is shown, for anybody; what is not, for those who look after the exchange and for audit."""
    held = relations_of(account_of(request), timezone.now())
    rows = ForeignListing.objects.select_related("peer") if held & INSIDE else finds.shown()
    return get_object_or_404(rows, pk=pk)


@login_not_required
@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, _open(request, pk), NoteForm())


def _page(request: Request, listing: ForeignListing, form: NoteForm, status: int = 200) -> HttpResponse:
    kind, now = KIND_OF[listing.what], timezone.now()
    query = QueryDict(mutable=True)
    query.update({"q": f"{listing.title}\n{listing.body.get('text', '')}"[:800], "what": KINDS[kind].answers})
    held = relations_of(account_of(request), now)
    context = {
        "kind": kind,
        "kind_name": KINDS[kind].name,
        "listing": listing,
        "body": listing.body,
        "keeps": keeps(account_of(request), now),
        "form": form,
        "answers": query.urlencode(),
        "history": history(listing, DEEDS) if held & INSIDE else [],
    }
    return render(request, "web/elsewhere.html", context, status=status)


@require_POST
def hide(request: Request, pk: int) -> HttpResponse:
    """Do not show it here, or show it again: for those who look after the exchange."""
    listing, now = _open(request, pk), timezone.now()
    if not keeps(request.user, now):
        raise Http404
    if listing.hidden_at is not None:
        actions.unhide(listing=listing, actor=request.user, now=now)
        messages.success(request, _("已恢复展示"))
        return redirect("web:foreign", pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.hide(listing=listing, note=form.cleaned_data["note"], actor=request.user, now=now)
            messages.success(request, _("已不在本市场展示"))
            return redirect("web:foreign", pk)
    return _page(request, listing, form, status=form.status)
