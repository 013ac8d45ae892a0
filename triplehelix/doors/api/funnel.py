"""The funnel over the API: the numbers of the page."""

from datetime import date
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from triplehelix.board.funnel.access import may_open, units_of
from triplehelix.board.funnel.stages import Span, figures, withholds_money
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, Request, account_of
from triplehelix.records.parties import reference
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["funnel"])


class Days(Schema):
    since: date | None = Field(None, description="first day; the first of this year when left out")
    until: date | None = Field(None, description="last day, included; today when left out")
    unit: str = Field("", max_length=20, description="code of a county or zone; empty for the city")


class StageOut(Schema):
    stage: str = Field(description="needs, answered, matched, talks, contracts, paid, landed")
    name: str
    reached: int = Field(description="of the needs that came in these days, how many have got so far by now")
    percent: int | None = Field(description="reached of the needs, in whole percent rounded down")
    happened: int = Field(description="what took place in these days: needs, talks, contracts, receipts")
    fen: int | None = Field(
        description="money of `paid`, refunds taken off, in fen; for who may not open the rows only of whole years of"
        " the whole city, and of no fewer than three sales"
    )


@router.get("/funnel", response={200: list[StageOut], 404: shapes.Problem, 422: shapes.Problem}, auth=PUBLIC,
            summary="从需求到落地")  # fmt: skip
def funnel(request: Request, days: Query[Days]) -> Any:
    today = timezone.localdate()
    if days.unit and days.unit not in reference.units():
        raise Http404
    try:
        span = Span(days.since or date(today.year, 1, 1), days.until or today)
    except ValueError as why:
        raise Invalid({"since": _("开始不能晚于结束")}) from why
    opens = may_open(units_of(account_of(request), today), days.unit)
    hides = not opens and withholds_money(span, days.unit, today)
    return [
        {"stage": one.stage.code, "name": str(one.stage.label), "reached": one.reached, "percent": one.percent,
         "happened": one.happened, "fen": one.fen}
        for one in figures(span, days.unit, without_money=hides)
    ]  # fmt: skip
