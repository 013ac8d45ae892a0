"""The desks: an institution's cases, products and filing; a year's proofs; the city's overview."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.handed import XLSX, attachment
from triplehelix.doors.web import finance_shown as shown
from triplehelix.doors.web.finance_desk_forms import EndForm, OutcomesForm, ParameterForm, ProductForm
from triplehelix.doors.web.requests import Request
from triplehelix.foundation.sheet import SheetError, read_table
from triplehelix.market.finance import access, actions, finds, sheets, terms
from triplehelix.market.finance.models import Institution
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties.rules import Invalid

MONTHS = 12
SHOWN = 50


def _desks(request: Request) -> list[Institution]:
    """The institutions one acts for; 404 for who acts for none."""
    found = list(access.desk_of(request.user, timezone.localdate()))
    if not found:
        raise Http404
    return found


@require_safe
def desk(request: Request) -> HttpResponse:
    """An institution's cases under consent, and what it offers."""
    own, today = _desks(request), timezone.localdate()
    products = finds.all_products().filter(institution__in=own).order_by("until", "name", "pk")
    context = {
        "institutions": own,
        "page": Paginator(finds.on_desk(request.user, today), SHOWN).get_page(request.GET.get("page")),
        "products": shown.products(products, today),
        "today": today,
        "has_loans": any(one.kind == "bank" for one in own),
    }
    return render(request, "web/finance_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_product(request: Request, pk: int) -> HttpResponse:
    """A product of one's own institution."""
    own = next((one for one in _desks(request) if one.pk == pk), None)
    if own is None:
        raise Http404
    form = ProductForm(terms.OFFERS[own.kind], request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            made = actions.offer_product(
                institution=own, values=form.values(), parameters=form.parameters(), actor=request.user,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("产品已登记"))
            return redirect("web:finance-product", made.pk)
    context = {"form": form, "institution": own}
    return render(request, "web/finance_product_form.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def change_product(request: Request, pk: int) -> HttpResponse:
    """A parameter from a day on (parameter), or the product's last day (end)."""
    own = _desks(request)
    product = get_object_or_404(finds.all_products(), pk=pk, institution__in=own)
    ending = request.POST.get("act") == "end"
    parameter = ParameterForm(request.POST if request.method == "POST" and not ending else None)
    end = EndForm(request.POST if ending else None)
    form: Any = end if ending else parameter
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"product": product, "actor": request.user, "now": timezone.now()}
        with form.blaming():
            if ending:
                actions.end_product(**form.cleaned_data, **given)
            else:
                actions.set_parameter(**form.values(), **given)
            messages.success(request, _("已保存"))
            return redirect("web:finance-product", pk)
    context = {"product": product, "parameter": parameter, "end": end}
    return render(request, "web/finance_product_change.html", context, status=form.status)


def _month(text: str) -> date:
    """The month of an address; this month for what is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def _months() -> Sequence[date]:
    first = timezone.localdate().replace(day=1)
    return [date(first.year + (first.month - 1 - n) // 12, (first.month - 1 - n) % 12 + 1, 1) for n in range(MONTHS)]


@require_safe
def filing(request: Request) -> HttpResponse:
    """A month's filings, with the outcomes that have come."""
    return _filing_page(request, allowed.filers(request.user), OutcomesForm())


def _filing_page(
    request: Request,
    banks: list[Institution] | None,
    form: OutcomesForm,
    problems: Sequence[Any] = (),
    status: int = 200,
) -> HttpResponse:
    month = _month(request.GET.get("month", ""))
    context = {
        "month": month,
        "months": _months(),
        "rows": list(finds.filings(month, banks)),
        "banks": banks,
        "form": form,
        "problems": problems[:SHOWN],
        "more": max(0, len(problems) - SHOWN),
        "may_write": access.is_city(request.user, timezone.localdate()),
    }
    return render(request, "web/finance_filing.html", context, status=status)


@require_POST
def filing_sheet(request: Request, month: str) -> HttpResponse:
    """The filing sheet of a month as a workbook: sent out, and sent back with the outcomes. A bank opens what firms
    agreed to with it, which the trail keeps: so it is a post."""
    day, banks = _month(month), allowed.filers(request.user)
    if f"{day:%Y-%m}" != month:
        raise Http404
    rows = actions.open_month(month=day, institutions=banks, actor=request.user, now=timezone.now())
    content = sheets.month_sheet(day, rows)
    return attachment(content, f"{terms.filing_title(day)}.xlsx", XLSX)


@require_POST
def outcomes(request: Request) -> HttpResponse:
    """Read the announcement's sheet: every row, or none with what is wrong by row and column. The sheet is kept."""
    if not access.is_city(request.user, timezone.localdate()):
        raise Http404
    form = OutcomesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _filing_page(request, None, form, status=422)
    upload = form.cleaned_data["file"]
    content, now = upload.read(), timezone.now()
    try:
        rows, problems = sheets.read_outcomes(read_table(content, name=upload.name))
    except SheetError as why:
        form.add_error("file", str(why))
        return _filing_page(request, None, form, status=422)
    if problems or not rows:
        form.add_error("file", _("有错误，一行也没有写入") if problems else _("表里没有填写结果的行"))
        return _filing_page(request, None, form, problems, status=422)
    try:
        with transaction.atomic():
            sheet = evidence.store(
                content=content, name=upload.name, actor=request.user, now=now, visible_to=("city", "auditor")
            )
            receipt = actions.land_outcomes(
                rows=rows, document=form.cleaned_data["document"], sheet=sheet, actor=request.user, now=now
            )
    except evidence.Unacceptable as why:
        form.add_error("file", str(why))
        return _filing_page(request, None, form, status=422)
    except Invalid as why:
        found = [
            {"row": name.removeprefix("row_"), "column": "", "message": told}
            for name, told in why.errors.items()
            if name.startswith("row_")
        ]
        form.add_error("file" if found else "document", _("有错误，一行也没有写入") if found else str(why))
        return _filing_page(request, None, form, found, status=422)
    said = {"yes": receipt.accepted, "no": receipt.refused}
    messages.success(request, _("已写入：准予备案 %(yes)d 笔，退回 %(no)d 笔") % said)
    return redirect("web:finance-filing")
