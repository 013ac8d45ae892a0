"""What the trail keeps of an agreement: in every row about it a digest of what was agreed, by whom, and its end.

Whoever reads the confidential words of a need does so by it.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.nda.models import Agreement

GROUPS = {"parties": _("双方、状态和用途"), "text": _("协议文本和签署件"), "answers": _("答复和终止")}


def groups(case: Agreement) -> dict[str, Any]:
    """The values of an agreement, by the name a difference is told by."""
    return {
        "parties": [case.state, case.version, case.need_id, case.organisation_id, case.purpose, case.asked_by_id,
                    case.asked_at],
        "text": [case.text_version, case.text, case.signed_id],
        "answers": [case.answered_by_id, case.answered_at, case.ended_by_id, case.ended_at],
    }  # fmt: skip
