"""A panel as its office reads it over the API: the order of the cases, the seats, leads about experts, the draw."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Schema

from triplehelix.procedure.cases import anonymous
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.panels import finds
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat


class WaitingOut(Schema):
    case: int
    number: str
    title: str
    leaks: int = Field(
        description="places of the text that would give the applicant away; experts read them blacked out"
    )
    has_seats: bool = Field(description="false: it came under review after the draw")


class StandingOut(Schema):
    """A case in the order of the round. `place` null while there are not enough scores."""

    case: int
    number: str
    title: str
    organisation: str
    place: int | None
    mean: str | None
    valid: int
    spread: int | None
    selected: bool
    reasons: list[str]


class SeatOut(Schema):
    """One expert's scoring of one case. `void`: why it does not count, also where the expert must avoid the case by
    now; `short`: the case has too few that count."""

    id: int
    case: int
    number: str
    expert: str
    home: str
    has_account: bool
    total: int | None
    submitted_at: datetime | None
    in_review: bool
    void: str
    short: bool


class FindingOut(Schema):
    """信用线索: counts only once an officer has confirmed it."""

    id: int
    expert: str
    home: str
    kind: str
    words: str
    cases: list[str]
    evidence: str
    other: str
    answer: str = Field(description="confirmed, dismissed; empty while it waits")
    why: str
    answered_at: datetime | None


class LotOut(Schema):
    """A later draw: for cases that came late, or for a substitute."""

    cases: list[str]
    seed: str


class DrawOut(Schema):
    """With the seed and the pool anybody can draw again."""

    sheet: str
    per_case: int
    seed: str
    drawn_at: datetime
    pool_digest: str
    late: list[LotOut]
    replacements: list[LotOut]
    settled_at: datetime | None


class NotDrawnOut(Schema):
    expert: str
    home: str
    why: str


class PanelOut(Schema):
    round: int
    waiting: list[WaitingOut] = Field(description="cases under review without a result")
    not_drawn: list[NotDrawnOut] = Field(description="who would not be drawn for low credit; before the draw")
    draw: DrawOut | None = Field(description="null before the draw")
    order: list[StandingOut]
    seats: list[SeatOut]
    findings: list[FindingOut]


def panel_of(round: Round) -> dict[str, Any]:
    """The panel of a round as its page shows it."""
    held, today = Panel.objects.filter(round=round).first(), timezone.localdate()
    late = {case.pk for case in finds.without_seats(held)} if held else set()
    cases = list(finds.under_review(round))
    leaks = anonymous.leak_counts(cases)
    waiting = [
        {"case": case.pk, "number": case.number, "title": case.title, "leaks": leaks[case.pk],
         "has_seats": held is not None and case.pk not in late}
        for case in cases
    ]  # fmt: skip
    if held is None:
        low = [{"expert": one.name, "home": one.home.name, "why": why} for one, why in finds.not_drawn(today)]
        return {"draw": None, "order": [], "seats": [], "findings": [], "not_drawn": low} | {
            "round": round.pk, "waiting": waiting,
        }  # fmt: skip
    barred = finds.barred_now(held, today)
    return {
        "round": round.pk, "waiting": waiting, "not_drawn": [], "draw": _draw(held),
        "order": [_standing(line, case) for line, case in finds.standings(held, barred)],
        "seats": [_seat(*one) for one in finds.seated(held, barred)],
        "findings": [finding(one) for one in finds.findings(held)],
    }  # fmt: skip


def _draw(held: Panel) -> dict[str, Any]:
    late = [{"cases": one["cases"], "seed": one["seed"]} for one in held.draw.get("late", ())]
    replaced = [
        {"cases": [one["case"]] if one.get("case") else [], "seed": one["seed"]}
        for one in held.draw.get("replacements", ())
    ]
    return {
        "sheet": held.score_sheet.title, "pool_digest": held.draw["pool_digest"], "late": late,
        "replacements": replaced,
        **{name: getattr(held, name) for name in ("per_case", "seed", "drawn_at", "settled_at")},
    }  # fmt: skip


def _standing(line: Mapping[str, Any], case: Case) -> dict[str, Any]:
    own = {"case": case.pk, "number": case.number, "title": case.title, "organisation": case.organisation.name}
    return own | {name: line[name] for name in ("place", "mean", "valid", "spread", "selected", "reasons")}


def _seat(seat: Seat, why: str, short: bool) -> dict[str, Any]:
    return {
        "id": seat.pk, "case": seat.case_id, "number": seat.case.number, "expert": seat.expert.name,
        "home": seat.expert.home.name, "has_account": seat.expert.account_id is not None, "void": why, "short": short,
        **{name: getattr(seat, name) for name in ("total", "submitted_at", "in_review")},
    }  # fmt: skip


def finding(one: CreditFinding) -> dict[str, Any]:
    plain = ("kind", "cases", "evidence", "answer", "why", "answered_at")
    return {
        "id": one.pk, "expert": one.expert.name, "home": one.expert.home.name,
        "words": str(one.get_kind_display()), "other": one.other.name if one.other else "",
        **{name: getattr(one, name) for name in plain},
    }  # fmt: skip
