"""材料 of a case: what its award asks for, what is handed in, handing in and taking back, and the files."""

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors import handed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.acting import content_of, paper_at, said_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.papers import PAPER, answers
from triplehelix.doors.api.procedure import opened
from triplehelix.procedure.cases import access, actions, anonymous, handed_before, papers
from triplehelix.procedure.cases.models import Case, Paper

router = Router(tags=["procedure"])


class CasePaperIn(shapes.Given):
    """`said` in the place of a file: where the original is; or `again`, a paper of another case."""

    name: str = Field(max_length=80, description="one of the names of GET …/papers")
    said: str = Field("", max_length=200)
    again: int | None = Field(None, ge=1, description="id of one that is `offered` under this name")


class CasePaperOut(Schema):
    """`file` and `sha256` are empty where the original was handed over: then `said` tells where."""

    id: int
    file: str
    sha256: str
    said: str
    added_at: datetime
    taken_back_at: datetime | None


class OfferedPaperOut(Schema):
    """What the unit has handed in under this name for another case."""

    id: int
    file: str
    case: str = Field(description="its number")
    added_at: datetime


class AskedPaperOut(Schema):
    """One paper. `must`: without it nothing is submitted; `proves` are keys of the award's facts; `blind`: experts read
    its words, so it is a Word or text file; `offered`: for those who may hand in now."""

    name: str
    must: bool
    blind: bool
    proves: list[str]
    papers: list[CasePaperOut]
    offered: list[OfferedPaperOut]


def _paper(one: Paper) -> dict[str, Any]:
    file = {"file": one.file.name if one.file else "", "sha256": one.file.sha256 if one.file else ""}
    plain = ("said", "added_at", "taken_back_at")
    return {"id": one.pk} | file | {name: getattr(one, name) for name in plain}


def _offered(one: Paper) -> dict[str, Any]:
    return {"id": one.pk, "file": one.file.name if one.file else "", "case": one.case.number, "added_at": one.added_at}


def _held(request: Request, case: Case) -> frozenset[str]:
    return case.relations_of(request.user, timezone.now())


def _written(request: Request, pk: int) -> Case:
    """The case, for those who fill it in. Raises Http404 for everybody else."""
    case = opened(request, pk)
    if not access.writes(case, _held(request, case)):
        raise Http404
    return case


@router.get("/cases/{int:pk}/papers", response=list[AskedPaperOut], auth=SIGNED_IN, summary="申报材料")
def paper_list(request: Request, pk: int) -> Any:
    case = opened(request, pk)
    held = _held(request, case)
    found = papers.shown(case, held)
    there = (row for one in found for row in one.rows)
    writes = access.may_write(case, held)
    before = handed_before.offered(case, there, request.user, timezone.localdate()) if writes else {}
    return [
        {
            "name": one.asked.name,
            "must": one.asked.must,
            "blind": one.asked.blind,
            "offered": [_offered(row) for row in before.get(one.asked.name, ())],
            "proves": [fact.key for fact in one.asked.proves],
            "papers": [_paper(row) for row in one.rows],
        }
        for one in found
    ]


class LeakOut(Schema):
    """A place of an original that gives the applicant away; experts see it blacked out."""

    part: Literal["title", "summary", "paper"]
    line: int
    column: int
    kind: str
    found: str
    sure: bool = Field(description="false: somebody has to look")


class BlindCopyOut(Schema):
    """What reviewing experts read."""

    title: str
    summary: str
    paper: str = Field(description="the words of its 活页")
    leaks: list[LeakOut]


@router.get("/cases/{int:pk}/anonymous", response=BlindCopyOut, auth=SIGNED_IN, summary="专家看到的匿名材料")
def blind_copy(request: Request, pk: int) -> Any:
    """404 where no panel reviews it, and for those who may not see the papers it comes from."""
    case = opened(request, pk)
    if not anonymous.may_read(case, _held(request, case)):
        raise Http404
    copy = anonymous.copy(case)
    leaks = [
        {"part": part} | {name: getattr(one, name) for name in ("line", "column", "kind", "found", "sure")}
        for part, rows in copy.leaks.items()
        for one in rows
    ]
    return {"title": copy.title, "summary": copy.summary, "paper": copy.paper, "leaks": leaks}


@router.post("/cases/{int:pk}/papers", response={201: CasePaperOut}, auth=SIGNED_IN, summary="交申报材料")
def add(request: Request, pk: int, given: CasePaperIn, file: File[UploadedFile | None] = None) -> Any:
    case, now = _written(request, pk), timezone.now()
    with transaction.atomic(), said_at(given), paper_at("file"):
        kept = None
        if file is not None and given.again is not None:
            raise handed_before.either()
        if file is not None:
            content, name = content_of(file)
            kept = actions.keep_paper(case=case, content=content, name=name, actor=request.user, now=now)
        elif given.again is not None:
            kept = handed_before.again(case, given.name, given.again, request.user, timezone.localdate(now))
        made = actions.add_paper(
            case=case, file=kept, **given.dict(exclude={"again"}), actor=request.user, now=now
        )  # fmt: skip
    return Status(201, _paper(made))


@router.post(
    "/cases/{int:pk}/papers/{int:paper}/take-back", response=CasePaperOut, auth=SIGNED_IN,
    summary="撤下申报材料",
)  # fmt: skip
def take_back(request: Request, pk: int, paper: int) -> Any:
    found = get_object_or_404(_written(request, pk).papers, pk=paper)
    return _paper(actions.take_back_paper(paper=found, actor=request.user, now=timezone.now()))


@router.get(
    "/cases/{int:pk}/papers/{int:paper}", auth=SIGNED_IN, summary="下载一份申报材料",
    openapi_extra=answers(*PAPER),
)  # fmt: skip
def paper(request: Request, pk: int, paper: int) -> Any:
    case = opened(request, pk)
    rows = (row for one in papers.shown(case, _held(request, case)) for row in one.rows if row.pk == paper)
    found = next(rows, None)
    if found is None or found.file is None:
        raise Http404
    return handed.paper(found.file)
