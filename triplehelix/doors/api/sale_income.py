"""The caller's own lines of distribution sheets (收益分配), and nothing else of them."""

from datetime import date
from typing import Any

from ninja import Query, Router, Schema

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.market.contracts import finds
from triplehelix.market.contracts.models import Share

router = Router(tags=["sales"])


class IncomeOut(Schema):
    """One share of the caller's. `is_final`: public from `first` to `last`, and nobody's objection holds."""

    title: str
    seller: str
    rule_document: str
    part: str
    amount_fen: int
    first: date
    last: date
    is_final: bool


class IncomePage(Schema):
    items: list[IncomeOut]
    total: int


def _shown(one: Share) -> dict[str, Any]:
    sheet = one.distribution
    return {
        "title": sheet.sale.achievement.title, "seller": sheet.sale.seller.name, "part": one.part,
        "amount_fen": one.amount_fen,
        **{name: getattr(sheet, name) for name in ("rule_document", "first", "last", "is_final")},
    }  # fmt: skip


@router.get("/sales/income", response=IncomePage, auth=SIGNED_IN, summary="我的收益分配")
def income(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(finds.shares_of(request.user), part, _shown)
