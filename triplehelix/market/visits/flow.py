"""人才、金融诉求的办理流程: handed on to whose business it is, and answered."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.visits.access import OFFICES, OWNER
from triplehelix.market.visits.models import Ask
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM
from triplehelix.records.steps.models import MOST_NOTE


def says_to_whom(case: Ask, actor: Account | None, now: datetime) -> str | None:
    if 2 <= len(case.noted) <= MOST_NOTE:
        return None
    return gettext("请在“说明”里写明转给谁办（2 至 %(most)d 个字）") % {"most": MOST_NOTE}


def says_what(case: Ask, actor: Account | None, now: datetime) -> str | None:
    if 4 <= len(case.noted) <= MOST_NOTE:
        return None
    return gettext("请在“说明”里写明答复（4 至 %(most)d 个字），企业会看到") % {"most": MOST_NOTE}


def handed_to(case: Ask, actor: Account | None, now: datetime) -> None:
    case.handler = case.noted


def answered(case: Ask, actor: Account | None, now: datetime) -> None:
    case.answer, case.answered_by, case.answered_at = case.noted, actor, now


FLOW = Workflow(
    "visit_ask",
    start="open",
    states=(
        State("open", _("待处理")),
        State("passed_on", _("已转办")),
        State("answered", _("已答复"), final=True),
    ),
    steps=(
        Step("pass_on", _("转办"), ("open", "passed_on"), "passed_on", OFFICES, (says_to_whom,), (handed_to,), OWNER),
        Step(
            "answer", _("答复"), ("open", "passed_on"), "answered", (*OFFICES, SYSTEM), (says_what,), (answered,), OWNER
        ),
        # What was answered wrongly, or to another's ask: the firm gets what is right, and the first stays to be read.
        Step(
            "answer_again",
            _("更正答复"),
            "answered",
            "answered",
            OFFICES,
            (says_what,),
            (answered,),
            OWNER,
            corrects=True,
        ),
    ),
)
