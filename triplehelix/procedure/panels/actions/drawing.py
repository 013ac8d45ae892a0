"""What the science bureau does with a panel: draw it, void and replace seats, sum it up."""

from collections.abc import Sequence
from dataclasses import replace as changed
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import judge
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.panels import credit, finds, lots, relations, terms, told
from triplehelix.procedure.panels.access import require_clerk
from triplehelix.procedure.panels.kept import of_panel, of_seat
from triplehelix.procedure.panels.models import Panel, Seat
from triplehelix.procedure.review import scores, sheets
from triplehelix.procedure.review.draw import Draw, draw, new_seed
from triplehelix.procedure.review.panel import NoPanel
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept
from triplehelix.records.wording import as_recorded

KIND = "procedure.panel"


@transaction.atomic
def draw_panel(
    *, round: Round, sheet: str, size: int, per_case: int, outside: Fraction, actor: Account | None, now: datetime,
    seed: str | None = None,
) -> Panel:  # fmt: skip
    """Draw a panel by lot for the cases under review, and assign `per_case` of it to each case.

    Raises Refused with the rule that cannot be kept, Invalid at `sheet`.
    """
    held = Round.objects.select_for_update().get(pk=round.pk)
    require_clerk(held, actor, now)
    cases = list(finds.under_review(held))
    if Panel.objects.filter(round=held).exists():
        raise Refused(_("这一批已经抽取过专家；需要更换的，请补抽"))
    if not cases:
        raise Refused(_("这一批还没有进入评审的办件"))
    if sheet not in terms.score_sheets():
        raise Invalid({"sheet": _("没有这张评分表；有：%(sheets)s") % {"sheets": "、".join(terms.score_sheets())}})
    seed = seed or new_seed()
    found = lots.drawn(cases, size=size, per_case=per_case, outside=outside, seed=seed, on=timezone.localdate(now))
    made = Panel.objects.create(
        round=held, sheet=_sheet_for(sheet).as_data(), seed=seed, draw=found.log.as_data() | {"outside": str(outside)},
        per_case=per_case, assignment=found.assignment, drawn_at=now, drawn_by=actor,
    )  # fmt: skip
    _seat(made, found, cases, "draw", actor, now)
    return made


@transaction.atomic
def draw_late(*, panel: Panel, actor: Account | None, now: datetime, seed: str | None = None) -> list[Case]:
    """Draw by a new lot, under the panel's own rules, for the cases that came under review after the draw (补正).

    Raises Refused when there are none, or with the rule that cannot be kept.
    """
    held = Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=panel.pk)
    require_clerk(held.round, actor, now)
    cases = list(finds.without_seats(held))
    if not cases:
        raise Refused(_("没有需要补抽专家的办件"))
    seed = seed or new_seed()
    found = lots.drawn(
        cases, size=held.size, per_case=held.per_case, outside=held.outside_share, seed=seed,
        on=timezone.localdate(now), panel=held,
    )  # fmt: skip
    log = found.log.as_data() | {"cases": [case.number for case in cases], "assignment": found.assignment}
    held.draw = {**held.draw, "late": [*held.draw.get("late", []), log]}
    held.save(update_fields=["draw"])
    _seat(held, found, cases, "draw_late", actor, now)
    return cases


def _sheet_for(code: str) -> sheets.ScoreSheet:
    found = terms.score_sheets()[code]
    return found.with_indicators([str(_("方案满足榜单全部指标"))]) if found.needs_indicators else found


def _seat(
    panel: Panel, found: lots.Lots, cases: Sequence[Case], verb: str, actor: Account | None, now: datetime
) -> None:
    """The experts drawn take their seats and are told so, and the trail tells the lot."""
    made = Seat.objects.bulk_create(
        Seat(panel=panel, case_id=int(case), expert_id=int(expert))
        for case, group in found.seats.items()
        for expert in group
    )
    data = {
        "seed": found.log.seed, "panel": list(found.log.panel), "cases": [case.number for case in cases],
        **kept.said(of_panel(panel)),
    }  # fmt: skip
    trail.record(kind=KIND, id=str(panel.pk), verb=verb, actor=actor, now=now, data=data)
    told.tell_experts(panel, made, now)


def _clerks_seat(seat: Seat, actor: Account | None, now: datetime) -> Seat:
    """The seat with its panel, both locked, the panel first as `settle` does. Raises Refused: not the clerk of its
    review, or it is over."""
    panel = Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=seat.panel_id)
    held = Seat.objects.select_for_update(of=("self",)).select_related("case").get(pk=seat.pk)
    require_clerk(panel.round, actor, now)
    if not held.in_review:
        raise Refused(_("这一项的评审已经结束，席位不能再变"))
    held.panel = panel
    return held


@transaction.atomic
def void_score(*, seat: Seat, reason: str, actor: Account, now: datetime, absent: bool = False) -> Seat:
    """A conflict was found after scoring: the score is void, and the panel of this case is counted again. `absent`: the
    expert neither scored nor asked to be excused, which is a lead for the credit record.

    Raises Refused: the review is over, or `absent` of a score that was handed in or stepped aside from; Invalid at
    `reason`.
    """
    held = _clerks_seat(seat, actor, now)
    reason = " ".join(reason.split())
    if not 4 <= len(reason) <= 200:
        raise Invalid({"reason": _("请写明作废的原因，4 至 200 个字")})
    if absent:
        if held.submitted_at is not None or held.declared:
            raise Refused(_("这位专家已经提交评分或申请回避，不能记为没有评审"))
        credit.absent(held, now)
    return _void(held, reason, actor, now)


def _void(seat: Seat, reason: str, actor: Account | None, now: datetime) -> Seat:
    seat.void = reason
    seat.save(update_fields=["void"])
    data = kept.said(of_seat(seat))
    trail.record(kind=Seat.kind, id=str(seat.pk), verb="void", actor=actor, now=now, data=data, why=reason)
    return seat


@transaction.atomic
def replace(*, seat: Seat, actor: Account, now: datetime, seed: str | None = None) -> Seat:
    """Draw a substitute by a new lot, among those of the pool without a seat here. Raises Refused.

    For a void seat, or for one whose expert must avoid the case by now: that seat becomes void.
    """
    held = _clerks_seat(seat, actor, now)
    panel, today = held.panel, timezone.localdate(now)
    with as_recorded():
        why = finds.barred_now(panel, today).get(held.pk)
    if why:
        _void(held, why, actor, now)
    if not held.void:
        raise Refused(_("只能为作废的席位补抽专家"))
    seed = seed or new_seed()
    drawn, new = _substitute(held, seed, today)
    made = Seat.objects.create(panel=panel, case=held.case, expert_id=new)
    log = drawn.as_data() | {"case": held.case.number}
    panel.draw = {**panel.draw, "replacements": [*panel.draw.get("replacements", []), log]}
    panel.save(update_fields=["draw"])
    data = {
        "case": held.case.number, "seed": seed, "from": held.expert_id, "to": new, **kept.said(of_panel(panel)),
    }  # fmt: skip
    trail.record(kind=KIND, id=str(panel.pk), verb="replace", actor=actor, now=now, data=data)
    told.tell_experts(panel, [made], now)
    return made


def _substitute(seat: Seat, seed: str, today: date) -> tuple[Draw, int]:
    """The lot for this seat, and the number of the expert it falls on: one seat at a time, so of the panel that stays
    everybody is kept. Raises Refused: every seat of the case is filled, or nobody can be drawn under the rules."""
    panel = seat.panel
    seats = list(Seat.objects.filter(case=seat.case_id).select_related("expert__home"))
    people = list(finds.pool())
    reasons = {expert: why for (expert, _case), why in relations.barred(people, [seat.case], today).items()}
    taken = {str(one.expert_id) for one in seats}
    # Low credit keeps from being drawn; it takes nobody's seat.
    reasons |= {expert: why for expert, why in credit.not_drawn(people, today).items() if expert not in taken}
    reasons |= {str(one.expert_id): str(one.void) for one in seats if one.void}
    keep = [relations.candidate(one.expert) for one in seats if str(one.expert_id) not in reasons]
    if len(keep) >= panel.per_case:
        raise Refused(_("这一项的专家已经补齐"))
    rules = terms.panel_rules(today, size=panel.per_case, outside_share=panel.outside_share)
    pool = [relations.candidate(one) for one in people]
    try:
        drawn = draw(pool, changed(rules, pool_factor=1), seed, barred=reasons, keep=keep)
    except NoPanel as why:
        raise Refused(str(why)) from why
    return drawn, next(int(expert) for expert in drawn.panel if expert not in taken)


def _named(seat: Seat) -> str:
    """Whose seat: two experts may have one name, so the employer stands beside it."""
    return f"{seat.case.number} {seat.expert}（{seat.expert.home}）"


@transaction.atomic
def settle(*, panel: Panel, actor: Account | None, now: datetime) -> scores.Ranking:
    """Put the scores together: each case under review gets its result, and the fact that it is recommended or not.
    Scores of experts who must avoid their case by now are void.

    Raises Refused with the cases that have no experts or too few valid scores, or a score still open.
    """
    held = Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=panel.pk)
    require_clerk(held.round, actor, now)
    # Locked, so that none is withdrawn while it takes a place.
    cases = {case.pk: case for case in finds.under_review(held.round).select_for_update(of=("self",))}
    if not cases:
        raise Refused(_("没有等待汇总的办件"))
    if missing := [case.number for case in finds.without_seats(held)]:
        raise Refused(_("还有没分配专家的办件：%(cases)s，请先补抽") % {"cases": "、".join(missing)})
    with as_recorded():
        barred = finds.barred_now(held, timezone.localdate(now))
        ranking = finds.ranking(held, barred)
    seats = held.seats.select_related("expert__home", "case")
    waiting = seats.filter(submitted_at__isnull=True, void="", case__in=cases).exclude(pk__in=barred)
    if late := [_named(seat) for seat in waiting]:
        raise Refused(_("还有没提交的评分：%(late)s") % {"late": "、".join(late[:10])})
    found = list(seats.filter(pk__in=barred))
    if not ranking.complete:
        short = [line.result for line in ranking.lines if line.place is None]
        told = [f"{one.case}：{'，'.join(one.reasons)}" for one in short]
        told += [f"{_named(seat)}：{barred[seat.pk]}" for seat in found]
        raise Refused("；".join(told))
    for seat in found:
        _void(seat, barred[seat.pk], actor, now)
    for line in ranking.lines:
        _record(cases[line.submission], line, actor, now)
    held.settled_at = now
    held.save(update_fields=["settled_at"])
    order = [[line.submission, str(line.result.mean), line.selected] for line in ranking.lines]
    data = {"order": order, **kept.said(of_panel(held))}
    trail.record(kind=KIND, id=str(held.pk), verb="settle", actor=actor, now=now, data=data)
    credit.look(held, now)
    return ranking


def _record(case: Case, line: scores.Ranked, actor: Account | None, now: datetime) -> None:
    case.review = finds.outcome(line)
    if any(fact.key == judge.PASSED for fact in case.award.facts):
        case.facts[judge.PASSED] = line.selected
    case.version += 1
    case.save(update_fields=["review", "facts", "version"])
    data = {**case.review, **kept.said(case.kept_values())}
    trail.record(kind=Case.kind, id=str(case.pk), verb="review", actor=actor, now=now, data=data)
