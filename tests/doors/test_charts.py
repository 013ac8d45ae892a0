"""Charts: drawn for a page or a phone, and every colour of theirs has one for the night."""

import re
from itertools import pairwise

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from triplehelix.doors.web import charts

WIDE, NARROW = (charts.Room.of(RequestFactory().get("/", asked)) for asked in ({}, {"narrow": "1"}))
ROWS = [("很长很长很长的用途名称，一部手机放不下", (300_000_000, 0, 100_000_000)), ("人才", (0, 500_000_000, 0))]
PARTS = ("已支付", "支付中", "余下")
MANY = [f"澄湖市某某担保公司{n}" for n in range(8)]
KINDS = ["论文", "专利"]


def _drawn(room: charts.Room) -> list[str]:
    """Each kind of chart the house draws; 66 years is the longest life's work of anybody."""
    works = [(year, kind) for year in (1960, 2024, 2025) for kind in KINDS]
    answers: list[HttpResponse] = [
        charts.stacked(ROWS, PARTS, room),
        charts.stacked(ROWS, PARTS, room, (charts.SHADES[0], charts.SHORT, charts.LEFT)),
        charts.stacked([("2026-01", tuple(range(8)))], MANY, room),
        charts.by_year(works, KINDS, room),
    ]
    return [answer.content.decode() for answer in answers]


def test_no_colour_stays_as_it_was_by_night() -> None:
    for svg in _drawn(WIDE) + _drawn(NARROW):
        style, _end, figure = svg.partition("</style>")
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', figure)) - {"none", "transparent"}
        assert colours and colours <= set(charts.DARK)
        assert all(f'[fill="{colour}"]{{fill:{charts.DARK[colour]}}}' in style for colour in colours)


def _size(svg: str) -> charts.Size:
    found = [re.search(rf'<svg[^>]* {side}="(\d+)"', svg) for side in ("width", "height")]
    return charts.Size(*(int(one.group(1)) for one in found if one))


@pytest.mark.parametrize(("room", "most"), [(WIDE, 880), (NARROW, 358)])
def test_a_picture_is_as_large_as_the_page_said_before_it_came(room: charts.Room, most: int) -> None:
    """What comes late and is larger pushes a button away from under a finger.

    358 pixels are left of 390 between the margins; what is wider would be shrunk until nobody can read it.
    """
    said = [charts.bars(2, PARTS, room), charts.bars(2, PARTS, room), charts.bars(1, MANY, room)]
    said.append(charts.columns(66, KINDS, room))
    assert [_size(svg) for svg in _drawn(room)] == said
    assert max(size.width for size in said) <= most


def test_each_part_has_a_shade_and_its_neighbour_another() -> None:
    svg = _drawn(WIDE)[2]
    shades = re.findall(r'aria-roledescription="bar"[^>]* fill="([^"]+)"', svg)
    assert all(one != other for one, other in pairwise(shades)) and len(shades) >= 7


def test_two_rows_of_one_name_are_two_bars() -> None:
    """Money carried over stands beside this year's for the same use; as one bar it would be their sum."""
    rows = [("人才引进", (300_000_000, 0, 0)), ("人才引进", (50_000_000, 0, 0)), ("“技术” 攻关\\", (0, 10_000_000, 0))]
    svg = charts.stacked(rows, PARTS, WIDE).content.decode()
    told = re.findall(r'aria-label="[^"]*万元: ([\d.]+)', svg)
    assert {"300", "50", "10"} <= set(told), "each amount is drawn for itself"
    assert svg.count(">人才引进<") == 2 and "“技术” 攻关\\" in svg
