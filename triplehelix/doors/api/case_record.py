"""What a case's page shows beside the case itself, and its files: proofs of milestones, official letters."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema

from triplehelix.doors import allowed, handed
from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.papers import PAPER, answers
from triplehelix.procedure.cases import commitment, eligibility, history, kept, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.documents import official
from triplehelix.procedure.letters.letter import BadLetter
from triplehelix.procedure.openings import finds as openings

router = Router(tags=["procedure"])
#: Who reads the name of somebody who objected.
OFFICE = frozenset({"clerk", "auditor"})


class MilestoneOut(Schema):
    """里程碑. `file`: name of the proof, see …/proofs/{seq}; empty while there is none."""

    seq: int
    name: str
    amount_fen: int
    due_on: date
    proof: str
    file: str
    submitted_at: datetime | None
    reached_at: datetime | None


class CaseNoticeOut(Schema):
    """One notice the case stood on. `withdrawn_on`: from this day it holds no more."""

    notice: int = Field(description="of /notices/{id}")
    number: str
    first: date
    last: date
    amount_fen: int | None
    withdrawn_on: date | None


class CaseObjectionOut(Schema):
    """异议, for the city and the auditor."""

    id: int
    name: str
    phone: str
    text: str
    due_on: date | None
    answered_at: datetime | None
    is_upheld: bool | None
    answer: str


class PaymentOut(Schema):
    """拨付, oldest first; of the account the last four digits."""

    number: str
    key: str
    amount_fen: int
    state: str
    reason: str
    bank: str
    account_tail: str


class DecidedOut(Schema):
    """A decision that holds no more, as it was given."""

    at: datetime
    who: str
    verb: str
    granted_fen: int | None
    edition: str
    why: str
    facts: list[tuple[str, str]]
    steps: list[str]


class ReviewOut(Schema):
    """What the experts' panel found."""

    mean: str
    place: int
    valid: int
    selected: bool
    reasons: list[str]


class EvaluationOut(Schema):
    total: int
    text: str


class PromiseOut(Schema):
    """承诺书 as the unit confirmed it."""

    at: datetime
    who: str
    version: str
    text: str
    digest: str = Field(description="sha-256 of the text")


class LookOut(Schema):
    """What a clerk should look at before going on. `blocks`: the case cannot be accepted with it."""

    code: str
    message: str
    blocks: bool
    cases: list[str] = Field(description="numbers of the cases it rests on")


class RecordOut(Schema):
    id: int
    version: int
    summary: str
    leader: str
    letters: list[str] = Field(description="decision, agreement, payment: those there are by now for the caller")
    milestones: list[MilestoneOut]
    notices: list[CaseNoticeOut]
    objections: list[CaseObjectionOut]
    payments: list[PaymentOut]
    earlier_decisions: list[DecidedOut]
    review: ReviewOut | None
    evaluation: EvaluationOut | None
    promise: PromiseOut | None
    findings: list[LookOut] = Field(description="for the city's officers")
    opening: int | None = Field(description="of /openings/{id}: what opened the case by itself")
    history: list[shapes.LineOut]


def _named(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _milestones(case: Case) -> list[dict[str, Any]]:
    plain = ("seq", "name", "amount_fen", "due_on", "proof", "submitted_at", "reached_at")
    return [
        {"file": one.proof_file.name if one.proof_file else ""} | _named(one, *plain)
        for one in case.milestones.select_related("proof_file")
    ]


def _notices(case: Case) -> list[dict[str, Any]]:
    return [
        {"notice": one.notice_id} | _named(one.notice, "number", "first", "last")
        | _named(one, "amount_fen", "withdrawn_on")
        for one in case.notice_items.select_related("notice").order_by("pk")
    ]  # fmt: skip


def _objections(case: Case, held: frozenset[str]) -> list[dict[str, Any]]:
    names = ("name", "phone", "text", "due_on", "answered_at", "is_upheld", "answer")
    rows = case.objections.order_by("pk") if held & OFFICE else ()
    return [{"id": one.pk} | _named(one, *names) for one in rows]


def _payments(case: Case) -> list[dict[str, Any]]:
    return [
        {"number": f"{case.number}-{n}", "account_tail": one.account_number[-4:]}
        | _named(one, "key", "amount_fen", "state", "reason", "bank")
        for n, one in enumerate(pay.payments_of(case), start=1)
    ]


def _promise(case: Case) -> dict[str, Any] | None:
    made = commitment.made(case) if case.consented_at else None
    if made is None:
        return None
    said = {name: made.data[f"commitment{end}"] for name, end in (("version", ""), ("text", "_text"),
                                                                  ("digest", "_digest"))}  # fmt: skip
    return {"at": made.at, "who": made.actor} | said


@router.get(
    "/cases/{int:pk}/record", response=RecordOut, auth=SIGNED_IN,
    summary="办件的里程碑、公示、异议、拨付、以前的决定和经过",
)  # fmt: skip
def record(request: Request, pk: int) -> Any:
    case, now = allowed.case(request.user, pk), timezone.now()
    held = case.relations_of(request.user, now)
    opening = openings.shown_to(request.user, timezone.localdate(now)).filter(case=case).first()
    return _named(case, "version", "summary") | {
        "id": case.pk,
        "leader": case.leader.name if case.leader else "",
        "letters": official.offered(case, held),
        "milestones": _milestones(case),
        "notices": _notices(case),
        "objections": _objections(case, held),
        "payments": _payments(case),
        "earlier_decisions": [_named(one, *DecidedOut.model_fields) for one in kept.earlier_decisions(case)],
        "review": case.review if case.review.get("mean") else None,
        "evaluation": case.evaluation if case.evaluation.get("total") else None,
        "promise": _promise(case),
        "findings": eligibility.to_look_at(case, now) if "clerk" in held else [],
        "opening": opening.pk if opening else None,
        "history": history.of_case(case),
    }


@router.get(
    "/cases/{int:pk}/proofs/{int:seq}", auth=SIGNED_IN, summary="下载一个里程碑的考核材料",
    openapi_extra=answers(*PAPER),
)  # fmt: skip
def proof(request: Request, pk: int, seq: int) -> Any:
    rows = allowed.case(request.user, pk).milestones.select_related("proof_file")
    found = get_object_or_404(rows, seq=seq, proof_file__isnull=False).proof_file
    assert found is not None
    return handed.paper(found)


@router.get(
    "/cases/{int:pk}/letters/{kind}", auth=SIGNED_IN, summary="下载决定书、任务书或拨款通知（Word）",
    openapi_extra=answers(handed.WORD),
)  # fmt: skip
def letter(request: Request, pk: int, kind: Literal["decision", "agreement", "payment"]) -> Any:
    """Only what `letters` of …/record names is there for the caller."""
    case = allowed.case(request.user, pk)
    try:
        return handed.document(official.of_case(case, kind, case.relations_of(request.user, timezone.now())))
    except (KeyError, BadLetter):
        raise Http404 from None
