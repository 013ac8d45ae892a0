"""Trying a round's money over the API before it is promised: four ways to divide it, and what if more come."""

from fractions import Fraction
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors import allowed
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.foundation.money import Fen
from triplehelix.fund.ledger import MOST
from triplehelix.fund.simulate import Scenario
from triplehelix.procedure.cases import trial
from triplehelix.procedure.cases.models import Round

router = Router(tags=["procedure"])


class BudgetTrialIn(Schema):
    budget_fen: int | None = Field(
        None, ge=1, le=MOST, description="none: the round's, or as much as is asked for where it has none"
    )
    growth: int = Field(0, ge=-90, le=900, description="percent more applications; below zero fewer")


class ScenarioOut(Schema):
    """What follows when the money is given out in one way."""

    mode: str = Field(description="Q1 first come, Q2 by rank, Q3 pro rata, Q4 the rest waits for next year")
    label: str
    claims: int
    served: int
    cut: int = Field(description="served with less than they asked for")
    asked_fen: int
    granted_fen: int
    short_fen: int = Field(description="what would have to be added for everybody to get everything")
    refused_fen: int
    queued_fen: int
    left_fen: int


class BudgetTrialOut(Schema):
    """`scenarios` is empty while of nobody it is known how much is due; `asking` counts those too."""

    budget_fen: int | None
    growth: int
    asking: int
    scenarios: list[ScenarioOut]


def _scenario(one: Scenario) -> dict[str, Any]:
    amounts = {f"{name}_fen": int(getattr(one.total, name)) for name in ("asked", "granted", "short", "refused")}
    amounts |= {"queued_fen": int(one.total.queued), "left_fen": int(one.total.left)}
    counts = {name: getattr(one.total, name) for name in ("claims", "served", "cut")}
    return {"mode": one.assumption.mode, "label": str(one.assumption.name)} | counts | amounts


@router.get("/rounds/{int:pk}/trial", response=BudgetTrialOut, auth=SIGNED_IN, summary="试算一个批次的预算")
def try_out(request: Request, pk: int, asked: Query[BudgetTrialIn]) -> Any:
    """Writes nothing. For who reads the fund: finance, the city and the auditor."""
    allowed.fund(request.user)
    round = get_object_or_404(Round, pk=pk)
    known = trial.claims_of(round, timezone.localdate())
    budget = trial.budget_of(round, known) if asked.budget_fen is None else Fen(asked.budget_fen)
    found = trial.tried(round, known, budget, Fraction(asked.growth, 100)) if known else ()
    return {
        "budget_fen": int(budget) if known else asked.budget_fen, "growth": asked.growth,
        "asking": trial.asking(round), "scenarios": [_scenario(one) for one in found],
    }  # fmt: skip
