"""Acts on a case up to its agreement: account, facts, milestones, objections."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router

from triplehelix.doors.api import procedure, shapes
from triplehelix.doors.api.acting import Seen, said_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.case_acting import ACT, acting, standing
from triplehelix.doors.api.procedure import CaseOut
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases import actions
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.parties.rules import Invalid

router = Router(tags=["procedure"])


class BankAccountIn(shapes.Given):
    name: str = Field(max_length=120, description="户名: the unit's own full name")
    number: str = Field(max_length=40)
    bank: str = Field(max_length=120)
    bank_code: str = Field("", max_length=20, description="联行号")


class CaseAccountIn(Seen):
    account: BankAccountIn


class ConfirmIn(Seen):
    facts: list[str] = Field(min_length=1, max_length=200, description="keys of `facts` compared with their proof")


class CorrectIn(Seen):
    """What the procedure finds, or a fact put right. A fact that is sent counts as compared with its proof."""

    facts: dict[str, Any] = Field(min_length=1, description="by key, as in /api/awards/{code}")
    why: str = Field(max_length=300, description="依据")


class CaseReasonIn(Seen):
    why: str = Field(max_length=1000, description="依据")


class MilestoneIn(shapes.Given):
    name: str = Field(max_length=120)
    fen: int = Field(ge=0, le=10**13)
    due: date


class MilestonesIn(Seen):
    """They come in place of those there are."""

    milestones: list[MilestoneIn] = Field(max_length=100)


class CaseAgreementIn(Seen):
    """任务书."""

    number: str = Field(max_length=60)
    signed_on: date
    ends_on: date


class ExtensionIn(Seen):
    """What is not passed of the milestones moves by as many days."""

    ends_on: date = Field(description="the new last day of the project")
    why: str = Field(max_length=500, description="理由")
    document: str = Field(max_length=80, description="依据文件")


class CaseAnswerIn(shapes.Given):
    objection: int = Field(ge=1, le=2**63 - 1, description="of `objections` of …/record")
    is_upheld: bool
    text: str = Field(max_length=3000)


@router.post(f"{ACT}/account", response=CaseOut, auth=SIGNED_IN, summary="收款账户")
def account(request: Request, response: HttpResponse, pk: int, given: CaseAccountIn) -> Any:
    with acting(request, pk, given, "account") as one:
        actions.set_account(account=BankAccount(**given.account.dict()), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/confirm", response=CaseOut, auth=SIGNED_IN, summary="核对事实")
def confirm(request: Request, response: HttpResponse, pk: int, given: ConfirmIn) -> Any:
    with acting(request, pk, given, "confirm") as one:
        now = actions.confirm_facts(keys=given.facts, **one)
        # Its page offers only what was filled in and has a proof to compare with.
        if odd := [n for n, key in enumerate(given.facts) if key not in now.facts or key not in now.confirmed]:
            raise Invalid({f"facts.{n}": _("没有这一项事实") for n in odd})
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/correct", response=CaseOut, auth=SIGNED_IN, summary="填写评审、决定结果或更正事实")
def correct(request: Request, response: HttpResponse, pk: int, given: CorrectIn) -> Any:
    with acting(request, pk, given, "correct") as one:
        try:
            actions.correct_facts(**given.said(), **one)
        except Invalid as why:
            raise Invalid({f"facts.{key}": said for key, said in why.errors.items()}) from why
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/rejudge", response=CaseOut, auth=SIGNED_IN, summary="改按现行标准办理")
def rejudge(request: Request, response: HttpResponse, pk: int, given: CaseReasonIn) -> Any:
    with acting(request, pk, given, "rejudge") as one:
        actions.rejudge(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/milestones", response=CaseOut, auth=SIGNED_IN, summary="里程碑")
def milestones(request: Request, response: HttpResponse, pk: int, given: MilestonesIn) -> Any:
    with acting(request, pk, given, "milestones") as one:
        actions.plan_milestones(rows=[(row.name, row.fen, row.due) for row in given.milestones], **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/agreement", response=CaseOut, auth=SIGNED_IN, summary="任务书")
def agreement(request: Request, response: HttpResponse, pk: int, given: CaseAgreementIn) -> Any:
    with acting(request, pk, given, "agreement") as one:
        actions.sign_agreement(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/extend", response=CaseOut, auth=SIGNED_IN, summary="任务延期")
def extend(request: Request, response: HttpResponse, pk: int, given: ExtensionIn) -> Any:
    with acting(request, pk, given, "extend") as one:
        actions.extend(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/answer", response=CaseOut, auth=SIGNED_IN, summary="答复异议")
def answer(request: Request, response: HttpResponse, pk: int, given: CaseAnswerIn) -> Any:
    """An objection is answered once; what becomes of the case is a step. No version is needed."""
    found = get_object_or_404(standing(request, pk, "answer").objections, pk=given.objection)
    with said_at(given):
        notices.answer(
            objection=found, is_upheld=given.is_upheld, text=given.text, actor=request.user, now=timezone.now()
        )
    return procedure.case(request, response, pk)
