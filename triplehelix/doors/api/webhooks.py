"""Webhooks over the API: the same actions as the pages."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.board.webhooks import access, actions
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import Seen
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import own_organisation
from triplehelix.records.parties.models import Office
from triplehelix.records.steps.actions import take

router = Router(tags=["webhooks"])
Event = Literal[
    "need.published", "need.updated", "need.withdrawn", "achievement.published", "achievement.updated",
    "achievement.withdrawn", "introduction.changed", "sale.changed", "case.changed",
]  # fmt: skip


class HookOut(Schema):
    id: int
    name: str
    url: str
    events: list[str]
    owner: str
    state: str
    version: int
    created_at: datetime
    delivered_at: datetime | None
    failing_since: datetime | None


class NewHookOut(HookOut):
    secret: str = Field(description="shown this once; messages are signed with it (Standard Webhooks)")


class NewHook(shapes.Given):
    name: str = Field(max_length=60)
    url: str = Field(max_length=500, description="https, a public address")
    events: list[Event]
    organisation: str = Field("", description="统一社会信用代码 of one of the caller's organisations")
    office: str = Field("", description="or a role of the caller, see /api/me", max_length=30)
    unit: str = Field("", description="of that office, for whoever holds it in several units", max_length=20)


class HookChange(Seen):
    """What is left out stays. What waits goes to the new address; the secret stays."""

    name: str = Field("", max_length=60)
    url: str = Field("", max_length=500, description="https, a public address")
    events: list[Event] = []


class DeliveryOut(Schema):
    id: int
    message: str = Field(description="webhook-id: the same however often it is sent")
    event: str
    state: str = Field(description="queued, delivered, failed, dropped")
    attempts: int
    status: int | None = Field(description="what the receiver answered last")
    error: str
    happened_at: datetime
    next_try: datetime | None
    delivered_at: datetime | None
    payload: dict[str, Any] | None


class HookPage(Schema):
    items: list[HookOut]
    total: int


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    total: int


def _hooks(request: Request) -> Any:
    rows = Hook.objects.exclude(state="ended").select_related("organisation")
    return access.visible(rows, request.user, timezone.localdate())


def _hook(hook: Hook) -> dict[str, Any]:
    plain = ("name", "url", "events", "state", "version", "created_at", "delivered_at", "failing_since")
    return {"id": hook.pk, "owner": hook.owner_name} | {name: getattr(hook, name) for name in plain}


def _delivery(one: Delivery) -> dict[str, Any]:
    plain = ("message", "event", "state", "attempts", "status", "error", "happened_at", "delivered_at", "payload")
    waits = one.state == Delivery.QUEUED
    return {"id": one.pk, "next_try": one.next_try if waits else None} | {name: getattr(one, name) for name in plain}


@router.get("/webhooks", response=HookPage, auth=SIGNED_IN, summary="我的消息推送")
def hooks(request: Request, part: Query[shapes.Part]) -> Any:
    return shapes.cut(_hooks(request), part, _hook)


@router.post("/webhooks", response={201: NewHookOut}, auth=SIGNED_IN, summary="登记一个推送")
def new_hook(request: Request, given: NewHook) -> Any:
    """For one of the caller's organisations, or for an office of the caller."""
    office, organisation = None, None
    if given.office:
        offices = Office.objects.on(timezone.localdate()).filter(account=request.user, role=given.office)
        office = (offices.filter(unit=given.unit) if given.unit else offices).order_by("pk").first()
        if office is None:
            raise Http404
    if given.organisation or not given.office:
        organisation = own_organisation(request, given.organisation)
    hook, secret = actions.register(
        name=given.name, url=given.url, wanted=given.events, account=request.user, now=timezone.now(),
        organisation=organisation, office=office,
    )  # fmt: skip
    return Status(201, _hook(hook) | {"secret": secret})


@router.get("/webhooks/{int:pk}", response=HookOut, auth=SIGNED_IN, summary="一个推送")
def hook(request: Request, response: HttpResponse, pk: int) -> Any:
    found = get_object_or_404(_hooks(request), pk=pk)
    versions.tag(response, found.version)
    return _hook(found)


@router.patch("/webhooks/{int:pk}", response=HookOut, auth=SIGNED_IN, summary="修改一个推送")
def change(request: Request, response: HttpResponse, pk: int, given: HookChange) -> Any:
    found, seen = get_object_or_404(_hooks(request), pk=pk), versions.seen(request, given.seen_version)
    said = {"name": found.name, "url": found.url, "events": found.events}
    said |= given.dict(exclude_unset=True, exclude={"seen_version"})
    changed = actions.change(
        hook=found, name=said["name"], url=said["url"], wanted=said["events"], account=request.user,
        now=timezone.now(), seen_version=seen,
    )  # fmt: skip
    versions.tag(response, changed.version)
    return _hook(changed)


@router.post("/webhooks/{int:pk}/steps/{step}", response=HookOut, auth=SIGNED_IN, summary="停用、启用、删除")
def hook_step(request: Request, pk: int, step: Literal["stop", "start", "end"], given: shapes.VersionedStepIn) -> Any:
    found = get_object_or_404(_hooks(request), pk=pk)
    return _hook(
        take(
            case=found, step=step, actor=request.user, now=timezone.now(), note=given.note,
            seen_version=versions.seen(request, given.seen_version),
        )
    )  # fmt: skip


@router.post("/webhooks/{int:pk}/test", response={201: DeliveryOut}, auth=SIGNED_IN, summary="发一条测试")
def test_hook(request: Request, pk: int) -> Any:
    found = get_object_or_404(_hooks(request), pk=pk)
    return Status(201, _delivery(actions.test(hook=found, account=request.user, now=timezone.now())))


@router.post("/webhooks/{int:pk}/secret", response=NewHookOut, auth=SIGNED_IN, summary="换签名密钥")
def renew_secret(request: Request, pk: int) -> Any:
    """Another secret, in the answer this once. It signs messages from now on, and the old one signs none any more."""
    found = get_object_or_404(_hooks(request), pk=pk)
    secret = actions.renew_secret(hook=found, account=request.user, now=timezone.now())
    return _hook(found) | {"secret": secret}


@router.get("/webhooks/{int:pk}/deliveries", response=DeliveryPage, auth=SIGNED_IN, summary="推送的记录")
def deliveries(request: Request, pk: int, part: Query[shapes.Part]) -> Any:
    found = get_object_or_404(_hooks(request), pk=pk)
    return shapes.cut(found.deliveries.order_by("-pk"), part, _delivery)


@router.post("/webhooks/deliveries/{int:pk}/resend", response=DeliveryOut, auth=SIGNED_IN, summary="重发一条")
def resend(request: Request, pk: int) -> Any:
    found = get_object_or_404(Delivery.objects.select_related("hook"), pk=pk, hook__in=_hooks(request))
    return _delivery(actions.resend(delivery=found, account=request.user, now=timezone.now()))
