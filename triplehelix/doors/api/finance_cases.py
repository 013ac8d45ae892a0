"""Finance cases over the API: who may see which, the papers a firm agreed to show, and steps of a press."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.finance_shown import FinanceCaseOut, FinancePage, lines, opened, whole
from triplehelix.market.finance import actions, acts, finds
from triplehelix.market.finance.access import FIRM
from triplehelix.market.finance.actions.leads import wording
from triplehelix.market.finance.history import of_application
from triplehelix.market.finance.papers import seen_by_institution
from triplehelix.records.steps.actions import take

router = Router(tags=["finance"])


class PapersOut(Schema):
    fields: list[str]
    until: date
    papers: dict[str, Any] = Field(description="exactly the consented fields")


class ConsentAsked(shapes.Given):
    until: date
    fields: list[str] = Field(
        [], max_length=50, description="codes of the pack's consent_fields beside the needed ones"
    )


class ConsentTextOut(Schema):
    """授权书. Who sends its `digest` with POST …/acts/consent has read these very words."""

    fields: list[str] = Field(description="what the institution would see: the chosen and the needed")
    version: str
    text: str
    digest: str


@router.get("/finance/cases", response=FinancePage, auth=SIGNED_IN, summary="我能看到的融资办件")
def cases(request: Request, part: Query[shapes.Part]) -> Any:
    rows = finds.shown_to(request.user, timezone.localdate())
    page = list(rows[part.offset : part.offset + part.limit])
    return {"items": lines(request, page), "total": rows.count()}


@router.get("/finance/cases/{int:pk}", response=FinanceCaseOut, auth=SIGNED_IN, summary="一件融资办件")
def case(request: Request, response: HttpResponse, pk: int) -> Any:
    return whole(request, response, opened(request, pk))


@router.get("/finance/cases/{int:pk}/history", response=list[shapes.LineOut], auth=SIGNED_IN, summary="融资办件的经过")
def history(request: Request, pk: int) -> Any:
    """Oldest first. An institution is not told who acted for the firm."""
    found = opened(request, pk)
    return of_application(found, found.relations_of(request.user, timezone.now()))


@router.post(
    "/finance/cases/{int:pk}/open", response=PapersOut, auth=SIGNED_IN,
    summary="机构查阅企业授权的资料（留痕）",
)  # fmt: skip
def open_papers(request: Request, pk: int) -> Any:
    found = opened(request, pk)
    consent = actions.open_papers(case=found, actor=request.user, now=timezone.now())
    papers = seen_by_institution(found, consent)
    return {"fields": consent.fields, "until": consent.until, "papers": papers}


@router.get(
    "/finance/cases/{int:pk}/consent", response=ConsentTextOut, auth=SIGNED_IN,
    summary="授权书全文，供阅读后同意",
)  # fmt: skip
def consent_text(request: Request, pk: int, asked: Query[ConsentAsked]) -> Any:
    """For the firm: the words it would agree to."""
    found, now = opened(request, pk), timezone.now()
    if FIRM not in found.relations_of(request.user, now):
        raise Http404
    return wording(found, asked.fields, asked.until, timezone.localdate(now))


@router.post("/finance/cases/{int:pk}/steps/{step}", response=FinanceCaseOut, auth=SIGNED_IN, summary="办理一步")
def step(request: Request, response: HttpResponse, pk: int, step: str, given: shapes.VersionedStepIn) -> Any:
    """Steps that rest on more than a sentence (a consent, a contract, a filing) are taken by …/acts/{act}."""
    seen = versions.seen(request, given.seen_version)
    found = opened(request, pk)
    if step not in found.workflow or step in acts.BY_ACT:
        raise Http404
    taken = take(case=found, step=step, actor=request.user, now=timezone.now(), seen_version=seen, note=given.note)
    return whole(request, response, taken)
