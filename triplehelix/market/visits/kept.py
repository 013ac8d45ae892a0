"""What the trail keeps of a visit and of what was asked on it: a digest of what was written down and answered."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.visits.models import Ask, Visit

GROUPS = {"visit": _("单位、日期和走访情况"), "met": _("接待人"), "void": _("作废"), "asks": _("诉求")}
ASK_GROUPS = {"ask": _("状态和诉求"), "answer": _("承办和答复")}


def groups(visit: Visit) -> dict[str, Any]:
    """The values of a visit, by the name a difference is told by: its asks as they were brought, which what became of
    them does not change. The need is left out: a draft that nobody touched goes with a visit entered by mistake."""
    return {
        "visit": [str(visit.uuid), visit.digest, visit.organisation_id, visit.visited_on, visit.visitor_id,
                  visit.about, visit.landed_at],
        "met": [visit.met_name, visit.met_phone],
        "void": [visit.void_why, visit.voided_at, visit.voided_by_id],
        "asks": [_brought(ask) for ask in visit.asks.order_by("pk")],
    }  # fmt: skip


def of_ask(ask: Ask) -> dict[str, Any]:
    """The same of one ask."""
    return {
        "ask": [ask.state, ask.version, ask.visit_id, _brought(ask)],
        "answer": [ask.handler, ask.answer, ask.lead_id, ask.answered_by_id, ask.answered_at],
    }


def _brought(ask: Ask) -> list[Any]:
    return [ask.what, ask.text, ask.post, ask.count, ask.level, ask.amount_fen, ask.purpose, ask.needed_by]
