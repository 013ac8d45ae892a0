"""What the offices do with cases between steps: compare, correct, share, sign."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.policy.facts import read_facts
from triplehelix.procedure.cases import earlier, effects, judge, kept
from triplehelix.procedure.cases.actions.rounds import has_factor
from triplehelix.procedure.cases.actions.shared import line, locked, require_clerk, saved
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.cases.side_ways import CLERK, COUNTY
from triplehelix.procedure.cases.states import DEMANDED, PUBLIC
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept as trail_kept

#: Before a decision is public, what it rests on may be corrected; while an objection is looked into, again.
CORRECTED_IN = frozenset(
    {"screening", "held", "accepting", "checking", "reviewing", "site_check", "deciding", "noticing", "objected"}
)
SHARED_IN = ("confirming", "noticing")
NOTHING = gettext_lazy("名单里还没有应支持的办件")


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
        raise Refused(_("已经公示或办结，不能改事实：公示以后发现错的，请先撤下公示"))
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
    require_clerk(actor, now)
    held = Round.objects.select_for_update().get(pk=round.pk)
    if why := not_shared(held):
        raise Refused(why)
    held.facts = {}
    held.save(update_fields=["facts"])
    cases = list(held.cases.select_for_update(of=("self",)).filter(state__in=SHARED_IN).order_by("pk"))
    full = sum(_full(case, now) for case in cases)
    if not full:
        raise Refused(str(NOTHING))
    assert held.budget_fen is not None  # not_shared asked
    factor = min(Fraction(1), Fraction(held.budget_fen, full))
    if factor < 1:
        held.facts = {"pool_factor": str(factor)}
        held.save(update_fields=["facts"])
    earlier.hold(*cases)
    for case in cases:
        case.round, case.recorded = held, {}
        effects.redecide(case, actor, now)
        saved(case, "share", actor, now, {"factor": str(factor), **case.recorded})
    data = {"budget_fen": held.budget_fen, "full_fen": full, "factor": str(factor), "cases": len(cases)}
    data |= trail_kept.said(kept.of_round(held))
    trail.record(kind=Round.kind, id=str(held.pk), verb="share", actor=actor, now=now, data=data)
    return factor


def not_shared(round: Round) -> str:
    """Why the round's budget cannot be shared out now; "" where it can, if there is anything to support."""
    if round.budget_fen is None:
        return _("这一批没有预算，不用分配")
    if not has_factor(round):
        return _("“%(award)s”不按系数分配") % {"award": round.award.name}
    if round.cases.filter(state__in=PUBLIC + DEMANDED).exists():
        return _("已经有办件公示，不能再改分配系数")
    return "" if round.cases.filter(state__in=SHARED_IN).exists() else str(NOTHING)


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
