"""Finance over the API, without a case: products, the self-check, projects."""

from datetime import date
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request
from triplehelix.market.equity import finds as equity
from triplehelix.market.equity.models import Project
from triplehelix.market.finance import finds, selfcheck
from triplehelix.market.finance.models import Product
from triplehelix.policy.decision import BadFacts
from triplehelix.policy.facts import read_facts

router = Router(tags=["finance"])


class ParameterOut(Schema):
    key: str = Field(description="amount_min, amount_max (fen), rate_min, rate_max (parts of a million), months_…")
    value: int
    since: date
    source: str
    assumed: bool = Field(description="still to be confirmed: never to be shown as official")


class ProductOut(Schema):
    id: int
    institution: str
    institution_uscc: str
    scheme: str
    kind: str = Field(description="loan, guarantee, insurance, equity")
    name: str
    since: date
    until: date | None
    flags: list[str]
    collaterals: list[str]
    parameters: list[ParameterOut]


class ProductList(Schema):
    items: list[ProductOut]


class CheckIn(shapes.Given):
    facts: dict[str, Any] = Field(description="registered_in_city, kind, amount_yuan, months, purpose, collateral, …")


class CheckedOut(Schema):
    label: str
    is_met: bool
    told: str
    source: str
    assumed: bool


class FitOut(Schema):
    product: int
    institution: str
    name: str
    fits: bool
    checks: list[CheckedOut]


class FitList(Schema):
    items: list[FitOut]


class ProjectOut(Schema):
    id: int
    title: str
    organisation: str
    teaser: str
    amount_fen: int
    round: str
    on_stage: bool


class ProjectPage(Schema):
    items: list[ProjectOut]
    total: int


def _product(one: Product, on: date) -> dict[str, Any]:
    names = ("scheme", "kind", "name", "since", "until", "flags", "collaterals")
    held = one.terms_on(on).values()
    said = ("key", "value", "since", "source", "assumed")
    return {
        "id": one.pk, "institution": one.institution.organisation.name,
        "institution_uscc": one.institution.organisation.uscc,
        "parameters": [{name: getattr(row, name) for name in said} for row in held],
    } | {name: getattr(one, name) for name in names}  # fmt: skip


@router.get("/finance/products", response=ProductList, auth=PUBLIC, summary="在用的金融产品")
def products(request: Request) -> Any:
    today = timezone.localdate()
    return {"items": [_product(one, today) for one in finds.products(today)]}


@router.post("/finance/check", response=FitList, auth=PUBLIC, summary="自测：哪些产品符合，不保存")
def check(request: Request, given: CheckIn) -> Any:
    today = timezone.localdate()
    values, errors = read_facts(selfcheck.questions(today), given.facts)
    if errors:
        raise BadFacts(errors)
    return {
        "items": [
            {
                "product": fit.product.pk, "institution": fit.product.institution.organisation.name,
                "name": fit.product.name, "fits": fit.fits,
                "checks": [{name: getattr(one, name) for name in CheckedOut.model_fields} for one in fit.checks],
            }
            for fit in selfcheck.fitted(values, today)
        ]
    }  # fmt: skip


def _project(one: Project) -> dict[str, Any]:
    names = ("teaser", "amount_fen", "round", "on_stage")
    own = {"id": one.pk, "title": one.listing.title, "organisation": one.organisation.name}
    return own | {name: getattr(one, name) for name in names}


@router.get("/finance/projects", response=ProjectPage, auth=SIGNED_IN, summary="融资项目（在册基金）")
def projects(request: Request, part: Query[shapes.Part]) -> Any:
    rows = equity.projects(request.user, timezone.localdate())
    shown = rows[part.offset : part.offset + part.limit]
    return {"items": [_project(one) for one in shown], "total": rows.count()}
