"""What a step changes. Each is called as (case, actor, now); the taker of steps saves the case after it."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.policy.answer import as_json
from triplehelix.policy.decision import Decision
from triplehelix.procedure.cases import (
    applicant,
    commitment,
    demands,
    earlier,
    judge,
    kept,
    law,
    pay,
    pay_guards,
)
from triplehelix.procedure.cases.days import due_from
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused


def set_due(case: Case, actor: Account | None, now: datetime) -> None:
    """The working days the new state allows; none where no period is set or the year has no calendar yet."""
    case.changed_at = now
    case.due_on = due_from(case.state, timezone.localdate(now))


def hand_in(case: Case, actor: Account | None, now: datetime) -> None:
    """The trail keeps what is handed in, as it is now: the case itself may be changed later. Raises Refused: another
    case of the applicant was handed in at this moment, and the quota is used up."""
    if case.round is not None and case.round.quota is not None:
        earlier.hold_quota(case)  # as the guard has asked, now that nobody else hands in
        if over := [*applicant.over_quota(case)]:
            raise Refused(over[0].message)
    case.recorded["handed_in"] = kept.handed_in(case)


def accept(case: Case, actor: Account | None, now: datetime) -> None:
    """From here on the case stays under the law of this day."""
    law.bind(case, timezone.localdate(now))
    law.remember(case, actor, now)
    case.recorded["law"] = law.said(case)


def mark_corrected(case: Case, actor: Account | None, now: datetime) -> None:
    """补正 is asked for once."""
    case.corrected = True


def forget_review(case: Case, actor: Account | None, now: datetime) -> None:
    """The result falls away, and stays in the trail; the panel's seats are open to be voided and drawn anew."""
    case.review = {}
    case.facts = {key: value for key, value in case.facts.items() if key != judge.PASSED}


def consent(case: Case, actor: Account | None, now: datetime) -> None:
    """The unit has promised, and in which words."""
    case.consented_at = now
    case.recorded |= commitment.recorded(timezone.localdate(now))


def decide(case: Case, actor: Account | None, now: datetime) -> None:
    """Keep the answer as it is given, with every term of its day. Raises Refused: the law is another than when the
    case was accepted; a supplement would be too large; another project of the leader was decided at this moment."""
    today = timezone.localdate(now)
    if changed := law.changed(case):
        raise Refused(changed)
    if not case.declaration:
        law.bind(case, case.judged_on or today)
    law.remember(case, actor, now)
    before = kept.superseded(case)
    earlier.hold(case)
    if case.granted_fen is None:  # decided anew, it is counted already
        _one_of_its_leader(case, now)
    was, case.granted_fen = case.granted_fen, None  # decided anew, it counts anew what others have got
    found, given = judge.judged(case, today), judge.given(case)
    case.decision = as_json(found) | law.said(case)
    case.decision |= {"decided_on": today.isoformat(), "facts": judge.as_read(case)}
    if told := earlier.keys_of(case.award):
        case.decision |= {key: given[key] for key in told}
        case.decision[earlier.COUNTED] = earlier.numbers(case)
    if case.is_staged:
        # What is granted is the whole; the rule's answer is what of it is due now.
        case.granted_fen = sum(one.amount_fen for one in case.milestones.all())
    else:
        case.granted_fen = _due(case, found)
    earlier.not_larger(case, was or 0)
    case.recorded |= kept.recorded(case) | before


def _one_of_its_leader(case: Case, now: datetime) -> None:
    """As the guard has asked, now that nobody else decides about the leader's projects. Raises Refused."""
    earlier.hold_leader(case)
    if too_many := [*applicant.leads_too_many(case, timezone.localdate(now))]:
        raise Refused(too_many[0].message)


def _due(case: Case, found: Decision) -> int | None:
    """What the case gets; of a shared award, said in the decision as its own row. Raises Refused: by now nothing."""
    amount = judge.due(case, found)
    if amount is None:
        if case.award.earlier:
            # Another was decided after the guard had looked, and before this one had its turn.
            raise Refused(_("不符合条件：") + "；".join(check.refusal for check in found.refused))
        return None
    if case.award.shared is not None:
        unit = case.organisation
        case.decision["granted_fen"] = int(amount)
        case.decision["steps"] = [*case.decision["steps"], f"计算：{unit}（{unit.uscc}）的份额 = {amount}"]
    return int(amount)


def refuse(case: Case, actor: Account | None, now: datetime) -> None:
    """Keep why not: the rule's own answer on the facts where it can be computed, and the clerk's words in any case."""
    today = timezone.localdate(now)
    if not case.declaration:
        law.bind(case, case.judged_on or today)
    law.remember(case, actor, now)
    before = kept.superseded(case)
    case.decision = _answer(case, today) | law.said(case) | {"decided_on": today.isoformat(), "why": case.noted}
    case.granted_fen = None
    case.recorded |= kept.recorded(case) | before
    case.recorded["facts_as_sent"] = kept.facts_of(case, case.facts)
    release(case, actor, now)


def _answer(case: Case, today: date) -> dict[str, Any]:
    """The rule's own answer with the facts as read; nothing where they cannot be, or the rule is another by now."""
    if law.changed(case):
        return {}
    try:
        return as_json(judge.judged(case, today)) | {"facts": judge.as_read(case)}
    except ValueError:
        return {}


def release(case: Case, actor: Account | None, now: datetime) -> None:
    """What is promised and not on its way is free again."""
    pay.give_back(case, actor, now)


def take_back_orders(case: Case, actor: Account | None, now: datetime) -> None:
    """What is ordered and not yet with the bank does not go there any more."""
    pay.take_back_orders(case, actor, now)


def revoke(case: Case, actor: Account | None, now: datetime) -> None:
    """The decision to support is taken back before any money has left: what was decided stays with why not."""
    was = {"decided_on": case.decision.get("decided_on"), "granted_fen": case.granted_fen}
    pay.take_back_orders(case, actor, now)
    refuse(case, actor, now)
    case.decision["revoked"] = was
    case.recorded |= kept.recorded(case)


def mark_demand(case: Case, actor: Account | None, now: datetime) -> None:
    """What had come back before, so that it is not mistaken for what this demand brings."""
    case.recorded[demands.BACK_BEFORE] = pay.refunded(case)


def promise_rest(case: Case, actor: Account | None, now: datetime) -> None:
    """A demand is none any more: what it released is promised again, as far as its year is not over. Raises Refused:
    the purse has not enough left; another case has taken off no more than was left of this one."""
    earlier.hold(case)
    earlier.not_larger(case, pay.kept(case))
    if lapsed := pay.promise_rest(case, actor, now):
        case.recorded["lapsed_fen"] = lapsed


def take_off_notice(case: Case, actor: Account | None, now: datetime) -> None:
    """What was made public of the case stays to be read, and says from when it holds no more."""
    item = case.notice_items.select_related("notice").order_by("-pk").first()
    if item is None or item.withdrawn_on is not None:
        return
    case.notice_items.filter(pk=item.pk).update(is_over=True, withdrawn_on=timezone.localdate(now))
    case.recorded["notice"] = item.notice.number


def forget_agreement(case: Case, actor: Account | None, now: datetime) -> None:
    """Signed on a decision that is made anew, it is signed anew; the trail has its number and days."""
    if case.agreement_number:
        case.recorded["agreement"] = [case.agreement_number, str(case.signed_on), str(case.ends_on)]
    case.agreement_number, case.signed_on, case.ends_on = "", None, None


def redecide(case: Case, actor: Account | None, now: datetime) -> None:
    """The facts were corrected: the old promise goes, the decision is made anew."""
    earlier.hold(case)
    pay.give_back(case, actor, now)
    decide(case, actor, now)


def promise(case: Case, actor: Account | None, now: datetime) -> None:
    """Nobody is told of money the purse does not have."""
    if case.granted_fen:
        pay.promise(case, actor, now)


def order_whole(case: Case, actor: Account | None, now: datetime) -> None:
    """Order the whole; what was recalled is ordered anew."""
    if pay.is_recalled(case):
        pay.order_again(case, actor, now)
    elif case.granted_fen:
        pay.order(case, pay.WHOLE, case.granted_fen, actor, now)


def order_due(case: Case, actor: Account | None, now: datetime) -> None:
    """Every milestone reached and not ordered yet, each as an order of its own; and what was recalled."""
    pay.order_again(case, actor, now)
    for milestone in pay_guards.due_milestones(case):
        pay.order(case, str(milestone.seq), milestone.amount_fen, actor, now)


def order_again(case: Case, actor: Account | None, now: datetime) -> None:
    """Order what came back or was recalled anew, to the account as it now stands."""
    pay.order_again(case, actor, now)


def end_notice(case: Case, actor: Account | None, now: datetime) -> None:
    """The notice of this case is over."""
    case.notice_items.filter(is_over=False).update(is_over=True)
