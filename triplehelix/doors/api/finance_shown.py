"""A finance case as the API shows it: to a firm, an institution, the city and the auditor what the page shows them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Schema

from triplehelix.doors.api import versions
from triplehelix.doors.api.callers import Request
from triplehelix.market.finance import access, acts, finds
from triplehelix.market.finance.access import CITY, FIRM
from triplehelix.market.finance.models import Application, Claim, Consent, Loan


class FinanceLine(Schema):
    """融资办件. An institution gets the firm's papers by POST …/open, which is recorded."""

    id: int
    number: str
    kind: str = Field(description="loan, guarantee, insurance, equity")
    institution: str
    firm: str | None = Field(description="null for the institution: it opens the papers")
    state: str
    version: int
    due_on: date | None
    consent_until: date | None
    steps: list[str] = Field(description="what the caller may do now by POST …/steps/{step}")


class FinancePage(Schema):
    items: list[FinanceLine]
    total: int


class LoanPaymentOut(Schema):
    kind: str = Field(description="principal, interest")
    amount_fen: int
    on: date
    number: str
    void_why: str = Field(description="why it was voided; empty of what stands, and only that is counted")


class FilingOut(Schema):
    """备案. `outcome` empty while it is awaited; then accepted, refused."""

    month: date
    outcome: str
    number: str
    document: str
    reason: str
    revoked_on: date | None
    revoked_why: str


class LossOut(Schema):
    """本金损失 and who bears it, to the fen."""

    principal_fen: int
    province_fen: int
    city_fen: int
    bank_fen: int
    document: str
    on: date


class RecoveryOut(Schema):
    amount_fen: int
    on: date
    number: str
    void_why: str = Field(description="why it was voided; empty of what stands, and only that is counted")


class ClaimOut(Schema):
    """What may be applied for, as it was computed; the application itself is a case of `award`."""

    id: int
    kind: str = Field(description="interest, premium, guarantee, payout, loss")
    year: int
    base_fen: int
    amount_fen: int
    award: str
    steps: list[Any] = Field(description="the arithmetic, in words")
    made_at: datetime
    void_why: str


class LoanOut(Schema):
    """借款、担保、保险合同. `rate_ppm` parts of a million a year; `owed_fen` the principal still owed."""

    number: str
    amount_fen: int
    rate_ppm: int
    premium_fen: int | None
    first_on: date
    last_on: date
    use: str
    security: str
    early_stage: bool
    owed_fen: int
    payments: list[LoanPaymentOut]
    filings: list[FilingOut]
    loss: LossOut | None
    recoveries: list[RecoveryOut]
    claims: list[ClaimOut]


class FinanceCaseOut(FinanceLine):
    lead: int | None = Field(description="of /finance/leads/{id}; null for the institution")
    declined: str = Field(description="a code of the pack's decline_reasons")
    declined_text: str
    contract: LoanOut | None
    acts: list[str] = Field(description="what the caller may do now by POST …/acts/{act}, each with a body of its own")


def lines(request: Request, cases: Sequence[Application]) -> list[dict[str, Any]]:
    """Cases in a list; however many, one question for what the caller is to them and one for their consents."""
    on = timezone.localdate()
    held = access.relations_to(cases, request.user, on)
    until = dict(Consent.objects.living(on).filter(application__in=cases).values_list("application", "until"))
    return [_line(one, held[one.pk], until.get(one.pk)) for one in cases]


def _line(one: Application, held: frozenset[str], consent_until: date | None) -> dict[str, Any]:
    return {
        "id": one.pk, "number": one.number, "kind": one.lead.kind, "institution": one.institution.organisation.name,
        "firm": one.lead.organisation.uscc if _knows_firm(held) else None, "state": one.state,
        "version": one.version, "due_on": one.due_on, "consent_until": consent_until,
        "steps": [step.code for step in one.workflow.offered(one.state, held) if step.code not in acts.BY_ACT],
    }  # fmt: skip


def _knows_firm(held: frozenset[str]) -> bool:
    return bool(held & {FIRM, CITY, "auditor"})


def opened(request: Request, pk: int) -> Application:
    """The case, for those who may see it. Raises Http404 for everybody else."""
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


def whole(request: Request, response: HttpResponse, case: Application) -> dict[str, Any]:
    """One case with everything the caller may see of it and do with it, its version as ETag."""
    held = case.relations_of(request.user, timezone.now())
    consent = case.consent_on(timezone.localdate())
    versions.tag(response, case.version)
    return _line(case, held, consent.until if consent else None) | {
        "lead": case.lead_id if _knows_firm(held) else None,
        "declined": case.decline_code,
        "declined_text": case.decline_text,
        "contract": _loan(case.loan),
        "acts": [act.code for act in acts.offered(case, held)],
    }


def _loan(loan: Loan | None) -> dict[str, Any] | None:
    if loan is None:
        return None
    plain = ("number", "amount_fen", "rate_ppm", "premium_fen", "first_on", "last_on", "use", "security",
             "early_stage", "owed_fen")  # fmt: skip
    return {name: getattr(loan, name) for name in plain} | {
        "payments": list(loan.payments.all()),
        "filings": list(loan.filings.all()),
        "loss": getattr(loan, "loss", None),
        "recoveries": list(loan.recoveries.all()),
        "claims": [claimed(one) for one in loan.claims.all()],
    }


def claimed(one: Claim) -> dict[str, Any]:
    names = ("kind", "year", "base_fen", "amount_fen", "award", "steps", "made_at", "void_why")
    return {"id": one.pk} | {name: getattr(one, name) for name in names}
