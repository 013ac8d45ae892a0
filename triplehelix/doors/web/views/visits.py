"""摸排走访: the card that works without a network, what has landed, and the asks of people and money it brought."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web import kept
from triplehelix.doors.web.devices import handle_of
from triplehelix.doors.web.finance_forms import LeadForm
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.doors.web.visit_form import VisitForm, VoidForm
from triplehelix.market.finance import terms as finance
from triplehelix.market.finance.finds import leads
from triplehelix.market.visits import actions, finds
from triplehelix.market.visits.access import OFFICES, OWNER, may_void
from triplehelix.market.visits.history import answers_before
from triplehelix.market.visits.models import Ask, Visit
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, offered

PER_PAGE = 20
#: The word in the address, and what it is called.
VIEWS = [("mine", gettext_lazy("有诉求轮到我办"))]
TAKES_UP = OFFICES | {OWNER}
WORKER = Path(__file__).parents[1] / "static" / "web" / "visits-worker.js"


@login_not_required
@require_safe
def worker(request: Request) -> HttpResponse:
    """The service worker, from an address whose folder is its scope. It names no file and no version: a browser asks
    for it again with every opening, and it keeps what the page names (docs/decisions/0018)."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_safe
@never_cache
def ready(request: Request) -> HttpResponse:
    """Whether this device may send now, and as whom: asked before anything is sent, because the page may be old."""
    if not request.user.is_authenticated:
        login = f"{reverse('account_login')}?next={reverse('web:visit-new')}"
        return JsonResponse({"login": login}, status=401)
    return JsonResponse({"account": handle_of(request.user), "csrf": get_token(request)})


@require_safe
def index(request: Request) -> HttpResponse:
    """Visits to my organisation, or to the firms I am responsible for."""
    today = timezone.localdate()
    rows, view = finds.shown_to(request.user, today), request.GET.get("view", "")
    if view == "mine":
        rows = rows.filter(pk__in=finds.waiting_for(request.user, today).order_by().values("visit"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/visit_list.html", {"page": page, "view": view, "views": VIEWS})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The card. A browser without script posts it as any form; with it, the device sends it when it can."""
    today = timezone.localdate()
    form = VisitForm(
        request.POST if request.method == "POST" else None, on=today, visitor=request.user,
        initial={"uuid": uuid.uuid4(), "account": handle_of(request.user)},
    )  # fmt: skip
    if request.method != "POST":
        return _card(request, form, 200)
    as_json = "application/json" in request.headers.get("Accept", "")
    if form.is_valid():
        try:
            landed = _land(request, form)
        except Refused as why:
            if as_json:
                return JsonResponse({"message": str(why), "url": _url(getattr(why, "visit", None))}, status=409)
            form.blame(why)
        except Invalid as why:
            form.blame(why)
        else:
            return _landed(request, landed, as_json)
    if as_json:
        errors = {name: " ".join(map(str, found)) for name, found in form.errors.items()}
        return JsonResponse({"message": " ".join(errors.values()), "fields": errors}, status=422)
    return _card(request, form, form.status)


def _land(request: Request, form: VisitForm) -> actions.Landed:
    written_by = form.cleaned_data["account"]
    if written_by and not constant_time_compare(written_by, handle_of(request.user)):
        raise Refused(_("这份走访是另一个账号写的：请用那个账号登录后再发送"))
    return actions.record(uuid=form.cleaned_data["uuid"], given=form.given(), actor=request.user, now=timezone.now())


def _url(visit: Any) -> str:
    return reverse("web:visit", args=[visit.pk]) if visit is not None else ""


def _landed(request: Request, landed: actions.Landed, as_json: bool) -> HttpResponse:
    said = landed.refused or _("已送达")
    if as_json:
        answer = {"url": _url(landed.visit), "title": str(landed.visit), "message": said}
        return JsonResponse(answer, status=201 if landed.fresh else 200)
    (messages.warning if landed.refused else messages.success)(request, said)
    return redirect("web:visit", landed.visit.pk)


def _card(request: Request, form: VisitForm, status: int) -> HttpResponse:
    context = {"form": form, "account": handle_of(request.user)}
    return render(request, "web/visit_form.html", context, status=status)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, pk, StepForm())


@require_POST
def void(request: Request, pk: int) -> HttpResponse:
    """Take a visit back that was entered by mistake. Who cannot read it any more is led to the list."""
    today = timezone.localdate()
    visit = get_object_or_404(finds.shown_to(request.user, today), pk=pk)
    if not may_void(visit, request.user, today):
        raise Http404
    form = VoidForm(request.POST, auto_id="id_void_%s")
    if form.is_valid():
        with form.blaming():
            done = actions.void(visit=visit, why=form.cleaned_data["why"], actor=request.user, now=timezone.now())
            kept.forget(request)
            messages.success(request, _("已作废"))
            for left in done.stays:
                messages.warning(request, left)
            is_shown = finds.shown_to(request.user, today).filter(pk=pk).exists()
            return redirect("web:visit", pk) if is_shown else redirect("web:visits")
    return _page(request, pk, StepForm(), status=form.status, void=form)


def _page(
    request: Request, pk: int, form: StepForm, failed: int = 0, status: int = 200, void: VoidForm | None = None
) -> HttpResponse:
    now = timezone.now()
    visit = get_object_or_404(finds.shown_to(request.user, timezone.localdate(now)), pk=pk)
    need = visit.need
    asks = [
        {
            "ask": ask, "before": answers_before(ask), "steps": offered(case=ask, actor=request.user, now=now),
            **_lead(request, ask, now),
            "form": form if ask.pk == failed else StepForm(auto_id=f"id_{ask.pk}_%s"),
        }
        for ask in finds.asks_shown_to(request.user, timezone.localdate(now)).filter(visit=visit)
    ]  # fmt: skip
    context = {
        "visit": visit,
        "asks": asks,
        "void": (void or VoidForm(auto_id="id_void_%s")) if _voids(request, visit, now) else None,
        "shows_need": need is not None and bool(need.relations_of(request.user, now)),
        "writer": kept.writer(request),
    }
    return render(request, "web/visit.html", context, status=status)


def _voids(request: Request, visit: Visit, now: datetime) -> bool:
    return not visit.void_why and may_void(visit, request.user, timezone.localdate(now))


def _lead(request: Request, ask: Ask, now: datetime) -> dict[str, Any]:
    """Whether this person may take a finance ask up, and what it has become."""
    mine = bool(ask.relations_of(request.user, now) & TAKES_UP)
    may = ask.what == Ask.FINANCE and ask.lead is None and mine and finance.offered()
    seen = leads(request.user, timezone.localdate(now)).filter(pk=ask.lead_id).exists() if ask.lead_id else False
    return {"may_take_up": may, "opens_lead": seen}


@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: Request, pk: int) -> HttpResponse:
    """A finance ask as the firm's wish: what the visit wrote down is filled in."""
    now = timezone.now()
    ask = get_object_or_404(finds.asks_shown_to(request.user, timezone.localdate(now)), pk=pk, what=Ask.FINANCE)
    if not (finance.offered() and ask.relations_of(request.user, now) & TAKES_UP):
        raise Http404
    data = request.POST if request.method == "POST" else kept.kept(request)
    about = "；".join(part for part in (ask.text, ask.purpose) if part)
    form = LeadForm(data, initial={"kind": "loan", "amount_fen": ask.amount_fen, "about": about})
    if request.method == "POST" and form.is_valid():
        with form.blaming():
            lead = actions.take_up(ask=ask, values=form.cleaned_data, actor=request.user, now=now)
            kept.forget(request)
            messages.success(request, _("已转为融资需求 %(lead)s，由企业选择机构") % {"lead": lead})
            return redirect("web:visit", ask.visit_id)
    context = {"form": form, "organisations": [ask.visit.organisation], "origin": "", "writer": kept.writer(request)}
    return render(request, "web/finance_lead_new.html", context, status=form.status)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Hand an ask on, or answer it."""
    ask = get_object_or_404(finds.asks_shown_to(request.user, timezone.localdate()), pk=pk)
    form = StepForm(request.POST, auto_id=f"id_{pk}_%s")
    if stepped(request, ask, step, form):
        return redirect("web:visit", ask.visit_id)
    return _page(request, ask.visit_id, form, pk, 409)
