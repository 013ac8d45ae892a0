"""Rounds: opened by the city's science bureau, and put right while they run."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.fund.ledger import MOST
from triplehelix.policy.award import LANES
from triplehelix.policy.facts import Listed
from triplehelix.policy.registry import UnknownAward
from triplehelix.procedure.cases import days, judge, kept
from triplehelix.procedure.cases.actions.shared import line, require_clerk
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.cases.round_history import corrections
from triplehelix.procedure.cases.states import DEMANDED, PUBLIC
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept as trail_kept

#: The most cases one applicant may hand in to a round, and the most a round may support.
MOST_QUOTA, MOST_PLACES = 999, 9999
#: What may be put right while a round runs.
CHANGED = ("closes_on", "budget_fen", "contact", "about")


def _wrong_way(award_code: str, lane: str) -> dict[str, str]:
    """What is wrong with an award and its lane, by field."""
    try:
        award = pack().award(award_code)
    except UnknownAward as why:
        return {"award": str(why)}
    if lane not in award.lanes:
        offered = "、".join(LANES[one] for one in award.lanes)
        return {"lane": _("“%(award)s”的办理方式是：%(offered)s") % {"award": award.name, "offered": offered}}
    if lane == "entitled" and any(isinstance(f, Listed) and f.key not in judge.own(award) for f in award.facts):
        return {"lane": _("“%(award)s”要按单位逐行填表，不能由名单生成，请用快申快享") % {"award": award.name}}
    return {}


def _wrong_numbers(year: int, notice_days: int, quota: int | None, places: int | None) -> dict[str, str]:
    """Which numbers of a round are out of their bounds, by field."""
    errors = {}
    if not 2000 <= year <= 2999:
        errors["year"] = _("年度 %(year)s 不对") % {"year": year}
    if not 1 <= notice_days <= 30:
        errors["notice_days"] = _("公示期应为 1 至 30 个工作日")
    for name, given, most in (("quota", quota, MOST_QUOTA), ("places", places, MOST_PLACES)):
        if given is not None and not 1 <= given <= most:
            errors[name] = _("应为 1 至 %(most)d 项，不限请留空") % {"most": most}
    return errors


@transaction.atomic
def open_round(
    *, award_code: str, lane: str, title: str, year: int, opens_on: date, closes_on: date, actor: Account | None,
    now: datetime, budget_fen: int | None = None, quota: int | None = None, places: int | None = None,
    notice_days: int | None = None, contact: str = "", about: str = "",
) -> Round:  # fmt: skip
    """Open a round of an award; its notices run `notice_days`, or as long as others do.

    Raises Refused, Invalid at `award`, `lane`, `title`, `contact`, `year`, `closes_on`, `budget`, `quota`, `places`,
    `notice_days`.
    """
    require_clerk(actor, now)
    notice_days = days.notice_days() if notice_days is None else notice_days
    errors = _wrong_way(award_code, lane)
    title = line(title, _("批次名称"), 80, errors, "title")
    contact = line(contact, _("咨询电话"), 120, errors, "contact", must=False)
    if closes_on < opens_on:
        errors["closes_on"] = _("截止日期不能早于开始日期")
    errors |= _wrong_budget(budget_fen)
    errors |= _wrong_numbers(year, notice_days, quota, places)
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Round.objects.create(
                award_code=award_code, lane=lane, title=title, year=year, opens_on=opens_on, closes_on=closes_on,
                budget_fen=budget_fen, quota=quota, places=places, notice_days=notice_days, contact=contact,
                about=about.strip()[:3000], created_at=now, created_by=actor,
            )  # fmt: skip
    except IntegrityError:
        raise Invalid({"title": _("本年度这一事项已经有同名批次")}) from None
    data = {"award": award_code, "lane": lane, "opens_on": str(opens_on), "closes_on": str(closes_on)}
    data |= trail_kept.said(kept.of_round(made))
    trail.record(kind=Round.kind, id=str(made.pk), verb="open", actor=actor, now=now, data=data)
    return made


def _wrong_budget(budget_fen: int | None) -> dict[str, str]:
    if budget_fen is not None and budget_fen <= 0:
        return {"budget": _("预算必须大于零；不设预算请留空")}
    if budget_fen is not None and budget_fen > MOST:
        return {"budget": _("预算不超过 %(most)s") % {"most": exact(MOST)}}
    return {}


@transaction.atomic
def change_round(
    *, round: Round, told: Mapping[str, Any], why: str, actor: Account | None, now: datetime, seen: int | None = None
) -> Round:
    """Put a running round right: `told` names what becomes of any of CHANGED. What changed, and why, stays readable.

    Once somebody has begun, the last day only moves later. The budget (fen) holds once a case is public, and is never
    less than what was decided. `seen`: how many corrections whoever asks knew of. Raises Refused (not the clerk; the
    round is over; nothing changed; corrected meanwhile), Invalid at `closes_on`, `budget`, `contact`, `why`.
    """
    require_clerk(actor, now)
    held = Round.objects.select_for_update().get(pk=round.pk)
    today = timezone.localdate(now)
    if seen is not None and seen != corrections(held).count():
        raise Refused(_("别人刚刚修改过这一条，请先看最新内容，再改您的部分"))
    if held.closes_on < today:
        raise Refused(_("批次已经截止，不能再改"))
    asked, errors = _asked(held, told, today)
    why = line(why, _("更正的事由"), 200, errors, "why")
    if errors:
        raise Invalid(errors)
    changed = {name: value for name, value in asked.items() if getattr(held, name) != value}
    if not changed:
        raise Refused(_("没有改动"))
    data = {name: {"from": _plain(getattr(held, name)), "to": _plain(value)} for name, value in changed.items()}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))
    data |= trail_kept.said(kept.of_round(held))
    trail.record(kind=Round.kind, id=str(held.pk), verb="change", actor=actor, now=now, data=data, why=why)
    return held


def _asked(held: Round, told: Mapping[str, Any], today: date) -> tuple[dict[str, Any], dict[str, str]]:
    """What the round is to say, beside what is left as it is, and what is wrong with it by field."""
    asked = {name: told.get(name, getattr(held, name)) for name in CHANGED}
    errors = _wrong_budget(asked["budget_fen"]) | _lowered(held, asked["budget_fen"])
    errors |= _wrong_last_day(held, asked["closes_on"], today)
    asked["contact"] = line(asked["contact"], _("咨询电话"), 120, errors, "contact", must=False)
    asked["about"] = asked["about"].strip()[:3000]
    return asked, errors


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value


def _wrong_last_day(held: Round, closes_on: date, today: date) -> dict[str, str]:
    if closes_on < max(today, held.opens_on):
        return {"closes_on": _("截止日期不能早于今天和开始日期")}
    if closes_on < held.closes_on and held.cases.exists():
        return {"closes_on": _("已经有单位开始填报，截止日期只能推后")}
    return {}


def _lowered(held: Round, budget_fen: int | None) -> dict[str, str]:
    """Whether the budget may become this, by what stands on it already."""
    if budget_fen == held.budget_fen:
        return {}
    if held.cases.filter(state__in=PUBLIC + DEMANDED).exists():
        return {"budget": _("已经有办件公示，不能再改预算")}
    if has_factor(held):
        return {}  # what was decided follows the budget: it is shared out anew
    decided = held.cases.filter(state="noticing").aggregate(n=Sum("granted_fen"))["n"] or 0
    if budget_fen is not None and budget_fen < decided:
        return {"budget": _("已经决定支持 %(decided)s，预算不能低于它") % {"decided": exact(decided)}}
    return {}


def has_factor(round: Round) -> bool:
    """Whether a budget that does not suffice is shared out by a factor."""
    return any(fact.key == "pool_factor" for fact in round.award.facts)
