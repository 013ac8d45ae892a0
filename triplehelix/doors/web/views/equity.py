"""Projects that seek money, and deals between funds and firms."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web import sure
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.equity_forms import (
    ChangeProjectForm,
    CloseForm,
    ConversionForm,
    DealForm,
    ExitForm,
    InterestForm,
    ProjectForm,
)
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.doors.web.words import in_list
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.equity import access, actions, acts, finds
from triplehelix.market.equity.models import Deal, Project
from triplehelix.market.finance import terms
from triplehelix.market.finance.access import may_read_all, own_organisations
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.steps.actions import offered
from triplehelix.records.steps.history import history

PER_PAGE = 20
#: The city's, for a deal that is wrong: nothing calls for it.
ANNUL = frozenset({"annul", "annul_ended"})
KINDS: dict[str, type[Listing]] = {"achievement": Achievement, "need": Need}
PATHS = {Achievement.kind: "achievements", Need.kind: "needs"}


@require_safe
def projects(request: Request) -> HttpResponse:
    """Own projects; for investors what seeks money. 404 for who is neither owner nor investor nor office."""
    today = timezone.localdate()
    funds = list(access.funds_of(request.user, today))
    own = own_organisations(request.user, today)
    if not (funds or own or may_read_all(request.user, today)):
        raise Http404
    rows = finds.projects(request.user, today)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "is_investor": bool(funds),
        "own": own,
        "rounds": {entry.code: entry.name for entry in terms.listed("rounds")},
        "may_mark": bool(_markable(own)),
    }
    return render(request, "web/equity_projects.html", context)


def _markable(own: list[int]) -> list[tuple[str, str]]:
    """Published listings of these organisations that do not seek money yet, as choices."""
    found = []
    for name, model in KINDS.items():
        taken = Project.objects.filter(closed_at=None, **{f"{name}__isnull": False}).values(name)
        rows = model._default_manager.filter(organisation_id__in=own, state="published").exclude(pk__in=taken)
        found += [(f"{name}-{row.pk}", row.title) for row in rows.order_by("title", "pk")]
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def new_project(request: Request) -> HttpResponse:
    """The owner marks a published achievement or need as seeking money."""
    own = own_organisations(request.user, timezone.localdate())
    if not own:
        raise Http404
    choices = _markable(own)
    form = ProjectForm(choices, request.POST if request.method == "POST" else None,
                       {"listing": request.GET.get("listing", "")})  # fmt: skip
    if form.is_valid():
        name, _dash, number = form.cleaned_data["listing"].partition("-")
        listing = KINDS[name]._default_manager.get(pk=int(number))
        with form.blaming():
            made = actions.open_project(listing=listing, values=form.values(), actor=request.user, now=timezone.now())
            messages.success(request, _("已标记，在册基金可以看到"))
            return redirect("web:equity-project", made.pk)
    context = {"form": form, "any": bool(choices), "project": None}
    return render(request, "web/equity_project_form.html", context, status=form.status)


def _project(request: Request, pk: int) -> Project:
    return get_object_or_404(finds.projects(request.user, timezone.localdate()), pk=pk)


@require_safe
def project(request: Request, pk: int) -> HttpResponse:
    return _project_page(request, _project(request, pk))


def _project_page(request: Request, found: Project, form: Form | None = None, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    is_own = found.organisation_id in own_organisations(request.user, today)
    talks = list(finds.talks(found, request.user, today))
    funds = [] if is_own else list(finds.may_ask(found, request.user, today))
    context = {
        "project": found,
        "listing": found.listing,
        "kind": PATHS[found.listing.kind],
        "round": terms.listed("rounds").label(found.round),
        "is_own": is_own and found.closed_at is None,
        "funds": funds,
        "talks": talks,
        "form": form or (CloseForm() if is_own else InterestForm(funds)),
    }
    return render(request, "web/equity_project.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change_project(request: Request, pk: int) -> HttpResponse:
    """What is said to investors, put right by its owner."""
    found = _project(request, pk)
    if found.organisation_id not in own_organisations(request.user, timezone.localdate()) or found.closed_at:
        raise Http404
    names = ("teaser", "amount_fen", "round", "on_stage")
    start = {name: getattr(found, name) for name in names} | {"seen_version": found.version}
    form = ChangeProjectForm(request.POST if request.method == "POST" else None, start)
    if form.is_valid():
        with form.blaming():
            actions.change_project(
                project=found, values=form.values(), actor=request.user, now=timezone.now(),
                seen_version=form.cleaned_data["seen_version"],
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return redirect("web:equity-project", pk)
    context = {"form": form, "any": True, "project": found}
    return render(request, "web/equity_project_form.html", context, status=form.status)


@require_POST
def close_project(request: Request, pk: int) -> HttpResponse:
    found = _project(request, pk)
    if found.organisation_id not in own_organisations(request.user, timezone.localdate()):
        raise Http404
    form = CloseForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.close_project(project=found, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已结束融资"))
            return redirect("web:equity-projects")
    return _project_page(request, found, form, form.status)


@require_POST
def interest(request: Request, pk: int) -> HttpResponse:
    """A fund wants to talk."""
    found = _project(request, pk)
    mine = list(access.funds_of(request.user, timezone.localdate()))
    if not mine:
        raise Http404
    # Where all have asked, the action says so.
    form = InterestForm(list(finds.may_ask(found, request.user, timezone.localdate())) or mine, request.POST)
    if form.is_valid():
        with form.blaming():
            actions.say_interest(
                project=found, fund=form.fund(), values={"text": form.cleaned_data["text"]}, actor=request.user,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已告诉对方"))
            return redirect("web:equity-project", pk)
    return _project_page(request, found, form, form.status)


@require_safe
def deals(request: Request) -> HttpResponse:
    """The deals I have to do with."""
    today = timezone.localdate()
    context = {
        "page": Paginator(finds.deals(request.user, today), PER_PAGE).get_page(request.GET.get("page")),
        "is_investor": access.funds_of(request.user, today).exists(),
        "rounds": {entry.code: entry.name for entry in terms.listed("rounds")},
    }
    return render(request, "web/equity_deals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_deal(request: Request) -> HttpResponse:
    """A fund enters a deal; the firm is asked to confirm it."""
    funds = list(access.funds_of(request.user, timezone.localdate()))
    if not funds:
        raise Http404
    form = DealForm(funds, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            made = actions.propose(
                fund=form.fund(), firm=form.organisation, values=form.values(), actor=request.user, now=timezone.now()
            )
            messages.success(request, _("已登记，等企业确认"))
            return redirect("web:equity-deal", made.pk)
    return render(
        request,
        "web/equity_deal_form.html",
        {"form": form, "fund": in_list(funds)},
        status=form.status,
    )


def _deal(request: Request, pk: int) -> Deal:
    return get_object_or_404(finds.deals(request.user, timezone.localdate()), pk=pk)


@require_safe
def deal(request: Request, pk: int) -> HttpResponse:
    return _deal_page(request, _deal(request, pk))


#: The acts of a fund, each with its form.
FORMS: dict[str, type[Form]] = {"convert": ConversionForm, "exit": ExitForm}


def _acts(found: Deal, held: frozenset[str]) -> dict[str, type[Form]]:
    """The acts of the fund in this state."""
    return {code: FORMS[code] for code in acts.offered(found, held)}


def _deal_page(
    request: Request, found: Deal, *, step_form: StepForm | None = None, failed: tuple[str, Form] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    held = found.relations_of(request.user, now)
    steps = acts.steps(found, offered(case=found, actor=request.user, now=now))
    made = {code: failed[1] if failed and failed[0] == code else form() for code, form in _acts(found, held).items()}
    names = {"convert": _("登记转股"), "exit": _("登记退出")}
    context = {
        "deal": found,
        "round": terms.listed("rounds").label(found.round),
        "steps": steps,
        "sure": sure.ends(found, steps, {"withdraw", "refuse", "lapse", *ANNUL}),
        "quiet": ANNUL,
        "step_form": step_form or StepForm(),
        "acts": [(code, names[code], form) for code, form in made.items()],
        "share": None if found.share_bp is None else f"{found.share_bp / 100:g}%",
        "history": history(found, {"propose": _("登记投资")}, silent=("write",)),
    }
    return render(request, "web/equity_deal.html", context, status=status)


@require_POST
def deal_step(request: Request, pk: int, step: str) -> HttpResponse:
    found = _deal(request, pk)
    form = StepForm(request.POST)
    if stepped(request, found, step, form, own=acts.BY_ACT):
        return redirect("web:equity-deal", pk)
    return _deal_page(request, _deal(request, pk), step_form=form, status=409)


@require_POST
def deal_act(request: Request, pk: int, act: str) -> HttpResponse:
    """The conversion or the exit, with its figures."""
    found = _deal(request, pk)
    known = _acts(found, found.relations_of(request.user, timezone.now()))
    if act not in known:
        raise Http404
    form = known[act](request.POST)
    seen = request.POST.get("seen_version", "")
    if form.is_valid():
        verb = actions.convert if act == "convert" else actions.exit_deal
        version = whole(seen) or 0
        with form.blaming():
            verb(deal=found, values=form.cleaned_data, actor=request.user, now=timezone.now(), seen_version=version)
            messages.success(request, _("已办理：%(step)s") % {"step": found.workflow[act].label})
            return redirect("web:equity-deal", pk)
    return _deal_page(request, found, failed=(act, form), status=form.status)
