"""会诊的办理流程: taken up by a manager or given to an expert, judged, and looked at again after the firm answered."""

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.diagnosis import effects, guards
from triplehelix.market.diagnosis.access import DIAGNOSER, MANAGER, OFFICER, OWNER
from triplehelix.records.steps.actions import SYSTEM

#: Asked of every judgement.
JUDGES = (guards.not_own, guards.with_reason)

FLOW = Workflow(
    "diagnosis",
    start="waiting",
    states=(
        State("waiting", _("待会诊")),
        State("taken", _("会诊中")),
        State("refine", _("需完善")),
        State("ready", _("可对接")),
        State("long_term", _("长期")),
        State("dropped", _("不再会诊"), final=True),
    ),
    steps=(
        Step("assign", _("交给专家或经理人"), ("waiting", "taken"), "taken", OFFICER, (guards.has_diagnoser,),
             (effects.note_assigned,), DIAGNOSER),
        Step("take_up", _("我来会诊"), "waiting", "taken", MANAGER, (guards.not_own,),
             (effects.assign_to_actor, effects.note_assigned)),
        Step("release", _("退回，另行分派"), "taken", "waiting", (DIAGNOSER, OFFICER), (guards.with_reason,),
             (effects.unassign,), OFFICER),
        Step("ready", _("可对接"), "taken", "ready", DIAGNOSER, (*JUDGES, guards.all_answered),
             (effects.note_judgement,), OWNER),
        Step("refine", _("需完善"), "taken", "refine", DIAGNOSER, (*JUDGES, guards.has_questions),
             (effects.note_judgement,), OWNER),
        Step("long_term", _("长期"), "taken", "long_term", DIAGNOSER, (*JUDGES, guards.all_answered),
             (effects.note_judgement,), OWNER),
        Step("resubmit", _("答完，再看一次"), "refine", "taken", OWNER, (guards.all_answered,),
             (effects.begin_new_term,), DIAGNOSER),
        Step("recall", _("收回问题，再看一次"), "refine", "taken", (DIAGNOSER, OFFICER), (guards.with_reason,),
             (effects.withdraw_questions, effects.begin_new_term), (DIAGNOSER, OWNER), corrects=True),
        Step("reconsider", _("重新会诊"), ("ready", "long_term"), "taken", OFFICER,
             (guards.with_reason, guards.still_asked), (effects.begin_new_term,), (DIAGNOSER, OWNER)),
        Step("drop", _("需求已撤回或过期"), ("waiting", "taken", "refine", "ready", "long_term"), "dropped", SYSTEM, (),
             (effects.end_term,)),
    ),
)  # fmt: skip
