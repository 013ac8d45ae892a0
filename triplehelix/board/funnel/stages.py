"""The seven stages of the funnel, each as the rows it counts (domain §8.2: deals, not visits; §9 KPIs).

Two readings of the same days. `happened`: what took place in them, whenever the need came. `reached`: of the needs that
came in them, those that have got so far by now; that is the funnel proper, for it cannot widen on the way down in
meaning: a later stage is asked of the same needs. An intent (意向) is no stage: it is no deal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from triplehelix.market.contracts import finds as contracts
from triplehelix.market.contracts.models import Receipt, Sale
from triplehelix.market.diagnosis import finds as diagnosis
from triplehelix.market.introductions import finds as introductions
from triplehelix.market.introductions.guards import TOOK_PLACE
from triplehelix.market.introductions.models import Introduction, Meeting
from triplehelix.market.needs.models import Need

Rows = QuerySet[Any]
#: Days a reader may ask of: a day may be added to each.
FIRST, LAST = date(1900, 1, 1), date(9000, 1, 1)
#: The sum of fewer sales tells what each of them brought [assumed; statistical offices publish no sum of fewer].
LEAST_SALES = 3


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the city, both included. Raises ValueError for an end before its beginning and for days beyond what
    can be counted on from."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if not FIRST <= self.since <= self.until <= LAST:
            raise ValueError("a span ends before it begins, or lies beyond the calendar")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `reached` are the needs that have got so far; only the answer's term asks in which days they came.
    `row` says what a row of `happened` is: need, talk, sale or receipt. `need` is the way from such a row
    to its need, `buyer` to the buyer of a deal that began without one."""

    code: str
    label: Any
    about: Any
    row: str
    need: str
    buyer: str
    happened: Callable[[Span], Rows]
    reached: Callable[[Span], Rows]


def _came(span: Span) -> Rows:
    return _needs(diagnosis.came(span.since, span.until))


def _answered(span: Span) -> Rows:
    return _needs(diagnosis.in_time(diagnosis.answered(span.since, span.until), span.since, span.until))


def _needs(found: Rows) -> Rows:
    """The needs of some diagnoses, each once."""
    return Need.objects.select_related("organisation").filter(pk__in=found.order_by().values("need")).order_by("pk")


def _in_time(span: Span) -> Rows:
    came = diagnosis.came(span.since, span.until)
    return diagnosis.in_time(came, span.since, span.until).order_by().values("need")


def _of_sales(**more: Any) -> Callable[[Span], Rows]:
    return lambda span: Sale.objects.filter(need__isnull=False, **more).order_by().values("need")


STAGES = (
    Stage("needs", _("企业需求"), _("提交会诊的需求，一条需求计一次"), "need", "", "", _came,
          lambda span: Need.objects.order_by().values("pk")),
    Stage("answered", _("按期答复"), _("在期限内得到会诊答复的需求"), "need", "", "", _answered, _in_time),
    Stage("matched", _("有合格对接"), _("双方都接受了引荐的需求；分数高不算"), "need", "", "",
          lambda span: introductions.with_qualified_match(span.since, span.until).order_by("pk"),
          lambda span: Introduction.objects.filter(accepted_at__isnull=False).order_by().values("need")),
    Stage("talks", _("洽谈、考察"), _("实际举行、登记了结果的洽谈和考察"), "talk", "introduction__need__", "",
          lambda span: introductions.talks(span.since, span.until),
          lambda span: Meeting.objects.filter(TOOK_PLACE).order_by().values("introduction__need")),
    Stage("contracts", _("登记的技术合同"), _("经登记机构认定登记的合同；意向不是合同，不计"), "sale", "need__",
          "buyer__", lambda span: contracts.contracts(span.since, span.until),
          _of_sales(contract__registrations__outcome="registered")),
    Stage("paid", _("到账"), _("有银行回单的到账，减去退款；作价入股的看登记证明，不计金额"), "receipt",
          "contract__sale__need__", "contract__sale__buyer__",
          lambda span: contracts.moved(span.since, span.until).order_by("-on", "-pk"),
          lambda span: contracts.kept_payments().filter(need__isnull=False).order_by().values("need")),
    Stage("landed", _("成功落地"), _("合同已登记，已付到设定的比例，项目在本市实施"), "sale", "need__", "buyer__",
          lambda span: contracts.landed(span.since, span.until), _of_sales(landed_on__isnull=False)),
)  # fmt: skip
BY_CODE = {stage.code: stage for stage in STAGES}


def happened(stage: Stage, span: Span, unit: str = "") -> Rows:
    """What took place in these days, of one county's or zone's firms where a unit is named."""
    return stage.happened(span).filter(_of_unit(stage, unit)) if unit else stage.happened(span)


def reached(stage: Stage, span: Span, unit: str = "") -> Rows:
    """Of the needs that came in these days, those that have got as far as this stage."""
    came = _came(span).filter(organisation__unit=unit) if unit else _came(span)
    return came.filter(pk__in=stage.reached(span))


def _of_unit(stage: Stage, unit: str) -> Q:
    """A deal belongs to where its need came from; one that began without a need, to where its buyer is."""
    own = Q(**{f"{stage.need}organisation__unit": unit})
    if not stage.buyer:
        return own
    return own | Q(**{f"{stage.need}pk__isnull": True, f"{stage.buyer}unit": unit})


@dataclass(frozen=True, slots=True)
class Figure:
    """A stage in numbers. `percent` is of the needs that came, rounded down; `fen` is the money of `paid`, refunds
    taken off, None of other stages and where it is not told (`withholds_money`)."""

    stage: Stage
    happened: int
    reached: int
    percent: int | None
    fen: int | None = None


def withholds_money(span: Span, unit: str, today: date, *, least: int = LEAST_SALES) -> bool:
    """Whether the sum of these days tells too much to who may not open its rows. Of one day, one county or few sales
    it would be what a firm has paid; and so would be the difference of two spans, unless both are whole years."""
    ends = span.until == today or (span.until.month, span.until.day) == (12, 31)
    if unit or (span.since.month, span.since.day) != (1, 1) or not ends:
        return True
    sales = contracts.moved(span.since, span.until).order_by().values("contract__sale").distinct()
    return 0 < len(sales[:least]) < least


def figures(span: Span, unit: str = "", *, without_money: bool = False) -> list[Figure]:
    """All stages in order: two counts each, and one sum for the money, unless it is not to be told."""
    found: list[Figure] = []
    for stage in STAGES:
        count = reached(stage, span, unit).count()
        first = found[0].reached if found else count
        rows = happened(stage, span, unit)
        told = rows.model is Receipt and not without_money
        fen = rows.aggregate(sum=Sum("moved_fen"))["sum"] or 0 if told else None
        found.append(Figure(stage, rows.count(), count, count * 100 // first if first else None, fen))
    return found
