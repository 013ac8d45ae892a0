"""Why a step cannot be taken yet. Each is asked as (case, actor, now) and answers a sentence, or None."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.dated import NotInForce
from triplehelix.procedure.cases import applicant, eligibility, judge, kept, law, papers, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import FAILED, PUBLIC
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account


def facts_complete(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Every fact that the applicant or a register gives is there and can be read."""
    errors = judge.problems(case)
    missing = [fact.label for fact in case.award.facts if fact.key in errors and fact.key not in case.facts]
    wrong = [message for key, message in errors.items() if key in case.facts]
    told = [_("还没有填：%(facts)s") % {"facts": "、".join(missing)}] if missing else []
    told += [_("还有没填对的：%(faults)s") % {"faults": "；".join(wrong)}] if wrong else []
    return "；".join(told) or None


def papers_complete(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Every paper that must be there is, or it is said where the original is."""
    if missing := papers.missing(case):
        return _("还缺材料：%(names)s") % {"names": "、".join(missing)}
    return None


def round_is_open(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Applications are taken between two days, to the end of the last."""
    today = timezone.localdate(now)
    if case.round is None or case.round.is_open(today):
        return None
    said = {"from": case.round.opens_on, "to": case.round.closes_on}
    return _("这一批申报时间为 %(from)s 至 %(to)s，现在不能提交") % said


def organisation_confirmed(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Nothing takes effect for an organisation while nobody has checked it and who acts for it."""
    if case.organisation.confirmed_at is not None:
        return None
    said = {"name": case.organisation.name}
    return _("%(name)s还没有经过核实：请先由工作人员核实单位和它的经办人，再办理这一步") % said


def has_project(case: Case, actor: Account | None, now: datetime) -> str | None:
    """A competitive application says what it is about and who leads it."""
    return "；".join(project_missing(case).values()) or None


def project_missing(case: Case) -> dict[str, str]:
    """What a competitive application does not say yet, by field; nothing for any other."""
    found = {}
    if judge.has_panel(case) and case.leader_id is None:
        found["leader"] = _("请填写项目负责人")
    if judge.has_panel(case) and len(case.summary) < 30:
        found["summary"] = _("请用至少 30 个字写明项目内容")
    return found


def may_apply(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Nothing in the round's own rules bars the applicant."""
    barred = [finding.message for finding in eligibility.barring(case, now)]
    return "；".join(barred) or None


def facts_confirmed(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Facts claimed are not facts proven: somebody has compared each with its proof."""
    waiting = [fact.label for fact in judge.to_confirm(case.award) if fact.key not in case.confirmed]
    if waiting:
        return _("还没有逐项核对：%(facts)s") % {"facts": "、".join(waiting)}
    return None


def ground_stands(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Nothing has happened below since that takes the ground from under the case."""
    return next((finding.message for finding in eligibility.ground_gone(case)), None)


def not_barred(case: Case, actor: Account | None, now: datetime) -> str | None:
    """失信、违规: whoever is barred gets no decision and no money, though they might apply when they did."""
    return "；".join(one.message for one in applicant.barred(case, timezone.localdate(now))) or None


def would_be_granted(case: Case, actor: Account | None, now: datetime) -> str | None:
    """The award's own answer, on the day whose law counts; what is given once and what it rests on, looked at anew."""
    if gone := ground_stands(case, actor, now) or law.changed(case):
        return gone
    if before := [*eligibility.given_before(case), *eligibility.paid_back(case), *eligibility.shared(case)]:
        return before[0].message
    if too_many := [*applicant.leads_too_many(case, timezone.localdate(now))]:
        return too_many[0].message
    if why := not_barred(case, actor, now):
        return why
    try:
        found = judge.judged(case, timezone.localdate(now))
    except NotInForce as why:
        return str(why)
    except judge.Unreadable as why:
        return _("事实还不全：") + str(why)
    if found.open:
        return _("标准待定，不能决定：") + "；".join(question.question for question in found.open)
    if found.refused:
        return _("不符合条件：") + "；".join(check.refusal for check in found.refused)
    if found.unknown:
        return without(found.unknown)
    if not case.is_staged and not judge.due(case, found):
        return _("应给的金额是零（没有新的到账、以前已经给足，或不足一元）：请不予支持，写明理由")
    return None


def without(facts: Iterable[str]) -> str:
    """What is said where the amount rests on facts (labels) that nobody has told."""
    return _("缺少%(facts)s，算不出应给的金额：请补上再决定") % {"facts": "、".join(facts)}


def is_decided(case: Case, actor: Account | None, now: datetime) -> str | None:
    """What is made public is what was decided: facts changed since then need a new decision."""
    if case.granted_fen is None:
        return _("还没有作出支持的决定")
    if not kept.is_as_decided(case):
        return _("金额或决定内容与留痕不符，不能办理：请先报审计核对")
    if case.is_staged and sum(one.amount_fen for one in case.milestones.all()) != case.granted_fen:
        return _("决定以后里程碑改过：请重新决定")
    if refused := would_be_granted(case, actor, now):
        return refused
    if judge.as_read(case) != case.decision.get("facts"):
        return _("决定以后事实改过：请先按更正后的事实重新决定")
    return None


def not_given_since(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Wholly back in the treasury, its money kept another case from nothing; found not to be there, it is not kept
    beside what the other was given."""
    if numbers := sorted(number for _why, given in eligibility.given_to_others(case) for number in given):
        said = {"cases": "、".join(dict.fromkeys(numbers))}
        return _("同一事项已另给了 %(cases)s：本件的资金要全部追回；确实不追的，请先撤销或追回另一件") % said
    return None


def not_given_before(case: Case, actor: Account | None, now: datetime) -> str | None:
    """What was in the treasury when this was decided and is found not to be there is another's still."""
    return next((why for why, given in eligibility.given_to_others(case) if given), None)


def within_budget(case: Case, actor: Account | None, now: datetime) -> str | None:
    """What is public of a round and what it has paid stay within the round's own budget. Whoever publishes holds it."""
    if case.round is None or case.round.budget_fen is None:
        return None
    others = case.round.cases.exclude(pk=case.pk)
    public = others.filter(state__in=PUBLIC).aggregate(fen=Sum("granted_fen"))["fen"] or 0
    # Money demanded back goes to the treasury, not into the round again.
    ended = pay.left_for(others.filter(state__in=FAILED))
    left = case.round.budget_fen - int(public) - ended
    if int(case.granted_fen or 0) > left:
        said = {
            "budget": exact(case.round.budget_fen),
            "left": exact(max(left, 0)),
            "asked": exact(case.granted_fen or 0),
        }
        return _("本批预算 %(budget)s 只剩 %(left)s，不够 %(asked)s：请按预算分配，或调整预算") % said
    return None


def on_a_notice(case: Case, actor: Account | None, now: datetime) -> str | None:
    """A notice is published for several cases at once, by the page of notices."""
    item = case.notice_items.select_related("notice").order_by("-pk").first()
    if item is None or item.is_over or item.notice.last < timezone.localdate(now):
        return _("请到“公示公告”选择办件、填写文号后公示")
    return None


def notice_over(case: Case, actor: Account | None, now: datetime) -> str | None:
    """The period is over and no objection is open."""
    item = case.notice_items.select_related("notice").order_by("-pk").first()
    if item is None or timezone.localdate(now) <= item.notice.last:
        return _("公示期还没有结束")
    return objections_answered(case, actor, now)


def objections_answered(case: Case, actor: Account | None, now: datetime) -> str | None:
    if case.objections.filter(answered_at__isnull=True).exists():
        return _("还有异议没有答复")
    return None


def none_upheld(case: Case, actor: Account | None, now: datetime) -> str | None:
    """A notice does not go on as it was when an objection to it was right."""
    item = case.notice_items.order_by("-pk").first()
    if item is not None and item.objections.filter(is_upheld=True).exists():
        return _("有异议成立：请更正后重新公示，或不予支持")
    return None


def not_corrected_yet(case: Case, actor: Account | None, now: datetime) -> str | None:
    return _("已经告知过一次补正：补正只有一次，请受理或不予受理") if case.corrected else None


def has_note(case: Case, actor: Account | None, now: datetime) -> str | None:
    """The reason of a refusal, the finding of a check: written down, not only thought."""
    return None if case.noted else _("请先写明理由或结论")


def review_finished(case: Case, actor: Account | None, now: datetime) -> str | None:
    """What the panel found is recorded with the case."""
    return None if case.review else _("评审还没有结束：请在评审页汇总打分")


def review_supports(case: Case, actor: Account | None, now: datetime) -> str | None:
    """A case passes its review when the panel says so: nobody else's word replaces it."""
    if why := review_finished(case, actor, now):
        return why
    if case.review["selected"]:
        return None
    return _("评审结论不是建议支持：请办理“评审未通过”；评审有误的，请写明理由重新评审")


def agreement_signed(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Number, day, and milestones that come to what is granted."""
    if not case.agreement_number or case.signed_on is None:
        return _("请先登记任务书编号和签订日期")
    total = sum(one.amount_fen for one in case.milestones.all())
    if total != case.granted_fen:
        said = {"total": exact(total), "granted": exact(case.granted_fen or 0)}
        return _("里程碑金额合计 %(total)s，与支持金额 %(granted)s 不等，请改正") % said
    return None


def stages_decided(case: Case, actor: Account | None, now: datetime) -> str | None:
    """一事一议: the decision names every stage before anything is decided here."""
    if case.is_staged and not case.milestones.exists():
        return _("请先按决定书登记各里程碑和金额")
    return None


def evaluated(case: Case, actor: Account | None, now: datetime) -> str | None:
    return None if case.evaluation else _("请先填写绩效自评")
