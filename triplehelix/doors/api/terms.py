"""The terms an office sets over the API: what is in force, what is open, who has set what on which document."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from triplehelix.doors import allowed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.policy.facts import BadFact
from triplehelix.policy.settle import from_plain, to_plain, with_yuan
from triplehelix.policy.terms import Spec
from triplehelix.procedure.terms import actions, finds
from triplehelix.procedure.terms.access import may_settle
from triplehelix.procedure.terms.models import Settled
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["measures"])
VALUE = "by `kind`: money in whole fen; rate as 30% or 2/7; count a whole number; choice a code; "
VALUE += "table whole fen by code; day as 2026-06-30"


class TermOut(Schema):
    """标准. Only what the policy leaves open, or we only propose, stands here."""

    code: str
    label: str
    award: str = Field(description="a code of /api/awards/{code}")
    kind: str = Field(description="money, rate, count, choice, table, day")
    unit: str = Field(description="what a count counts")
    codes: dict[str, str] = Field(description="the codes of a choice or a table, with their names")
    question: str = Field(description="what the policy leaves open; empty where something is proposed")
    mark: str = Field(description="found: another published rule; assumed: our proposal, not official")
    source: str
    is_set: bool = Field(description="by the office, in force today")
    value: Any = Field(description=f"in force today, null while it is open; {VALUE}")
    written: str = Field(description="the value as people read it")


class SettledOut(Schema):
    """One decision of the office. Of two for one first day the later made counts."""

    value: Any
    written: str
    since: date
    document: str
    decided_by: str
    decided_at: datetime


class TermHistoryOut(TermOut):
    may_settle: bool
    history: list[SettledOut] = Field(description="latest decision first")


class SettleIn(shapes.Given):
    """One decision about a term. What was set before stays."""

    value: Any = Field(description=VALUE)
    since: date = Field(description="the first day; no case gets another standard than the one it was judged by")
    document: str = Field(max_length=80, description="决定文件文号")


def _term(one: finds.Standing) -> dict[str, Any]:
    plain = ("code", "label", "kind", "unit", "codes", "question", "mark", "source")
    value = None if one.value is None else to_plain(one.spec, one.value)
    return {name: getattr(one.spec, name) for name in plain} | {
        "award": one.award.code, "is_set": one.is_set, "value": value, "written": one.written,
    }  # fmt: skip


def _settled(spec: Spec, one: Settled) -> dict[str, Any]:
    written = spec.written(from_plain(spec, one.value))
    plain = ("value", "since", "document", "decided_at")
    return {"written": written, "decided_by": str(one.decided_by)} | {name: getattr(one, name) for name in plain}


def _whole(request: Request, code: str) -> dict[str, Any]:
    """The term with its history. Raises Http404 for what is no term that may be set."""
    today = timezone.localdate()
    found = next((one for one in finds.standing(today) if one.spec.code == code), None)
    if found is None:
        raise Http404
    history = [_settled(found.spec, one) for one in finds.history(code)]
    return _term(found) | {"may_settle": may_settle(request.user, today), "history": history}


@router.get("/terms", response=list[TermOut], auth=SIGNED_IN, summary="可设定的标准，未定的在前")
def terms(request: Request) -> Any:
    """For the city, the finance bureau and the auditor; all of the pack in one answer."""
    allowed.terms(request.user)
    return [_term(one) for one in finds.standing(timezone.localdate())]


@router.get(
    "/terms/{code}", response=TermHistoryOut, auth=SIGNED_IN, summary="一项标准和历次设定"
)  # fmt: skip
def term(request: Request, code: str) -> Any:
    allowed.terms(request.user)
    return _whole(request, code)


@router.post("/terms/{code}", response={201: TermHistoryOut}, auth=SIGNED_IN, summary="设定一项标准")
def settle(request: Request, code: str, given: SettleIn) -> Any:
    """By the city's science bureau, on a document."""
    spec = finds.pack().terms.get(code)
    if spec is None or not spec.settable or not may_settle(request.user, timezone.localdate()):
        raise Http404
    try:
        value = with_yuan(spec, given.value)
    except BadFact as why:
        raise Invalid({"value": str(why)}) from why
    actions.settle(
        code=code, value=value, since=given.since, document=given.document, actor=request.user, now=timezone.now()
    )
    return Status(201, _whole(request, code))
