"""A firm's wishes over the API, and the institutions it picks for one."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import said_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.finance_shown import FinanceCaseOut, opened, whole
from triplehelix.doors.api.listings import own_organisation
from triplehelix.market.finance import actions, finds
from triplehelix.market.finance.models import Lead

router = Router(tags=["finance"])


class LeadIn(shapes.Given):
    organisation: str = Field(description="统一社会信用代码 of the caller's own organisation")
    kind: str = Field(max_length=10, description="loan, guarantee, insurance, equity")
    amount_fen: int = Field(ge=0, le=10**13)
    months: int = Field(ge=0, le=10_000)
    purpose: str = Field(max_length=20, description="a code of the pack's uses")
    collateral: str = Field(max_length=20, description="a code of the pack's collaterals")
    about: str = Field(max_length=2000)
    origin: Literal["own", "check"] = Field("own", description="check: it came from the self-check")


class LeadOut(Schema):
    id: int
    number: str


class PickedOut(Schema):
    id: int = Field(description="of /finance/cases/{id}")
    institution: str
    state: str


class WishOut(LeadOut):
    """融资需求 with the institutions it was sent to."""

    organisation: str = Field(description="统一社会信用代码")
    kind: str
    amount_fen: int
    months: int
    purpose: str
    collateral: str
    about: str
    origin: str = Field(description="own, check, visit")
    created_at: datetime
    cases: list[PickedOut]


class WishPage(Schema):
    items: list[WishOut]
    total: int


class PickIn(shapes.Given):
    product: int = Field(ge=1, le=2**63 - 1, description="of /finance/products: one that is offered today")


def _wish(one: Lead) -> dict[str, Any]:
    plain = ("number", "kind", "amount_fen", "months", "purpose", "collateral", "about", "origin", "created_at")
    return {
        "id": one.pk, "organisation": one.organisation.uscc, **{name: getattr(one, name) for name in plain},
        "cases": [
            {"id": case.pk, "institution": case.institution.organisation.name, "state": case.state}
            for case in one.applications.all()
        ],
    }  # fmt: skip


@router.get("/finance/leads", response=WishPage, auth=SIGNED_IN, summary="融资需求")
def leads(request: Request, part: Query[shapes.Part]) -> Any:
    """Of the caller's firms; for the city and the auditor all."""
    return shapes.cut(finds.leads(request.user, timezone.localdate()), part, _wish)


@router.post("/finance/leads", response={201: LeadOut}, auth=SIGNED_IN, summary="提出融资需求")
def start(request: Request, given: LeadIn) -> Any:
    firm = own_organisation(request, given.organisation)
    values = given.dict(exclude={"organisation", "origin"})
    now = timezone.now()
    lead = actions.start(organisation=firm, values=values, origin=given.origin, actor=request.user, now=now)
    return Status(201, {"id": lead.pk, "number": lead.number})


def _lead(request: Request, pk: int) -> Lead:
    return get_object_or_404(finds.leads(request.user, timezone.localdate()), pk=pk)


@router.get("/finance/leads/{int:pk}", response=WishOut, auth=SIGNED_IN, summary="一件融资需求")
def one_lead(request: Request, pk: int) -> Any:
    return _wish(_lead(request, pk))


@router.post(
    "/finance/leads/{int:pk}/pick", response={201: FinanceCaseOut}, auth=SIGNED_IN,
    summary="选一家机构的产品",
)  # fmt: skip
def pick(request: Request, response: HttpResponse, pk: int, given: PickIn) -> Any:
    """The institution sees nothing of it until the firm consents (…/acts/consent of the case)."""
    lead, today = _lead(request, pk), timezone.localdate()
    product = get_object_or_404(finds.products(today), pk=given.product)
    with said_at(given, institutions="product"):
        made = actions.pick(
            lead=lead, institution=product.institution, product=product, actor=request.user, now=timezone.now()
        )
    return Status(201, whole(request, response, opened(request, made.pk)))
