"""挂牌与公示: what the market makes public, objections by anybody, bids by confirmed organisations."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import handed
from triplehelix.doors.web import sale_letters
from triplehelix.doors.web.organisations import sent_for
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.sale_fields import ActForm, yuan_field
from triplehelix.doors.web.shown import account_of
from triplehelix.doors.web.views.notices import ObjectionForm
from triplehelix.market.contracts import access, actions, finds
from triplehelix.market.contracts.models import Publication
from triplehelix.records.parties.access import audiences, stands_for_firm
from triplehelix.records.parties.finds import cared_for, organisations_of

PER_PAGE = 20


class BidForm(ActForm):
    """意向受让登记. The deposit is a line of information: the platform takes no money."""

    money = ("deposit",)
    contact_name = forms.CharField(label=gettext_lazy("联系人"), max_length=40)
    contact_phone = forms.CharField(
        label=gettext_lazy("联系电话"), max_length=24, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    deposit = yuan_field(gettext_lazy("已交保证金（元）"), required=False, help=gettext_lazy("没有交的不填"))
    deposit_at = forms.CharField(
        label=gettext_lazy("保证金交到"), max_length=120, required=False,
        help_text=gettext_lazy("收取保证金的交易机构；本平台不收款"),
    )  # fmt: skip


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """What is running, or what is over, newest first."""
    now, over = timezone.now(), bool(request.GET.get("over"))
    running = finds.running(now)
    rows = finds.public().exclude(pk__in=running.order_by().values("pk")) if over else running
    method = request.GET.get("method", "")
    if method in dict(Publication.METHODS):
        rows = rows.filter(method=method)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "over": over,
        "method": method,
        "methods": Publication.METHODS,
        "bids": list(finds.bids_of(request.user, timezone.localdate(now))[:PER_PAGE])
        if request.user.is_authenticated
        else [],
    }
    return render(request, "web/market.html", context)


def _public(pk: int) -> Publication:
    return get_object_or_404(finds.public(), pk=pk)


@login_not_required
@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One publication as it was made public, and what it came to."""
    public, now = _public(pk), timezone.now()
    today, account = timezone.localdate(now), account_of(request)
    state = public.sale.state
    own = cared_for(account, today) if account is not None else None
    context = {
        "public": public,
        "running": public.is_running(today),
        "objected": state == "objected" and not public.is_over,
        "may_bid": public.method == "listing"
        and public.is_running(today)
        and stands_for_firm(audiences(account, today)),
        "outcome": getattr(public, "outcome", None),
        "own_bid": public.standing_bids().filter(organisation__in=own).first() if own is not None else None,
        "opens": account is not None and bool(access.relations_of(public.sale, account, today)),
    }
    return render(request, "web/market_notice.html", context)


@login_not_required
@require_safe
def document(request: Request, pk: int) -> HttpResponse:
    """The publication as a Word document."""
    return handed.document(sale_letters.of_publication(_public(pk)))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: Request, pk: int) -> HttpResponse:
    """Object to a price notice: real name, in writing, inside its days."""
    public, now = _public(pk), timezone.now()
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            made = actions.object_to(publication=public, now=now, **form.cleaned_data)
            then = _("公示已经暂停。科技大市场会按您留下的电话联系您。")
            context = {"objection": made, "what": public.name, "then": then}
            return render(request, "web/objection_done.html", context)
    context = {"public": public, "form": form, "open": _takes_objections(public, now)}
    return render(request, "web/market_object.html", context, status=form.status)


def _takes_objections(public: Publication, now: Any) -> bool:
    today = timezone.localdate(now)
    suspended = public.sale.state == "objected" and not public.is_over
    return public.method == "agreed" and (suspended or public.is_running(today))


@require_http_methods(["GET", "HEAD", "POST"])
def bid(request: Request, pk: int) -> HttpResponse:
    """Register a confirmed organisation of mine as somebody who wants to buy."""
    public, now = _public(pk), timezone.now()
    today = timezone.localdate(now)
    own = list(organisations_of(request.user, today).filter(confirmed_at__isnull=False))
    if not own:
        return render(request, "web/no_organisation.html", {"kind": "achievements"}, status=403)
    chosen = sent_for(request, own)
    start = {"contact_name": chosen.contact_name, "contact_phone": chosen.contact_phone}
    form = BidForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("contact_name", "contact_phone", "deposit_at")}
        with form.blaming():
            actions.bid(publication=public, organisation=chosen, deposit_fen=form.fen("deposit"),
                        actor=request.user, now=now, **said)  # fmt: skip
            messages.success(request, _("已登记：期满以后会告知结果"))
            return redirect("web:market-notice", pk)
    context = {
        "public": public,
        "form": form,
        "organisations": own,
        "organisation": chosen,
        "open": public.method == "listing" and public.is_running(today),
    }
    return render(request, "web/market_bid.html", context, status=form.status)


@require_POST
def bid_back(request: Request, pk: int) -> HttpResponse:
    """Take back what one of my organisations registered."""
    found = get_object_or_404(finds.bids_of(request.user, timezone.localdate()), pk=pk)
    with told(request):
        actions.take_back_bid(bid=found, actor=request.user, now=timezone.now())
        messages.success(request, _("已撤回登记；已交的保证金请向收取机构办理退还。挂牌期内可以重新登记"))
    return redirect("web:market-notice", found.publication_id)
