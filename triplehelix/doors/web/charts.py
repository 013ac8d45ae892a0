"""Charts declared in Vega-Lite, drawn as SVG: no script, light or dark as the page is, light on paper."""

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import cycle, islice
from typing import Any, NamedTuple

import vl_convert
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

WAN_FEN = 1_000_000
FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"
PAPER, INK, EDGE, LINE = "#fbfaf6", "#16201e", "#75807c", "#d9ddd6"
BAR, SHORT, LEFT = "#1f6f78", "#d9b36a", "#e3e7e0"
#: Strongest to faintest: told apart in grey and by the colour-blind.
SHADES = ("#06424a", "#4f9299", "#a9cfcc", LEFT, EDGE, BAR)
#: What each colour becomes on a dark page; strongest to faintest there too.
DARK = {
    PAPER: "#0e1517",
    INK: "#e8ece8",
    EDGE: "#98a6a2",
    LINE: "#2a383a",
    BAR: "#6cc6c5",
    SHORT: "#eebf6b",
    SHADES[0]: "#b5ebe7",
    SHADES[1]: "#4fa3a6",
    SHADES[2]: "#2b6468",
    LEFT: "#1e3437",
}
#: An image follows the colour scheme of the page it stands in; on paper it keeps the light one.
NIGHT = "".join(f'[fill="{day}"]{{fill:{night}}}[stroke="{day}"]{{stroke:{night}}}' for day, night in DARK.items())
STYLE = f"<style>@media screen and (prefers-color-scheme:dark){{{NIGHT}}}</style>"

BARS = {"type": "bar", "stroke": EDGE, "strokeWidth": 0.5}

#: In CSS pixels: a bar with its gap, an axis with its title and the margins.
ROW, AXIS = 30, 70
YEAR, YEARS_TALL = 26, 210
#: A line of the legend, a character of it, and its coloured square with the gaps.
LEGEND_LINE, LETTER, MARK = 24, 13, 42


class Room(NamedTuple):
    """How wide a chart is, in CSS pixels: on a page, or on a phone held upright (`?narrow=1`)."""

    width: int = 860
    labels: int = 240

    @classmethod
    def of(cls, request: HttpRequest) -> "Room":
        return NARROW if "narrow" in request.GET else WIDE


WIDE, NARROW = Room(), Room(338, 116)


class Size(NamedTuple):
    """What a whole picture measures, in CSS pixels. A page says it before the picture is drawn: nothing below moves."""

    width: int
    height: int


def beside(parts: Collection[Any], room: Room) -> int:
    """How many entries of a legend stand side by side: as many as the longest leaves room for."""
    longest = max((len(str(part)) for part in parts), default=0)
    return max(1, min(room.width // (LETTER * longest + MARK), len(parts)))


def legend(parts: Collection[Any], room: Room) -> int:
    """How much of a picture's height its legend takes."""
    return LEGEND_LINE * math.ceil(len(parts) / beside(parts, room))


def bars(rows: int, parts: Collection[Any], room: Room) -> Size:
    """Of `stacked`, and of any chart with one bar a row; `parts` are the entries of its legend."""
    return Size(room.width, ROW * rows + AXIS + legend(parts, room))


def columns(years: int, kinds: Collection[Any], room: Room) -> Size:
    """Of `by_year`: as wide as its years ask for, and its legend."""
    longest = max((len(str(kind)) for kind in kinds), default=0)
    wanted = max(YEAR * years, beside(kinds, room) * (LETTER * longest + MARK)) + AXIS
    return Size(min(wanted, room.width), YEARS_TALL + legend(kinds, room))


def stacked(
    rows: Iterable[tuple[str, Sequence[int]]], parts: Sequence[str], room: Room, shades: Sequence[str] = SHADES
) -> HttpResponse:
    """One bar a row, its amounts (fen) end to end in the order of `parts`; in 万元.

    `shades` are told apart in grey as well, one for each part; they begin again when there are more parts.
    """
    given = list(rows)
    data: list[dict[str, Any]] = [
        {"row": place, "part": part, "order": order, "wan": fen / WAN_FEN}
        for place, (_name, amounts) in enumerate(given)
        for order, (part, fen) in enumerate(zip(parts, amounts, strict=True))
    ]
    # A bar a row, whatever it is called: two of one name would be drawn as their sum.
    names = json.dumps([name for name, _amounts in given], ensure_ascii=False)
    spec = {
        "data": {"values": data},
        "mark": BARS,
        "encoding": {
            "x": {"aggregate": "sum", "field": "wan", "type": "quantitative", "title": _("万元")},
            "y": {"field": "row", "type": "ordinal", "title": None, "axis": {"labelExpr": f"{names}[datum.value]"}},
            "color": shaded("part", parts, list(islice(cycle(shades), len(parts)))),
            "order": {"field": "order", "type": "quantitative"},
        },
    }
    return drawn(spec, bars(len(given), parts, room), room, beside(parts, room))


def by_year(rows: Iterable[tuple[int, str]], kinds: Sequence[str], room: Room) -> HttpResponse:
    """How many of each kind a year, one bar a year, kinds end to end in their order; shades differ in grey as well."""
    given = list(rows)
    present = [kind for kind in kinds if any(kind == one for _year, one in given)]
    counted = Counter(given)
    years = span(year for year, _kind in given)
    data = [
        {"year": str(year), "kind": kind, "order": order, "n": counted[year, kind]}
        for year in years
        for order, kind in enumerate(present)
    ]
    spec = {
        "data": {"values": data},
        "mark": BARS,
        "encoding": {
            "x": {"field": "year", "type": "nominal", "title": None, "axis": {"labelAngle": 0, "labelOverlap": True}},
            "y": {
                "aggregate": "sum",
                "field": "n",
                "type": "quantitative",
                "title": _("项"),
                "axis": {"tickMinStep": 1},
            },
            "color": shaded("kind", present, list(SHADES[: len(present)])),
            "order": {"field": "order", "type": "quantitative"},
        },
    }
    return drawn(spec, columns(len(years), present, room), room, beside(present, room))


def shaded(field: str, domain: Sequence[str], shades: list[str]) -> dict[str, Any]:
    """Each value of a field in its shade, and a legend above that says which."""
    scale = {"domain": list(domain), "range": shades}
    return {"field": field, "type": "nominal", "title": None, "scale": scale, "legend": {"orient": "top"}}


def span(years: Iterable[int]) -> range:
    """Every year from the first to the last, those with nothing too."""
    found = list(years)
    return range(min(found), max(found) + 1) if found else range(0)


def drawn(spec: Mapping[str, Any], size: Size, room: Room, side_by_side: int = 1) -> HttpResponse:
    """A Vega-Lite specification as the house draws it: as large as said, in its font and colours, by day and by night.

    side_by_side: the entries of its legend on one line.
    """
    words = {"labelFontSize": 13, "titleFontSize": 13, "labelColor": INK, "titleColor": INK}
    lines = {"gridColor": LINE, "domainColor": EDGE, "tickColor": EDGE}
    config = {
        "font": FONT,
        "background": PAPER,
        "padding": 8,
        "axis": {**words, **lines, "labelLimit": room.labels, "labelSeparation": 8},
        "legend": {**words, "labelLimit": room.width - MARK, "columns": side_by_side},
        "view": {"stroke": "transparent"},
    }
    dressed = {**spec, **size._asdict(), "autosize": {"type": "fit", "contains": "padding"}, "config": config}
    head, mark, body = vl_convert.vegalite_to_svg(dressed).partition(">")
    return HttpResponse(f"{head}{mark}{STYLE}{body}", content_type="image/svg+xml")
