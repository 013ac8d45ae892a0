"""Charts declared once, drawn as SVG into the page: no script, the same on paper."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import altair
import vl_convert
from django.http import HttpResponse
from django.utils.translation import gettext as _

WAN_FEN = 1_000_000
FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"
EDGE = "#75807c"
#: Deep to pale: told apart in grey and by the colour-blind.
SHADES = ("#0b4a52", "#2f7f86", "#8fbcb9", "#dfe9e4")


def stacked(rows: Iterable[tuple[str, Sequence[int]]], parts: Sequence[str], shades: Sequence[str]) -> HttpResponse:
    """One bar a row, its amounts (fen) end to end in the order of `parts`; in 万元.

    `shades` are told apart in grey as well: one for each part.
    """
    data: list[dict[str, Any]] = [
        {"row": row, "part": part, "order": order, "wan": fen / WAN_FEN}
        for row, amounts in rows
        for order, (part, fen) in enumerate(zip(parts, amounts, strict=True))
    ]
    scale = altair.Scale(domain=list(parts), range=list(shades))
    return drawn(
        altair.Chart(altair.InlineData(values=data), width=620, height=altair.Step(30))
        .mark_bar(stroke=EDGE, strokeWidth=0.5)
        .encode(
            x=altair.X("sum(wan):Q", title=_("万元")),
            y=altair.Y("row:N", title=None, sort=None),
            color=altair.Color("part:N", title=None, scale=scale, legend=altair.Legend(orient="top")),
            order="order:Q",
        )
    )


def by_year(rows: Iterable[tuple[int, str]], kinds: Sequence[str]) -> HttpResponse:
    """How many of each kind a year, one bar a year, kinds end to end in their order; shades differ in grey as well."""
    given = list(rows)
    present = [kind for kind in kinds if any(kind == one for _year, one in given)]
    years = [year for year, _kind in given]
    counted = Counter(given)
    data = [
        {"year": str(year), "kind": kind, "order": order, "n": counted[year, kind]}
        for year in (range(min(years), max(years) + 1) if years else ())
        for order, kind in enumerate(present)
    ]
    scale = altair.Scale(domain=present, range=list(SHADES)[: len(present)])
    return drawn(
        altair.Chart(altair.InlineData(values=data), width=altair.Step(26), height=150)
        .mark_bar(stroke=EDGE, strokeWidth=0.5)
        .encode(
            x=altair.X("year:N", title=None, axis=altair.Axis(labelAngle=0, labelOverlap=True)),
            y=altair.Y("sum(n):Q", title=_("项"), axis=altair.Axis(tickMinStep=1)),
            color=altair.Color("kind:N", title=None, scale=scale, legend=altair.Legend(orient="top")),
            order="order:Q",
        )
    )


def drawn(chart: Any) -> HttpResponse:
    """Any chart as the house draws it: its font, sizes, white paper."""
    dressed = (
        chart.configure(font=FONT, background="#ffffff", padding=8)
        .configure_axis(labelFontSize=13, titleFontSize=13, labelLimit=240)
        .configure_legend(labelFontSize=13, labelLimit=320)
        .configure_view(stroke="transparent")
    )
    return HttpResponse(vl_convert.vegalite_to_svg(dressed.to_dict()), content_type="image/svg+xml")
