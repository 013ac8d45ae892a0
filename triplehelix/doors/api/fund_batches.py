"""Payments over the API, for the finance bureau: ordered, sent to the bank in one file, its answer read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors import allowed, handed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import content_of
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.fund import YearPart, pool_of, require_finance
from triplehelix.doors.api.papers import answers
from triplehelix.fund import files, finds
from triplehelix.fund.actions.answers import Wrong
from triplehelix.fund.models import Batch
from triplehelix.procedure.cases import actions, waiting
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["fund"])
CSV = "text/csv; charset=utf-8"


class BatchLine(Schema):
    """支付清单: one payment file for the bank."""

    id: int
    number: str
    count: int
    total_fen: int
    sent_at: datetime


class PaymentLine(Schema):
    key: str
    account_name: str
    account_number: str
    bank: str
    bank_code: str
    amount_fen: int
    purpose: str
    state: str = Field(description="sent, paid, returned")
    reason: str
    warnings: list[str] = Field(description="what looks odd about the account")


class BatchOut(BatchLine):
    payments: list[PaymentLine]


class SentOut(BatchOut):
    left_out: list[str] = Field(description="keys of orders for another account than their case has by now: they wait")


class BatchPage(Schema):
    items: list[BatchLine]
    total: int


class NotOrderedOut(Schema):
    case: int
    number: str
    why: str


class OrderedOut(Schema):
    ordered: int
    refused: list[NotOrderedOut]


class AnsweredOut(Schema):
    paid: int
    returned: int
    unchanged: int = Field(description="lines that said what was known")


def _line(one: Batch) -> dict[str, Any]:
    return {"id": one.pk} | {name: getattr(one, name) for name in ("number", "count", "total_fen", "sent_at")}


def _whole(one: Batch) -> dict[str, Any]:
    names = [name for name in PaymentLine.model_fields if name != "warnings"]
    rows = [
        {name: getattr(line.payment, name) for name in names} | {"warnings": list(map(str, line.warnings))}
        for line in files.lines(one)
    ]
    return _line(one) | {"payments": rows}


@router.get("/fund/batches", response=BatchPage, auth=SIGNED_IN, summary="一个年度的支付清单")
def batches(request: Request, asked: Query[YearPart]) -> Any:
    return shapes.cut(finds.batches(pool_of(request, asked.year)), asked, _line)


@router.post("/fund/batches", response={201: SentOut}, auth=SIGNED_IN, summary="生成支付清单")
def send(request: Request) -> Any:
    """Everything that waits in one file; an order for another account by now is named, and waits."""
    require_finance(request)
    ordered = list(waiting.to_send())
    wrong = actions.misdirected(ordered)
    rest = [one for one in ordered if one not in wrong]
    made = actions.send_batch(payments=rest, actor=request.user, now=timezone.now())
    return Status(201, _whole(made) | {"left_out": [one.key for one in wrong]})


@router.get("/fund/batches/{int:pk}", response=BatchOut, auth=SIGNED_IN, summary="一份支付清单")
def batch(request: Request, pk: int) -> Any:
    allowed.fund(request.user)
    return _whole(get_object_or_404(Batch, pk=pk))


@router.get(
    "/fund/batches/{int:pk}/file.{form}", auth=SIGNED_IN, summary="下载支付清单（交银行）",
    openapi_extra=answers(handed.XLSX, "text/csv"),
)  # fmt: skip
def file(request: Request, pk: int, form: Literal["xlsx", "csv"]) -> Any:
    """For the finance bureau: the file goes from it to the bank."""
    require_finance(request)
    found = get_object_or_404(Batch, pk=pk)
    content, kind = (files.as_xlsx(found), handed.XLSX) if form == "xlsx" else (files.as_csv(found), CSV)
    return handed.attachment(content, f"支付清单{found.number}.{form}", kind)


@router.post("/fund/order", response=OrderedOut, auth=SIGNED_IN, summary="全部安排拨付")
def order_all(request: Request) -> Any:
    """Every case that waits to be paid; those that cannot be say why."""
    require_finance(request)
    found = actions.order_all(actor=request.user, now=timezone.now())
    refused = [{"case": case.pk, "number": case.number, "why": why} for case, why in found.refused]
    return {"ordered": found.done, "refused": refused}


@router.post("/fund/batches/{int:pk}/answer", response=AnsweredOut, auth=SIGNED_IN, summary="导入银行回单")
def answer(request: Request, pk: int, file: File[UploadedFile]) -> Any:
    """The payment file with the bank's outcomes, xlsx, xls or csv: every row, or none with what is wrong at
    `file.<row>`. What came back reopens its case."""
    require_finance(request)
    found = get_object_or_404(Batch, pk=pk)
    try:
        lines = files.read_answer(*content_of(file))
        done = actions.answer_batch(batch=found, answers=lines, actor=request.user, now=timezone.now())
    except files.SheetError as why:
        raise Invalid({"file": why.message}) from why
    except (files.BadAnswer, Wrong) as why:
        wrong = files.wrong_cells(found, why)
        raise Invalid(_at_rows((one.row, f"{one.column}：{one.message}") for one in wrong)) from why
    return {"paid": len(done.paid), "returned": len(done.returned), "unchanged": done.unchanged}


def _at_rows(errors: Iterable[tuple[int, str]]) -> dict[str, str]:
    """What is wrong at each row; of the file as a whole (row 0) at `file`."""
    found: dict[str, str] = {}
    for row, told in errors:
        place = f"file.{row}" if row else "file"
        found[place] = f"{found[place]}；{told}" if place in found else told
    return found
