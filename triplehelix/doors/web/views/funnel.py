"""The funnel from need to landed deal: numbers for everybody, the rows behind each for those who answer for them."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from triplehelix.board.funnel.access import CITY, may_open, units_of
from triplehelix.board.funnel.stages import BY_CODE, Span, Stage, figures, happened, reached, withholds_money
from triplehelix.doors.web import charts, exports, funnel_rows
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import account_of
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import Sheet
from triplehelix.records.parties import reference

PER_PAGE = 20
#: Pixels of “131 · 100%” beside a bar of the chart.
NUMBER = 86
#: Which reading of a stage's number the rows are of: what took place, or the needs that got so far.
READINGS = {"happened": happened, "reached": reached}


class Asked(NamedTuple):
    """What the address asks for: days, a county or zone ("" is the city), and why the days could not be read."""

    span: Span
    unit: str
    problem: str = ""

    @property
    def query(self) -> str:
        parts = QueryDict(mutable=True)
        parts.update({"since": self.span.since.isoformat(), "until": self.span.until.isoformat(), "unit": self.unit})
        return parts.urlencode()


def _asked(request: HttpRequest) -> Asked:
    """This year where the address names no days; days that cannot be read are said, not guessed."""
    today = timezone.localdate()
    whole = Span(date(today.year, 1, 1), today)
    unit = request.GET.get("unit", "")
    unit = unit if unit in reference.units() else ""
    try:
        since, until = (
            date.fromisoformat(given) if (given := request.GET.get(name, "")) else usual
            for name, usual in (("since", whole.since), ("until", whole.until))
        )
        return Asked(Span(since, until), unit)
    except ValueError:
        return Asked(whole, unit, _("日期要写成 2026-01-31 的样子，开始不能晚于结束；下面是今年的数字"))


def _spans(today: date) -> list[tuple[str, Span]]:
    """The spans people ask for."""
    month = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [
        (_("本月"), Span(month, today)),
        (_("本季度"), Span(quarter, today)),
        (_("今年"), Span(date(today.year, 1, 1), today)),
        (_("近十二个月"), Span(today - timedelta(days=364), today)),
    ]


@login_not_required
@require_safe
def show(request: Request) -> HttpResponse:
    """The stages with both readings."""
    asked, today = _asked(request), timezone.localdate()
    opens = may_open(units_of(account_of(request), today), asked.unit)
    hides = not opens and withholds_money(asked.span, asked.unit, today)
    context = {
        "asked": asked,
        "figures": figures(asked.span, asked.unit, without_money=hides),
        "hides_money": hides,
        "spans": [(label, Asked(span, asked.unit).query, span == asked.span) for label, span in _spans(today)],
        "units": reference.units().current(today),
        "opens": opens,
    }
    return render(request, "web/funnel.html", context, status=422 if asked.problem else 200)


@login_not_required
@require_safe
def chart(request: Request) -> HttpResponse:
    """Of the needs that came, how many have got how far: one bar a stage."""
    asked, room = _asked(request), charts.Room.of(request)
    found = figures(asked.span, asked.unit)
    data: list[dict[str, Any]] = [
        {"stage": str(one.stage.label), "n": one.reached, "said": f"{one.reached} · {one.percent or 0}%"}
        for one in found
    ]
    # The longest bar leaves room for the number beside it.
    along_bars = room.width - room.labels - charts.MARK
    longest = (max(one.reached for one in found) or 1) * along_bars / (along_bars - NUMBER)
    scale = {"domain": [0, longest], "nice": False}
    words = {"type": "text", "align": "left", "dx": 6, "fontSize": 13, "color": charts.INK}
    spec = {
        "data": {"values": data},
        "encoding": {
            "x": {"field": "n", "type": "quantitative", "title": None, "axis": None, "scale": scale},
            "y": {"field": "stage", "type": "nominal", "title": None, "sort": None},
        },
        "layer": [
            {"mark": {"type": "bar", "color": charts.BAR}},
            {"mark": words, "encoding": {"text": {"field": "said", "type": "nominal"}}},
        ],
    }
    return charts.drawn(spec, charts.bars(len(found), (), room), room)


class Counted(NamedTuple):
    """The rows behind one number: which stage and reading, and how to say a row."""

    asked: Asked
    stage: Stage
    reading: str
    rows: Any
    opens_all: bool

    def lines(self, rows: Any) -> list[funnel_rows.Line]:
        kind = self.stage.row if self.reading == "happened" else "need"
        return funnel_rows.lines(kind, rows, opens_all=self.opens_all)


def _counted(request: Request, stage: str) -> Counted:
    """404 for a stage or reading there is none of, and for whoever may not open the rows."""
    asked, reading = _asked(request), request.GET.get("of", "reached")
    units = units_of(request.user, timezone.localdate())
    if stage not in BY_CODE or reading not in READINGS or asked.problem or not may_open(units, asked.unit):
        raise Http404
    found = READINGS[reading](BY_CODE[stage], asked.span, asked.unit)
    return Counted(asked, BY_CODE[stage], reading, found, CITY in (units or ()))


@require_safe
def rows(request: Request, stage: str) -> HttpResponse:
    """What one number counts, row by row."""
    counted = _counted(request, stage)
    page = Paginator(counted.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {**counted._asdict(), "page": page, "lines": counted.lines(page.object_list)}
    return render(request, "web/funnel_rows.html", context)


@require_safe
def export(request: Request, stage: str) -> HttpResponse:
    """The same rows as a workbook."""
    counted = _counted(request, stage)
    span, label = counted.asked.span, str(counted.stage.label)

    def sheets(rows: Any) -> list[Sheet]:
        lines = counted.lines(rows)
        cells = [(one.what, one.who, one.when, None if one.fen is None else Fen(one.fen)) for one in lines]
        head = (_("事项"), _("单位"), _("日期"), _("金额（元）"))
        return [Sheet(label, head, cells, (60, 40, 12, 16), wrap=head[:2])]

    back = exports.address(request, reverse("web:funnel-rows", args=[stage]))
    return exports.workbook(request, counted.rows, sheets, f"{label} {span.since}—{span.until}", back=back)
