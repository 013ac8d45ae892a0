"""What the trail keeps of an introduction: in every row about it a digest of who answered what, and of the terms.

Answers train the ranking, talks are counted, and a contract is drawn up from the version both sides accepted.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.introductions import models as tables
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.trail.kept import values

GROUPS = {
    "invitation": _("双方、邀请和状态"),
    "answers": _("双方的答复"),
    "manager": _("技术经理人"),
    "meetings": _("洽谈、考察"),
    "terms": _("条款版本"),
    "intent": _("意向"),
    "room": _("留言和文件"),
    "voids": _("作废的意向"),
    "meeting_voids": _("作废的洽谈、考察"),
}


def groups(case: Introduction) -> dict[str, Any]:
    """The values of an introduction, by the name a difference is told by. `moved_at` states nothing and is left out."""
    said = tables.Message.objects.filter(introduction=case).order_by("pk")
    held = tables.Meeting.objects.filter(introduction=case).order_by("pk")
    return {
        "invitation": [case.state, case.version, case.need_id, case.achievement_id, case.invited_by_side,
                       case.invited_by_id, case.invited_at, case.words, case.percent, case.times_asked, case.answer_by],
        "answers": [case.need_accepted_at, case.achievement_accepted_at, case.accepted_at, case.declined_by_side,
                    case.decline_reason, case.decline_words, case.broken_by_side, case.break_reason, case.break_words,
                    case.ended_at],
        "manager": [case.manager_id, case.manager_agreed_at],
        "meetings": [[one.kind, one.planned_at, one.place, one.held_on, one.people, one.notes, one.cancelled_at,
                      one.cancel_why] for one in held],
        "terms": values(
            tables.Version.objects.filter(introduction=case), "n", "side", "mode", "structure", "price_fen", "rows",
            "royalty_ppm", "royalty_base", "equity_bp", "rights", "delivery", "other", "need_accepted_at",
            "need_accepted_by", "achievement_accepted_at", "achievement_accepted_by",
        ),
        "intent": values(
            tables.Intent.objects.filter(introduction=case), "number", "signed_on", "event", "amount_fen", "about",
            "digest",
        ),
        "room": [
            [[one.side, one.said_by_id, one.said_at, one.text] for one in said],
            values(tables.Paper.objects.filter(introduction=case), "side", "title", "file__sha256"),
        ],
        "voids": values(tables.Intent.objects.filter(introduction=case).exclude(void_why=""), "digest", "void_why"),
        "meeting_voids": [[n, one.void_why] for n, one in enumerate(held) if one.void_why],
    }  # fmt: skip
