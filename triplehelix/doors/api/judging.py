"""Judgements of matches and the models learned from them over the API: the same finds and actions as the pages."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import opened
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback import access, actions, finds, inforce
from triplehelix.matching.feedback.models import Judgement, LearnedModel
from triplehelix.matching.feedback.ranked import in_words
from triplehelix.records.parties.access import audiences

router = Router(tags=["matching"])


class JudgementIn(shapes.Given):
    need: int
    achievement: int
    level: int | None = Field(
        description="1 unrelated, 2 weak, 3 fairly strong, 4 strong; null takes an earlier one back"
    )
    words: str = Field("", max_length=300)


class JudgementOut(Schema):
    """The last word of one voice about a pair. `said` is how it came about, in words."""

    need: int
    achievement: int
    level: int | None
    source: str = Field(description="manager, introduction, sale")
    reason: str
    words: str
    said: str
    at: datetime


class ModelOut(Schema):
    """排序模型. `usable` false: `why_not` says why. Figures are of needs the model had not seen."""

    id: int
    number: int
    asked_at: datetime
    finished_at: datetime | None
    needs: int
    judgements: int
    in_force: bool
    usable: bool
    why_not: str
    quality: dict[str, Any]
    digest: str


class ModelsOut(Schema):
    items: list[ModelOut]
    ranked_by: int | None = Field(description="number of the version that ranks; null is the zero-shot score")
    why: str = Field(description="why no version ranks")


class SwitchIn(shapes.Given):
    model: int | None = Field(description="id of a version; null is the zero-shot score")
    why: str = Field(max_length=300)


def _out(row: Judgement) -> dict[str, Any]:
    return {
        "need": row.need_id, "achievement": row.achievement_id, "level": row.level, "source": row.source,
        "reason": row.reason, "words": row.words, "said": in_words(row) if row.level else "", "at": row.at,
    }  # fmt: skip


@router.post("/judgements", response={201: JudgementOut}, auth=SIGNED_IN, summary="评判一条需求和一项成果的相关程度")
def judge(request: Request, given: JudgementIn) -> Any:
    if not access.may_judge(request.user, timezone.localdate()):
        raise Http404
    need, achievement = opened(request, "needs", given.need), opened(request, "achievements", given.achievement)
    assert isinstance(need, Need) and isinstance(achievement, Achievement)
    made = actions.judge(
        need=need, achievement=achievement, level=given.level, words=given.words, actor=request.user,
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, _out(made))


@router.get(
    "/needs/{int:pk}/judgements", response=list[JudgementOut], auth=SIGNED_IN,
    summary="一条需求的各对评判（双方、经理人、市科技局可读）",
)  # fmt: skip
def judgements(request: Request, pk: int) -> Any:
    need = opened(request, "needs", pk)
    assert isinstance(need, Need)
    rows = finds.about(need)
    held = audiences(request.user, timezone.localdate())
    shown = Judgement.objects.filter(pk__in=[row.pk for row in rows.values()]).select_related("achievement")
    return [
        _out(row)
        for row in shown.order_by("achievement_id")
        if access.reads_pair(held, need.organisation_id, row.achievement.organisation_id)
    ]


@router.get("/models", response=ModelsOut, auth=SIGNED_IN, summary="学到的排序模型，哪一个在用")
def models(request: Request) -> Any:
    if not access.may_read(request.user, timezone.localdate()):
        raise Http404
    force = inforce.in_force()
    used = force.switched.pk if force.ranker is not None and force.switched else None
    items = [_model(one, used) for one in finds.versions()]
    return {"items": items, "ranked_by": next((o["number"] for o in items if o["in_force"]), None), "why": force.why}


def _model(one: LearnedModel, used: int | None) -> dict[str, Any]:
    why = inforce.why_not(one)
    return {
        "id": one.pk, "number": one.number, "asked_at": one.asked_at, "finished_at": one.finished_at,
        "needs": one.needs, "judgements": one.judgements, "in_force": one.pk == used, "usable": not why,
        "why_not": why, "quality": one.quality, "digest": one.digest,
    }  # fmt: skip


@router.post("/models", response={201: ModelOut}, auth=SIGNED_IN, summary="让系统学一个新版本")
def learn(request: Request) -> Any:
    allowed.models(request.user)
    return Status(201, _model(actions.ask_training(actor=request.user, now=timezone.now()), None))


@router.post("/models/switch", response=ModelsOut, auth=SIGNED_IN, summary="切换排序模型")
def switch(request: Request, given: SwitchIn) -> Any:
    allowed.models(request.user)
    chosen = get_object_or_404(LearnedModel, pk=given.model) if given.model is not None else None
    actions.switch(model=chosen, actor=request.user, now=timezone.now(), why=given.why)
    return models(request)
