"""科技金融 for everybody: products, side by side, and the self-check."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triplehelix.doors.web import finance_shown as shown
from triplehelix.doors.web.fact_forms import FactForm
from triplehelix.doors.web.numbers import wholes
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import account_of
from triplehelix.foundation.money import Fen
from triplehelix.market.finance import access, finds, selfcheck, terms
from triplehelix.records.parties.finds import organisations_of

MOST_COMPARED = 4


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """What is offered today, by kind; the ended are gone."""
    today = timezone.localdate()
    kind = request.GET.get("kind", "")
    rows = finds.products(today)
    chosen = kind if kind in dict(terms.KINDS) else ""
    rows = rows.filter(kind=chosen) if chosen else rows
    account = account_of(request)
    context = {
        "rows": shown.products(rows, today),
        "kinds": terms.KINDS,
        "chosen": chosen,
        "schemes": [one for one in terms.schemes(today).values() if not chosen or one.kind == chosen],
        "desks": list(access.desk_of(account, today)),
        "is_city": access.is_city(account, today),
        "is_firm": account is not None and organisations_of(account, today).filter(type="企业").exists(),
    }
    return render(request, "web/finance.html", context)


@login_not_required
@require_safe
def compare(request: Request) -> HttpResponse:
    """Some products side by side; what the address names and is not offered is left out."""
    today = timezone.localdate()
    wanted = wholes(request.GET.getlist("p"))
    rows = finds.products(today).filter(pk__in=wanted[:MOST_COMPARED])
    schemes = terms.schemes(today)
    columns = [{"row": row, "scheme": schemes.get(row.product.scheme)} for row in shown.products(rows, today)]
    context = {"columns": columns, "more": max(0, len(wanted) - MOST_COMPARED), "most": MOST_COMPARED}
    return render(request, "web/finance_compare.html", context)


@login_not_required
@require_safe
def product(request: Request, pk: int) -> HttpResponse:
    """One product: its parameters with their days and sources, the scheme's conditions."""
    today = timezone.localdate()
    account = account_of(request)
    own = access.desk_of(account, today)
    rows = finds.products(today)
    found = rows.filter(pk=pk).first() or get_object_or_404(finds.all_products(), pk=pk, institution__in=own)
    context = {
        "row": shown.products([found], today)[0],
        "product": found,
        "scheme": terms.schemes(today).get(found.scheme),
        "parameters": [
            {"row": one, "words": selfcheck.parameter_words(one.key, one.value), "ahead": one.since > today}
            for one in found.parameters.all().order_by("key", "since")
        ],
        "is_own": own.filter(pk=found.institution_id).exists(),
        # Who has not signed in may be of a firm; an office has no wishes.
        "may_ask": account is None or organisations_of(account, today).exists(),
        "is_ended": found.until is not None and found.until < today,
        "wish": urlencode({"kind": found.kind, "product": found.pk}),
    }
    return render(request, "web/finance_product.html", context)


@login_not_required
@require_safe
def check(request: Request) -> HttpResponse:
    """自测: answers in the address, products that fit and conditions that fail below. Writes nothing."""
    today = timezone.localdate()
    account = account_of(request)
    own = list(organisations_of(account, today).filter(type="企业")) if account is not None else []
    firm = own[0] if own else None
    questions = selfcheck.questions(today)
    asked = "kind" in request.GET
    form = FactForm(None, request.GET if asked else None, facts=selfcheck.known(firm, today), only=questions)
    fits = selfcheck.fitted(form.values, today) if asked and form.is_valid() else []
    context = {
        "form": form,
        "firm": firm,
        "asked": asked and not form.errors,
        "fits": [{"fit": fit, "row": shown.products([fit.product], today)[0]} for fit in fits],
        "good": sum(fit.fits for fit in fits),
        "wish": _wish(form.values) if asked and not form.errors else "",
        "is_firm": firm is not None,
    }
    return render(request, "web/finance_check.html", context, status=422 if asked and form.errors else 200)


def _wish(values: dict[str, Any]) -> str:
    """The wish as the address of the lead's form, so that nothing is typed twice."""
    said = {name: values[name] for name in ("kind", "months", "purpose", "collateral")}
    return urlencode(said | {"amount": Fen(values["amount"]).yuan, "origin": "check"})
