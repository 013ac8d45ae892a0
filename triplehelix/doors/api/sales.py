"""Sales, what the market made public, and what a landing opened: the same finds and steps as the pages."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import UNIT_LENGTH, organisation_of
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request
from triplehelix.doors.api.listings import opened as listing
from triplehelix.doors.api.sale_acting import opened
from triplehelix.doors.api.sale_shown import SaleOut, SalePage, line, whole
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import access, actions, finds
from triplehelix.market.contracts.flow import BY_ACT
from triplehelix.market.contracts.history import of_sale
from triplehelix.market.contracts.models import Publication, Sale
from triplehelix.market.needs.models import Need
from triplehelix.procedure.openings import finds as openings
from triplehelix.procedure.openings.models import Opening
from triplehelix.records.steps.actions import take

router = Router(tags=["sales"])


class SaleFilter(shapes.Part):
    """Days are both included; one of them may be left out."""

    state: str = Field("", max_length=30)
    mine: shapes.OnlyMine = False
    registered_from: date | None = None
    registered_to: date | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    landed_from: date | None = None
    landed_to: date | None = None


class NewSale(shapes.Given):
    achievement: int = Field(ge=1, le=2**63 - 1, description="a public achievement; its organisation sells")
    buyer: str = Field(
        "",
        max_length=UNIT_LENGTH,
        description="统一社会信用代码, or the exact full name; empty when it will be listed or auctioned",
    )
    need: int | None = Field(None, ge=1, le=2**63 - 1, description="a need of the buyer that it answers")
    mode: str = Field("", max_length=20, description="a code of /reference/transfer_modes")


class PublicFilter(shapes.Part):
    running: bool = Field(True, description="false: what is over")
    method: str = Field("", description="agreed, listing, auction, tender", max_length=10)


class PublicOut(Schema):
    """公示、挂牌、公告 as it was made public; `last` is included. `bidders` null while bidders may still come."""

    id: int
    method: str
    name: str
    achievement: int
    seller: str
    buyer_name: str
    price_fen: int
    basis: str
    document: str
    objections_to: str
    first: date
    last: date
    days: int
    day_kind: str = Field(description="calendar, working")
    is_running: bool
    bidders: int | None
    winner: str | None
    won_fen: int | None


class PublicPage(Schema):
    items: list[PublicOut]
    total: int


class OpeningOut(Schema):
    """What a landing opened: `waiting` for a round, `opened` with its case, `doubtful`, `taken_back`."""

    id: int
    award: str
    sale: int
    organisation: str
    state: str
    landed_on: date | None
    facts: dict[str, Any]
    case: int | None


class OpeningPage(Schema):
    items: list[OpeningOut]
    total: int


@router.get("/sales", response=SalePage, auth=SIGNED_IN, summary="我能看到的交易")
def sales(request: Request, chosen: Query[SaleFilter]) -> Any:
    today = timezone.localdate()
    rows = finds.with_money(finds.shown_to(request.user, today))
    given = {
        name: (getattr(chosen, f"{name}_from"), getattr(chosen, f"{name}_to"))
        for name in ("registered", "paid", "landed")
    }
    days = {name: pair if any(pair) else None for name, pair in given.items()}
    rows = finds.narrowed(rows, registered=days["registered"], arrived=days["paid"], landed_in=days["landed"])
    if chosen.mine:
        rows = rows.filter(pk__in=finds.waiting_for(request.user, today).order_by().values("pk"))
    if chosen.state in {state.code for state in Sale.workflow.states}:
        rows = access.in_state(rows, chosen.state, request.user, today)
    page = rows[chosen.offset : chosen.offset + chosen.limit]
    personal = access.personal_of(list(page), request.user, today)
    return {"items": [line(one, held) for one, held in personal], "total": rows.count()}


@router.post("/sales", response={201: SaleOut}, auth=SIGNED_IN, summary="开始一件交易")
def open_sale(request: Request, response: HttpResponse, given: NewSale) -> Any:
    """For the two sides and the market. Asked again for the same achievement and buyer, it answers the sale that is
    under way."""
    achievement = listing(request, "achievements", given.achievement)
    assert isinstance(achievement, Achievement)
    buyer = organisation_of(given.buyer, "buyer") if given.buyer else None
    need = listing(request, "needs", given.need) if given.need is not None else None
    assert need is None or isinstance(need, Need)
    made = actions.open_sale(
        achievement=achievement, buyer=buyer, need=need, mode=given.mode, actor=request.user, now=timezone.now()
    )
    return Status(201, whole(request, response, made.pk))


@router.get("/sales/{int:pk}", response=SaleOut, auth=SIGNED_IN, summary="一笔交易")
def one_sale(request: Request, response: HttpResponse, pk: int) -> Any:
    return whole(request, response, pk)


@router.get("/sales/{int:pk}/history", response=list[shapes.LineOut], auth=SIGNED_IN, summary="交易的办理过程")
def history_of_sale(request: Request, pk: int) -> Any:
    """Oldest first; of the income's distribution only to those who may see it."""
    sale = opened(request, pk)
    return of_sale(sale, sale.relations_of(request.user, timezone.now()))


@router.post("/sales/{int:pk}/steps/{step}", response=SaleOut, auth=SIGNED_IN, summary="办理一步")
def step_sale(request: Request, response: HttpResponse, pk: int, step: str, given: shapes.VersionedStepIn) -> Any:
    """Steps that rest on more than a sentence (a notice, a contract, a registration) are taken by …/acts/{act}."""
    seen = versions.seen(request, given.seen_version)
    sale = opened(request, pk)
    if step not in sale.workflow or step in BY_ACT:
        raise Http404
    take(case=sale, step=step, actor=request.user, now=timezone.now(), seen_version=seen, note=given.note)
    return whole(request, response, pk)


def _public(row: Publication, today: date) -> dict[str, Any]:
    running, outcome = row.is_running(today), getattr(row, "outcome", None)
    names = ("method", "name", "buyer_name", "price_fen", "basis", "document", "objections_to", "first", "last",
             "days", "day_kind")  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "achievement": row.sale.achievement_id,
        "seller": row.sale.seller.name,
        "is_running": running,
        # Who bids, and how many, is nobody's business until it is over.
        "bidders": None if running else row.bidders,  # type: ignore[attr-defined]
        "winner": outcome.winner.name if outcome else None,
        "won_fen": outcome.price_fen if outcome else None,
    }


@router.get("/market", response=PublicPage, auth=PUBLIC, summary="挂牌与公示")
def market(request: Request, chosen: Query[PublicFilter]) -> Any:
    now = timezone.now()
    running = finds.running(now)
    rows = running if chosen.running else finds.public().exclude(pk__in=running.order_by().values("pk"))
    rows = rows.filter(method=chosen.method.replace("\x00", "")) if chosen.method else rows
    page = rows.select_related("outcome__winner")[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [_public(one, timezone.localdate(now)) for one in page], "total": rows.count()}


@router.get("/market/{int:pk}", response=PublicOut, auth=PUBLIC, summary="一份公示、挂牌或公告")
def one_public(request: Request, pk: int) -> Any:
    return _public(get_object_or_404(finds.public(), pk=pk), timezone.localdate())


def _opening(one: Opening) -> dict[str, Any]:
    return {
        "id": one.pk, "award": one.award_code, "sale": one.sale_id, "organisation": one.organisation.name,
        "state": one.state, "landed_on": one.sale.landed_on, "facts": one.facts, "case": one.case_id,
    }  # fmt: skip


class OpeningFilter(shapes.Part):
    state: str = Field("", max_length=20)


@router.get("/openings", response=OpeningPage, auth=SIGNED_IN, summary="自动开办的支持")
def all_openings(request: Request, chosen: Query[OpeningFilter]) -> Any:
    rows = openings.shown_to(request.user, timezone.localdate())
    rows = rows.filter(state=chosen.state.replace("\x00", "")) if chosen.state else rows
    page = rows[chosen.offset : chosen.offset + chosen.limit]
    return {"items": [_opening(one) for one in page], "total": rows.count()}


@router.get("/openings/{int:pk}", response=OpeningOut, auth=SIGNED_IN, summary="一项自动开办")
def one_opening(request: Request, pk: int) -> Any:
    return _opening(get_object_or_404(openings.shown_to(request.user, timezone.localdate()), pk=pk))
