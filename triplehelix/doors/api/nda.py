"""One 保密协议 over the API, with the paper that was signed on top. Asking, agreeing and ending: api.needs."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile

from triplehelix.doors.api import versions
from triplehelix.doors.api.acting import Seen, content_of, paper_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.market.nda import access, actions, finds
from triplehelix.market.nda.models import Agreement
from triplehelix.records.steps.actions import offered

router = Router(tags=["needs"])


class NeedOpeningOut(Schema):
    """Somebody opened the confidential words of the need."""

    at: datetime
    who: str
    why: str


class AgreementOut(Schema):
    """保密协议. `text` as both accepted it."""

    id: int
    need: int
    need_title: str
    owner: str = Field(description="统一社会信用代码 of the need's firm")
    organisation: str = Field(description="统一社会信用代码 of who wants to read it")
    organisation_name: str
    state: str
    version: int
    purpose: str
    text_version: str
    text: str
    asked_at: datetime
    answered_at: datetime | None
    signed: str = Field(description="name of the signed paper, see …/signed; empty while there is none")
    openings: list[NeedOpeningOut] = Field(
        description="who opened the need, for its firm and the offices; newest first"
    )
    steps: list[str] = Field(description="what the caller may do now by POST …/steps/{step}")


#: So many of the latest openings, as on the page.
OPENINGS = 50


def _opened(request: Request, pk: int) -> Agreement:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


def _whole(request: Request, response: HttpResponse, pk: int) -> dict[str, Any]:
    found, now = _opened(request, pk), timezone.now()
    versions.tag(response, found.version)
    watches = found.relations_of(request.user, now) & access.WATCHERS
    rows = finds.openings(found.need)[:OPENINGS] if watches else ()
    plain = ("state", "version", "purpose", "text_version", "text", "asked_at", "answered_at")
    return {
        "id": found.pk, "need": found.need_id, "need_title": found.need.title,
        "owner": found.need.organisation.uscc, "organisation": found.organisation.uscc,
        "organisation_name": found.organisation.name, "signed": found.signed.name if found.signed else "",
        "openings": [{"at": row.at, "who": row.actor, "why": row.why} for row in rows],
        "steps": [step.code for step in offered(case=found, actor=request.user, now=now)],
        **{name: getattr(found, name) for name in plain},
    }  # fmt: skip


@router.get("/nda/{int:pk}", response=AgreementOut, auth=SIGNED_IN, summary="一份保密协议")
def agreement(request: Request, response: HttpResponse, pk: int) -> Any:
    return _whole(request, response, pk)


@router.post("/nda/{int:pk}/attach", response=AgreementOut, auth=SIGNED_IN, summary="上传保密协议的签署件")
def attach(request: Request, response: HttpResponse, pk: int, given: Seen, file: File[UploadedFile]) -> Any:
    """By either side, once, while the agreement is in force."""
    found = _opened(request, pk)
    seen, (content, name) = versions.seen(request, given.seen_version), content_of(file)
    with transaction.atomic(), paper_at("file"):
        actions.attach(
            agreement=found, content=content, name=name, actor=request.user, now=timezone.now(), seen_version=seen
        )
    return _whole(request, response, pk)
