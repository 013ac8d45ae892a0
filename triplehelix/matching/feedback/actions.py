"""The only writers of judgements, models and switches."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback import access
from triplehelix.matching.feedback.inforce import why_not
from triplehelix.matching.feedback.models import LEVELS, Judgement, LearnedModel, Switch
from triplehelix.matching.feedback.tasks import learn
from triplehelix.records.alone import alone
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

__all__ = ["ask_training", "judge", "say", "switch"]


@transaction.atomic
def judge(
    *, need: Need, achievement: Achievement, level: int | None, actor: Account, now: datetime, words: str = ""
) -> Judgement:
    """A manager's or officer's level for a pair; None takes back an earlier one. Saying the same again adds nothing.

    Raises Refused (may not judge) and Invalid at `level`, `words`.
    """
    if not access.may_judge(actor, timezone.localdate(now)):
        raise Refused(_("只有技术经理人和市科技局工作人员可以评判"))
    voice = f"account:{actor.pk}"
    before = _last(need, achievement, voice)
    if level not in dict(LEVELS) and not (level is None and before is not None):
        raise Invalid({"level": _("请选 1 不相关、2 有些相关、3 较相关、4 很相关之一")})
    if len(words.strip()) > 300:
        raise Invalid({"words": _("说明最多 300 字")})
    return say(
        need=need, achievement=achievement, level=level, source="manager", voice=voice, now=now, by=actor,
        words=words.strip(),
    )  # fmt: skip


@transaction.atomic
def say(
    *, need: Need, achievement: Achievement, level: int | None, source: str, voice: str, now: datetime,
    by: Account | None = None, reason: str = "", words: str = "",
) -> Judgement:  # fmt: skip
    """Add one word of one voice, unless it is its last word already: said twice at once, it is said once."""
    alone(f"judgement {need.pk} {achievement.pk} {voice}")
    before = _last(need, achievement, voice)
    if before is not None and (before.level, before.reason, before.words) == (level, reason, words):
        return before
    made = Judgement.objects.create(
        need=need, achievement=achievement, level=level, source=source, voice=voice, reason=reason, words=words, by=by,
        at=now,
    )  # fmt: skip
    trail.record(
        kind=Judgement.trail_kind, id=f"{need.pk}-{achievement.pk}", verb="judge", actor=by, now=now, why=words,
        data={"need": need.pk, "achievement": achievement.pk, "level": level, "voice": voice, "reason": reason},
    )  # fmt: skip
    return made


def _last(need: Need, achievement: Achievement, voice: str) -> Judgement | None:
    return Judgement.objects.filter(need=need, achievement=achievement, voice=voice).order_by("-pk").first()


@transaction.atomic
def ask_training(*, actor: Account | None, now: datetime, later: bool = True) -> LearnedModel:
    """A new version, to be learned by a worker (`later`), or by whoever calls `training.learn` with it.

    `actor` None is the program at its console. Raises Refused: not an officer, or one is being learned already.
    """
    if actor is not None and not access.may_switch(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以让系统学习"))
    alone("matching models")
    if LearnedModel.objects.filter(finished_at__isnull=True).exists():
        raise Refused(_("已经有一个版本在学习，请等它学完"))
    last = LearnedModel.objects.aggregate(last=Max("number"))["last"] or 0
    made = LearnedModel.objects.create(number=last + 1, asked_by=actor, asked_at=now)
    trail.record(
        kind=LearnedModel.trail_kind, id=str(made.pk), verb="ask", actor=actor, now=now, data={"v": made.number}
    )
    if later:
        learn.defer(pk=made.pk)  # in this transaction: a version without its job would be waited for for ever
    return made


@transaction.atomic
def switch(*, model: LearnedModel | None, actor: Account, now: datetime, why: str) -> Switch:
    """From now on `model` ranks; None: the zero-shot score. Going back is switching to an earlier one.

    Raises Refused (not an officer; the model may not be used, with the reason; it is in force already) and Invalid at
    `why`.
    """
    if not access.may_switch(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以切换排序模型"))
    if not why.strip():
        raise Invalid({"why": _("请写明为什么切换，会留痕")})
    if len(why.strip()) > 300:
        raise Invalid({"why": _("理由最多 300 字")})
    alone("matching models")
    before = Switch.objects.order_by("-pk").first()
    if (before.model_id if before else None) == (model.pk if model else None):
        raise Refused(_("现在用的就是它"))
    if model is not None and (reason := why_not(model)):
        raise Refused(str(reason))
    made = Switch.objects.create(model=model, by=actor, at=now, why=why.strip())
    trail.record(
        kind=LearnedModel.trail_kind, id=str(model.pk) if model else "zero-shot", verb="switch", actor=actor, now=now,
        why=why.strip(), data={"to": str(model or ""), "from": str(before.model or "") if before else ""},
    )  # fmt: skip
    return made
