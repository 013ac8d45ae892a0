"""预算绩效自评 of a year over the API: the ledger scores how far the money was spent, people give the other points."""

from decimal import Decimal
from typing import Any

from ninja import Field, Query, Router, Schema

from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.fund import YearIn, pool_of
from triplehelix.fund.selfreview import PARTS, self_review

router = Router(tags=["fund"])
OUTPUT, BENEFIT, SATISFACTION = (PARTS[name][1] for name in ("output", "benefit", "satisfaction"))


class SelfReviewIn(YearIn):
    """Points, with at most two decimals."""

    output: Decimal = Field(ge=0, le=OUTPUT, decimal_places=2, description="产出")
    benefit: Decimal = Field(ge=0, le=BENEFIT, decimal_places=2, description="效益")
    satisfaction: Decimal = Field(ge=0, le=SATISFACTION, decimal_places=2, description="满意度")


class ReviewPartOut(Schema):
    key: str = Field(description="execution, which the ledger scores; output, benefit, satisfaction")
    label: str
    weight: int = Field(description="points there are")
    score: Decimal


class SelfReviewOut(Schema):
    """Points are texts with two decimals."""

    year: int
    budget_fen: int = Field(description="the year's documents, and what was carried into it")
    executed_fen: int = Field(description="paid in the year, returns taken off")
    parts: list[ReviewPartOut]
    total: Decimal
    grade: str = Field(description="优, 良, 中, 差")


@router.get("/fund/review", response=SelfReviewOut, auth=SIGNED_IN, summary="预算绩效自评")
def review(request: Request, asked: Query[SelfReviewIn]) -> Any:
    """For who reads the fund; writes nothing."""
    points = {"output": asked.output, "benefit": asked.benefit, "satisfaction": asked.satisfaction}
    found = self_review(pool_of(request, asked.year), **points)
    return {
        "year": found.year, "budget_fen": int(found.budget), "executed_fen": int(found.executed),
        "parts": found.parts, "total": found.total, "grade": found.grade,
    }  # fmt: skip
