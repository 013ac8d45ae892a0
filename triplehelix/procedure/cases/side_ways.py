"""The side ways of the standard procedure: back, corrections, refusals, objections, what the bank returned.

Each is called with a part's state and the next one, and answers the steps that hang on it.
"""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import Step
from triplehelix.procedure.cases import effects, guards, pay_guards
from triplehelix.procedure.cases.late import period_over
from triplehelix.records.steps.actions import SYSTEM

APPLICANT, UNIT_ADMIN, COUNTY, CLERK, FINANCE = "applicant", "unit_admin", "county", "clerk", "finance"
NOTE, DUE = (guards.has_note,), (effects.set_due,)


def back_to_draft(by: str) -> Callable[[str, str], list[Step]]:
    return lambda here, _next: [Step(f"{here}_back", _("退回修改"), here, "draft", by, NOTE, DUE, APPLICANT)]


def corrections(here: str, _next: str) -> list[Step]:
    """补正, once: what is missing is said, the applicant hands it in, the same state goes on. Who has let the period
    pass may still hand it in for as long as the clerk has not ended the case."""
    return [
        Step(
            "ask_correction",
            _("一次性告知补正"),
            here,
            "correcting",
            CLERK,
            (guards.not_corrected_yet, guards.has_note),
            (effects.mark_corrected, effects.set_due),
            APPLICANT,
        ),
        Step(
            "correct",
            _("提交补正"),
            "correcting",
            here,
            APPLICANT,
            (guards.facts_complete, guards.papers_complete),
            (effects.hand_in, effects.set_due),
            CLERK,
        ),
        Step(
            "reject_late",
            _("逾期未补正，不予受理"),
            "correcting",
            "rejected",
            CLERK,
            (guards.has_note, period_over),
            (effects.refuse, effects.set_due),
            APPLICANT,
        ),
        Step(
            "reject_filing", _("不予受理"), here, "rejected", CLERK, NOTE, (effects.refuse, effects.set_due), APPLICANT
        ),
    ]


def checks(here: str, _next: str) -> list[Step]:
    refused = (effects.refuse, effects.set_due)
    return [Step("reject_check", _("核对不通过"), here, "rejected", CLERK, NOTE, refused, APPLICANT)]


def reviews(here: str, _next: str) -> list[Step]:
    refused = (effects.refuse, effects.set_due)
    asked = (guards.review_finished, guards.has_note)
    return [Step("reject_review", _("评审未通过"), here, "rejected", CLERK, asked, refused, APPLICANT)]


def site(here: str, _next: str) -> list[Step]:
    refused = (effects.refuse, effects.set_due)
    return [Step("site_fail", _("现场核查不通过"), here, "rejected", CLERK, NOTE, refused, APPLICANT)]


def decisions(here: str, _next: str) -> list[Step]:
    refused = (effects.refuse, effects.set_due)
    return [Step("reject", _("决定不予支持"), here, "rejected", CLERK, NOTE, refused, APPLICANT)]


def screening(here: str, following: str) -> list[Step]:
    """A candidate whose figures look wrong is held, one that does not qualify is told why not."""
    return [
        Step("hold", _("暂停核对"), here, "held", (SYSTEM, CLERK), NOTE, DUE, CLERK),
        Step("not_entitled", _("不符合条件"), here, "rejected", (SYSTEM, CLERK), (), (effects.refuse, effects.set_due)),
        Step(
            "release_hold",
            _("核对无误，列入名单"),
            "held",
            following,
            CLERK,
            (guards.would_be_granted,),
            (effects.decide, effects.set_due),
            APPLICANT,
        ),
        Step("drop", _("移出名单"), "held", "rejected", CLERK, NOTE, (effects.refuse, effects.set_due), APPLICANT),
    ]


def confirming(here: str, following: str) -> list[Step]:
    return [
        Step("decline", _("放弃享受"), here, "withdrawn", APPLICANT, (guards.organisation_confirmed,), DUE, CLERK),
        Step("hold_again", _("退回核对"), here, "held", CLERK, NOTE, DUE, APPLICANT),
    ]


def notices(here: str, following: str) -> list[Step]:
    """Before a notice the decision may be made anew or turned; then it ends, or an objection stops it."""
    decided = (effects.redecide, effects.set_due)
    refused = (effects.refuse, effects.take_off_notice, effects.set_due)
    ended = (effects.end_notice, effects.set_due)
    return [
        Step(
            "decide_again", _("按更正后的事实重新决定"), here, here, CLERK, (guards.would_be_granted,), decided,
            APPLICANT,
        ),
        Step("reject_decided", _("改为不予支持"), here, "rejected", CLERK, NOTE, refused, APPLICANT),
        Step(
            "end_notice", _("公示期满"), "on_notice", following, (CLERK, SYSTEM), (guards.notice_over,), ended,
            APPLICANT,
        ),
        Step("object", _("收到异议"), "on_notice", "objected", SYSTEM, (), DUE, (CLERK, APPLICANT)),
        *objected(here),
    ]  # fmt: skip


def objected(here: str) -> list[Step]:
    """After an objection the notice goes on as it was, starts anew, or the case ends."""
    answered = guards.objections_answered
    anew = (effects.end_notice, effects.redecide, effects.set_due)
    ended = (effects.refuse, effects.take_off_notice, effects.set_due)
    goes_on, corrected = (answered, guards.none_upheld, guards.is_decided), (answered, guards.would_be_granted)
    return [
        Step("resume", _("异议不成立，继续公示"), "objected", "on_notice", CLERK, goes_on, DUE, APPLICANT),
        Step("restart", _("内容已更正，重新公示"), "objected", here, CLERK, corrected, anew, APPLICANT),
        Step(
            "reject_objected", _("异议成立，不予支持"), "objected", "rejected", CLERK, (answered, guards.has_note),
            ended, APPLICANT,
        ),
    ]  # fmt: skip


def returned(here: str, _next: str) -> list[Step]:
    """What the bank sent back (`flow` says from where) waits for a new account."""
    return [
        Step(
            "new_account",
            _("账户已更正，重新支付"),
            "pay_returned",
            here,
            APPLICANT,
            (
                pay_guards.account_good,
                guards.ground_stands,
                guards.not_given_before,
                guards.not_barred,
                pay_guards.has_come_back,
            ),
            (effects.order_again, effects.set_due),
            (FINANCE, CLERK),
        ),
    ]


def recalled(here: str) -> list[Step]:
    """An order the bank has not got is taken back: for another account, or because the decision is looked at again."""
    return [
        Step(
            "recall",
            _("收回支付单"),
            here,
            here,
            (FINANCE, CLERK),
            (guards.has_note, pay_guards.something_ordered),
            (effects.take_back_orders, effects.set_due),
            (APPLICANT, FINANCE, CLERK),
        )
    ]


def paying(here: str, following: str) -> list[Step]:
    return [
        Step(
            "order",
            _("安排拨付"),
            here,
            here,
            (FINANCE, CLERK),
            (
                pay_guards.account_good,
                guards.ground_stands,
                guards.not_given_before,
                guards.not_barred,
                pay_guards.not_ordered,
            ),
            (effects.order_whole, effects.set_due),
            (APPLICANT, FINANCE),
        ),
        *recalled(here),
        *returned(here, following),
    ]


def stages(here: str, following: str) -> list[Step]:
    """Staged payment: each reached stage is ordered, and nothing beyond one."""
    return [
        Step(
            "pay_stage",
            _("按里程碑拨付"),
            here,
            here,
            (CLERK, FINANCE),
            (pay_guards.account_good, guards.not_given_before, guards.not_barred, pay_guards.something_due),
            (effects.order_due, effects.set_due),
            (APPLICANT, FINANCE),
        ),
        *recalled(here),
        Step(
            "terminate",
            _("终止"),
            (here, "pay_returned"),
            "terminated",
            CLERK,
            (guards.has_note, pay_guards.nothing_under_way),
            (effects.release, effects.set_due),
            APPLICANT,
        ),
        *returned(here, following),
    ]


def acceptance(here: str, _next: str) -> list[Step]:
    given_back = (effects.release, effects.set_due)
    return [Step("fail_results", _("验收不通过"), here, "terminated", CLERK, NOTE, given_back, APPLICANT)]


def evaluation(here: str, following: str) -> list[Step]:
    """A firm that is no more, or does not answer, does not keep its case open for ever."""
    asked = (guards.has_note, period_over)
    return [Step("close_late", _("逾期未自评，办结"), here, following, CLERK, asked, DUE, APPLICANT)]
