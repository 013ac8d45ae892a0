"""What the trail keeps of a review: the lot and the seats with every row about a panel, each score as it was handed in,
made void or stepped aside from, and the ties that bar. What is merely typed is not kept: nobody has judged yet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat, Tie
from triplehelix.records.trail.kept import values

GROUPS = {
    "draw": _("评分表和抽取记录"),
    "seats": _("席位"),
    "score": _("评分"),
    "credit": _("信用线索和认定"),
    "tie": _("关系的两端和期限"),
}


def of_panel(panel: Panel) -> dict[str, Any]:
    """A panel's values, by the name a difference is told by."""
    return {
        "draw": [panel.round_id, panel.sheet, panel.seed, panel.draw, panel.per_case],
        "seats": values(panel.seats, "case", "expert"),
    }


def of_seat(seat: Seat) -> dict[str, Any]:
    """One expert's word on one case."""
    said = [seat.points, seat.comments, seat.answers, seat.total, seat.submitted_at, seat.declared, seat.void]
    return {"score": [seat.panel_id, seat.case_id, seat.expert_id, *said]}


def of_finding(finding: CreditFinding) -> dict[str, Any]:
    """What was seen of an expert, and what an officer said of it."""
    seen = [finding.expert_id, finding.kind, finding.cases, finding.item, finding.other_id, finding.evidence]
    return {"credit": [*seen, finding.answer, finding.why, finding.answered_at]}


def of_tie(tie: Tie) -> dict[str, Any]:
    """Who does not judge whom, and how long."""
    ends = [tie.person_id, tie.other_person_id, tie.unit_id, tie.other_unit_id]
    return {"tie": [tie.kind, *ends, tie.since, tie.until, tie.about, tie.source, tie.void_why]}
