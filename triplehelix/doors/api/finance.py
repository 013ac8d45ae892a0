"""Finance over the API: products, self-check, wishes, cases, projects and roadshows; the same rooms as the pages."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC, SIGNED_IN, Request
from triplehelix.doors.api.listings import PROBLEMS, own_organisation
from triplehelix.market.equity import finds as equity
from triplehelix.market.equity.models import Event, Project
from triplehelix.market.finance import actions, finds, selfcheck
from triplehelix.market.finance.access import CITY, FIRM
from triplehelix.market.finance.models import Application, Product
from triplehelix.market.finance.papers import seen_by_institution
from triplehelix.policy.decision import BadFacts
from triplehelix.policy.facts import read_facts
from triplehelix.records.steps.actions import offered, take

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


class LeadIn(shapes.Given):
    organisation: str = Field(description="统一社会信用代码 of the caller's own organisation")
    kind: str = Field(max_length=10)
    amount_fen: int = Field(ge=0, le=10**13)
    months: int = Field(ge=0, le=10_000)
    purpose: str = Field(max_length=20)
    collateral: str = Field(max_length=20)
    about: str = Field(max_length=2000)


class LeadOut(Schema):
    id: int
    number: str


class FinanceCaseOut(Schema):
    """融资办件. An institution gets the firm's papers by POST …/open, which is recorded."""

    id: int
    number: str
    kind: str
    institution: str
    firm: str | None = Field(description="null for the institution: it opens the papers")
    state: str
    version: int
    due_on: date | None
    consent_until: date | None
    steps: list[str]


class FinanceCasePage(Schema):
    items: list[FinanceCaseOut]
    total: int


class PapersOut(Schema):
    fields: list[str]
    until: date
    papers: dict[str, Any] = Field(description="exactly the consented fields")


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


class RoadshowOut(Schema):
    id: int
    title: str
    place: str
    online: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    registered: int
    state: str
    projects: list[str]


class RoadshowPage(Schema):
    items: list[RoadshowOut]
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


@router.get("/finance/products", response={200: ProductList, **PROBLEMS}, auth=PUBLIC, summary="在用的金融产品")
def products(request: Request) -> Any:
    today = timezone.localdate()
    return {"items": [_product(one, today) for one in finds.products(today)]}


@router.post("/finance/check", response={200: FitList, **PROBLEMS}, auth=PUBLIC, summary="自测：哪些产品符合，不保存")
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


@router.post("/finance/leads", response={201: LeadOut, **PROBLEMS}, auth=SIGNED_IN, summary="提出融资需求")
def start(request: Request, given: LeadIn) -> Any:
    firm = own_organisation(request, given.organisation)
    values = given.dict(exclude={"organisation"})
    lead = actions.start(organisation=firm, values=values, actor=request.user, now=timezone.now())
    return Status(201, {"id": lead.pk, "number": lead.number})


def _case(request: Request, one: Application) -> dict[str, Any]:
    now = timezone.now()
    held = one.relations_of(request.user, now)
    consent = one.consent_on(timezone.localdate(now))
    return {
        "id": one.pk, "number": one.number, "kind": one.lead.kind, "institution": one.institution.organisation.name,
        "firm": one.lead.organisation.uscc if held & {FIRM, CITY, "auditor"} else None, "state": one.state,
        "version": one.version, "due_on": one.due_on, "consent_until": consent.until if consent else None,
        "steps": [step.code for step in offered(case=one, actor=request.user, now=now)],
    }  # fmt: skip


def _opened(request: Request, pk: int) -> Application:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@router.get("/finance/cases", response={200: FinanceCasePage, **PROBLEMS}, auth=SIGNED_IN, summary="我能看到的融资办件")
def cases(request: Request, part: Query[shapes.Part]) -> Any:
    rows = finds.shown_to(request.user, timezone.localdate())
    shown = rows[part.offset : part.offset + part.limit]
    return {"items": [_case(request, one) for one in shown], "total": rows.count()}


@router.get(
    "/finance/cases/{int:pk}", response={200: FinanceCaseOut, **PROBLEMS}, auth=SIGNED_IN, summary="一件融资办件"
)
def case(request: Request, pk: int) -> Any:
    return _case(request, _opened(request, pk))


@router.post(
    "/finance/cases/{int:pk}/open", response={200: PapersOut, **PROBLEMS}, auth=SIGNED_IN,
    summary="机构查阅企业授权的资料（留痕）",
)  # fmt: skip
def open_papers(request: Request, pk: int) -> Any:
    found = _opened(request, pk)
    consent = actions.open_papers(case=found, actor=request.user, now=timezone.now())
    papers = seen_by_institution(found, consent)
    return {"fields": consent.fields, "until": consent.until, "papers": papers}


@router.post(
    "/finance/cases/{int:pk}/steps/{step}", response={200: FinanceCaseOut, **PROBLEMS}, auth=SIGNED_IN,
    summary="办理一步",
)  # fmt: skip
def step(request: Request, pk: int, step: str, given: shapes.StepIn) -> Any:
    found = _opened(request, pk)
    if step not in found.workflow:
        raise Http404
    taken = take(
        case=found, step=step, actor=request.user, now=timezone.now(), seen_version=given.seen_version, note=given.note
    )
    return _case(request, taken)


def _project(one: Project) -> dict[str, Any]:
    names = ("teaser", "amount_fen", "round", "on_stage")
    own = {"id": one.pk, "title": one.listing.title, "organisation": one.organisation.name}
    return own | {name: getattr(one, name) for name in names}


@router.get(
    "/finance/projects", response={200: ProjectPage, **PROBLEMS}, auth=SIGNED_IN, summary="融资项目（在册基金）"
)
def projects(request: Request, part: Query[shapes.Part]) -> Any:
    rows = equity.projects(request.user, timezone.localdate())
    shown = rows[part.offset : part.offset + part.limit]
    return {"items": [_project(one) for one in shown], "total": rows.count()}


def _roadshow(one: Event) -> dict[str, Any]:
    names = ("title", "place", "online", "starts_at", "ends_at", "capacity", "state")
    shown = [row.project.listing.title for row in one.showings.all()]
    own = {"id": one.pk, "registered": getattr(one, "coming", 0), "projects": shown}
    return own | {name: getattr(one, name) for name in names}


@router.get("/roadshows", response={200: RoadshowPage, **PROBLEMS}, auth=PUBLIC, summary="融资路演")
def roadshows(request: Request, part: Query[shapes.Part]) -> Any:
    rows = equity.events()
    shown = rows[part.offset : part.offset + part.limit]
    return {"items": [_roadshow(one) for one in shown], "total": rows.count()}
