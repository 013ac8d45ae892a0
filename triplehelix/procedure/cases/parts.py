"""The parts of the standard procedure: a state, the step out of it, and the side ways that hang on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step
from triplehelix.procedure.cases import effects, guards, pay_guards, side_ways
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK, COUNTY, NOTE, UNIT_ADMIN
from triplehelix.records.steps.actions import SYSTEM


@dataclass(frozen=True)
class Part:
    """A state and the step out of it. `more` are further steps, given (this state, the next one)."""

    state: State
    step: tuple[str, Any, frozenset[str]]
    guards: tuple[Callable[..., Any], ...] = ()
    effects: tuple[Callable[..., None], ...] = ()
    tells: tuple[str, ...] = (APPLICANT,)
    more: Callable[[str, str], Iterable[Step]] = lambda here, following: ()
    extra: tuple[State, ...] = ()


def _only(*relations: str) -> frozenset[str]:
    return frozenset(relations)


PARTS: dict[str, Part] = {
    "screen": Part(
        State("screening", _("筛查中")),
        ("invite", _("列入名单"), _only(SYSTEM, CLERK)),
        (guards.would_be_granted,),
        (effects.decide,),
        more=side_ways.screening,
        extra=(State("held", _("暂停核对")),),
    ),
    "confirm": Part(
        State("confirming", _("待单位确认")),
        ("confirm", _("确认账户和承诺"), _only(APPLICANT)),
        (guards.organisation_confirmed, pay_guards.account_good),
        (effects.consent,),
        (CLERK,),
        more=side_ways.confirming,
    ),
    "unit_review": Part(
        State("unit_review", _("单位审核")),
        ("unit_pass", _("单位审核通过"), _only(UNIT_ADMIN)),
        tells=(COUNTY,),
        more=side_ways.back_to_draft(UNIT_ADMIN),
    ),
    "recommend": Part(
        State("recommending", _("待县市区推荐")),
        ("recommend", _("推荐"), _only(COUNTY)),
        (guards.organisation_confirmed,),
        tells=(APPLICANT, CLERK),
        more=side_ways.back_to_draft(COUNTY),
    ),
    "accept": Part(
        State("accepting", _("待受理")),
        ("accept", _("受理"), _only(CLERK)),
        (guards.organisation_confirmed, guards.facts_complete, guards.may_apply),
        (effects.accept,),
        more=side_ways.corrections,
        extra=(State("correcting", _("待补正")),),
    ),
    "check": Part(
        State("checking", _("核对中")),
        ("check", _("核对无误"), _only(CLERK)),
        (guards.organisation_confirmed, guards.facts_confirmed),
        more=side_ways.checks,
    ),
    "review": Part(
        State("reviewing", _("评审中")),
        ("reviewed", _("评审通过"), _only(CLERK)),
        (guards.review_supports,),
        more=side_ways.reviews,
    ),
    "site": Part(
        State("site_check", _("现场核查")), ("site_pass", _("现场核查通过"), _only(CLERK)), NOTE, more=side_ways.site
    ),
    "decide": Part(
        State("deciding", _("待决定")),
        ("decide", _("决定支持"), _only(CLERK)),
        (guards.stages_decided, guards.would_be_granted),
        (effects.decide,),
        more=side_ways.decisions,
    ),
    "notice": Part(
        State("noticing", _("待公示")),
        ("publish_notice", _("公示"), _only(CLERK)),
        (guards.is_decided, guards.within_budget, guards.on_a_notice),
        (effects.promise,),
        more=side_ways.notices,
        extra=(State("on_notice", _("公示中")), State("objected", _("异议处理中"))),
    ),
    "agreement": Part(
        State("agreeing", _("待签任务书")), ("sign", _("任务书已签"), _only(CLERK)), (guards.agreement_signed,)
    ),
    "pay": Part(
        State("paying", _("待拨付")),
        ("paid", _("已到账"), _only(SYSTEM)),
        (pay_guards.has_arrived,),
        (),
        (APPLICANT, CLERK),
        more=side_ways.paying,
        extra=(State("pay_returned", _("银行退回")),),
    ),
    "stages": Part(
        State("running", _("实施中")),
        ("finish", _("里程碑全部完成"), _only(CLERK)),
        (pay_guards.has_arrived,),
        more=side_ways.stages,
        extra=(State("pay_returned", _("银行退回")),),
    ),
    "acceptance": Part(
        State("accepting_results", _("待验收")),
        ("accept_results", _("验收通过"), _only(CLERK)),
        NOTE,
        more=side_ways.acceptance,
    ),
    "evaluate": Part(
        State("evaluating", _("待绩效自评")),
        ("evaluate", _("提交绩效自评"), _only(APPLICANT)),
        (guards.evaluated,),
        (),
        (CLERK,),
        more=side_ways.evaluation,
    ),
}
