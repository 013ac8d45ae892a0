"""What must be true before a step of an introduction. A guard answers why not, or None."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.terms import term
from triplehelix.records.parties.models import Account

#: A listing whose validity ran out in the meantime may still be talked about; one that was taken down may not.
TALKED_ABOUT = ("published", "expired")
#: Of a meeting: it took place, and what was recorded of it stands.
TOOK_PLACE = Q(held_on__isnull=False, void_why="")


def everybody_agreed(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    if introduction.need_accepted_at is None or introduction.achievement_accepted_at is None:
        return _("还有一方没有接受")
    return None


def both_there(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    if introduction.need.state not in TALKED_ABOUT:
        return _("需求已经撤下，不能再接受；请谢绝，原因选“近期没有计划”")
    if introduction.achievement.state not in TALKED_ABOUT:
        return _("成果已经撤下，不能再接受；请谢绝，或请成果方重新发布")
    return None


def both_known(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    """Contacts are opened to organisations the office has looked at, and to nobody who only says to be one."""
    for organisation in (introduction.need.organisation, introduction.achievement.organisation):
        if organisation.confirmed_at is None:
            return _("%(organisation)s还没有经过主管部门核实，核实以后才能接受") % {"organisation": organisation}
    return None


def reason_given(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    return None if introduction.decline_reason else _("请选择谢绝的原因")


def break_given(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    return None if introduction.break_reason else _("请选择终止的原因")


def time_over(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    if introduction.answer_by is None or timezone.localdate(now) <= introduction.answer_by:
        return _("还没有到答复期限")
    return None


def may_ask_again(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    most = term("asks", timezone.localdate(now))
    if introduction.times_asked >= most:
        return _("已经邀请过 %(n)d 次，不再重复；可以请技术经理人打电话问一问") % {"n": introduction.times_asked}
    return both_there(introduction, actor, now)


def talk_held(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    return None if talked(introduction) else _("还没有登记过洽谈或考察")


def talked(introduction: Introduction) -> bool:
    """Whether a talk or visit took place, and its record stands."""
    return introduction.meetings.filter(TOOK_PLACE).exists()


def no_talk(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    return _("登记的洽谈或考察还没有作废") if talked(introduction) else None


def intent_signed(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    return None if signed(introduction) else _("还没有登记意向书")


def signed(introduction: Introduction) -> bool:
    """Whether an intent stands."""
    return introduction.intents.filter(void_why="").exists()


def no_intent(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    return _("登记的意向书还没有作废") if signed(introduction) else None


def terms_proposed(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    return None if introduction.versions.exists() else _("还没有人提出条款")


def same_terms(introduction: Introduction, actor: Account | None, now: datetime) -> str | None:
    """Both sides accepted one and the same version, and it is the newest."""
    newest = introduction.versions.order_by("-n").first()
    if newest is None or newest.need_accepted_at is None or newest.achievement_accepted_at is None:
        return _("双方还没有接受同一版条款")
    return None
