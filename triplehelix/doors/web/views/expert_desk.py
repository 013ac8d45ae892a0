"""The desk of experts: who may be the same person, other names of organisations, repositories and their harvests."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.numbers import whole, wholes
from triplehelix.doors.web.organisations import organisation_of
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request, searched
from triplehelix.market.experts import actions, finds, tasks
from triplehelix.market.experts.models import Alias, Proposal, Repository
from triplehelix.market.experts.terms import value
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, offered
from triplehelix.records.wording import as_recorded

PER_PAGE, SHOWN_WORKS, MOST_AT_ONCE = 20, 3, 100


@require_safe
def desk(request: Request) -> HttpResponse:
    """Proposals, the surest first."""
    allowed.experts_desk(request.user)
    rows = finds.open_proposals()
    q = searched(request)
    if q:
        rows = rows.filter(one__name__icontains=q) | rows.filter(other__name__icontains=q)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    sure = int(value("sure_from", timezone.localdate()).value)
    context = {
        "page": page,
        "pairs": _pairs(page.object_list),
        "q": q,
        "sure": sure,
        "sure_count": finds.open_proposals().filter(score__gte=sure).count(),
    }
    return render(request, "web/expert_desk.html", context)


def _pairs(rows: Any) -> list[dict[str, Any]]:
    """Each proposal with some works of both sides, in two queries for a whole page."""
    found = list(rows)
    roots = [side.root_id for one in found for side in (one.one, one.other)]
    works = finds.some_works(roots, each=SHOWN_WORKS)
    return [
        {"proposal": one, "sides": [{"root": side.root, "works": works.get(side.root_id, [])}
                                    for side in (one.one, one.other)]}
        for one in found
    ]  # fmt: skip


@require_POST
def decide(request: Request, pk: int, answer: str) -> HttpResponse:
    """The same person, or not."""
    allowed.experts_desk(request.user)
    if answer not in ("same", "different"):
        raise Http404
    proposal = get_object_or_404(Proposal, pk=pk)
    with told(request):
        actions.decide(
            proposal=proposal, same=answer == "same", actor=request.user, now=timezone.now(),
            why=request.POST.get("why", "")[:300],
        )  # fmt: skip
        said = _("已合并，可随时撤销") if answer == "same" else _("记下了：不是同一人，以后不再提出")
        messages.success(request, said)
    return redirect("web:experts-desk")


@require_POST
def decide_sure(request: Request) -> HttpResponse:
    """Everything on the page the officer looked at that is sure enough, at once; each is a merge of its own."""
    allowed.experts_desk(request.user)
    sure = int(value("sure_from", timezone.localdate()).value)
    ids = wholes(request.POST.getlist("proposal"))[:MOST_AT_ONCE]
    done = 0
    with as_recorded():
        why = _("成组接受")
    for proposal in Proposal.objects.filter(pk__in=ids, state="open", score__gte=sure):
        try:
            actions.decide(proposal=proposal, same=True, actor=request.user, now=timezone.now(), why=why)
        except (Refused, Invalid):
            continue
        done += 1
    if done:
        messages.success(request, ngettext("合并了 %(n)d 组", "合并了 %(n)d 组", done) % {"n": done})
    else:
        messages.info(request, _("没有可以成组接受的；请逐条判断"))
    return redirect("web:experts-desk")


class AliasForm(Form):
    unit = forms.CharField(
        label=gettext_lazy("单位"), max_length=120, help_text=gettext_lazy("单位全称，或统一社会信用代码")
    )
    name = forms.CharField(
        label=gettext_lazy("别名"), max_length=120, help_text=gettext_lazy("署名里出现的写法，如英文名、旧名、简称")
    )

    def clean_unit(self) -> str:
        self.organisation = organisation_of(self.cleaned_data["unit"])
        return self.organisation.name


@require_http_methods(["GET", "HEAD", "POST"])
def aliases(request: Request) -> HttpResponse:
    """Other ways organisations are written."""
    allowed.experts_desk(request.user)
    form = AliasForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            _alias, placed = actions.add_alias(
                organisation=form.organisation, name=form.cleaned_data["name"], actor=request.user, now=timezone.now()
            )
            messages.success(request, _("已登记，认出了 %(n)d 条署名") % {"n": placed})
            return redirect("web:experts-aliases")
    page = Paginator(Alias.objects.select_related("organisation"), 50).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "web/expert_aliases.html", context, status=form.status)


class RepositoryForm(Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    base_url = forms.CharField(
        label=gettext_lazy("接口地址"), max_length=300,
        help_text=gettext_lazy("机构库的 OAI-PMH 地址，如 https://ir.example.edu.cn/oai/request"),
    )  # fmt: skip
    set = forms.CharField(
        label=gettext_lazy("集合（set）"), max_length=120, required=False, help_text=gettext_lazy("不填即全部")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def repositories(request: Request) -> HttpResponse:
    """Where works are harvested from, and how it went."""
    allowed.experts_desk(request.user)
    form = RepositoryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            actions.register_repository(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记，可以开始采集"))
            return redirect("web:repositories")
    context = {"form": form, "rows": finds.repositories(), "harvests": finds.harvests()[:20]}
    return render(request, "web/repositories.html", context, status=form.status)


@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Harvest what is new, or the whole."""
    allowed.experts_desk(request.user)
    repository = get_object_or_404(Repository, pk=pk)
    with told(request):
        made = tasks.start(repository=repository, actor=request.user, now=timezone.now(), whole="whole" in request.POST)
        return redirect("web:harvest", made.pk)
    return redirect("web:repositories")


@require_safe
def harvest(request: Request, pk: int) -> HttpResponse:
    """How one harvest stands; while it goes on, the page asks again every two seconds."""
    allowed.experts_desk(request.user)
    found = get_object_or_404(finds.harvests(), pk=pk)
    context = {"harvest": found, "steps": offered(case=found, actor=request.user, now=timezone.now())}
    return render(request, "web/_harvest_panel.html" if request.htmx else "web/harvest.html", context)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Stop it, or let it go on where it stood."""
    allowed.experts_desk(request.user)
    found = get_object_or_404(finds.harvests(), pk=pk)
    if step not in ("stop", "resume"):
        raise Http404
    seen = whole(request.POST.get("seen_version", "")) or 0
    with told(request):
        tasks.step(case=found, step=step, actor=request.user, now=timezone.now(), seen_version=seen)
    return redirect("web:harvest", pk)
