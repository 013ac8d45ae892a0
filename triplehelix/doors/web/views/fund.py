"""The fund desk: a year's money by use, how far it has come, and every movement."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from triplehelix.doors.handed import XLSX, attachment
from triplehelix.doors.web import charts, exports
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.requests import Request
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import Sheet, write_xlsx
from triplehelix.foundation.sheet.write import MOST_ROWS
from triplehelix.fund import finds, sheets
from triplehelix.fund.access import READERS, relations
from triplehelix.fund.models import Movement, Pool, Purse
from triplehelix.fund.selfreview import self_review
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases import waiting as waiting_cases

PER_PAGE = 20
BATCHES_PER_PAGE = 10
#: A bar of the chart, end to end.
PARTS = (gettext_lazy("已支付"), gettext_lazy("支付中"), gettext_lazy("已承诺未支付"), gettext_lazy("未承诺"))
#: A year has nothing to narrow it by, so it goes out whole: as many movements as a sheet holds below its heading.
MOST_EXPORTED = MOST_ROWS - 1


def _pool(request: Request, held: frozenset[str] | None = None) -> Pool | None:
    """The year asked for, or the latest. 404 for who may not read it, and for a year there is none of."""
    if not READERS & (relations(request.user, timezone.now()) if held is None else held):
        raise Http404
    pools = Pool.objects.order_by("-year", "code")
    year = request.GET.get("year", "")
    if not year:
        return pools.first()
    found = pools.filter(year=int(year)).first() if year.isdecimal() and len(year) <= 4 else None
    if found is None:
        raise Http404
    return found


@require_safe
def desk(request: Request) -> HttpResponse:
    """Purses with their counters, what waits at the bank or came back, and the latest movements."""
    held = relations(request.user, timezone.now())
    pool = _pool(request, held)
    is_finance = "finance" in held
    if pool is None:
        return render(request, "web/fund.html", {"pool": None, "is_finance": is_finance})
    waiting, purses = Paginator(finds.not_arrived(pool), PER_PAGE), list(pool.purses.all())
    context = {
        "pool": pool,
        "years": Pool.objects.filter(code=pool.code).values_list("year", flat=True),
        "documents": pool.appropriations.all(),
        "rows": [(purse, _rate(purse.paid_fen, purse.amount_fen)) for purse in purses],
        "total": _total(purses),
        "parts": PARTS,
        "waiting": waiting.get_page(request.GET.get("waiting")),
        "batches": Paginator(finds.batches(pool), BATCHES_PER_PAGE).get_page(request.GET.get("batches")),
        "is_finance": is_finance,
        **(_waiting() if is_finance else {}),
        "page": Paginator(finds.movements(pool).order_by("-pk"), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "web/fund.html", context)


def _waiting() -> dict[str, int]:
    """How many cases wait to be ordered, and orders to be sent, with what they come to in fen."""
    cases = list(waiting_cases.to_order().only("pk"))
    orders = waiting_cases.to_send().aggregate(n=Count("pk"), sum=Sum("amount_fen", default=0))
    return {
        "to_order": len(cases),
        "to_order_fen": pay.unordered(cases),
        "to_send": orders["n"],
        "to_send_fen": orders["sum"],
    }


def _total(purses: Sequence[Purse]) -> dict[str, Any]:
    """The last row of the table: every column summed over the purses, fen, and the rate of the sums."""
    parts = ("amount_fen", "committed_fen", "ordered_fen", "paid_fen", "free")
    sums: dict[str, Any] = {name: Fen(sum(getattr(one, name) for one in purses)) for name in parts}
    return sums | {"rate": _rate(sums["paid_fen"], sums["amount_fen"])}


def _rate(paid: int, amount: int) -> str:
    """Paid of an amount, both in fen, in percent to a tenth, half up: as the finance bureau computes 执行率."""
    if not amount:
        return "0"
    tenths = (2000 * paid + amount) // (2 * amount)
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


@require_safe
def chart(request: Request) -> HttpResponse:
    """Each use as one bar: paid, on its way, promised, free; in 万元."""
    pool = _pool(request)
    if pool is None:
        raise Http404
    named = [str(part) for part in PARTS]
    return charts.stacked([(purse.name, _parts(purse)) for purse in pool.purses.all()], named, charts.Room.of(request))


def _parts(purse: Purse) -> tuple[int, int, int, int]:
    underway = purse.ordered_fen + purse.paid_fen
    return purse.paid_fen, purse.ordered_fen, purse.committed_fen - underway, purse.amount_fen - purse.committed_fen


@require_safe
def export(request: Request) -> HttpResponse:
    """The year as a workbook: every movement, and how far each use has come month by month."""
    pool = _pool(request)
    if pool is None:
        raise Http404

    def book(rows: "QuerySet[Movement]") -> list[Sheet]:
        moved = rows.iterator(chunk_size=2000)
        return [sheets.ledger_sheet(moved), sheets.execution_sheet(finds.execution(pool))]

    back = exports.address(request, reverse("web:fund"))
    return exports.workbook(request, finds.movements(pool), book, f"{pool}资金流水", back=back, most=MOST_EXPORTED)


class ReviewForm(Form):
    """The points people give; the fund itself knows how much was carried out."""

    output = forms.DecimalField(label=gettext_lazy("产出（满分 50）"), min_value=0, max_value=50, decimal_places=2)
    benefit = forms.DecimalField(label=gettext_lazy("效益（满分 30）"), min_value=0, max_value=30, decimal_places=2)
    satisfaction = forms.DecimalField(
        label=gettext_lazy("满意度（满分 10）"), min_value=0, max_value=10, decimal_places=2
    )


@require_safe
def review(request: Request) -> HttpResponse:
    """预算绩效自评 of a year: its sheet on the page, or with `file` in the address as a workbook."""
    pool = _pool(request)
    if pool is None:
        raise Http404
    form = ReviewForm(request.GET if "output" in request.GET else None)
    found = None
    if form.is_valid():
        found = self_review(pool, **form.cleaned_data)
        if "file" in request.GET:
            book = write_xlsx([sheets.self_review_sheet(found)])
            return attachment(book, f"{pool}绩效自评.xlsx", XLSX)
    context = {"pool": pool, "form": form, "review": found, "query": request.GET.urlencode()}
    return render(request, "web/fund_review.html", context, status=422 if form.errors else 200)
