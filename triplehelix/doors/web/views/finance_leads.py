"""A firm's wishes, its cases at institutions, and everything that may be done with one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web import finance_acts as acts
from triplehelix.doors.web import finance_shown as shown
from triplehelix.doors.web import kept, sure
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.finance_forms import ConsentForm, LeadForm, ReasonForm
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.organisations import sent_for
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.foundation.money import Fen, MoneyError
from triplehelix.market.finance import access, actions, finds, terms
from triplehelix.market.finance import acts as rules
from triplehelix.market.finance.access import CITY, FIRM, INSTITUTION
from triplehelix.market.finance.history import of_application
from triplehelix.market.finance.models import Application, Claim, Lead, Product
from triplehelix.procedure.cases.known import cases_of
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, offered

PER_PAGE = 20
DANGER = frozenset({"withdraw", "fall_due"})


@require_safe
def leads(request: Request) -> HttpResponse:
    """My firm's wishes; for the city and the auditor all."""
    today = timezone.localdate()
    rows = finds.leads(request.user, today)
    may_start = _firms(request).exists()
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_start": may_start,
        "sees_qualifications": may_start or access.may_read_all(request.user, today),
        "kinds": dict(terms.KINDS),
    }
    return render(request, "web/finance_leads.html", context)


def _firms(request: Request) -> Any:
    return organisations_of(request.user, timezone.localdate()).order_by("name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A wish; what the self-check asked is filled in."""
    own = list(_firms(request))
    if not own:
        raise Http404
    data = request.POST if request.method == "POST" else kept.kept(request)
    form = LeadForm(data, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        origin = "check" if request.POST.get("origin") == "check" else "own"
        with form.blaming():
            lead = actions.start(
                organisation=sent_for(request, own), values=form.cleaned_data, actor=request.user, now=timezone.now(),
                origin=origin,
            )  # fmt: skip
            kept.forget(request)
            messages.success(request, _("已提出，请选择要联系的机构"))
            return redirect("web:finance-lead", lead.pk)
    origin = (request.POST or request.GET).get("origin", "")
    context = {
        "form": form, "organisations": own, "organisation": sent_for(request, own), "origin": origin,
        "writer": kept.writer(request),
    }  # fmt: skip
    return render(request, "web/finance_lead_new.html", context, status=form.status)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the address already says of the wish."""
    given: dict[str, Any] = {name: request.GET.get(name, "") for name in ("kind", "months", "purpose", "collateral")}
    try:
        given["amount_fen"] = int(Fen.from_yuan(request.GET.get("amount", "")))
    except MoneyError:
        given["amount_fen"] = ""
    return given


def _lead(request: Request, pk: int) -> Lead:
    return get_object_or_404(finds.leads(request.user, timezone.localdate()), pk=pk)


@require_safe
def lead(request: Request, pk: int) -> HttpResponse:
    """One wish: where it has been sent, and whom it could be sent to."""
    return _lead_page(request, _lead(request, pk))


def _lead_page(request: Request, found: Lead, status: int = 200, problem: str = "") -> HttpResponse:
    today = timezone.localdate()
    is_own = found.organisation_id in access.own_organisations(request.user, today)
    cases = list(found.applications.all())
    taken = {case.institution_id for case in cases}
    offers = shown.products(finds.products(today).filter(kind=found.kind), today)
    given = {name: getattr(found, name) for name in ("kind", "amount_fen", "months", "purpose", "collateral", "about")}
    context = {
        "lead": found,
        "wish": shown.wish(given),
        "cases": cases,
        "offers": [one for one in offers if one.product.institution_id not in taken] if is_own else [],
        "is_own": is_own,
        "problem": problem,
    }
    return render(request, "web/finance_lead.html", context, status=status)


@require_POST
def pick(request: Request, pk: int) -> HttpResponse:
    """Pick a product of an institution; the consent is asked on the case's own page."""
    found, today = _lead(request, pk), timezone.localdate()
    number = request.POST.get("product", "")
    product: Product | None = None
    if number.isascii() and number.isdecimal() and len(number) < 10:
        product = finds.products(today).filter(pk=int(number)).first()
    if product is None:
        return _lead_page(request, found, 422, _("请选择一家机构的产品"))
    try:
        case = actions.pick(
            lead=found, institution=product.institution, product=product, actor=request.user, now=timezone.now()
        )
    except (Invalid, Refused) as why:
        return _lead_page(request, found, 409, str(why))
    return redirect("web:finance-case", case.pk)


def _case(request: Request, pk: int) -> Application:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@require_safe
def case(request: Request, pk: int) -> HttpResponse:
    return _page(request, _case(request, pk))


def _page(
    request: Request, found: Application, *, step_form: StepForm | None = None, filled: tuple[str, Form] | None = None,
    void: tuple[int, Form] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """One case. An institution sees the firm's papers once it has opened them, which the trail keeps."""
    now = timezone.now()
    held = found.relations_of(request.user, now)
    consent = found.consent_on(timezone.localdate(now))
    sees_all = bool(held & {FIRM, CITY, "auditor"})
    is_open = consent is not None and (sees_all or actions.is_open(found, request.user, now))
    loan = found.loan
    rows = loan.claims.select_related("payee", "loan") if loan is not None else Claim.objects.none()
    own = access.own_organisations(request.user, timezone.localdate(now))
    steps = [step for step in offered(case=found, actor=request.user, now=now) if step.code not in rules.BY_ACT]
    context = {
        "case": found, "held": held, "loan": loan, "consent": consent, "sees_all": sees_all, "is_open": is_open,
        "papers": shown.papers(found, consent) if consent is not None and is_open else [],
        "consents": list(found.consents.select_related("given_by")) if sees_all else [],
        "decline": terms.listed("decline_reasons").label(found.decline_code) if found.decline_code else "",
        "steps": steps,
        "sure": sure.ends(found, steps, DANGER),
        "step_form": step_form or StepForm(),
        "acts": _forms(found, held, filled),
        "payments": list(loan.payments.all()) if loan is not None else [],
        "filings": list(loan.filings.all()) if loan is not None else [],
        "recoveries": list(loan.recoveries.all()) if loan is not None else [],
        "loss": getattr(loan, "loss", None),
        "owed_back": shown.owed_back(loan),
        "claims": shown.claims(rows),
        "own": own, "void": void, "void_form": ReasonForm(auto_id="id_void_%s"),
        "history": of_application(found, held),
        "use": terms.listed("uses").label(loan.use) if loan is not None else "",
        "security": terms.listed("collaterals").label(loan.security) if loan is not None and loan.security else "",
        "writer": kept.writer(request),
    }  # fmt: skip
    return render(request, "web/finance_case.html", context, status=status)


def _forms(
    found: Application, held: frozenset[str], filled: tuple[str, Form] | None
) -> list[tuple[acts.Act, Form, str]]:
    """Every act that is offered with its form, or with the one that came back, and what its button says."""
    forms = []
    for act in acts.offered(found, held):
        form = filled[1] if filled is not None and filled[0] == act.code else act.made(found, None)
        # Several forms stand on one page: each has ids of its own.
        form.auto_id = f"id_{act.code}_%s"
        forms.append((act, form, act.pressed(form)))
    return forms


@require_POST
def open_papers(request: Request, pk: int) -> HttpResponse:
    """An institution looks at the firm's papers: recorded, and seen by the firm."""
    found = _case(request, pk)
    with told(request):
        actions.open_papers(case=found, actor=request.user, now=timezone.now())
    return redirect("web:finance-case", pk)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Take one step, or say at the same page why not."""
    found = _case(request, pk)
    form = StepForm(request.POST)
    if stepped(request, found, step, form, own=rules.BY_ACT):
        return redirect("web:finance-case", pk)
    return _page(request, _case(request, pk), step_form=form, status=409)


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """Do one act, or say at its fields what is wrong. A consent's first press shows the words it is about."""
    found, now = _case(request, pk), timezone.now()
    known, rule = acts.ACTS.get(act), rules.ACTS.get(act)
    if known is None or rule is None or not rule.may(found, found.relations_of(request.user, now)):
        raise Http404
    form = known.made(found, request.POST)
    form.auto_id = f"id_{act}_%s"  # before anything is wrong: a message is found by the id of its field
    seen = request.POST.get("seen_version", "")
    version = whole(seen) or 0
    if form.is_valid() and not (isinstance(form, ConsentForm) and form.is_preview):
        with form.blaming():
            known.run(form, {"case": found, "actor": request.user, "now": now, "seen_version": version})
            messages.success(request, acts.done(known))
            back = Application.objects.filter(pk=pk)
            return redirect("web:finance-case", pk) if back.exists() else redirect("web:finance-leads")
    return _page(request, _case(request, pk), filled=(act, form), status=form.status)


@require_POST
def void_claim(request: Request, pk: int) -> HttpResponse:
    """Take a computed claim back, with the reason."""
    claim = get_object_or_404(Claim.objects.select_related("loan"), pk=pk)
    found = _case(request, claim.loan.application_id)
    held = found.relations_of(request.user, timezone.now())
    if not held & {FIRM, INSTITUTION, CITY}:
        raise Http404
    form = ReasonForm(request.POST, auto_id="id_void_%s")
    if cases_of(claim):
        form.add_error(None, _("已经申报，不能作废：请先撤回申报"))
        return _page(request, found, void=(pk, form), status=409)
    if form.is_valid():
        with form.blaming():
            actions.void(claim=claim, why=form.cleaned_data["why"], actor=request.user, now=timezone.now())
            messages.success(request, _("已作废"))
            return redirect("web:finance-case", found.pk)
    return _page(request, found, void=(pk, form), status=form.status)
