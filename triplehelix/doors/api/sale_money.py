"""What a sale brings: money that arrived or went back, royalties, the distribution sheet, the years after."""

from datetime import date
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, File, Router
from ninja.files import UploadedFile

from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import Seen
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.sale_acting import ACT, acting
from triplehelix.doors.api.sale_shown import SaleOut, whole
from triplehelix.market.contracts import actions, finds
from triplehelix.market.contracts.actions.settling import Contributor
from triplehelix.market.listings.rules import MOST_FEN

router = Router(tags=["sales"])


class MoneyBackIn(Seen):
    """What the bank's paper says; the paper is the file. Of 作价入股 the entry in the company's register."""

    amount_fen: int = Field(ge=1, le=MOST_FEN)
    on: date
    number: str = Field(max_length=60, description="银行回单号, used once")
    reason: str = Field("", max_length=300, description="must be given for money back, and above the price")


class MoneyIn(MoneyBackIn):
    way: Literal["in", "out"] = "in"


class VoidReceiptIn(Seen):
    number: str = Field(max_length=60, description="银行回单号, of a receipt that stands")
    reason: str = Field(max_length=300)


class RoyaltyIn(Seen):
    period: str = Field(max_length=120, description="提成期间, reported once")
    base_fen: int = Field(ge=0, le=MOST_FEN, description="提成基数; 0 for a period without sales")
    due_on: date


class VoidRoyaltyIn(Seen):
    seq: int = Field(ge=1, le=32_767, description="of the instalment")
    reason: str = Field(max_length=300)


class CostIn(shapes.Given):
    name: str = Field(max_length=60)
    fen: int = Field(ge=0, le=MOST_FEN)


class ContributorIn(shapes.Given):
    name: str = Field(max_length=60)
    weight: int = Field(ge=0, le=10**6, description="persons share by weight, exact to the fen")
    part: str = Field("", max_length=120, description="贡献")


class RewardIn(Seen):
    income_fen: int = Field(ge=1, le=MOST_FEN, description="of what has arrived and was not shared yet")
    costs: list[CostIn] = Field([], max_length=50)
    rule_bp: int = Field(ge=0, le=10_000, description="hundredths of a percent of net income, at least the law's")
    rule_document: str = Field(max_length=120, description="本单位规定")
    contributors: list[ContributorIn] = Field(max_length=200)


class FollowIn(Seen):
    year: int = Field(ge=2000, le=2999)
    in_use: bool
    output_fen: int = Field(0, ge=0, le=MOST_FEN, description="新增产值")
    text: str = Field(max_length=2000)


@router.post(f"{ACT}/money", response=SaleOut, auth=SIGNED_IN, summary="登记到账、退款")
def money(request: Request, response: HttpResponse, pk: int, given: MoneyIn, file: File[UploadedFile]) -> Any:
    """By the seller or the market, with the bank's paper; a number and a paper serve once. Over the price only with a
    reason."""
    with acting(request, pk, given) as one:
        actions.record_money(file=one.keep(file, "file"), **given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/money_back", response=SaleOut, auth=SIGNED_IN, summary="登记退款（已终止、已办结）")
def money_back(request: Request, response: HttpResponse, pk: int, given: MoneyBackIn, file: File[UploadedFile]) -> Any:
    """By the seller or the market, of a sale that has ended: what went back to the buyer, no more than has arrived."""
    with acting(request, pk, given) as one:
        actions.record_money(way="out", file=one.keep(file, "file"), **given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/void_receipt", response=SaleOut, auth=SIGNED_IN, summary="作废登记错的回单")
def void_receipt(request: Request, response: HttpResponse, pk: int, given: VoidReceiptIn) -> Any:
    """Its number and paper may be entered anew; what arrived, and the landing, are counted without it."""
    with acting(request, pk, given) as one:
        actions.void_receipt(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/royalty", response=SaleOut, auth=SIGNED_IN, summary="申报提成")
def royalty(request: Request, response: HttpResponse, pk: int, given: RoyaltyIn) -> Any:
    """By either side, once a period, also one without sales. What is due follows from the contract's rate."""
    with acting(request, pk, given) as one:
        actions.report_royalty(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/void_royalty", response=SaleOut, auth=SIGNED_IN, summary="作废申报错的提成")
def void_royalty(request: Request, response: HttpResponse, pk: int, given: VoidRoyaltyIn) -> Any:
    """By the seller or the market: a report that was wrong stays to be read, and nothing is due for it."""
    with acting(request, pk, given) as one:
        actions.void_royalty(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/reward", response=SaleOut, auth=SIGNED_IN, summary="制作收益分配表，在本单位公示")
def reward(request: Request, response: HttpResponse, pk: int, given: RewardIn) -> Any:
    """By the seller: public inside the unit for 15 working days. No less than the law's part where the law binds it."""
    with acting(request, pk, given) as one:
        people = [
            Contributor(person=finds.contributor_named(one.sale, row.name), **row.dict()) for row in given.contributors
        ]
        costs = [(row.name, row.fen) for row in given.costs]
        actions.publish_reward(costs=costs, contributors=people, **given.said("costs", "contributors"), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/follow", response=SaleOut, auth=SIGNED_IN, summary="填写交易的年度跟踪")
def follow(request: Request, response: HttpResponse, pk: int, given: FollowIn) -> Any:
    """By either side or the market, once for each year, while the sale is followed."""
    with acting(request, pk, given) as one:
        actions.follow_up(**given.said(), **one.given)
    return whole(request, response, pk)
