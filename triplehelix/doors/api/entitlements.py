"""What the caller's organisation is owed or why not, award by award, with the missing fact named."""

from datetime import date
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.listings import own_organisation
from triplehelix.doors.api.measures import Question, Reason
from triplehelix.policy.answer import as_json
from triplehelix.procedure.cases.entitled import Entitlement, entitlements

router = Router(tags=["procedure"])


class OfFirm(Schema):
    organisation: str = Field(max_length=18, description="统一社会信用代码 of one of the caller's organisations")


class OwnCaseOut(Schema):
    id: int
    number: str
    title: str
    state: str
    granted_fen: int | None


class OpenRoundOut(Schema):
    id: int
    title: str
    closes_on: date


class MissingOut(Schema):
    key: str
    label: str


class ForecastOut(Schema):
    """What the known facts come to: no application and no decision. `granted_fen` null when refused or open."""

    granted_fen: int | None
    refused: list[Reason]
    open: list[Question]


class EntitlementOut(Schema):
    award: str
    name: str
    lanes: list[str]
    cases: list[OwnCaseOut]
    rounds: list[OpenRoundOut] = Field(description="open today; POST /rounds/{id}/cases")
    missing: list[MissingOut]
    told: int = Field(description="how many of the facts are known")
    of: int
    answer: ForecastOut | None = Field(description="null while facts are missing, or before the award is in force")


def _shown(one: Entitlement) -> dict[str, Any]:
    cases = [
        {name: getattr(case, name) for name in ("number", "title", "state")}
        | {"id": case.pk, "granted_fen": None if case.state == "withdrawn" else case.granted_fen}
        for case in one.cases
    ]
    return {
        "award": one.award.code, "name": one.award.name, "lanes": list(one.award.lanes), "cases": cases,
        "rounds": [{"id": row.pk, "title": row.title, "closes_on": row.closes_on} for row in one.rounds],
        "missing": [{"key": fact.key, "label": fact.label} for fact in one.missing],
        "told": one.told, "of": one.of, "answer": as_json(one.answer) if one.answer else None,
    }  # fmt: skip


@router.get(
    "/entitlements",
    response=list[EntitlementOut],
    auth=SIGNED_IN,
    summary="我的权益：能得到什么、差什么",
)
def own(request: Request, asked: Query[OfFirm]) -> Any:
    """What concerns the firm first: its cases, then what it may apply for, then the rest."""
    organisation = own_organisation(request, asked.organisation.replace("\x00", ""))
    return [_shown(one) for one in entitlements(organisation, timezone.localdate())]
