"""How a sale is priced: the seller's proposal, what the market makes public of it, who bids, objects, wins."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import UNIT, UNIT_LENGTH, Seen, organisation_of, said_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import own_organisation
from triplehelix.doors.api.sale_acting import ACT, acting, opened
from triplehelix.doors.api.sale_shown import SaleOut, whole
from triplehelix.market.contracts import actions, acts, finds
from triplehelix.market.contracts.models import Bid, Objection, Publication
from triplehelix.market.listings.rules import MOST_FEN

router = Router(tags=["sales"])
DAYS = Field(None, ge=1, le=120, description="挂牌、公告 days; left out, the fewest the rules allow")
BASIS = Field(max_length=300, description="定价依据")
DOCUMENT = Field(max_length=80, description="决策文件")
UNIT_FIRST = gettext_noop("本单位公示自: first day of the seller's own notice")


class ProposalIn(Seen):
    """定价方案. 协议定价 (agreed) needs objections_to, unit_first and the paper."""

    method: Literal["agreed", "listing", "auction", "tender"]
    basis: str = BASIS
    document: str = DOCUMENT
    objections_to: str = Field("", max_length=200, description="异议受理: who takes objections, with address and phone")
    unit_first: date | None = Field(None, description=UNIT_FIRST)
    days: int | None = DAYS


class NoticeIn(Seen):
    basis: str = BASIS
    document: str = Field("", max_length=80, description="决策文件")
    objections_to: str = Field(max_length=200, description="异议受理: who takes objections, with address and phone")
    unit_first: date = Field(description=UNIT_FIRST)


class ListIn(Seen):
    basis: str = BASIS
    document: str = DOCUMENT
    days: int | None = DAYS


class AnnounceIn(ListIn):
    method: Literal["auction", "tender"]


class RelistIn(Seen):
    document: str = Field(max_length=80, description="the new decision")
    price_fen: int = Field(ge=1, le=MOST_FEN, description="no more than before")
    days: int | None = DAYS


class ResultIn(Seen):
    exchange: str = Field(max_length=120, description="the licensed exchange that held it")
    document: str = Field(max_length=80, description="成交确认书编号")
    held_on: date
    winner: str = Field(max_length=UNIT_LENGTH, description=UNIT)
    price_fen: int = Field(ge=1, le=MOST_FEN)


class CorrectResultIn(ResultIn):
    """The result as it should stand, whole."""

    reason: str = Field(max_length=300)


class ObjectionAnswerIn(shapes.Given):
    objection: int = Field(ge=1, le=2**63 - 1, description="of `objections` of the sale")
    is_upheld: bool
    text: str = Field(max_length=3000, description="查实情况和答复")


class PriceObjectionIn(shapes.Given):
    name: str = Field(max_length=60, description="real name, or of the organisation")
    phone: str = Field(max_length=24)
    text: str = Field(max_length=3000)


class ReceivedOut(Schema):
    id: int
    received_at: datetime
    due_on: date | None


class BidIn(shapes.Given):
    organisation: str = Field(description="统一社会信用代码 of one of the caller's organisations", max_length=18)
    contact_name: str = Field(max_length=40)
    contact_phone: str = Field(max_length=24)
    deposit_fen: int = Field(0, ge=0, le=MOST_FEN, description="paid to an exchange; this platform takes no money")
    deposit_at: str = Field("", max_length=120, description="where the deposit was paid")


class BidOut(Schema):
    """意向受让登记. `result` empty while the listing runs, or withdrawn; then won, lost, void."""

    id: int
    publication: int
    name: str
    organisation: str
    deposit_fen: int
    registered_at: datetime
    result: str


class BidPage(Schema):
    items: list[BidOut]
    total: int


@router.post(f"{ACT}/propose", response=SaleOut, auth=SIGNED_IN, summary="提交定价方案")
def propose(
    request: Request, response: HttpResponse, pk: int, given: ProposalIn, unit_proof: File[UploadedFile | None] = None
) -> Any:
    """The seller's decision; handed in again it replaces what was there. `unit_proof` shows the unit's own notice."""
    with acting(request, pk, given) as one:
        actions.propose(unit_proof=one.keep(unit_proof, "unit_proof"), **given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/notice", response=SaleOut, auth=SIGNED_IN, summary="发布协议定价公示")
def notice(
    request: Request, response: HttpResponse, pk: int, given: NoticeIn, unit_proof: File[UploadedFile | None] = None
) -> Any:
    """Without a paper of its own it rests on the one the seller handed in."""
    with acting(request, pk, given) as one:
        held = acts.held_proposal(one.sale)
        proof = one.keep(unit_proof, "unit_proof") or (held.unit_proof if held is not None else None)
        actions.publish_price(unit_proof=proof, **given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/list", response=SaleOut, auth=SIGNED_IN, summary="挂牌")
def put_on_list(request: Request, response: HttpResponse, pk: int, given: ListIn) -> Any:
    """By the market, as the seller's price plan says: for at least the days of the pack."""
    with acting(request, pk, given) as one:
        actions.put_on_list(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/announce", response=SaleOut, auth=SIGNED_IN, summary="发布拍卖、招标公告")
def announce(request: Request, response: HttpResponse, pk: int, given: AnnounceIn) -> Any:
    """By the market, as the seller's price plan says. A licensed exchange executes it; its result is recorded later."""
    with acting(request, pk, given) as one:
        actions.announce(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/relist", response=SaleOut, auth=SIGNED_IN, summary="延长挂牌")
def relist(request: Request, response: HttpResponse, pk: int, given: RelistIn) -> Any:
    """After nobody came. By the market at the same price, by the seller also at a lower one; by a new decision."""
    with acting(request, pk, given) as one:
        actions.relist(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/result", response=SaleOut, auth=SIGNED_IN, summary="登记成交结果")
def result(request: Request, response: HttpResponse, pk: int, given: ResultIn, file: File[UploadedFile]) -> Any:
    """What the exchange reports, with its 成交确认书."""
    with acting(request, pk, given) as one:
        actions.record_result(said=_reported(given, one.keep(file, "file")), **one.given)
    return whole(request, response, pk)


def _reported(given: ResultIn, file: Any) -> actions.Result:
    winner = organisation_of(given.winner, "winner")
    return actions.Result(winner=winner, file=file, **given.said("winner", "reason"))


@router.post(f"{ACT}/correct_result", response=SaleOut, auth=SIGNED_IN, summary="更正成交结果")
def correct_result(
    request: Request, response: HttpResponse, pk: int, given: CorrectResultIn, file: File[UploadedFile | None] = None
) -> Any:  # fmt: skip
    """By the market, before the contract is signed. The file is the right scan, where it was wrong; bidders who were
    told something else are answered again."""
    with acting(request, pk, given) as one:
        said = _reported(given, one.keep(file, "file"))
        actions.correct_result(said=said, reason=given.reason, **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/answer", response=SaleOut, auth=SIGNED_IN, summary="答复异议")
def answer(request: Request, response: HttpResponse, pk: int, given: ObjectionAnswerIn) -> Any:
    """An objection is answered once; what becomes of the notice is a step (dismiss, uphold). No version is needed."""
    found = get_object_or_404(Objection, pk=given.objection, publication__sale=opened(request, pk))
    actions.answer(objection=found, is_upheld=given.is_upheld, text=given.text, actor=request.user, now=timezone.now())
    return whole(request, response, pk)


@router.post(
    "/market/{int:pk}/objections", response={201: ReceivedOut}, auth=SIGNED_IN,
    summary="对公示的价格提出异议",
)  # fmt: skip
def object_to(request: Request, pk: int, given: PriceObjectionIn) -> Any:
    """Real name, in writing, inside the notice. Visitors use the page, which is safe against forged calls."""
    public = get_object_or_404(finds.public(), pk=pk)
    made = actions.object_to(publication=public, now=timezone.now(), **given.dict())
    return Status(201, {"id": made.pk, "received_at": made.received_at, "due_on": made.due_on})


def _bid(one: Bid) -> dict[str, Any]:
    names = ("deposit_fen", "registered_at", "result")
    return {
        "id": one.pk, "publication": one.publication_id, "name": one.publication.name,
        "organisation": one.organisation.uscc, **{name: getattr(one, name) for name in names},
    }  # fmt: skip


@router.post(
    "/market/{int:pk}/bids", response={201: BidOut}, auth=SIGNED_IN, summary="登记为意向受让方"
)  # fmt: skip
def bid(request: Request, pk: int, given: BidIn) -> Any:
    """For a confirmed organisation of the caller, to the last minute of the last day."""
    public: Publication = get_object_or_404(finds.public(), pk=pk)
    organisation = own_organisation(request, given.organisation)
    with said_at(given):
        made = actions.bid(
            publication=public, organisation=organisation, actor=request.user, now=timezone.now(),
            **given.dict(exclude={"organisation"}),
        )  # fmt: skip
    return Status(201, _bid(made))


@router.post("/bids/{int:pk}/take_back", response=BidOut, auth=SIGNED_IN, summary="撤回意向登记")
def take_back_bid(request: Request, pk: int) -> Any:
    """While the listing runs; whoever took it back may register again."""
    found = get_object_or_404(finds.bids_of(request.user, timezone.localdate()), pk=pk)
    return _bid(actions.take_back_bid(bid=found, actor=request.user, now=timezone.now()))


@router.get("/bids", response=BidPage, auth=SIGNED_IN, summary="本单位的意向登记")
def bids(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(finds.bids_of(request.user, timezone.localdate()), part, _bid)
