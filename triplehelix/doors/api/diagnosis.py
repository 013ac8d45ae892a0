"""会诊 of needs over the API: who judges, what was found, what the firm was asked and answered."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.needs import WordsOut, stepped, words_of
from triplehelix.market.diagnosis import actions, finds
from triplehelix.market.diagnosis.access import closed as closed_to
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.records.parties.models import Account

router = Router(tags=["needs"])


class DiagnosisAskedOut(Schema):
    seq: int
    text: str
    answer: str
    answered: bool
    withdrawn: bool = Field(description="asked by mistake: there is nothing to answer any more")


class DiagnosisOpenedOut(WordsOut):
    questions: list[DiagnosisAskedOut]


class PromiseIn(shapes.Given):
    promised: bool = Field(description="that the words are kept secret and used for this diagnosis alone")


class DiagnosisOut(Schema):
    id: int
    need: int
    title: str
    organisation_name: str
    state: str
    version: int
    started_at: datetime
    due_on: date | None = Field(description="last day of the term running; null where no calendar tells it")
    answered_at: datetime | None
    reason: str
    questions: list[DiagnosisAskedOut] = Field(
        description="of a confidential need without text and answer, but for its firm"
    )


class JudgeIn(shapes.Given):
    seen_version: int
    outcome: Literal["ready", "refine", "long_term"]
    reason: str = Field(max_length=2000)
    questions: list[str] = Field([], max_length=10)
    not_alike: bool = False


class AnswersIn(shapes.Given):
    seen_version: int
    answers: dict[int, str] = Field(description="by the number of the question")


class DiagnosisAssignIn(shapes.Given):
    seen_version: int
    to: str = Field(description="e-mail of a technology manager or an expert with an account")


def _diagnosis(request: Request, one: Diagnosis) -> dict[str, Any]:
    plain = ("state", "version", "started_at", "due_on", "answered_at", "reason")
    closed = closed_to(one, request.user, timezone.localdate())
    return {
        "id": one.pk, "need": one.need_id, "title": one.need.title, "organisation_name": one.need.organisation.name,
        **{name: getattr(one, name) for name in plain},
        "questions": [asdict(row) for row in finds.asked(one, closed=closed)],
    }  # fmt: skip


def _open(request: Request, pk: int) -> Diagnosis:
    return get_object_or_404(finds.shown_to(request.user, timezone.localdate()), pk=pk)


@router.get("/diagnosis", response=dict[str, Any], auth=SIGNED_IN, summary="需求会诊")
def diagnosis_list(request: Request, part: Query[shapes.Part]) -> Any:
    rows = finds.shown_to(request.user, timezone.localdate()).prefetch_related("questions")
    return shapes.cut(rows, part, lambda row: _diagnosis(request, row))


@router.get("/diagnosis/{int:pk}", response=DiagnosisOut, auth=SIGNED_IN, summary="一条需求的会诊")
def one_diagnosis(request: Request, pk: int) -> Any:
    return _diagnosis(request, _open(request, pk))


@router.post(
    "/diagnosis/{int:pk}/text", response=DiagnosisOpenedOut, auth=SIGNED_IN,
    summary="会诊时打开保密正文、问题和回答（留痕）",
)  # fmt: skip
def diagnosis_text(request: Request, pk: int, given: PromiseIn) -> Any:
    found = _open(request, pk)
    if not found.need.is_confidential:
        raise Http404
    words = actions.open_words(diagnosis=found, actor=request.user, now=timezone.now(), promised=given.promised)
    return words_of(words) | {"questions": [asdict(row) for row in finds.asked(found, closed=False)]}


def _given(request: Request, pk: int, given: Any) -> dict[str, Any]:
    return {
        "diagnosis": _open(request, pk), "actor": request.user, "now": timezone.now(),
        "seen_version": given.seen_version,
    }  # fmt: skip


@router.post("/diagnosis/{int:pk}/assign", response=DiagnosisOut, auth=SIGNED_IN, summary="交办会诊")
def assign(request: Request, pk: int, given: DiagnosisAssignIn) -> Any:
    said = _given(request, pk, given)
    return _diagnosis(request, actions.assign(to=get_object_or_404(Account, email=given.to), **said))


@router.post("/diagnosis/{int:pk}/judge", response=DiagnosisOut, auth=SIGNED_IN, summary="会诊结论")
def judge(request: Request, pk: int, given: JudgeIn) -> Any:
    return _diagnosis(request, actions.judge(**given.dict(exclude={"seen_version"}), **_given(request, pk, given)))


@router.post("/diagnosis/{int:pk}/answers", response=DiagnosisOut, auth=SIGNED_IN, summary="回答问题")
def answers(request: Request, pk: int, given: AnswersIn) -> Any:
    return _diagnosis(request, actions.answer(answers=given.answers, **_given(request, pk, given)))


@router.post("/diagnosis/{int:pk}/steps/{step}", response=DiagnosisOut, auth=SIGNED_IN, summary="办理会诊")
def diagnosis_step(request: Request, pk: int, step: str, given: shapes.StepIn) -> Any:
    """Any step but those that have a call of their own: a judgement, an answer."""
    if step in actions.OF_THEIR_OWN:
        raise Http404
    return _diagnosis(request, stepped(request, _open(request, pk), step, given))
