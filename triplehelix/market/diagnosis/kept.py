"""What the trail keeps of a diagnosis: in every row about it a digest of its terms, who had it and what was answered.

Whether needs are answered in time is what the desk is judged by (the funnel), and a judgement opens matching or not.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.diagnosis.models import Diagnosis

GROUPS = {
    "term": _("需求、状态和期限"),
    "holder": _("承办"),
    "judgement": _("结论和答复时间"),
    "questions": _("问题和回答"),
}


def groups(case: Diagnosis) -> dict[str, Any]:
    """The values of a diagnosis, by the name a difference is told by."""
    return {
        "term": [case.state, case.version, case.need_id, case.started_at, case.days, case.first_due_on, case.due_on],
        "holder": [case.assigned_to_id, case.assigned_at],
        "judgement": [case.reason, case.judged_by_id, case.judged_at, case.answered_at],
        "questions": [[one.seq, one.text, one.answer, one.asked_at, one.answered_at, one.answered_by_id,
                       one.withdrawn_at]
                      for one in case.questions.order_by("seq")],
    }  # fmt: skip
