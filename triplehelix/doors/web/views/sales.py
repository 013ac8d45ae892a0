"""Sales: the list, one sale with everything that may be done with it, its papers, opening one, one's own income."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors import handed
from triplehelix.doors.web import amended, exports, kept, sale_acts, sale_list, sale_page, sure
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.doors.web.views import sale_opening
from triplehelix.market.contracts import access, actions, acts, finds
from triplehelix.market.contracts.flow import BY_ACT
from triplehelix.market.contracts.history import of_sale
from triplehelix.market.contracts.models import Publication, Sale, Trial
from triplehelix.procedure.openings import finds as openings
from triplehelix.records.steps.actions import offered

PER_PAGE = 20
BACKWARD = frozenset({"renotice", "reprice", "object_reward", "redo_reward"})


def _rows(request: Request) -> "QuerySet[Sale]":
    rows = finds.with_money(finds.shown_to(request.user, timezone.localdate()))
    return rows.select_related("achievement", "seller", "buyer", "contract", "need")


@require_safe
def index(request: Request) -> HttpResponse:
    """Every sale I may see, narrowed by what the address says."""
    today, chosen = timezone.localdate(), sale_list.chosen_of(request)
    page = Paginator(chosen.apply(_rows(request), request.user, today), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": list(sale_list.seen_states(list(page.object_list), request.user, today)),
        "chosen": chosen,
        "states": [(state.code, state.label) for state in Sale.workflow.states],
        "methods": Publication.METHODS,
        "view": chosen.words.get("view", ""),
        "views": list(sale_list.VIEWS.items()),
        "may_start": sale_opening.may_start(request.user, today),
    }
    return render(request, "web/sale_list.html", context)


@require_safe
def export(request: Request) -> HttpResponse:
    """The list as it is narrowed now, as a workbook."""
    today = timezone.localdate()
    rows = sale_list.chosen_of(request).apply(_rows(request), request.user, today)
    return exports.workbook(
        request, rows, lambda rows: [sale_list.sheet(rows, request.user, today)], _("交易"),
        back=exports.address(request, reverse("web:sales")),
    )  # fmt: skip


def _sale(request: Request, pk: int) -> Sale:
    """The sale, for those who may see it; 404 for everybody else."""
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, _sale(request, pk))


def _page(
    request: Request, sale: Sale, *, step_form: StepForm | None = None, trial_form: StepForm | None = None,
    failed: tuple[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """One sale. `failed` is the act whose form came back, with the form."""
    now = timezone.now()
    today, held = timezone.localdate(now), sale.relations_of(request.user, now)
    made = sale_page.contract(sale, today)
    steps = sale_page.steps(sale, request.user, now)
    # What cannot be done yet says why when it is pressed, but does not call for it.
    quiet = BACKWARD | {step.code for step in steps if not sale_page.is_due(step, sale, request.user, now)}
    context = {
        "sale": sale,
        "state": sale.workflow.state(access.shown_state(sale, held)),
        "held": held,
        "stages": sale_page.stages(sale, held),
        "owners": list(sale.owners.select_related("consent")),
        "rights": getattr(sale, "rights", None),
        "proposal": getattr(sale, "proposal", None),
        "publications": sale_page.publications(sale, held),
        "contract": made,
        "amendments": amended.of_sale(sale, held),
        **_trial(made["trial"] if made else None, request, now),
        "trial_form": trial_form or StepForm(auto_id="id_trial_%s"),
        "distributions": sale_page.distributions(sale, held, request.user),
        "follow_ups": list(sale.follow_ups.all()),
        "openings": list(openings.shown_to(request.user, today).filter(sale=sale)),
        "steps": steps,
        "forward": any(step.code not in sure.SALE | quiet for step in steps),
        "sure": sure.of_sale(sale, steps),
        "quiet": quiet,
        "step_form": step_form or StepForm(),
        "history": of_sale(sale, held),
        "vat_note": sale_page.vat_note(now) if sale.state == "registered" else "",
        "writer": kept.writer(request),
        **_acts(sale, held, failed),
    }
    return render(request, "web/sale.html", context, status=status)


def _trial(trial: Trial | None, request: Request, now: datetime) -> dict[str, Any]:
    """先使用后付费 as part of the page of its sale; nothing where there is none."""
    steps = list(offered(case=trial, actor=request.user, now=now)) if trial is not None else []
    return {
        "trial": trial,
        "trial_steps": steps,
        "trial_sure": sure.of_trial(trial, steps) if trial is not None else {},
    }


def _acts(sale: Sale, held: frozenset[str], failed: tuple[str, Any] | None) -> dict[str, Any]:
    """The forms of the acts: in the page's own column, beside it, and folded away beside it."""
    found: dict[str, list[Any]] = {"wide": [], "acts": [], "folded": []}
    for act in sale_acts.offered(sale, held):
        form = failed[1] if failed is not None and failed[0] == act.code else act.form(None, None, sale)
        # Several forms stand on one page: each has ids of its own.
        form.auto_id = f"id_{act.code}_%s"
        is_open = bool(form.errors) or not act.folded(sale)
        found["wide" if act.wide else "acts" if is_open else "folded"].append((act, form, is_open))
    return found


def _seen(request: Request) -> int:
    typed = request.POST.get("seen_version", "")
    return whole(typed) or 0


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Take one step, or say at the same page why not."""
    sale = _sale(request, pk)
    form = StepForm(request.POST)
    if stepped(request, sale, step, form, own=BY_ACT):
        return redirect("web:sale", pk)
    return _page(request, _sale(request, pk), step_form=form, status=409)


def _step_trial(*, case: Trial, **given: Any) -> Trial:
    return actions.step_trial(trial=case, **given)


@require_POST
def trial_step(request: Request, pk: int, step: str) -> HttpResponse:
    """A step of 先使用后付费, or why not."""
    sale = _sale(request, pk)
    trial = getattr(getattr(sale, "contract", None), "trial", None)
    if trial is None:
        raise Http404
    form = StepForm(request.POST, auto_id="id_trial_%s")
    if stepped(request, trial, step, form, by=_step_trial):
        return redirect("web:sale", pk)
    return _page(request, _sale(request, pk), trial_form=form, status=409)


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """Do one act, or say at its fields what is wrong."""
    sale = _sale(request, pk)
    known, rule = sale_acts.ACTS.get(act), acts.ACTS.get(act)
    if known is None or rule is None or not rule.by & sale.relations_of(request.user, timezone.now()):
        raise Http404
    if not rule.may(sale):
        messages.warning(request, _("这一件已经往前走了，请看最新情况"))
        return redirect("web:sale", pk)
    form = known.form(request.POST, request.FILES, sale)
    form.auto_id = f"id_{act}_%s"  # before anything is wrong: a message is found by the id of its field
    if form.is_valid():
        with form.blaming():
            sale_acts.perform(known, request, sale, form, _seen(request))
            messages.success(request, _("已办理：%(act)s") % {"act": known.label})
            return redirect("web:sale", pk)
    return _page(request, _sale(request, pk), failed=(act, form), status=form.status)


@require_safe
def paper(request: Request, pk: int, file: int) -> HttpResponse:
    """A paper of a sale, for those who may open the sale."""
    sale = _sale(request, pk)
    held = sale.relations_of(request.user, timezone.now())
    found = next((one for one in finds.papers_of(sale, held) if one.pk == file), None)
    if found is None:
        raise Http404
    return handed.paper(found)


@require_safe
def income(request: Request) -> HttpResponse:
    """The lines of distribution sheets that are mine, and nothing else of them."""
    return render(request, "web/sale_income.html", {"shares": list(finds.shares_of(request.user))})
