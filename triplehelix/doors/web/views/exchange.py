"""The desk of the exchange: peers and how the traffic stands, conflicts to decide, what was refused."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web import sure
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.exchange_forms import AgainForm, AmendForm, DecideForm, KeyForm, PeerForm
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.doors.web.words import in_list
from triplehelix.market.exchange import actions, finds, keys
from triplehelix.market.exchange.access import KEEPER, relations_of
from triplehelix.market.exchange.fingerprints import fingerprint, spaced
from triplehelix.market.exchange.models import Conflict, Peer
from triplehelix.records.amounts import in_words
from triplehelix.records.steps.actions import offered
from triplehelix.records.steps.history import history

PER_PAGE, FEW = 20, 5
DEEDS = {
    "register": gettext_lazy("登记"),
    "amend": gettext_lazy("修改"),
    "replace_key": gettext_lazy("换公钥"),
    "learn_keys": gettext_lazy("由旧密钥担保，收到新公钥"),
    "say_again": gettext_lazy("恢复备份后全部重发"),
    "decide_conflict": gettext_lazy("处理冲突"),
}


def _may(request: Request, *relations: str) -> frozenset[str]:
    """What the viewer is to the exchange; 404 for whoever is none of these."""
    held = relations_of(request.user, timezone.now())
    if not held & set(relations):
        raise Http404
    return held


@require_safe
def index(request: Request) -> HttpResponse:
    """Every peer, what waits to be decided, what was refused lately, and our own key for others to compare."""
    held = _may(request, KEEPER, "auditor")
    own = keys.current(timezone.now())
    context = {
        "peers": finds.peers(),
        "conflicts": finds.conflicts().filter(decision="")[:FEW],
        "refusals": finds.refusals()[:FEW],
        "own": own,
        "own_fingerprint": spaced(fingerprint(own.public)) if own else "",
        "market": settings.EXCHANGE_ID,
        "keeps": KEEPER in held,
    }
    return render(request, "web/exchange.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    _may(request, KEEPER)
    form = PeerForm(request.POST if request.method == "POST" else None, initial={"kinds": ["need", "achievement"]})
    if form.is_valid():
        with form.blaming():
            peer = actions.register(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记。请与对方核对指纹，再接通"))
            return redirect("web:peer", peer.pk)
    return render(request, "web/peer_form.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, pk: int) -> HttpResponse:
    """One peer: its health, keys and choices; POST changes what it gets."""
    held = _may(request, *((KEEPER,) if request.method == "POST" else (KEEPER, "auditor")))
    peer = get_object_or_404(finds.peers(), pk=pk)
    form = AmendForm(request.POST) if request.method == "POST" else AmendForm(initial=AmendForm.initial_of(peer))
    if form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen_version")
        with form.blaming():
            actions.amend(peer=peer, values=values, actor=request.user, now=timezone.now(), seen_version=seen)
            messages.success(request, _("已保存"))
            return redirect("web:peer", pk)
    return _page(request, peer, held, {"amend": form}, form.status)


def _page(
    request: Request, peer: Peer, held: frozenset[str], given: dict[str, Form], status: int = 200
) -> HttpResponse:
    filled = {"amend": AmendForm(initial=AmendForm.initial_of(peer)), "step": StepForm(), "key": KeyForm(),
              "again": AgainForm()} | given  # fmt: skip
    own = list(peer.keys.all())
    steps = [one for one in offered(case=peer, actor=request.user, now=timezone.now()) if one.code != "confirm"]
    context = {
        "peer": peer,
        "keeps": KEEPER in held,
        "steps": steps,
        "quiet": {one.code for one in steps},
        "sure": sure.ends(peer, steps, {"cut"}),
        "forms": filled,
        "keys": [(one, spaced(fingerprint(one.public))) for one in own],
        "behind": peer.outgoing.error.startswith("cursor_ahead"),
        "conflicts": finds.conflicts(peer)[:FEW],
        "refusals": finds.refusals(peer)[:FEW],
        "history": history(peer, DEEDS),
    }
    return render(request, "web/peer.html", context, status=status)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Connect, pause, resume, cut, register again."""
    held = _may(request, KEEPER)
    peer = get_object_or_404(finds.peers(), pk=pk)
    form = StepForm(request.POST)
    if stepped(request, peer, step, form):
        return redirect("web:peer", pk)
    return _page(request, peer, held, {"step": form}, 409)


def _try(peer: Peer, form: Form, request: Request) -> str:
    actions.try_now(peer=peer, actor=request.user, now=timezone.now())
    return _("已通知后台立即交换，稍后刷新看结果")


def _key(peer: Peer, form: Form, request: Request) -> str:
    actions.replace_key(peer=peer, public=form.cleaned_data["public"], actor=request.user, now=timezone.now())
    return _("公钥已换，请重新核对指纹")


def _again(peer: Peer, form: Form, request: Request) -> str:
    said = form.cleaned_data
    made = actions.say_again(peer=peer, above=said["above"], why=said["note"], actor=request.user, now=timezone.now())
    return _("已重新发出 %(n)d 条") % {"n": made}


ACTS: dict[str, tuple[type[Form], Callable[[Peer, Form, Request], str]]] = {
    "try": (Form, _try),
    "key": (KeyForm, _key),
    "again": (AgainForm, _again),
}


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """What is done to a peer that is no step: try now, another key, everything again."""
    held = _may(request, KEEPER)
    peer = get_object_or_404(finds.peers(), pk=pk)
    if act not in ACTS:
        raise Http404
    made, do = ACTS[act]
    form = made(request.POST)
    if form.is_valid():
        with form.blaming():
            said = do(peer, form, request)
            messages.success(request, said)
            return redirect("web:peer", pk)
    return _page(request, peer, held, {"step" if act == "try" else act: form}, form.status)


@require_POST
def new_key(request: Request) -> HttpResponse:
    """A new key of ours."""
    _may(request, KEEPER)
    actions.new_key(actor=request.user, now=timezone.now())
    messages.success(request, _("已换新密钥；对方会由旧密钥担保自动认得它，旧密钥还有效 30 天"))
    return redirect("web:exchange")


@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: Request, pk: int) -> HttpResponse:
    """Both contents side by side, and which one counts."""
    held = _may(request, *((KEEPER,) if request.method == "POST" else (KEEPER, "auditor")))
    found = get_object_or_404(Conflict.objects.select_related("peer", "listing", "decided_by"), pk=pk)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            actions.decide(conflict=found, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("冲突已处理"))
            return redirect("web:exchange")
    context = {"conflict": found, "rows": _compared(found), "form": form, "keeps": KEEPER in held}
    return render(request, "web/conflict.html", context, status=form.status)


#: Members of a body people compare, in the order they read them.
COMPARED = {
    "title": gettext_lazy("标题"), "text": gettext_lazy("正文"), "holder": gettext_lazy("单位"),
    "price_fen": gettext_lazy("价格"), "trl": gettext_lazy("成熟度"), "field": gettext_lazy("技术领域"),
    "chain": gettext_lazy("产业链"), "region_name": gettext_lazy("地区"), "modes": gettext_lazy("合作方式"),
    "valid_until": gettext_lazy("有效期至"), "url": gettext_lazy("链接"), "reason": gettext_lazy("撤下原因"),
}  # fmt: skip


def _compared(found: Conflict) -> list[tuple[Any, str, str, bool]]:
    """(name, here, there, whether they differ), without what is empty on both sides."""
    rows = []
    for name, label in COMPARED.items():
        had, came = (_plain(name, body.get(name)) for body in (found.had, found.came))
        if had or came:
            rows.append((label, had, came, had != came))
    return rows


def _plain(name: str, value: Any) -> str:
    if name == "price_fen" and isinstance(value, int):
        return in_words(value)
    if isinstance(value, list):
        return in_list(value)
    return "" if value is None else str(value)


@require_safe
def refusals(request: Request) -> HttpResponse:
    """Everything that was refused, by the hour."""
    _may(request, KEEPER, "auditor")
    page = Paginator(finds.refusals(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/refusal_list.html", {"page": page})
