"""The standard procedure, written once; each award takes its part of it (domain §2.1).

A part is a state in which somebody has to act, and the step that ends it. An award's workflow is its parts in a row:
what ends one part leads to the next. Withdrawal, refusal, correction and objection hang on the parts they belong to.
"""

from functools import cache

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.procedure.cases import demands, effects, guards, pay_guards
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.parts import PARTS, Part
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK, FINANCE
from triplehelix.records.steps.actions import SYSTEM

ENDS = (
    # Not final: what the bank returns, however late, opens the case again.
    State("archived", _("已归档")),
    State("rejected", _("不予支持"), final=True),
    State("withdrawn", _("已撤回"), final=True),
    # Nor are these: money that was paid may be demanded back, or more of it.
    State("terminated", _("已终止")),
    State("clawed", _("已追回")),
)
CLOSED, CLAWING = State("closed", _("办结")), State("clawing", _("追回中"))
#: An applicant may take a case back until money is on its way.
WITHDRAWN_FROM = (
    "draft", "unit_review", "recommending", "accepting", "correcting", "checking", "reviewing", "site_check",
    "deciding", "noticing", "agreeing",
)  # fmt: skip
#: Not accepted yet: what the program opened for an applicant it may take back when the reason is gone.
LAPSED_FROM = ("draft", "unit_review", "recommending", "accepting", "correcting")
#: Reviewed, and not decided yet: a conflict that comes to light, or a place that became free, has it reviewed anew.
REVIEWED = ("reviewing", "site_check", "deciding")
#: Where money of the case may be at the bank, or have been.
RETURNED_FROM = ("paying", "running", "accepting_results", "evaluating", "closed", "archived")
#: Made public, and no money with the bank yet: the office that decided may still take its decision back.
REVOKED_FROM = ("on_notice", "agreeing", "paying", "pay_returned")
#: Made public with a mistake, and nothing ordered yet: it is put right and made public anew.
UNPUBLISHED_FROM = ("on_notice", "agreeing", "paying")
#: Money that has left may be demanded back whenever it comes out that it was not due, and more of it later.
DEMANDED_FROM = (
    "running", "pay_returned", "accepting_results", "evaluating", "closed", "archived", "terminated", "clawed",
)  # fmt: skip
#: Taking a demand back, one step for each state it may have come from. Nobody chooses among them: the trail says where
#: the case was (`actions.lift_demand`).
LIFTS = frozenset(map(demands.lift_to, DEMANDED_FROM))
#: Steps that need more than a sentence: an act takes them, or who publishes a notice.
BY_ACT = frozenset({demands.STEP, demands.REOPEN, "publish_notice", "clawed"}) | LIFTS
#: The parts of an ordinary application, in their order.
KNOWN = ("unit_review", "recommend", "accept", "check", "review", "site", "decide", "notice", "agreement")
LANE_PARTS = {
    "entitled": ("screen", "confirm", "notice", "pay"),
    "quick": ("accept", "check", "decide", "notice", "pay"),
    "by_decision": ("check", "decide", "notice", "agreement", "stages", "acceptance", "evaluate"),
}


@cache
def flow_of(lane: str, parts: tuple[str, ...]) -> Workflow:
    """The workflow of a lane with these parts of the procedure. Raises WorkflowError when they do not fit together."""
    row = row_of(lane, parts)
    begins = [] if lane == "entitled" else [State("draft", _("草稿"))]
    states, steps = [*begins], list[Step]()
    if begins:
        steps.append(_submit(lane, PARTS[row[0]].state.code))
    following = [PARTS[part].state.code for part in row[1:]] + ["closed"]
    for name, after in zip(row, following, strict=True):
        part = PARTS[name]
        states += [part.state, *part.extra]
        steps += _steps_of(name, part, after)
    states.append(CLOSED)
    here = {state.code for state in states} | {step.to for step in steps}
    steps += _endings(here)
    steps += _demands(here)
    states += [CLAWING] if any(step.to == "clawing" for step in steps) else []
    reached = {step.to for step in steps}
    return Workflow(
        f"case_{lane}", start=states[0].code, states=(*states, *(end for end in ENDS if end.code in reached)),
        steps=tuple(steps),
    )  # fmt: skip


def row_of(lane: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the parts a lane passes through, in their order."""
    if lane in LANE_PARTS:
        return LANE_PARTS[lane]
    row = tuple(part for part in KNOWN if part in parts)
    row += ("stages",) if "agreement" in parts else ("pay",)
    return row + tuple(part for part in ("acceptance", "evaluate") if part in parts)


def _submit(lane: str, first: str) -> Step:
    asked = (guards.facts_complete, guards.papers_complete, guards.round_is_open, guards.has_project, guards.may_apply)
    by = frozenset({APPLICANT, CLERK} if lane == "by_decision" else {APPLICANT})
    return Step("submit", _("提交"), "draft", first, by, asked, (effects.hand_in, effects.set_due), CLERK)


def _steps_of(name: str, part: Part, after: str) -> list[Step]:
    code, label, by = part.step
    here = part.state.code
    to = "on_notice" if name == "notice" else after
    own = Step(code, label, here, to, by, part.guards, (*part.effects, effects.set_due), part.tells)
    return [own, *part.more(here, after)]


def _endings(here: set[str]) -> list[Step]:
    """What may happen to a case from several states: money come back, taken back, demanded back, put away."""
    ended = (effects.set_due,)
    found = [
        Step("archive", _("归档"), "closed", "archived", (CLERK, SYSTEM), (pay_guards.nothing_under_way,), ended),
    ]
    # A bank may return a payment long after it called it paid.
    held = tuple(code for code in RETURNED_FROM if code in here | {"archived"})
    found.append(Step("pay_returned", _("银行退回"), held, "pay_returned", SYSTEM, (), ended, (APPLICANT, CLERK)))
    if back := tuple(code for code in WITHDRAWN_FROM if code in here):
        found.append(
            Step("withdraw", _("撤回"), back, "withdrawn", APPLICANT, (),
                 (effects.release, effects.take_off_notice, effects.set_due), CLERK)
        )  # fmt: skip
    if lapsed := tuple(code for code in LAPSED_FROM if code in here):
        found.append(
            Step("lapse", _("开办的依据已不存在，撤回"), lapsed, "withdrawn", SYSTEM, (guards.has_note,), ended,
                 (APPLICANT, CLERK))
        )  # fmt: skip
    if "reviewing" in here:
        found.append(
            Step("review_anew", _("重新评审"), tuple(code for code in REVIEWED if code in here), "reviewing", CLERK,
                 (guards.has_note, guards.review_finished), (effects.forget_review, effects.set_due), CLERK)
        )  # fmt: skip
    if "on_notice" in here:
        found.append(_unpublish(tuple(code for code in UNPUBLISHED_FROM if code in here)))
    if revoked := tuple(code for code in REVOKED_FROM if code in here):
        found.append(
            Step("revoke", _("撤销支持决定"), revoked, "rejected", CLERK, (guards.has_note, pay_guards.nothing_left),
                 (effects.revoke, effects.take_off_notice, effects.set_due), (APPLICANT, FINANCE))
        )  # fmt: skip
    return found


def _unpublish(states: tuple[str, ...]) -> Step:
    """What the office finds wrong in its own notice it does not have to wait for an objection to put right."""
    return Step(
        "unpublish", _("撤下公示，更正后重新公示"), states, "noticing", CLERK,
        (guards.has_note, pay_guards.never_ordered),
        (effects.release, effects.take_off_notice, effects.forget_agreement, effects.set_due), APPLICANT,
    )  # fmt: skip


def _demands(here: set[str]) -> list[Step]:
    """Money demanded back, the demand taken back, the money with the treasury."""
    demanded = tuple(code for code in DEMANDED_FROM if code in here | {"archived", "clawed"})
    return [
        Step(
            demands.STEP, _("追回资金"), demanded, "clawing", CLERK,
            (guards.has_note, pay_guards.nothing_sent, demands.money_left),
            (effects.take_back_orders, effects.release, effects.mark_demand, effects.set_due), (APPLICANT, FINANCE),
        ),
        Step(
            "clawed", _("已缴回国库"), "clawing", "clawed", (FINANCE, SYSTEM), (demands.money_back,),
            (effects.set_due,), (APPLICANT, CLERK),
        ),
        Step(
            demands.REOPEN, _("缴款登记有误，继续追回"), "clawed", "clawing", FINANCE, (demands.money_missing,),
            (effects.set_due,), (),
        ),
        *map(_lift, demanded),
    ]  # fmt: skip


def _lift(state: str) -> Step:
    asked = (guards.has_note, demands.came_from(state), demands.is_taken_back, guards.not_given_since)
    if state in demands.ENDED_BEFORE:
        return Step(
            demands.lift_to(state), _("撤销追回"), "clawing", state, CLERK, asked, (effects.set_due,),
            (APPLICANT, FINANCE),
        )  # fmt: skip
    # What was promised and unpaid is promised again, within what the round has left by now.
    return Step(
        demands.lift_to(state), _("撤销追回"), "clawing", state, CLERK, (*asked, guards.within_budget),
        (effects.promise_rest, effects.set_due), (APPLICANT, FINANCE),
    )  # fmt: skip


def flow_of_case(case: Case) -> Workflow:
    """The workflow a case passes through: each award has its own part of the procedure."""
    return flow_of(case.lane, case.award.parts)
