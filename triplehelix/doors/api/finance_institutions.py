"""Institutions of finance and their products, with the parameters of each from a day on."""

from datetime import date
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import UNIT_LENGTH, organisation_of
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request
from triplehelix.market.finance import access, actions, finds
from triplehelix.market.finance.models import Institution

router = Router(tags=["finance"])
KEYS = Literal["amount_min", "amount_max", "rate_min", "rate_max", "months_min", "months_max"]


class InstitutionOut(Schema):
    id: int
    uscc: str
    name: str
    kind: str = Field(description="bank, guarantor, insurer, fund")
    licence: str
    since: date
    until: date | None


class InstitutionIn(shapes.Given):
    uscc: str = Field(
        max_length=UNIT_LENGTH, description="统一社会信用代码, or the exact full name of a confirmed 金融机构"
    )
    kind: str = Field(max_length=10, description="bank, guarantor, insurer, fund")
    licence: str = Field(max_length=60, description="许可证号")
    since: date


class InstitutionEndIn(shapes.Given):
    why: str = Field("", max_length=300)


class FirstIn(shapes.Given):
    key: KEYS
    value: int = Field(ge=0, le=10**13, description="fen, parts of a million a year, or months")
    source: str = Field(max_length=120)
    assumed: bool = Field(False, description="still to be confirmed")


class ParameterIn(FirstIn):
    since: date


class ProductIn(shapes.Given):
    scheme: str = Field("", max_length=20, description="a scheme of the pack; empty: the institution's own product")
    name: str = Field(max_length=60)
    about: str = Field("", max_length=1000)
    flags: list[str] = Field([], max_length=50, description="only for firms with one of these flags")
    collaterals: list[str] = Field([], max_length=50, description="accepted 增信; none: all")
    since: date
    parameters: list[FirstIn] = Field([], max_length=6, description="from the product's first day on")


class ProductRef(Schema):
    id: int
    name: str
    since: date
    until: date | None


class EndIn(shapes.Given):
    until: date = Field(description="the last day")


def _institution(one: Institution) -> dict[str, Any]:
    names = ("kind", "licence", "since", "until")
    return {"id": one.pk, "uscc": one.organisation.uscc, "name": one.organisation.name} | {
        name: getattr(one, name) for name in names
    }


@router.get("/finance/institutions", response=list[InstitutionOut], auth=PUBLIC, summary="合作的金融机构")
def institutions(request: Request) -> Any:
    return [_institution(one) for one in finds.institutions(timezone.localdate())]


@router.post("/finance/institutions", response={201: InstitutionOut}, auth=SIGNED_IN, summary="登记一家金融机构")
def register(request: Request, given: InstitutionIn) -> Any:
    organisation = organisation_of(given.uscc, "uscc")
    values = given.dict(exclude={"uscc"})
    made = actions.register_institution(
        organisation=organisation, values=values, actor=request.user, now=timezone.now()
    )
    return Status(201, _institution(made))


@router.post("/finance/institutions/{int:pk}/end", response=InstitutionOut, auth=SIGNED_IN, summary="停止合作")
def end_institution(request: Request, pk: int, given: InstitutionEndIn) -> Any:
    found = get_object_or_404(Institution, pk=pk)
    return _institution(
        actions.end_institution(institution=found, actor=request.user, now=timezone.now(), why=given.why)
    )


@router.post(
    "/finance/institutions/{int:pk}/products", response={201: ProductRef}, auth=SIGNED_IN,
    summary="登记一个金融产品",
)  # fmt: skip
def offer(request: Request, pk: int, given: ProductIn) -> Any:
    """For the institution itself."""
    own = get_object_or_404(access.desk_of(request.user, timezone.localdate()), pk=pk)
    values, first = given.dict(exclude={"parameters"}), [row.dict() for row in given.parameters]
    made = actions.offer_product(
        institution=own, values=values, parameters=first, actor=request.user, now=timezone.now()
    )
    return Status(201, made)


def _own_product(request: Request, pk: int) -> Any:
    own = access.desk_of(request.user, timezone.localdate())
    return get_object_or_404(finds.all_products(), pk=pk, institution__in=own)


@router.post(
    "/finance/products/{int:pk}/parameters", response=ProductRef, auth=SIGNED_IN,
    summary="产品参数自某日起的新值",
)  # fmt: skip
def set_parameter(request: Request, pk: int, given: ParameterIn) -> Any:
    product = _own_product(request, pk)
    actions.set_parameter(product=product, actor=request.user, now=timezone.now(), **given.dict())
    return product


@router.post("/finance/products/{int:pk}/end", response=ProductRef, auth=SIGNED_IN, summary="停用产品")
def end_product(request: Request, pk: int, given: EndIn) -> Any:
    product = _own_product(request, pk)
    return actions.end_product(product=product, until=given.until, actor=request.user, now=timezone.now())
