"""What the policy promises: the measures, the facts an award wants, and the answer for a case."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from triplehelix.doors.api.callers import PUBLIC
from triplehelix.foundation.dated import NotInForce
from triplehelix.policy.answer import as_json, template, wanted
from triplehelix.policy.award import Award
from triplehelix.policy.decision import BadFacts, decide
from triplehelix.policy.registry import UnknownAward
from triplehelix.procedure.terms.finds import decided, pack

router = Router(tags=["measures"])


class MeasureOut(Schema):
    """One measure; `awards` are the codes of what it pays."""

    code: str
    name: str
    article: str
    quote: str
    who: str
    awards: list[str]


class AwardOut(Schema):
    """One award: the facts it wants, and a sound case to start from."""

    code: str
    name: str
    articles: list[str]
    facts: list[dict[str, Any]]
    template: dict[str, Any]


class AwardCaseIn(Schema):
    """`facts` by the award's own keys; amounts in yuan under keys that end in `_yuan`. `on`: today when left out."""

    facts: dict[str, Any]
    on: date | None = None


class Reason(Schema):
    """A condition that is not met, with its clause; `held`: a clerk has to look first."""

    code: str
    clause: str
    mark: str = Field(description="what says it: policy, found (another rule), decided (by the office), assumed")
    source: str = Field(description="where that is written; empty where the clause itself says it")
    reason: str
    working: str = Field(description="what was compared, in this case's numbers and days; empty where nothing is")
    held: bool


class Question(Schema):
    """A term nobody has decided yet."""

    code: str
    term: str
    question: str


class UnitShareOut(Schema):
    """What one unit of a shared award gets, in fen."""

    id: str
    granted_fen: int


class Answer(Schema):
    """`granted_fen` is null when something is refused, held or open."""

    measure: str
    name: str
    on: date
    granted_fen: int | None
    way: str
    held: bool
    refused: list[Reason]
    open: list[Question]
    steps: list[str]
    shares: list[UnitShareOut] = Field(default_factory=list)


def award_of(code: str) -> Award:
    try:
        return pack().award(code)
    except UnknownAward as why:
        raise HttpError(404, str(why)) from None


@router.get("/measures", response=list[MeasureOut], auth=PUBLIC, summary="政策措施")
def measures(request: HttpRequest) -> Any:
    return [
        {
            "code": one.code,
            "name": one.name,
            "article": one.article.ref,
            "quote": one.article.quote,
            "who": one.who,
            "awards": [award.code for award in one.awards],
        }
        for one in pack().measures
    ]


@router.get("/awards/{code}", response=AwardOut, auth=PUBLIC, summary="一个事项需要的事实")
def award(request: HttpRequest, code: str) -> Any:
    found = award_of(code)
    articles = [article.ref for article in found.articles]
    facts, sound = wanted(found), template(found)
    return {"code": found.code, "name": found.name, "articles": articles, "facts": facts, "template": sound}


def _exactly(text: str) -> Decimal:
    """A number with a point as it was written; what no Decimal holds (1e99999999999999999999) is no number."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("NaN")


@router.post("/awards/{code}/decide", response=Answer, auth=PUBLIC, summary="算出该给多少、为什么")
def answer(request: HttpRequest, code: str, case: AwardCaseIn) -> Any:
    """Nothing is stored. Terms the office has set count from their day."""
    found = award_of(code)
    # Read again: an amount with a point must come as it was written, not as the nearest binary number.
    facts = json.loads(request.body, parse_float=_exactly)["facts"]
    try:
        return as_json(decide(found, facts, case.on or timezone.localdate(), decided()))
    except NotInForce as why:
        raise BadFacts({"on": str(why)}) from None


def refusal(why: BadFacts) -> dict[str, Any]:
    """In the shape all refusals have."""
    return {"message": _("事实不能用"), "fields": why.errors}
