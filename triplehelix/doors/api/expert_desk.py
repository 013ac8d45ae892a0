"""The desk of experts over the API: who is the same person, and the repositories that are harvested."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Status

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import UNIT, UNIT_LENGTH, Seen, organisation_of
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.experts import Counted
from triplehelix.market.experts import actions, finds, tasks
from triplehelix.market.experts.models import Alias, Authorship, Expert, Harvest, Merge, Proposal, Repository, Split

router = Router(tags=["experts"])
#: Decisions about one expert told at once.
MOST_TOLD = 200


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


@router.get("/experts/proposals", response=list[MergeProposalOut], auth=SIGNED_IN, summary="疑似同一人")
def proposals(request: Request, offset: int = 0, limit: int = 50) -> Any:
    allowed.experts_desk(request.user)
    start = max(0, min(offset, 1_000_000))
    rows = finds.open_proposals()[start : start + max(1, min(limit, 200))]
    return [
        {"id": row.pk, "score": row.score, "reasons": row.reasons_said, "one": row.one.root_id,
         "one_name": row.one.root.name, "other": row.other.root_id, "other_name": row.other.root.name}
        for row in rows
    ]  # fmt: skip


@router.post("/experts/proposals/{int:pk}/{answer}", response=Counted, auth=SIGNED_IN, summary="判断两位是否同一人")
def decide(request: Request, pk: int, answer: Literal["same", "different"], given: MergeWhyIn) -> Any:
    allowed.experts_desk(request.user)
    proposal = get_object_or_404(Proposal, pk=pk)
    actions.decide(proposal=proposal, same=answer == "same", actor=request.user, now=timezone.now(), why=given.why)
    return {"count": 1}


@router.post("/experts/merges", response={201: MergeOut}, auth=SIGNED_IN, summary="合并两位")
def merge(request: Request, given: MergeIn) -> Any:
    allowed.experts_desk(request.user)
    pair = [get_object_or_404(Expert, pk=pk) for pk in (given.one, given.other)]
    made = actions.merge(
        one=pair[0], other=pair[1], how="officer", actor=request.user, now=timezone.now(), why=given.why
    )
    return Status(201, made)


@router.post("/experts/merges/{int:pk}/undo", response=MergeOut, auth=SIGNED_IN, summary="撤销合并")
def undo(request: Request, pk: int, given: MergeWhyIn) -> Any:
    """Both sides stand as before, and are not proposed again."""
    allowed.experts_desk(request.user)
    made = get_object_or_404(Merge, pk=pk)
    return actions.undo(merge=made, actor=request.user, now=timezone.now(), why=given.why)


class SplitWhyIn(shapes.Given):
    why: str = Field(min_length=2, max_length=300)


class SplitOut(shapes.Given):
    id: int
    authorship: int = Field(validation_alias="authorship_id")
    frm: int = Field(validation_alias="frm_id", description="the expert it was taken out of")
    to: int = Field(validation_alias="to_id", description="the expert of its own it has since")
    why: str
    by_person: bool = Field(description="by the person's own word; else by an officer")
    at: datetime
    undone_at: datetime | None


class HistoryOut(shapes.Given):
    merges: list[MergeOut] = Field(description="into or out of this expert, undone ones too, newest first")
    splits: list[SplitOut] = Field(description="works taken out, put back ones too, newest first")


@router.get("/experts/{int:pk}/history", response=HistoryOut, auth=SIGNED_IN, summary="合并和拆出的记录")
def history(request: Request, pk: int) -> Any:
    """What can be undone, by its number."""
    allowed.experts_desk(request.user)
    root = get_object_or_404(Expert, pk=pk, merged_into__isnull=True)
    return {"merges": list(finds.merges_of(root)[:MOST_TOLD]), "splits": list(finds.splits_of(root)[:MOST_TOLD])}


@router.post(
    "/experts/authorships/{int:pk}/split", response={201: SplitOut}, auth=SIGNED_IN, summary="拆出一项成果"
)  # fmt: skip
def split(request: Request, pk: int, given: SplitWhyIn) -> Any:
    """One work becomes an expert of its own, and is not proposed to go back."""
    allowed.experts_desk(request.user)
    row = get_object_or_404(Authorship, pk=pk)
    made = actions.split(authorship=row, actor=request.user, now=timezone.now(), why=given.why)
    return Status(201, made)


@router.post("/experts/splits/{int:pk}/undo", response=SplitOut, auth=SIGNED_IN, summary="放回拆出的成果")
def undo_split(request: Request, pk: int) -> Any:
    allowed.experts_desk(request.user)
    made = get_object_or_404(Split, pk=pk)
    return actions.undo_split(split=made, actor=request.user, now=timezone.now())


class AliasIn(shapes.Given):
    organisation: str = Field(max_length=UNIT_LENGTH, description=UNIT)
    name: str = Field(max_length=120, description="as it stands in affiliations: in English, a former or a short name")


class AliasOut(shapes.Given):
    id: int
    organisation: str
    name: str


class AliasMade(AliasOut):
    placed: int = Field(description="how many affiliations were recognised by it")


class AliasPage(shapes.Given):
    items: list[AliasOut]
    total: int


def _alias(row: Alias) -> dict[str, Any]:
    return {"id": row.pk, "organisation": row.organisation.name, "name": row.name}


@router.get("/experts/aliases", response=AliasPage, auth=SIGNED_IN, summary="单位别名")
def aliases(request: Request, part: Query[shapes.Part]) -> Any:
    allowed.experts_desk(request.user)
    return shapes.cut(Alias.objects.select_related("organisation"), part, _alias)


@router.post("/experts/aliases", response={201: AliasMade}, auth=SIGNED_IN, summary="登记单位别名")
def add_alias(request: Request, given: AliasIn) -> Any:
    allowed.experts_desk(request.user)
    where = organisation_of(given.organisation, "organisation")
    made, placed = actions.add_alias(organisation=where, name=given.name, actor=request.user, now=timezone.now())
    return Status(201, _alias(made) | {"placed": placed})


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
    version: int
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
    allowed.experts_desk(request.user)
    return list(finds.repositories())


@router.post("/repositories", response={201: RepositoryOut}, auth=SIGNED_IN, summary="登记机构库")
def register(request: Request, given: RepositoryIn) -> Any:
    allowed.experts_desk(request.user)
    made = actions.register_repository(**given.dict(), actor=request.user, now=timezone.now())
    return Status(201, made)


@router.post("/repositories/{int:pk}/harvests", response={201: HarvestOut}, auth=SIGNED_IN, summary="采集")
def harvest(request: Request, pk: int, whole: bool = False) -> Any:
    """What is new, or the whole; the work goes on in the background."""
    allowed.experts_desk(request.user)
    repository = get_object_or_404(Repository, pk=pk)
    made = tasks.start(repository=repository, actor=request.user, now=timezone.now(), whole=whole)
    return Status(201, made)


class HarvestPage(shapes.Given):
    items: list[HarvestOut]
    total: int


@router.get("/harvests", response=HarvestPage, auth=SIGNED_IN, summary="采集记录")
def harvests(request: Request, part: Query[shapes.Part]) -> Any:
    """Newest first."""
    allowed.experts_desk(request.user)
    return shapes.cut(finds.harvests(), part, lambda row: row)


@router.get("/harvests/{int:pk}", response=HarvestOut, auth=SIGNED_IN, summary="采集的进度")
def one_harvest(request: Request, response: HttpResponse, pk: int) -> Any:
    allowed.experts_desk(request.user)
    found = get_object_or_404(Harvest, pk=pk)
    versions.tag(response, found.version)
    return found


@router.post(
    "/harvests/{int:pk}/steps/{step}", response=HarvestOut, auth=SIGNED_IN, summary="停止，或接着采集"
)  # fmt: skip
def step_harvest(
    request: Request, response: HttpResponse, pk: int, step: Literal["stop", "resume"], given: Seen
) -> Any:  # fmt: skip
    """`resume` goes on at once, after the last page that was written."""
    allowed.experts_desk(request.user)
    found = get_object_or_404(Harvest, pk=pk)
    seen = versions.seen(request, given.seen_version)
    taken = tasks.step(case=found, step=step, actor=request.user, now=timezone.now(), seen_version=seen)
    versions.tag(response, taken.version)
    return taken
