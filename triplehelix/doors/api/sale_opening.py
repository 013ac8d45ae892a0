"""A sale from agreed terms, and what is settled before a price is made public: rights, buyer, price in hand, tags."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import UNIT, UNIT_LENGTH, Seen, organisation_of
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.sale_acting import ACT, Acting, acting
from triplehelix.doors.api.sale_shown import SaleOut, whole
from triplehelix.market.contracts import access, actions
from triplehelix.market.contracts.actions.opening import OwnerGiven
from triplehelix.market.introductions import finds as introductions
from triplehelix.market.listings.rules import MOST_FEN
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["sales"])


class OpenedOut(Schema):
    id: int = Field(description="of /sales/{id}, for the two sides and the market")
    number: str


class OwnerIn(shapes.Given):
    name: str = Field(max_length=120)
    uscc: str = Field(max_length=40, description="统一社会信用代码")
    share_bp: int = Field(ge=0, le=10_000, description="hundredths of a percent; all owners together 10000")
    consented_on: date | None = Field(None, description="书面同意日期 of a co-owner")
    consent: str = Field("", max_length=255, description="name of the file among `consents`; one kept before stays")


class RightsIn(Seen):
    """The whole rights check; given again it replaces what was there."""

    owners: list[OwnerIn] = Field(max_length=50)
    encumbrance: str = Field("", max_length=20, description="a code of /reference/encumbrances; empty for none")
    encumbrance_note: str = Field("", max_length=200)
    secrecy: str = Field("", max_length=10, description="open, secret; empty: not looked at yet")
    secrecy_document: str = Field("", max_length=80)
    export: str = Field("", max_length=10, description="home, free, licensed, barred; empty: not looked at yet")
    export_document: str = Field("", max_length=80)


class BuyerIn(Seen):
    buyer: str = Field(max_length=UNIT_LENGTH, description=UNIT)


class PriceIn(Seen):
    price_fen: int = Field(ge=1, le=MOST_FEN)
    why: str = Field("", max_length=300, description="依据")


class TagsIn(Seen):
    tags: list[str] = Field(max_length=20, description="codes of the pack's trade_tags: 招、拍、挂、股、改、投")


@router.post(
    "/introductions/{int:pk}/sale", response={201: OpenedOut}, auth=SIGNED_IN,
    summary="按双方接受的条款开始交易",
)  # fmt: skip
def open_from(request: Request, pk: int) -> Any:
    """For the two sides and the technology manager, who then has no part in the sale itself. Asked again, it answers
    the sale that is under way."""
    now = timezone.now()
    found = get_object_or_404(introductions.shown_to(request.user, timezone.localdate(now)), pk=pk)
    if not found.relations_of(request.user, now) & access.MAY_OPEN:
        raise Http404
    made = actions.open_from(introduction=found, actor=request.user, now=now)
    return Status(201, {"id": made.pk, "number": made.number})


@router.post(f"{ACT}/rights", response=SaleOut, auth=SIGNED_IN, summary="填写交易的权属核查")
def rights(
    request: Request, response: HttpResponse, pk: int, given: RightsIn, consents: File[list[UploadedFile]] = None,  # type: ignore[assignment]
) -> Any:  # fmt: skip
    """The files are the co-owners' consents, each named by its owner."""
    with acting(request, pk, given) as one:
        owners = _owners(one, given, {paper.name or "": paper for paper in consents or []})
        actions.record_rights(owners=owners, **given.said("owners"), **one.given)
    return whole(request, response, pk)


def _owners(one: Acting, given: RightsIn, papers: dict[str, UploadedFile]) -> list[OwnerGiven]:
    """Each owner with the consent named. Raises Invalid at an owner whose file did not come."""
    missing = [n for n, row in enumerate(given.owners) if row.consent and row.consent not in papers]
    if missing:
        raise Invalid({f"owners.{n}": _("没有收到这个名字的文件") for n in missing})
    return [
        OwnerGiven(**row.dict(exclude={"consent"}), consent=one.keep(papers.get(row.consent), f"owners.{n}"))
        for n, row in enumerate(given.owners)
    ]


@router.post(f"{ACT}/buyer", response=SaleOut, auth=SIGNED_IN, summary="确定交易的受让方")
def buyer(request: Request, response: HttpResponse, pk: int, given: BuyerIn) -> Any:
    """By the seller or the market, before the price is public. A price plan handed in for another buyer falls away."""
    with acting(request, pk, given) as one:
        actions.set_buyer(buyer=organisation_of(given.buyer, "buyer"), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/price", response=SaleOut, auth=SIGNED_IN, summary="填写交易的价格")
def price(request: Request, response: HttpResponse, pk: int, given: PriceIn) -> Any:
    """By the seller or the market. 409 once it is public: a changed price needs a new notice."""
    with acting(request, pk, given) as one:
        actions.set_price(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/tags", response=SaleOut, auth=SIGNED_IN, summary="给交易加标签")
def tags(request: Request, response: HttpResponse, pk: int, given: TagsIn) -> Any:
    """By the market, in any state: these take the place of those there are."""
    with acting(request, pk, given) as one:
        actions.tag(**given.said(), **one.given)
    return whole(request, response, pk)
