"""Inviting, reminding, counting as unanswered."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import finds, terms
from triplehelix.market.introductions.access import ACHIEVEMENT, ASKED, NEED, may_manage
from triplehelix.market.introductions.actions.shared import KIND, Refused, fields, long
from triplehelix.market.introductions.models import WORDS_LENGTH, Introduction
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties.finds import cared_for
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.reference import calendar
from triplehelix.records.steps.actions import take
from triplehelix.records.steps.acts import saved, tell
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

MOST_AT_ONCE = 1000
RULES = {"words": long(WORDS_LENGTH)}


@transaction.atomic
def invite(
    *, need: Need, achievement: Achievement, side: str, actor: Account | None, now: datetime, words: str = "",
    percent: int | None = None,
) -> Introduction:  # fmt: skip
    """引荐: `side` need, achievement or manager asks the other side, or both, to talk.

    A pair has one introduction at a time: asked for again, by whoever has a relation to it, it is the one under way.
    Raises Refused (not published, one organisation on both sides, not the actor's side, the other organisation of the
    pair declined lately), Invalid at `words`.
    """
    cleaned = fields(RULES, {"words": words}, now)
    need, achievement = _locked(need, achievement)
    if need.organisation.standing_id == achievement.organisation.standing_id:
        raise Refused(_("需求和成果是同一单位的，不用引荐"))
    if (running := finds.running(need, achievement).first()) is not None:
        return _known(running, actor, now)
    _look(need, achievement, side, actor, now)
    by_need, by_achievement = (now if side == one else None for one in (NEED, ACHIEVEMENT))
    made = Introduction(
        need=need, achievement=achievement, invited_by_side=side, invited_by=actor, invited_at=now, asked_at=now,
        answer_by=terms.answer_by(timezone.localdate(now)), need_accepted_at=by_need,
        achievement_accepted_at=by_achievement, percent=percent, moved_at=now, state=Introduction.workflow.start,
        **cleaned,
    )  # fmt: skip
    if side == "manager" and _is_manager(actor, now):
        made.manager, made.manager_agreed_at = actor, now
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return _known(finds.running(need, achievement).get(), actor, now)
    data = {"need": need.pk, "achievement": achievement.pk, "side": side, "percent": percent}
    data |= kept.said(made.kept_values())
    trail.record(kind=KIND, id=str(made.pk), verb="invite", actor=actor, now=now, data=data)
    _tell_asked(made, "invite", now)
    return made


def _locked(need: Need, achievement: Achievement) -> tuple[Need, Achievement]:
    """Both listings, so that two invitations of a pair come one after the other: achievements before needs, in the
    order in which the index locks them, or the two would wait for each other."""
    others = Achievement.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    achievement = others.get(pk=achievement.pk)
    rows = Need.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    return rows.get(pk=need.pk), achievement


def _known(found: Introduction, actor: Account | None, now: datetime) -> Introduction:
    if actor is None or found.relations_of(actor, now):
        return found
    raise Refused(_("这一对供需正在引荐中"))


def _is_manager(actor: Account | None, now: datetime) -> bool:
    return actor is not None and finds.managers(timezone.localdate(now)).filter(pk=actor.pk).exists()


def _look(need: Need, achievement: Achievement, side: str, actor: Account | None, now: datetime) -> None:
    """Raises Refused unless this actor may bring these two together from this side, now."""
    for listing, what in ((need, _("需求")), (achievement, _("成果"))):
        if listing.state != "published":
            raise Refused(_("%(what)s没有发布或已过期，请先请发布单位确认") % {"what": what})
    today = timezone.localdate(now)
    if actor is not None and side == "manager":
        if not may_manage(actor, today):
            raise Refused(_("只有技术经理人和市科技局可以替双方引荐"))
    elif actor is not None:
        organisation = need.organisation if side == NEED else achievement.organisation
        _may_act_for(organisation, actor, now)
    days = terms.term("again", today)
    lately = finds.declined(since=today - timedelta(days=days)).filter(need=need, achievement=achievement)
    if side != "manager" and (last := lately.exclude(declined_by_side=side).first()) is not None:
        said = {"day": timezone.localdate(last.ended_at), "days": days}
        raise Refused(_("对方 %(day)s 谢绝过，%(days)d 天之内不再重复邀请；情况有变的，请找技术经理人") % said)
    asked = finds.asked_in_vain(need, achievement, side, now - timedelta(days=days))
    if side != "manager" and asked >= terms.term("asks", today):
        said = {"n": asked, "days": days}
        raise Refused(_("%(days)d 天之内已经邀请过 %(n)d 次，不再重复；可以请技术经理人打电话问一问") % said)


def _may_act_for(organisation: Organisation, actor: Account, now: datetime) -> None:
    if not cared_for(actor, timezone.localdate(now)).filter(pk=organisation.pk).exists():
        raise Refused(_("只能以本单位的需求或成果发起引荐"))
    if organisation.confirmed_at is None:
        raise Refused(_("您的单位还没有经过核实，核实以后才能发起引荐"))


def _tell_asked(introduction: Introduction, verb: str, now: datetime) -> None:
    """Write to everybody who can answer."""
    tell(introduction, verb, (ASKED,), lambda: _question(introduction, verb), now)


def _question(introduction: Introduction, verb: str) -> tuple[str, str]:
    """Who asks, about what, until when."""
    said = {
        "need": introduction.need.title,
        "achievement": introduction.achievement.title,
        "who": _who(introduction),
        "day": introduction.answer_by or _("（放假安排公布后确定）"),
        "words": introduction.words,
    }
    subject = _("请答复引荐：%(need)s") if verb == "invite" else _("还没有答复的引荐：%(need)s")
    lines = [
        _("%(who)s请您看一看这一对供需，并在 %(day)s 以前接受或谢绝。") % said,
        _("需求：%(need)s") % said,
        _("成果：%(achievement)s") % said,
        *([_("对方的话：%(words)s") % said] if introduction.words else []),
        _("请登录后打开“引荐洽谈”。接受以后，双方才看得到对方的联系人；谢绝请选一个原因，对方会收到。"),
    ]
    return subject % said, "\n\n".join(lines) + "\n"


def _who(introduction: Introduction) -> str:
    if introduction.invited_by_side == "manager":
        return _("技术经理人%(name)s") % {"name": introduction.invited_by or ""}
    return introduction.organisation_of(introduction.invited_by_side).name


def remind_due(*, now: datetime) -> int:
    """Write once more to who has not answered shortly before the term ends. Returns about how many introductions."""
    today, done = timezone.localdate(now), 0
    _set_terms(now)
    try:
        until = calendar().add_working_days(today, terms.term("remind", today))
    except MissingYear:
        until = date.max  # in a year nobody knows: later than every term that could be told
    for introduction in finds.waiting().filter(answer_by__gte=today, answer_by__lte=until)[:MOST_AT_ONCE]:
        done += _remind(introduction, now)
    return done


@transaction.atomic
def _remind(introduction: Introduction, now: datetime) -> bool:
    told = {"kind": f"{KIND}.remind", "cause_kind": KIND, "cause_id": str(introduction.pk)}
    if outbox.told(since=introduction.asked_at, **told):
        return False
    _tell_asked(introduction, "remind", now)
    return True


def _set_terms(now: datetime) -> None:
    """Invitations made before next year's working days were known get their term when they are."""
    for introduction in finds.waiting().filter(answer_by__isnull=True)[:MOST_AT_ONCE]:
        if (day := terms.answer_by(timezone.localdate(introduction.asked_at))) is not None:
            with transaction.atomic():
                held = Introduction.objects.select_for_update(of=("self",)).get(pk=introduction.pk)
                if held.answer_by is None and held.state == "invited":
                    held.answer_by = day
                    saved(held, "term", None, now, {"answer_by": str(day)})


def expire_due(*, now: datetime) -> int:
    """Count as unanswered what nobody answered in time, each in its own transaction. Returns how many."""
    done = 0
    for introduction in finds.waiting().filter(answer_by__lt=timezone.localdate(now))[:MOST_AT_ONCE]:
        try:
            take(case=introduction, step="expire", actor=None, now=now, seen_version=introduction.version)
        except Refused:
            continue  # answered a moment ago
        done += 1
    return done
