"""The special fund over the API: a year's purses, what waits, every movement. For finance, the city and the auditor."""

from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Field, Query, Router, Schema

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.fund import finds
from triplehelix.fund.models import Movement, Payment, Pool, Purse
from triplehelix.procedure.cases import waiting

router = Router(tags=["fund"])


class YearIn(Schema):
    year: int | None = Field(None, ge=2000, le=2999, description="none: the latest")


class YearPart(shapes.Part):
    year: int | None = Field(None, ge=2000, le=2999, description="none: the latest")


class PurseOut(Schema):
    """What may be spent on one use. `origin_year` is earlier than the year's for money carried over."""

    id: int
    year: int
    use: str
    label: str
    origin_year: int
    amount_fen: int
    committed_fen: int
    ordered_fen: int
    paid_fen: int
    refunded_fen: int
    free_fen: int = Field(description="not committed yet")


class NotArrivedOut(Schema):
    """An order whose money is still to arrive."""

    key: str
    payee: str
    rule: str
    subject: str
    account_tail: str
    amount_fen: int
    state: str = Field(description="ordered, sent, returned")
    reason: str


class FundOut(Schema):
    year: int
    label: str
    appropriated_fen: int
    free_fen: int = Field(description="in no purse yet")
    documents: list[str]
    closed_at: datetime | None
    purses: list[PurseOut]
    not_arrived: list[NotArrivedOut]
    to_order: int = Field(description="cases whose money may be ordered: POST /fund/order")
    to_send: int = Field(description="orders the bank has not got: POST /fund/batches")


class MovementOut(Schema):
    """`amount_fen` out of the account `credit` into the account `debit`. Never changed."""

    id: int
    at: datetime
    verb: str
    credit: str
    debit: str
    amount_fen: int
    purse: str
    payee: str
    subject: str
    why: str


class MovementPage(Schema):
    items: list[MovementOut]
    total: int


def pool_of(request: Request, year: int | None) -> Pool:
    """The year asked for, or the latest. Raises Http404 for who may not read it, and for a year there is none of."""
    allowed.fund(request.user)
    pools = Pool.objects.order_by("-year", "code")
    found = (pools if year is None else pools.filter(year=year)).first()
    if found is None:
        raise Http404
    return found


def require_finance(request: Request) -> None:
    """Raises Http404 for anybody else than the finance bureau."""
    if "finance" not in allowed.fund(request.user):
        raise Http404


def purse_shown(one: Purse) -> dict[str, Any]:
    plain = (
        "year",
        "use",
        "label",
        "origin_year",
        "amount_fen",
        "committed_fen",
        "ordered_fen",
        "paid_fen",
        "refunded_fen",
    )
    return {"id": one.pk, "free_fen": int(one.free)} | {name: getattr(one, name) for name in plain}


def _payment(one: Payment) -> dict[str, Any]:
    plain = ("key", "amount_fen", "state", "reason")
    return {
        "payee": one.account_name, "rule": one.commitment.rule, "subject": one.commitment.subject,
        "account_tail": one.account_number[-4:],
    } | {name: getattr(one, name) for name in plain}  # fmt: skip


@router.get("/fund", response=FundOut, auth=SIGNED_IN, summary="一个年度的专项资金")
def fund(request: Request, asked: Query[YearIn]) -> Any:
    pool = pool_of(request, asked.year)
    plain = ("year", "label", "appropriated_fen", "closed_at")
    return {name: getattr(pool, name) for name in plain} | {
        "free_fen": int(pool.free),
        "documents": list(pool.appropriations.values_list("document", flat=True)),
        "purses": [purse_shown(one) for one in pool.purses.all()],
        "not_arrived": [_payment(one) for one in finds.not_arrived(pool)],
        "to_order": waiting.to_order().count(),
        "to_send": waiting.to_send().count(),
    }


def _movement(one: Movement) -> dict[str, Any]:
    purse, promised = one.debit_purse or one.credit_purse, one.commitment
    return {
        "id": one.pk, "purse": str(purse or ""), "payee": promised.payee.name if promised else "",
        "subject": promised.subject if promised else "",
        **{name: getattr(one, name) for name in ("at", "verb", "credit", "debit", "amount_fen", "why")},
    }  # fmt: skip


@router.get("/fund/movements", response=MovementPage, auth=SIGNED_IN, summary="资金流水，新的在前")
def movements(request: Request, asked: Query[YearPart]) -> Any:
    return shapes.cut(finds.movements(pool_of(request, asked.year)).order_by("-pk"), asked, _movement)
