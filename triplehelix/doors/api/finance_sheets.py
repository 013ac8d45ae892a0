"""备案表 of a month: what banks send in for filing, as rows and as the workbook that comes back with the outcomes.

A bank opens what firms agreed to with it, and the trail keeps that each time: so both are posts.
"""

from datetime import date
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Path, Router, Schema

from triplehelix.doors import allowed, handed
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.finance_office import MONTH
from triplehelix.doors.api.papers import answers
from triplehelix.market.finance import actions, sheets, terms
from triplehelix.market.finance.models import Filing

router = Router(tags=["finance"])
Month = Annotated[str, Path(pattern=MONTH, description="2026-11")]


class SheetRow(Schema):
    """One filing. Firm and proof are empty where the firm has not agreed that they are seen."""

    filing: int
    case: int
    institution: str
    institution_uscc: str
    firm: str
    firm_uscc: str
    contract: str
    amount_fen: int
    rate_ppm: int
    first_on: date
    last_on: date
    use: str
    early_stage: bool
    proof: str = Field(description="入库编号或科融信")
    outcome: str = Field(description="accepted, refused; empty while it is awaited")
    number: str
    reason: str


def _rows(request: Request, month: str) -> list[tuple[Filing, frozenset[str]]]:
    """The month's filings, opened. Raises Http404."""
    return actions.open_month(
        month=_first(month), institutions=allowed.filers(request.user), actor=request.user, now=timezone.now()
    )


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _row(line: sheets.Line) -> dict[str, Any]:
    one, loan = line.filing, line.filing.loan
    plain = ("amount_fen", "rate_ppm", "first_on", "last_on", "use", "early_stage")
    return {
        "filing": one.pk, "case": loan.application_id, "institution": loan.institution.organisation.name,
        "institution_uscc": loan.institution.organisation.uscc, "contract": loan.number, "outcome": one.outcome,
        "number": one.number, "reason": one.reason,
        **{name: getattr(line, name) for name in ("firm", "firm_uscc", "proof")},
        **{name: getattr(loan, name) for name in plain},
    }  # fmt: skip


@router.post(
    "/finance/filings/{month}/sheet", response=list[SheetRow], auth=SIGNED_IN,
    summary="一个月的备案表：逐行",
)  # fmt: skip
def rows(request: Request, month: Month) -> Any:
    """For the banks one acts for; for the city and the auditor of all banks."""
    return [_row(line) for line in sheets.month_lines(_rows(request, month))]


@router.post(
    "/finance/filings/{month}/sheet.xlsx", auth=SIGNED_IN, summary="一个月的备案表：xlsx",
    openapi_extra=answers(handed.XLSX),
)  # fmt: skip
def workbook(request: Request, month: Month) -> Any:
    """The sheet that, with the outcomes filled in, comes back at POST /finance/filings/outcomes."""
    content = sheets.month_sheet(_first(month), _rows(request, month))
    return handed.attachment(content, f"{terms.filing_title(_first(month))}.xlsx", handed.XLSX)
