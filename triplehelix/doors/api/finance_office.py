"""What stands behind the cases of finance: a year's proofs, filings and outcomes."""

from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import content_of, organisation_of, paper_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import own_organisation
from triplehelix.foundation.sheet import SheetError, read_table
from triplehelix.market.finance import access, actions, finds, sheets
from triplehelix.market.finance.models import Filing, Qualification
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties.finds import cared_for
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["finance"])
MONTH = r"^2[0-9]{3}-(0[1-9]|1[0-2])$"


class QualificationIn(shapes.Given):
    organisation: str = Field(max_length=18, description="统一社会信用代码: the caller's own; for the city any firm's")
    kind: Literal["entry", "credit"] = Field(description="entry 入库编号, credit 科融信")
    year: int = Field(ge=2000, le=2999)
    number: str = Field(max_length=40)


class QualificationAnswerIn(shapes.Given):
    is_right: bool
    why: str = Field("", max_length=200, description="must be given when it is wrong")


class QualificationOut(Schema):
    """入库编号 or 科融信 of a year; it counts once the city has confirmed it."""

    id: int
    organisation: str
    kind: str
    year: int
    number: str
    confirmed_at: datetime | None
    void_why: str


class QualificationPage(Schema):
    items: list[QualificationOut]
    total: int


class MonthIn(shapes.Part):
    month: str = Field(pattern=MONTH, description="2026-11")


class FilingLine(Schema):
    """备案 of a loan. `outcome` empty while it is awaited."""

    id: int
    case: int
    institution: str
    contract: str
    month: date
    outcome: str
    number: str
    document: str
    reason: str
    revoked_on: date | None


class FilingPage(Schema):
    items: list[FilingLine]
    total: int


class AnnouncedIn(shapes.Given):
    document: str = Field(max_length=80, description="备案公告文号")


class LandedOut(Schema):
    accepted: int
    refused: int


def _qualification(one: Qualification) -> dict[str, Any]:
    names = ("kind", "year", "number", "confirmed_at", "void_why")
    return {"id": one.pk, "organisation": one.organisation.uscc} | {name: getattr(one, name) for name in names}


@router.get(
    "/finance/qualifications", response=QualificationPage, auth=SIGNED_IN,
    summary="入库编号、科融信：本单位的；市科技局看待核实的",
)  # fmt: skip
def qualifications(request: Request, part: Query[shapes.Part]) -> Any:
    today = timezone.localdate()
    rows = Qualification.objects.select_related("organisation").filter(organisation__in=cared_for(request.user, today))
    if access.may_read_all(request.user, today):
        rows = finds.unconfirmed()
    return shapes.cut(rows, part, _qualification)


@router.post(
    "/finance/qualifications", response={201: QualificationOut}, auth=SIGNED_IN,
    summary="登记一年的入库编号或科融信",
)  # fmt: skip
def add_qualification(request: Request, given: QualificationIn) -> Any:
    """Entered by the city it counts at once; by the firm, once the city has looked it up."""
    by_city = access.is_city(request.user, timezone.localdate())
    code = given.organisation
    firm = organisation_of(code, "organisation") if by_city else own_organisation(request, code)
    values = given.dict(exclude={"organisation"})
    made = actions.add_qualification(organisation=firm, values=values, actor=request.user, now=timezone.now())
    return Status(201, _qualification(made))


@router.post(
    "/finance/qualifications/{int:pk}/answer", response=QualificationOut, auth=SIGNED_IN,
    summary="核实一年的资格",
)  # fmt: skip
def answer_qualification(request: Request, pk: int, given: QualificationAnswerIn) -> Any:
    now = timezone.now()
    if not access.is_city(request.user, timezone.localdate(now)):
        raise Http404
    found = get_object_or_404(Qualification.objects.select_related("organisation"), pk=pk)
    done = actions.answer_qualification(qualification=found, actor=request.user, now=now, **given.dict())
    return _qualification(done)


def _filing(one: Filing) -> dict[str, Any]:
    names = ("month", "outcome", "number", "document", "reason", "revoked_on")
    return {
        "id": one.pk, "case": one.loan.application_id, "institution": one.loan.institution.organisation.name,
        "contract": one.loan.number, **{name: getattr(one, name) for name in names},
    }  # fmt: skip


@router.get("/finance/filings", response=FilingPage, auth=SIGNED_IN, summary="一个月的备案")
def filings(request: Request, asked: Query[MonthIn]) -> Any:
    """Of the banks one acts for; for the city and the auditor of all. What firms are behind is told by their cases."""
    return shapes.cut(
        finds.filings(date.fromisoformat(f"{asked.month}-01"), allowed.filers(request.user)), asked, _filing
    )


@router.post("/finance/filings/outcomes", response=LandedOut, auth=SIGNED_IN, summary="导入备案公告的结果")
def outcomes(request: Request, given: AnnouncedIn, file: File[UploadedFile]) -> Any:
    """The filing sheet with outcomes, xlsx or csv: every row, or none with what is wrong at `file.<row>`."""
    now = timezone.now()
    if not access.is_city(request.user, timezone.localdate(now)):
        raise Http404
    content, name = content_of(file)
    rows = _read(content, name)
    with transaction.atomic(), paper_at("file"):
        sheet = evidence.store(content=content, name=name, actor=request.user, now=now, visible_to=("city", "auditor"))
        try:
            return actions.land_outcomes(rows=rows, document=given.document, sheet=sheet, actor=request.user, now=now)
        except Invalid as why:
            raise Invalid({key.replace("row_", "file."): said for key, said in why.errors.items()}) from why


def _read(content: bytes, name: str) -> list[sheets.Outcome]:
    """The rows with an outcome. Raises Invalid at `file` and its rows."""
    try:
        rows, problems = sheets.read_outcomes(read_table(content, name=name))
    except SheetError as why:
        raise Invalid({"file": str(why)}) from why
    if problems:
        raise Invalid({f"file.{one.row}": f"{one.column}：{one.message}" for one in problems})
    if not rows:
        raise Invalid({"file": _("表里没有填写结果的行")})
    return rows
