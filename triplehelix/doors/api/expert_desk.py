"""The desk of experts over the API: who is the same person, and the repositories that are harvested."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Status

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.experts import Counted
from triplehelix.market.experts import access, actions, finds, tasks
from triplehelix.market.experts.models import Expert, Harvest, Merge, Proposal, Repository

router = Router(tags=["experts"])


class MergeProposalOut(shapes.Given):
    id: int
    score: int
    reasons: list[str]
    one: int
    one_name: str
    other: int
    other_name: str


class MergeIn(shapes.Given):
    one: int
    other: int
    why: str = Field(min_length=2, max_length=300)


class MergeWhyIn(shapes.Given):
    why: str = Field("", max_length=300)


class MergeOut(shapes.Given):
    id: int
    survivor: int = Field(validation_alias="survivor_id")
    absorbed: int = Field(validation_alias="absorbed_id")
    how: str
    reasons: list[str] = Field(validation_alias="reasons_said")
    at: datetime
    undone_at: datetime | None


def _desk(request: Request) -> None:
    if not access.is_desk(request.user, timezone.localdate()):
        raise Http404


@router.get("/experts/proposals", response=list[MergeProposalOut], auth=SIGNED_IN, summary="疑似同一人")
def proposals(request: Request, offset: int = 0, limit: int = 50) -> Any:
    _desk(request)
    start = max(0, min(offset, 1_000_000))
    rows = finds.open_proposals()[start : start + max(1, min(limit, 200))]
    return [
        {"id": row.pk, "score": row.score, "reasons": row.reasons_said, "one": row.one.root_id,
         "one_name": row.one.root.name, "other": row.other.root_id, "other_name": row.other.root.name}
        for row in rows
    ]  # fmt: skip


@router.post("/experts/proposals/{int:pk}/{answer}", response=Counted, auth=SIGNED_IN, summary="判断")
def decide(request: Request, pk: int, answer: Literal["same", "different"], given: MergeWhyIn) -> Any:
    _desk(request)
    proposal = get_object_or_404(Proposal, pk=pk)
    actions.decide(proposal=proposal, same=answer == "same", actor=request.user, now=timezone.now(), why=given.why)
    return {"count": 1}


@router.post("/experts/merges", response={201: MergeOut}, auth=SIGNED_IN, summary="合并两位")
def merge(request: Request, given: MergeIn) -> Any:
    _desk(request)
    pair = [get_object_or_404(Expert, pk=pk) for pk in (given.one, given.other)]
    made = actions.merge(
        one=pair[0], other=pair[1], how="officer", actor=request.user, now=timezone.now(), why=given.why
    )
    return Status(201, made)


@router.post("/experts/merges/{int:pk}/undo", response=MergeOut, auth=SIGNED_IN, summary="撤销合并")
def undo(request: Request, pk: int, given: MergeWhyIn) -> Any:
    """Both sides stand as before, and are not proposed again."""
    _desk(request)
    made = get_object_or_404(Merge, pk=pk)
    return actions.undo(merge=made, actor=request.user, now=timezone.now(), why=given.why)


class RepositoryIn(shapes.Given):
    name: str = Field(max_length=120)
    base_url: str = Field(max_length=300)
    set: str = Field("", max_length=120)


class RepositoryOut(RepositoryIn):
    id: int
    complete_until: str = Field(description="the repository's own time up to which everything has been taken")


class HarvestOut(shapes.Given):
    id: int
    repository: int = Field(validation_alias="repository_id")
    state: str = Field(description="queued, running, waiting, failed, stopped, done")
    since: str
    pages: int
    records: int
    size: int | None
    new_works: int
    deleted: int
    left_out_count: int
    problem: str
    next_try: datetime | None


@router.get("/repositories", response=list[RepositoryOut], auth=SIGNED_IN, summary="机构库")
def repositories(request: Request) -> Any:
    _desk(request)
    return list(finds.repositories())


@router.post("/repositories", response={201: RepositoryOut}, auth=SIGNED_IN, summary="登记机构库")
def register(request: Request, given: RepositoryIn) -> Any:
    _desk(request)
    made = actions.register_repository(**given.dict(), actor=request.user, now=timezone.now())
    return Status(201, made)


@router.post("/repositories/{int:pk}/harvests", response={201: HarvestOut}, auth=SIGNED_IN, summary="采集")
def harvest(request: Request, pk: int, whole: bool = False) -> Any:
    """What is new, or the whole; the work goes on in the background."""
    _desk(request)
    repository = get_object_or_404(Repository, pk=pk)
    made = tasks.start(repository=repository, actor=request.user, now=timezone.now(), whole=whole)
    return Status(201, made)


@router.get("/harvests/{int:pk}", response=HarvestOut, auth=SIGNED_IN, summary="采集的进度")
def one_harvest(request: Request, pk: int) -> Any:
    _desk(request)
    return get_object_or_404(Harvest, pk=pk)
