"""A year of the fund over the API, from its document to its end: recorded, divided, adjusted, carried over, closed."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import said_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.fund import PurseOut, YearPart, pool_of, purse_shown, require_finance
from triplehelix.fund import actions, finds, terms
from triplehelix.fund.ledger import MOST
from triplehelix.fund.models import Appropriation, Commitment, Purse
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["fund"])
WHY = Field(max_length=200, description="事由和依据")


class DocumentIn(shapes.Given):
    """预算文件. Sent again with the same amount it changes nothing."""

    year: int = Field(ge=2000, le=2999)
    document: str = Field(max_length=70, description="文号")
    amount_fen: int = Field(ge=-MOST, le=MOST, description="below zero: takes from what no purse has yet")


class DocumentOut(Schema):
    id: int
    year: int
    document: str
    amount_fen: int = Field(description="below zero: taken from the year's money")
    recorded_at: datetime


class DocumentPage(Schema):
    items: list[DocumentOut]
    total: int


class PurseIn(shapes.Given):
    """用途, once for a use and a year; later it is changed."""

    year: int = Field(ge=2000, le=2999)
    use: str = Field(
        max_length=20, description="a code of the fund's uses; a wrong one is answered with those there are"
    )
    amount_fen: int = Field(ge=1, le=MOST)


class PurseChangeIn(shapes.Given):
    by_fen: int = Field(ge=-MOST, le=MOST, description="more, or below zero less")
    seen_amount_fen: int = Field(ge=0, le=10**15, description="the amount_fen you have seen: 409 when it has changed")
    why: str = WHY


class CarryIn(shapes.Given):
    why: str = Field("", max_length=200, description="依据")


class CloseIn(shapes.Given):
    sure: Literal[True] = Field(description="what nobody carried over goes back to the treasury, for good")


class ClosedOut(Schema):
    year: int
    closed_at: datetime
    handed_back_fen: int = Field(description="by this call")


class EndedOut(Schema):
    """What became of a purse of a past year."""

    purse: PurseOut
    state: str = Field(description="carry, held, again, carried, lapsed, used")
    label: str = Field(description="the state as people read it")
    carried_fen: int
    lapsed_fen: int = Field(description="gone back to the treasury at the year's end")
    unpaid_fen: int = Field(description="promised and not paid yet")


class EndedYearOut(Schema):
    year: int
    label: str
    closed_at: datetime | None
    free_fen: int = Field(description="in no purse")
    purses: list[EndedOut]


class PromisedOut(Schema):
    """A promise of a past year that is not wholly paid."""

    year: int
    purse: str
    rule: str
    payee: str
    subject: str
    amount_fen: int
    paid_fen: int


class PromisedPage(Schema):
    items: list[PromisedOut]
    total: int


def _acting(request: Request) -> dict[str, Any]:
    """Who acts, and when. Raises Http404 for anybody else than the finance bureau."""
    require_finance(request)
    return {"actor": request.user, "now": timezone.now()}


def _document(one: Appropriation) -> dict[str, Any]:
    plain = ("document", "amount_fen", "recorded_at")
    return {"id": one.pk, "year": one.pool.year} | {name: getattr(one, name) for name in plain}


@router.get("/fund/documents", response=DocumentPage, auth=SIGNED_IN, summary="一个年度的预算文件")
def documents(request: Request, asked: Query[YearPart]) -> Any:
    rows: QuerySet[Appropriation] = pool_of(request, asked.year).appropriations.select_related("pool")
    return shapes.cut(rows, asked, _document)


@router.post("/fund/documents", response={201: DocumentOut}, auth=SIGNED_IN, summary="登记预算文件")
def appropriate(request: Request, given: DocumentIn) -> Any:
    """The first one opens the year. 409 when the document is known with another amount, or the year is closed."""
    return Status(201, _document(actions.appropriate(**given.dict(), **_acting(request))))


@router.post("/fund/purses", response={201: PurseOut}, auth=SIGNED_IN, summary="设立用途")
def open_purse(request: Request, given: PurseIn) -> Any:
    """409 when the year has no document, has too little left, or has this use already."""
    who = _acting(request)
    if given.use not in (uses := terms.uses()):
        raise Invalid({"use": _("用途应为其一：%(uses)s") % {"uses": "、".join(uses)}})
    return Status(201, purse_shown(actions.open_purse(**given.dict(), **who)))


@router.post("/fund/purses/{int:pk}/change", response=PurseOut, auth=SIGNED_IN, summary="调整一项用途")
def change_purse(request: Request, pk: int, given: PurseChangeIn) -> Any:
    """From what the year has in no purse, or back. Never below what is promised; carried money is left alone."""
    who, found = _acting(request), get_object_or_404(Purse, pk=pk)
    with said_at(given):
        made = actions.change_purse(
            purse=found, by_fen=given.by_fen, seen_fen=given.seen_amount_fen, why=given.why, **who
        )
    return purse_shown(made)


@router.post("/fund/purses/{int:pk}/carry", response=PurseOut, auth=SIGNED_IN, summary="结转到下一年")
def carry_over(request: Request, pk: int, given: CarryIn) -> Any:
    """What is free in a purse of a year that is over, into the same use of the next year, twice at most. Answers the
    purse it is in now; done again it changes nothing."""
    who = _acting(request)
    return purse_shown(actions.carry_over(purse=get_object_or_404(Purse, pk=pk), why=given.why, **who))


@router.post("/fund/years/{int:year}/close", response=ClosedOut, auth=SIGNED_IN, summary="关一个年度的账")
def close_year(request: Request, year: int, given: CloseIn) -> Any:
    """Once the year is over. Promises stay payable; done again it hands back what was released since."""
    who, pool = _acting(request), pool_of(request, year)
    back = actions.close_year(year=pool.year, code=pool.code, **who)
    pool.refresh_from_db()
    return {"year": pool.year, "closed_at": pool.closed_at, "handed_back_fen": int(back)}


def _ended(one: finds.Ended) -> dict[str, Any]:
    return {
        "purse": purse_shown(one.purse), "state": one.state, "label": one.label, "carried_fen": int(one.carried),
        "lapsed_fen": int(one.lapsed), "unpaid_fen": int(one.unpaid),
    }  # fmt: skip


@router.get("/fund/years", response=list[EndedYearOut], auth=SIGNED_IN, summary="过去的年度和各项资金的去向")
def ended(request: Request) -> Any:
    """Years before this one, latest first: what may be carried, what became of the rest. For the finance bureau."""
    require_finance(request)
    return [
        {"year": pool.year, "label": pool.label, "closed_at": pool.closed_at, "free_fen": int(pool.free),
         "purses": [_ended(one) for one in rows]}
        for pool, rows in finds.ended(timezone.localdate().year)
    ]  # fmt: skip


def _promised(one: Commitment) -> dict[str, Any]:
    own = {"year": one.purse.year, "purse": str(one.purse), "payee": one.payee.name}
    return own | {name: getattr(one, name) for name in ("rule", "subject", "amount_fen", "paid_fen")}


@router.get("/fund/promised", response=PromisedPage, auth=SIGNED_IN, summary="过去年度承诺、还没有付清的")
def promised(request: Request, part: Query[shapes.Part]) -> Any:
    """Oldest first. They are paid out of their own year, closed or not. For the finance bureau."""
    require_finance(request)
    return shapes.cut(finds.promised_before(timezone.localdate().year), part, _promised)
