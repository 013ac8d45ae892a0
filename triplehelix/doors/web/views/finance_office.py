"""The city's overview of finance, the institutions it works with, and the proofs firms claim."""

from collections import Counter
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web import charts
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.finance_desk_forms import CityQualificationForm, InstitutionForm, QualificationForm
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.market.finance import access, actions, finds
from triplehelix.market.finance.models import Application, Institution, Qualification
from triplehelix.records.parties.finds import cared_for, organisations_of

SHOWN = 20


def _reader(request: Request) -> bool:
    """Whether the viewer may also write; 404 for who may not even read."""
    today = timezone.localdate()
    if not access.may_read_all(request.user, today):
        raise Http404
    return access.is_city(request.user, today)


class Part(NamedTuple):
    """The first rows of a list, and how many there are of it in all."""

    rows: list[Any]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def _first(rows: "QuerySet[Any]") -> Part:
    return Part(list(rows[:SHOWN]), rows.count())


@require_safe
def office(request: Request) -> HttpResponse:
    """Where things stand, what is late, who we work with."""
    return _page(request, _reader(request), InstitutionForm())


def _page(request: Request, may_write: bool, form: Form, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    counts = Counter(Application.objects.values_list("state", flat=True))
    rows = finds.shown_to(request.user, today)
    banks, months = finds.by_month(today)
    context = {
        "states": [(state.label, counts[state.code]) for state in Application.workflow.states if counts[state.code]],
        "total": sum(counts.values()),
        "granted_fen": finds.granted_fen(today.year),
        "late": _first(rows.filter(due_on__lt=today).order_by("due_on", "pk")),
        "troubled": _first(rows.filter(state__in=("overdue", "unfiled")).order_by("changed_at", "pk")),
        "latest": list(rows[:SHOWN]),
        "unproven": _first(finds.unproven_this_year(today)),
        "institutions": list(finds.institutions(today)),
        "waiting": finds.unconfirmed().count(),
        "form": form,
        "may_write": may_write,
        "banks": banks,
        "months": [(month, list(zip(banks, granted, strict=True))) for month, granted in months],
    }
    return render(request, "web/finance_office.html", context, status=status)


@require_safe
def chart(request: Request) -> HttpResponse:
    """Loans granted by month and institution in the last twelve months."""
    _reader(request)
    names, rows = finds.by_month(timezone.localdate())
    return charts.stacked(rows, names, charts.Room.of(request))


@require_POST
def new_institution(request: Request) -> HttpResponse:
    if not _reader(request):
        raise Http404
    form = InstitutionForm(request.POST)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("kind", "licence", "since")}
        with form.blaming():
            actions.register_institution(
                organisation=form.organisation, values=values, actor=request.user, now=timezone.now()
            )
            messages.success(request, _("机构已登记"))
            return redirect("web:finance-office")
    return _page(request, True, form, form.status)


@require_POST
def end_institution(request: Request, pk: int) -> HttpResponse:
    if not _reader(request):
        raise Http404
    institution = get_object_or_404(Institution, pk=pk)
    with told(request):
        actions.end_institution(
            institution=institution, actor=request.user, now=timezone.now(), why=request.POST.get("why", "")
        )
        messages.success(request, _("已停止合作"))
    return redirect("web:finance-office")


@require_http_methods(["GET", "HEAD", "POST"])
def qualifications(request: Request) -> HttpResponse:
    """入库编号 and 科融信: a firm's own, or for the city those that wait to be looked up."""
    today = timezone.localdate()
    is_city = access.is_city(request.user, today)
    own = list(organisations_of(request.user, today).order_by("name", "pk"))
    if not (own or access.may_read_all(request.user, today)):
        raise Http404
    made = CityQualificationForm if is_city else QualificationForm
    form = made(own, request.POST if request.method == "POST" else None, {"year": today.year})
    may_write = is_city or bool(own)
    if request.method == "POST":
        if not may_write:
            raise Http404
        if form.is_valid() and (done := _add(request, form)):
            return done
    mine = Qualification.objects.filter(organisation__in=cared_for(request.user, today))
    waiting = finds.unconfirmed() if access.may_read_all(request.user, today) else Qualification.objects.none()
    context = {
        "form": form, "is_city": is_city, "may_write": may_write,
        "rows": Paginator(mine.select_related("organisation"), SHOWN).get_page(request.GET.get("page")),
        "waiting": Paginator(waiting, SHOWN).get_page(request.GET.get("waiting")),
    }  # fmt: skip
    return render(request, "web/finance_qualifications.html", context, status=form.status)


def _add(request: Request, form: QualificationForm) -> HttpResponse | None:
    values = {name: form.cleaned_data[name] for name in ("kind", "year", "number")}
    assert form.organisation is not None
    with form.blaming():
        made = actions.add_qualification(
            organisation=form.organisation, values=values, actor=request.user, now=timezone.now()
        )
        messages.success(request, _("已登记并生效") if made.confirmed_at else _("已登记，市科技局核实后生效"))
        return redirect("web:finance-qualifications")
    return None


@require_POST
def answer_qualification(request: Request, pk: int, answer: str) -> HttpResponse:
    """The city has looked it up: right, or wrong with the reason."""
    if not _reader(request) or answer not in ("right", "wrong"):
        raise Http404
    found = get_object_or_404(Qualification, pk=pk)
    with told(request):
        actions.answer_qualification(
            qualification=found, is_right=answer == "right", actor=request.user, now=timezone.now(),
            why=request.POST.get("why", ""),
        )  # fmt: skip
        messages.success(request, _("已核实") if answer == "right" else _("已作废"))
    return redirect("web:finance-qualifications")
