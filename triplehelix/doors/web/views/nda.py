"""保密协议: asked for, answered, ended; and a need's confidential words, opened only by a form that is recorded."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import handed
from triplehelix.doors.web import kept, need_page, sure
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.organisations import sent_for
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.market.listings import finds as listings
from triplehelix.market.nda import actions, finds, texts
from triplehelix.market.nda.access import OWNER, PARTY, WATCHERS
from triplehelix.market.nda.models import Agreement
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.finds import cared_for, organisations_of
from triplehelix.records.steps.actions import offered
from triplehelix.records.steps.history import history

PER_PAGE = 20
DANGER = frozenset({"decline", "withdraw", "revoke", "end"})
DEEDS = {"ask": gettext_lazy("申请"), "attach": gettext_lazy("上传签署件")}


class AskForm(Form):
    purpose = forms.CharField(
        label=gettext_lazy("为什么要看、由谁来看"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("例如：我校表面工程课题组做过同类处理，由张老师等 3 人判断能否解决"),
    )  # fmt: skip
    accepts = forms.BooleanField(label=gettext_lazy("已阅读协议文本，本单位同意遵守"))
    text_version = forms.CharField(widget=forms.HiddenInput)


class SignedForm(Form):
    file = forms.FileField(label=gettext_lazy("签署件（PDF 或图片）"))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


def _need(request: Request, pk: int) -> Need:
    """A confidential need, for those who may see its summary."""
    rows = listings.shown_to(Need, request.user, timezone.now())
    return get_object_or_404(rows, pk=pk, secrecy="confidential")


@require_POST
@never_cache
def words(request: Request, pk: int) -> HttpResponse:
    """Open the confidential words: who may not finds nothing, and every opening is written down."""
    need = _need(request, pk)
    found = actions.open_words(need=need, actor=request.user, now=timezone.now())
    if found is None:
        raise Http404
    context = {"listing": need, "parts": need_page.told(found), "whole": found.whole, "back": ""}
    return render(request, "web/need_text.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Read the agreement's text and ask for it, for one of my organisations."""
    need, today = _need(request, pk), timezone.localdate()
    own = list(organisations_of(request.user, today).exclude(pk=need.organisation_id))
    if not own:
        raise Http404
    organisation = sent_for(request, own)
    text = texts.current(today)
    form = AskForm(request.POST if request.method == "POST" else None, initial={"text_version": text.version})
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("purpose", "text_version")}
        with form.blaming():
            made = actions.ask(need=need, organisation=organisation, actor=request.user, now=timezone.now(), **said)
            messages.success(request, _("已申请，等对方同意"))
            return redirect("web:nda", made.pk)
    context = {
        "listing": need, "form": form, "text": text, "organisations": own, "organisation": organisation,
        "writer": kept.writer(request),
    }  # fmt: skip
    return render(request, "web/nda_form.html", context, status=form.status)


@require_safe
def index(request: Request) -> HttpResponse:
    """Agreements of my organisations on either side; an office's all."""
    rows = finds.shown_to(request.user, timezone.localdate())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    own = {one.pk for one in cared_for(request.user, timezone.localdate())}
    return render(request, "web/nda_list.html", {"page": page, "own": own})


def _open(request: Request, pk: int) -> Agreement:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, _open(request, pk), StepForm(), SignedForm())


def _page(
    request: Request, agreement: Agreement, form: StepForm, signed: SignedForm, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    mine = agreement.relations_of(request.user, now)
    steps = offered(case=agreement, actor=request.user, now=now)
    openings = Paginator(finds.openings(agreement.need), PER_PAGE)
    context = {
        "agreement": agreement,
        "steps": steps,
        "sure": sure.ends(agreement, steps, DANGER),
        "is_owner": OWNER in mine,
        "step_form": form,
        "signed_form": signed
        if mine & {OWNER, PARTY} and agreement.state == "agreed" and agreement.signed is None
        else None,
        "opens": PARTY in mine and agreement.state == "agreed" and agreement.need.state == "published",
        "openings": openings.get_page(request.GET.get("opened")) if mine & WATCHERS else None,
        "watches": bool(mine & WATCHERS),
        "history": history(agreement, DEEDS),
        "writer": kept.writer(request),
    }
    return render(request, "web/nda.html", context, status=status)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    agreement = _open(request, pk)
    form = StepForm(request.POST)
    if stepped(request, agreement, step, form):
        return redirect("web:nda", pk)
    return _page(request, agreement, form, SignedForm(), 409)


@require_POST
def attach(request: Request, pk: int) -> HttpResponse:
    """Keep the signed paper with an agreement in force."""
    agreement = _open(request, pk)
    form = SignedForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        with form.blaming():
            actions.attach(
                agreement=agreement, content=upload.read(), name=upload.name, actor=request.user, now=timezone.now(),
                seen_version=form.cleaned_data["seen_version"],
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return redirect("web:nda", pk)
    return _page(request, agreement, StepForm(), form, form.status)


@require_safe
def signed(request: Request, pk: int) -> HttpResponse:
    """The signed paper, for both sides and their officers."""
    file = _open(request, pk).signed
    if file is None:
        raise Http404
    return handed.paper(file)
