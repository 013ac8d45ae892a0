"""Papers to take away: of a sale, of what a landing opened, of an introduction; the signed one of an agreement.

Each is there for whoever may open its page, and for nobody else.
"""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema

from triplehelix.doors import handed
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.introductions import inside
from triplehelix.doors.api.sale_acting import opened as sale_of
from triplehelix.market.contracts import finds as sales
from triplehelix.market.nda import finds as agreements
from triplehelix.procedure.openings import finds as openings
from triplehelix.procedure.openings.models import Opening
from triplehelix.records.evidence.kinds import DOCX, JPEG, PDF, PNG, XLS, XLSX
from triplehelix.records.evidence.models import File

router = Router(tags=["papers"])
#: Mostly a PDF or a picture; what else the store takes may come.
PAPER = (*(kind.content_type for kind in (PDF, JPEG, PNG, DOCX, XLSX, XLS)), "text/*")


def answers(*types: str) -> dict[str, Any]:
    """What the OpenAPI document says of a call that answers a file of one of these types."""
    content = {one: {"schema": {"type": "string", "format": "binary"}} for one in types}
    return {"responses": {200: {"description": "the file, to keep (Content-Disposition)", "content": content}}}


class PaperOut(Schema):
    id: int
    name: str
    content_type: str
    size: int = Field(description="bytes")
    created_at: datetime


class ProofOut(PaperOut):
    label: str = Field(description="what it proves")


def _one_of(files: list[File], pk: int) -> File:
    """The paper of this number among those of its subject. Raises Http404."""
    found = next((one for one in files if one.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _papers(request: Request, pk: int) -> list[File]:
    sale = sale_of(request, pk)
    return sales.papers_of(sale, sale.relations_of(request.user, timezone.now()))


@router.get("/sales/{int:pk}/papers", response=list[PaperOut], auth=SIGNED_IN, summary="交易的文件")
def sale_papers(request: Request, pk: int) -> Any:
    """Consents, results, contract, registrations, receipts."""
    return _papers(request, pk)


@router.get(
    "/sales/{int:pk}/papers/{int:paper}", auth=SIGNED_IN, summary="下载交易的一份文件",
    openapi_extra=answers(*PAPER),
)  # fmt: skip
def sale_paper(request: Request, pk: int, paper: int) -> Any:
    return handed.paper(_one_of(_papers(request, pk), paper))


def _opening(request: Request, pk: int) -> Opening:
    return get_object_or_404(openings.shown_to(request.user, timezone.localdate()), pk=pk)


@router.get(
    "/openings/{int:pk}/papers",
    response=list[ProofOut],
    auth=SIGNED_IN,
    summary="自动开办的证明材料",
)
def opening_papers(request: Request, pk: int) -> Any:
    names = PaperOut.model_fields
    return [
        {"label": label} | {name: getattr(one, name) for name in names}
        for _what, label, one in openings.papers(_opening(request, pk).sale)
    ]


@router.get(
    "/openings/{int:pk}/papers/{int:paper}", auth=SIGNED_IN, summary="下载自动开办的一份证明材料",
    openapi_extra=answers(*PAPER),
)  # fmt: skip
def opening_paper(request: Request, pk: int, paper: int) -> Any:
    files = [one for _what, _label, one in openings.papers(_opening(request, pk).sale)]
    return handed.paper(_one_of(files, paper))


@router.get(
    "/introductions/{int:pk}/papers/{int:paper}", auth=SIGNED_IN, summary="下载谈判室的一份文件",
    openapi_extra=answers(*PAPER),
)  # fmt: skip
def laid_paper(request: Request, pk: int, paper: int) -> Any:
    return handed.paper(get_object_or_404(inside(request, pk).papers.select_related("file"), pk=paper).file)


@router.get(
    "/introductions/{int:pk}/intent/file", auth=SIGNED_IN, summary="下载签署的意向书",
    openapi_extra=answers(*PAPER),
)  # fmt: skip
def intent_paper(request: Request, pk: int) -> Any:
    return handed.paper(get_object_or_404(inside(request, pk).intents.select_related("file"), void_why="").file)


@router.get(
    "/nda/{int:pk}/signed", auth=SIGNED_IN, summary="下载保密协议的签署件",
    openapi_extra=answers(*PAPER),
)  # fmt: skip
def signed(request: Request, pk: int) -> Any:
    file = get_object_or_404(agreements.shown_to(request.user, timezone.localdate()), pk=pk).signed
    if file is None:
        raise Http404
    return handed.paper(file)
