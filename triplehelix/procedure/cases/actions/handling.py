"""What the offices do with rounds and cases between steps: open, compare, correct, share, sign, bar."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.fund.ledger import MOST
from triplehelix.policy.award import LANES
from triplehelix.policy.facts import Listed, read_facts
from triplehelix.policy.registry import UnknownAward
from triplehelix.procedure.cases import access, days, effects, guards, judge, kept
from triplehelix.procedure.cases.actions.shared import line, locked, saved
from triplehelix.procedure.cases.models import Barred, Case, Round
from triplehelix.procedure.cases.people import person_named, unit_named
from triplehelix.procedure.cases.side_ways import CLERK, COUNTY
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

ROUND_KIND = "procedure.round"
#: Before a decision is public, what it rests on may be corrected; while an objection is looked into, again.
CORRECTED_IN = frozenset(
    {"screening", "held", "accepting", "checking", "reviewing", "site_check", "deciding", "noticing", "objected"}
)
SHARED_IN = ("confirming", "noticing")
#: The most cases one applicant may hand in to a round, and the most a round may support.
MOST_QUOTA, MOST_PLACES = 999, 9999


def _clerk(actor: Account | None, now: datetime) -> None:
    if actor is not None and not access.is_clerk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以办理"))


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
    _clerk(actor, now)
    notice_days = days.notice_days() if notice_days is None else notice_days
    errors = _wrong_way(award_code, lane)
    title = line(title, _("批次名称"), 80, errors, "title")
    contact = line(contact, _("咨询电话"), 120, errors, "contact", must=False)
    if closes_on < opens_on:
        errors["closes_on"] = _("截止日期不能早于开始日期")
    if budget_fen is not None and budget_fen <= 0:
        errors["budget"] = _("预算必须大于零；不设预算请留空")
    elif budget_fen is not None and budget_fen > MOST:
        errors["budget"] = _("预算不超过 %(most)s") % {"most": Fen(MOST)}
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
    trail.record(kind=ROUND_KIND, id=str(made.pk), verb="open", actor=actor, now=now, data=data)
    return made


@transaction.atomic
def confirm_facts(*, case: Case, keys: Iterable[str], actor: Account, now: datetime, seen_version: int) -> Case:
    """Say that these facts were compared with their proof; a fact changed later has to be compared again."""
    case = locked(case, actor, now, by=frozenset({CLERK, COUNTY}), seen=seen_version)
    if CLERK not in case.relations_of(actor, now):
        raise Refused(_("事实由市科技局经办人核对"))
    known = {fact.key for fact in judge.asked(case.award)}
    chosen = [key for key in dict.fromkeys(keys) if key in known and key not in case.confirmed]
    if unreadable := sorted(set(chosen) & judge.problems(case).keys()):
        raise Refused(_("还没有填对的事实不能核对：%(keys)s") % {"keys": "、".join(unreadable)})
    for key in chosen:
        case.confirmed[key] = {"by": actor.pk, "name": str(actor), "at": now.isoformat()}
    return saved(case, "confirm_facts", actor, now, {"facts": chosen})


@transaction.atomic
def correct_facts(
    *, case: Case, facts: Mapping[str, Any], actor: Account | None, now: datetime, why: str,
    seen_version: int | None = None,
) -> Case:  # fmt: skip
    """The clerk enters what the procedure finds (a review's result, an approved amount) or puts a fact right.

    Raises Refused (not the clerk; decided already; no reason), Invalid by key.
    """
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    if case.state not in CORRECTED_IN:
        raise Refused(_("已经公示或办结，不能改事实：有异议的先暂停公示"))
    if not why.strip():
        raise Refused(_("请写明更正的依据"))
    entered = judge.own(case.award) | ({judge.PASSED} if judge.has_panel(case) else set())
    known = {fact.key: fact for fact in case.award.facts if fact.key not in entered}
    chosen = {key: value for key, value in facts.items() if key in known}
    _values, errors = read_facts(tuple(known[key] for key in chosen), chosen)
    errors |= {str(key): _("没有这一项事实") for key in facts if key not in known}
    if errors:
        raise Invalid(errors)
    said = {"from": kept.facts_of(case, {key: case.facts.get(key) for key in chosen})}
    said["to"] = kept.facts_of(case, chosen)
    case.facts |= chosen
    stamp = {"by": getattr(actor, "pk", None), "name": str(actor or ""), "at": now.isoformat()}
    case.confirmed |= dict.fromkeys(chosen, stamp)
    return saved(case, "correct_facts", actor, now, said, why)


@transaction.atomic
def share_pool(*, round: Round, actor: Account | None, now: datetime) -> Fraction:
    """When the round's budget does not suffice, everybody gets the same part (Q3): the factor, exact, becomes a fact of
    the round, and every case not yet public is decided anew. Answers the factor; 1 when the budget suffices.

    Raises Refused: no budget, nothing to share, an award without a factor, cases already public.
    """
    _clerk(actor, now)
    held = Round.objects.select_for_update().get(pk=round.pk)
    if held.budget_fen is None:
        raise Refused(_("这一批没有预算，不用分配"))
    if not any(fact.key == "pool_factor" for fact in held.award.facts):
        raise Refused(_("“%(award)s”不按系数分配") % {"award": held.award.name})
    if held.cases.filter(state__in=guards.PUBLIC + guards.DEMANDED).exists():
        raise Refused(_("已经有办件公示，不能再改分配系数"))
    held.facts = {}
    held.save(update_fields=["facts"])
    cases = list(held.cases.select_for_update(of=("self",)).filter(state__in=SHARED_IN).order_by("pk"))
    full = sum(_full(case, now) for case in cases)
    if not full:
        raise Refused(_("名单里还没有应支持的办件"))
    factor = min(Fraction(1), Fraction(held.budget_fen, full))
    if factor < 1:
        held.facts = {"pool_factor": str(factor)}
        held.save(update_fields=["facts"])
    for case in cases:
        case.round, case.recorded = held, {}
        effects.redecide(case, actor, now)
        saved(case, "share", actor, now, {"factor": str(factor), **case.recorded})
    data = {"budget_fen": held.budget_fen, "full_fen": full, "factor": str(factor), "cases": len(cases)}
    trail.record(kind=ROUND_KIND, id=str(held.pk), verb="share", actor=actor, now=now, data=data)
    return factor


def _full(case: Case, now: datetime) -> int:
    """What the case would get if the money sufficed."""
    return int(judge.judged(case, timezone.localdate(now), in_full=True).granted or 0)


@transaction.atomic
def sign_agreement(
    *, case: Case, number: str, signed_on: date, ends_on: date, actor: Account, now: datetime, seen_version: int
) -> Case:
    """Record the agreement (任务书、协议). Raises Refused, Invalid at `number`, `signed_on`, `ends_on`."""
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    if case.state != "agreeing":
        raise Refused(_("现在不是签任务书的时候"))
    errors: dict[str, str] = {}
    case.agreement_number = line(number, _("任务书编号"), 60, errors, "number")
    if signed_on > timezone.localdate(now):
        errors["signed_on"] = _("签订日期不能晚于今天")
    elif signed_on < (decided := date.fromisoformat(case.decision["decided_on"])):
        errors["signed_on"] = _("签订日期不能早于作出决定的 %(day)s") % {"day": decided}
    if ends_on <= signed_on:
        errors["ends_on"] = _("截止日期应晚于签订日期")
    if errors:
        raise Invalid(errors)
    case.signed_on, case.ends_on = signed_on, ends_on
    return saved(case, "agreement", actor, now, {"number": number, "signed_on": str(signed_on)})


@transaction.atomic
def bar(
    *, who: str, since: date, until: date, reason: str, document: str, actor: Account, now: datetime
) -> Barred:  # fmt: skip
    """Bar a unit or a person, by name or credit code, from applying (失信、违规). Raises Refused, Invalid by field."""
    _clerk(actor, now)
    errors: dict[str, str] = {}
    said = {
        "reason": line(reason, _("事由"), 200, errors, "reason"),
        "document": line(document, _("依据文件"), 80, errors, "document"),
    }
    ends: dict[str, Any] = {}
    try:
        ends["organisation"] = unit_named(who)
    except ValueError as no_unit:
        try:
            ends["person"] = person_named(who)
        except ValueError as no_person:
            errors["who"] = f"{no_unit}；{no_person}"
    if until < since:
        errors["until"] = _("结束日期不能早于开始日期")
    if errors:
        raise Invalid(errors)
    made = Barred.objects.create(since=since, until=until, recorded_by=actor, **said, **ends)
    data = {"who": str(made.organisation or made.person), "until": str(until), "document": made.document}
    trail.record(kind="procedure.barred", id=str(made.pk), verb="bar", actor=actor, now=now, data=data, why=made.reason)
    return made
