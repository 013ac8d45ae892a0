"""What must be true before a step of a diagnosis. A guard answers why not, or None."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.diagnosis import access
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.records.parties.models import Account

#: States of a need that is to be answered.
BEFORE_DESK = ("submitted", "published")


def with_reason(case: Diagnosis, actor: Account | None, now: datetime) -> str | None:
    """Every judgement says why: the firm reads it."""
    return None if len(case.noted) >= 4 else _("请写明理由，企业会看到")


def has_diagnoser(case: Diagnosis, actor: Account | None, now: datetime) -> str | None:
    return None if case.assigned_to_id else _("请选择由谁会诊")


def not_own(case: Diagnosis, actor: Account | None, now: datetime) -> str | None:
    """Nobody judges the need of an organisation they act for or work at."""
    people = access.own_people(case.need.organisation, timezone.localdate(now))
    own = actor is not None and people.filter(pk=actor.pk).exists()
    return _("您是这家单位的人，不能会诊本单位的需求") if own else None


def has_questions(case: Diagnosis, actor: Account | None, now: datetime) -> str | None:
    return None if case.open_questions().exists() else _("请写明要企业补充的问题")


def all_answered(case: Diagnosis, actor: Account | None, now: datetime) -> str | None:
    return _("还有问题没有回答") if case.open_questions().exists() else None


def still_asked(case: Diagnosis, actor: Account | None, now: datetime) -> str | None:
    """Looked at again is the newest diagnosis of a need that is still before the desk."""
    if case.need.state not in BEFORE_DESK:
        return _("需求已经撤回或过期，不能重新会诊；重新发布以后另行会诊")
    newer = case.need.diagnoses.filter(started_at__gt=case.started_at).exists()
    return _("这条需求重新发布过，请办理新的那一次会诊") if newer else None
