"""Imports over the API: upload a sheet, read its dry run, confirm it."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from triplehelix.doors import handed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import MODELS
from triplehelix.doors.api.papers import answers
from triplehelix.market.experts import uploads
from triplehelix.market.imports import tasks
from triplehelix.market.imports.access import importer
from triplehelix.market.imports.models import Import
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.steps.actions import take

router = Router(tags=["imports"])
WHAT = {kind: model.kind for kind, model in MODELS.items()} | {"papers": uploads.PAPERS, "patents": uploads.PATENTS}


class ImportPage(Schema):
    items: list[shapes.ImportOut]
    total: int


def _own(request: Request, pk: int) -> Import:
    return get_object_or_404(Import.objects.filter(account=request.user), pk=pk)


@router.get("/imports/{int:pk}", response=shapes.ImportOut, auth=SIGNED_IN, summary="检查结果或回执")
def read(request: Request, pk: int) -> Any:
    return _own(request, pk)


@router.get(
    "/imports/{int:pk}/annotated", auth=SIGNED_IN, summary="下载标出错误的表",
    openapi_extra=answers(handed.XLSX),
)  # fmt: skip
def annotated(request: Request, pk: int) -> Any:
    """The sheet as it was uploaded, every wrong cell marked; 404 where nothing is wrong."""
    case = _own(request, pk)
    if case.annotated is None:
        raise Http404
    return handed.paper(case.annotated)


@router.post("/imports/{int:pk}/drop", response=shapes.ImportOut, auth=SIGNED_IN, summary="放弃导入")
def drop(request: Request, pk: int, given: shapes.StepIn) -> Any:
    case, now = _own(request, pk), timezone.now()
    return take(case=case, step="drop", actor=request.user, now=now, seen_version=given.seen_version)


@router.post("/imports/{int:pk}/land", response=shapes.ImportOut, auth=SIGNED_IN, summary="确认导入")
def land(request: Request, pk: int, given: shapes.StepIn) -> Any:
    """All rows or none, once: a second confirmation is refused."""
    now = timezone.now()
    with transaction.atomic():  # no step without the job that writes the rows
        case = take(case=_own(request, pk), step="land", actor=request.user, now=now, seen_version=given.seen_version)
        tasks.land_sheet.defer(pk=case.pk)
    return case


@router.get("/imports", response=ImportPage, auth=SIGNED_IN, summary="我的导入，新的在前")
def imports(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(Import.objects.filter(account=request.user), part, lambda one: one)


@router.post("/imports", response={201: shapes.ImportOut}, auth=SIGNED_IN, summary="上传一张表并检查")
def upload(
    request: Request, kind: shapes.Sheet, file: File[UploadedFile], publish: bool = False, organisation: str = ""
) -> Any:
    """`organisation`: the USCC of the one meant, for whoever acts for several."""
    now = timezone.now()
    own = organisations_of(request.user, timezone.localdate(now)).filter(uscc=organisation).first()
    if organisation and own is None:
        raise Http404
    allowed = importer(request.user, timezone.localdate(now), own.pk if own is not None else None)
    if allowed is None:
        raise Http404
    case = tasks.upload(
        content=file.read(),
        name=file.name or "",
        what=WHAT[kind],
        publish=publish and kind in MODELS,
        account=request.user,
        organisation=allowed.organisation,
        now=now,
    )
    return Status(201, case)
