"""A sale as the API shows it: to each caller what the caller's relation shows on the page."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Schema

from triplehelix.doors.api import versions
from triplehelix.doors.api.callers import Request
from triplehelix.market.contracts import access, acts, finds, money
from triplehelix.market.contracts.flow import BY_ACT
from triplehelix.market.contracts.models import Distribution, Objection, Sale
from triplehelix.procedure.openings import finds as openings
from triplehelix.records.steps.actions import offered

#: Who reads the name of somebody who objected.
OFFICE = frozenset({access.CITY, "auditor"})


class SaleLine(Schema):
    id: int
    number: str
    achievement: int
    title: str
    seller: str
    buyer: str | None
    state: str
    price_fen: int | None
    arrived_fen: int
    landed_on: date | None


class SalePage(Schema):
    items: list[SaleLine]
    total: int


class InstalmentOut(Schema):
    seq: int
    kind: str
    name: str
    amount_fen: int
    paid_fen: int
    due_on: date | None
    void_why: str = Field(description="why a royalty that was reported wrongly fell away; else empty")


class TrialOut(Schema):
    """先使用后付费: its steps are taken by POST /sales/{id}/trial/steps/{step}, with its own version."""

    state: str
    version: int
    trigger: str
    until: date
    pay_days: int
    steps: list[str]


class AmendmentOut(Schema):
    """更正 or 变更. `changes` by field, as it is given to the act: [before, after]; `ground` agreed, entry (of the
    contract), registered, result."""

    seq: int
    ground: str
    agreed_on: date | None
    reason: str
    changes: dict[str, list[Any]]
    recorded_at: datetime


class ContractOut(Schema):
    """技术合同. `registration` null while it is not registered; `site` "elsewhere" is outside the city."""

    number: str
    type: str
    structure: str
    price_fen: int
    signed_on: date
    ends_on: date | None
    site: str
    royalty_ppm: int
    royalty_base: str
    equity_company: str
    equity_bp: int
    registration: str | None
    registered_on: date | None
    certified_fen: int | None
    technical_fen: int | None
    due_fen: int
    instalments: list[InstalmentOut]
    trial: TrialOut | None


class PriceObjectionOut(Schema):
    """异议 to a price. Who objects is told to the office and the auditor only."""

    id: int
    publication: int
    received_at: datetime
    text: str
    name: str | None
    phone: str | None
    due_on: date | None
    is_upheld: bool | None
    answer: str
    answered_at: datetime | None


class ProposalOut(Schema):
    """定价方案, as the seller handed it in."""

    method: str
    basis: str
    document: str
    objections_to: str
    unit_first: date | None
    days: int | None
    proposed_at: datetime


class ShareOut(Schema):
    name: str
    part: str
    weight: int
    amount_fen: int


class SheetOut(Schema):
    """收益分配表, for the seller, the office and the auditor. `rule_bp` hundredths of a percent of net income."""

    seq: int
    income_fen: int
    net_fen: int
    rule_bp: int
    pool_fen: int
    first: date
    last: date
    is_final: bool
    void_why: str
    shares: list[ShareOut]


class FollowUpOut(Schema):
    year: int
    in_use: bool
    output_fen: int
    text: str


class SaleOut(SaleLine):
    version: int
    need: int | None
    introduction: int | None
    mode: str
    tags: list[str]
    proposal: ProposalOut | None
    publications: list[int] = Field(description="of /market/{id}")
    objections: list[PriceObjectionOut]
    contract: ContractOut | None
    amendments: list[AmendmentOut]
    distributions: list[SheetOut]
    follow_ups: list[FollowUpOut]
    openings: list[int]
    steps: list[str] = Field(description="what the caller may do now by POST …/steps/{step}")
    acts: list[str] = Field(description="what the caller may do now by POST …/acts/{act}, each with a body of its own")


def line(sale: Sale, held: frozenset[str]) -> dict[str, Any]:
    """A sale in a list, in the state somebody with these relations is shown."""
    return {
        "id": sale.pk, "number": sale.number, "achievement": sale.achievement_id, "title": sale.achievement.title,
        "seller": sale.seller.name, "buyer": sale.buyer.name if sale.buyer else None,
        "state": access.shown_state(sale, held), "price_fen": sale.price_fen,
        "arrived_fen": sale.arrived_fen,  # type: ignore[attr-defined]
        "landed_on": sale.landed_on,
    }  # fmt: skip


def whole(request: Request, response: HttpResponse, pk: int) -> dict[str, Any]:
    """One sale with everything the caller may see of it and do with it, its version as ETag. Raises Http404."""
    now = timezone.now()
    today = timezone.localdate(now)
    sale = get_object_or_404(finds.with_money(finds.shown_to(request.user, today)), pk=pk)
    held = sale.relations_of(request.user, now)
    versions.tag(response, sale.version)
    return line(sale, held) | {
        "version": sale.version,
        "need": sale.need_id,
        "introduction": sale.introduction_id,
        "mode": sale.mode,
        "tags": sale.tags,
        "proposal": acts.held_proposal(sale),
        "publications": list(sale.publications.values_list("pk", flat=True)),
        "objections": [_objection(one, held) for one in _objections(sale)],
        "contract": _contract(sale, request, now),
        "amendments": list(sale.amendments.all()),
        "distributions": _sheets(sale, request, held),
        "follow_ups": list(sale.follow_ups.all()),
        "openings": list(openings.shown_to(request.user, today).filter(sale=sale).values_list("pk", flat=True)),
        "steps": [step.code for step in offered(case=sale, actor=request.user, now=now) if step.code not in BY_ACT],
        "acts": [act.code for act in acts.offered(sale, held)],
    }


def _objections(sale: Sale) -> Any:
    return Objection.objects.filter(publication__sale=sale).order_by("pk")


def _objection(one: Objection, held: frozenset[str]) -> dict[str, Any]:
    plain = ("received_at", "text", "due_on", "is_upheld", "answer", "answered_at")
    told = held & OFFICE
    return {"id": one.pk, "publication": one.publication_id, **{name: getattr(one, name) for name in plain}} | {
        "name": one.name if told else None, "phone": one.phone if told else None,
    }  # fmt: skip


def _sheets(sale: Sale, request: Request, held: frozenset[str]) -> list[dict[str, Any]]:
    """Sheets and their lines, for those whom the money of persons concerns."""
    rows = sale.distributions.prefetch_related("shares") if held & access.PERSONAL else Distribution.objects.none()
    names = ("seq", "income_fen", "net_fen", "rule_bp", "pool_fen", "first", "last", "is_final", "void_why")
    return [
        {name: getattr(one, name) for name in names}
        | {"shares": list(access.shares_shown(one.shares.all(), held, request.user))}
        for one in rows
    ]


def _contract(sale: Sale, request: Request, now: datetime) -> dict[str, Any] | None:
    made = getattr(sale, "contract", None)
    if made is None:
        return None
    row = made.registrations.filter(outcome="registered").first()
    written = ("number", "type", "structure", "price_fen", "signed_on", "ends_on", "site", "royalty_ppm",
               "royalty_base", "equity_company", "equity_bp")  # fmt: skip
    return {name: getattr(made, name) for name in written} | {
        "registration": row.number if row else None,
        "registered_on": row.decided_on if row else None, "certified_fen": row.certified_fen if row else None,
        "technical_fen": row.technical_fen if row else None, "due_fen": money.due(made),
        "instalments": [
            {"seq": one.seq, "kind": one.kind, "name": one.name, "amount_fen": one.amount_fen, "paid_fen": covered,
             "due_on": one.due_on, "void_why": one.void_why}
            for one, covered in money.coverage(made)
        ],
        "trial": _trial(made, request, now),
    }  # fmt: skip


def _trial(contract: Any, request: Request, now: datetime) -> dict[str, Any] | None:
    trial = getattr(contract, "trial", None)
    if trial is None:
        return None
    steps = [step.code for step in offered(case=trial, actor=request.user, now=now)]
    return {name: getattr(trial, name) for name in ("state", "version", "trigger", "until", "pay_days")} | {
        "steps": steps
    }
