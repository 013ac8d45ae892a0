"""Charts declared once, drawn as SVG into the page: no script, the same on paper."""

from collections.abc import Iterable, Sequence
from typing import Any

import altair
import vl_convert
from django.http import HttpResponse
from django.utils.translation import gettext as _

WAN_FEN = 1_000_000
FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"
EDGE = "#75807c"


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


def drawn(chart: Any) -> HttpResponse:
    """Any chart as the house draws it: its font, sizes, white paper."""
    dressed = (
        chart.configure(font=FONT, background="#ffffff", padding=8)
        .configure_axis(labelFontSize=13, titleFontSize=13, labelLimit=240)
        .configure_legend(labelFontSize=13, labelLimit=320)
    )
    return HttpResponse(vl_convert.vegalite_to_svg(dressed.to_dict()), content_type="image/svg+xml")
