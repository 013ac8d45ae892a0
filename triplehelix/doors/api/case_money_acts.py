"""Acts on a case that has been decided: milestones proven and passed, the self-evaluation, money demanded back."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, File, Router
from ninja.files import UploadedFile

from triplehelix.doors.api import procedure
from triplehelix.doors.api.acting import Seen, content_of, paper_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.case_acting import ACT, acting
from triplehelix.doors.api.procedure import CaseOut
from triplehelix.procedure.cases import actions, waiting
from triplehelix.records.steps.actions import Refused

router = Router(tags=["procedure"])
MOST_FEN = 10**13


class ProofIn(Seen):
    text: str = Field(max_length=3000, description="what was done, what was measured, by whom")


class PassIn(Seen):
    passed: bool = Field(description="false sends the proof back")
    why: str = Field(max_length=500)


class UnpassIn(Seen):
    seq: int = Field(ge=1, le=100, description="of the milestone")
    why: str = Field(max_length=500)


class EvaluationIn(Seen):
    """绩效自评. What was spent is counted by the program."""

    output: int = Field(ge=0, le=100, description="产出, at most 50")
    benefit: int = Field(ge=0, le=100, description="效益, at most 30")
    satisfaction: int = Field(ge=0, le=100, description="满意度, at most 10")
    text: str = Field(max_length=3000)


class DemandIn(Seen):
    amount_fen: int = Field(ge=1, le=MOST_FEN)
    why: str = Field(min_length=1, max_length=500)


class GroundIn(Seen):
    why: str = Field(max_length=500)
    document: str = Field(max_length=80, description="依据文件")


class ChangeDemandIn(GroundIn):
    amount_fen: int = Field(ge=1, le=MOST_FEN, description="what is to be with the treasury in all")


class RefundIn(Seen):
    amount_fen: int = Field(ge=1, le=MOST_FEN)
    receipt: str = Field(max_length=80, description="缴款书号")


class VoidRefundIn(Seen):
    receipt: str = Field(max_length=80, description="缴款书号, as it was recorded")
    reason: str = Field(max_length=200)


@router.post(f"{ACT}/proof", response=CaseOut, auth=SIGNED_IN, summary="提交里程碑考核材料")
def proof(
    request: Request, response: HttpResponse, pk: int, given: ProofIn, file: File[UploadedFile | None] = None
) -> Any:
    """For the first milestone nobody has handed proof in for; the file, if any, is that proof."""
    with acting(request, pk, given, "proof") as one:
        case = one.pop("case")
        milestone = waiting.next_milestone(case)
        if milestone is None:
            raise Refused(_("现在不用提交这个里程碑的材料"))
        kept = None
        if file is not None:
            content, name = content_of(file)
            with paper_at("file"):
                kept = actions.keep_proof(case=case, content=content, name=name, actor=one["actor"], now=one["now"])
        actions.submit_proof(milestone=milestone, text=given.text, file=kept, **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/pass", response=CaseOut, auth=SIGNED_IN, summary="里程碑考核")
def pass_milestone(request: Request, response: HttpResponse, pk: int, given: PassIn) -> Any:
    """The first milestone whose proof waits."""
    with acting(request, pk, given, "pass") as one:
        milestone = waiting.waiting_milestone(one.pop("case"))
        if milestone is None:
            raise Refused(_("这个里程碑没有待考核的材料"))
        actions.pass_milestone(milestone=milestone, **given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/unpass", response=CaseOut, auth=SIGNED_IN, summary="撤回里程碑考核结论")
def unpass(request: Request, response: HttpResponse, pk: int, given: UnpassIn) -> Any:
    """One passed by mistake, on which no money was ever ordered: its proof waits to be judged again."""
    with acting(request, pk, given, "unpass") as one:
        actions.unpass_milestone(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/evaluate", response=CaseOut, auth=SIGNED_IN, summary="绩效自评")
def evaluate(request: Request, response: HttpResponse, pk: int, given: EvaluationIn) -> Any:
    """Written again, it takes the place of what was there, until it is handed in."""
    with acting(request, pk, given, "evaluate") as one:
        actions.evaluate(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/demand", response=CaseOut, auth=SIGNED_IN, summary="追回资金")
def demand(request: Request, response: HttpResponse, pk: int, given: DemandIn) -> Any:
    with acting(request, pk, given, "demand") as one:
        actions.demand_back(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/change_demand", response=CaseOut, auth=SIGNED_IN, summary="更正追回金额")
def change_demand(request: Request, response: HttpResponse, pk: int, given: ChangeDemandIn) -> Any:
    with acting(request, pk, given, "change_demand") as one:
        actions.change_demand(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/lift_demand", response=CaseOut, auth=SIGNED_IN, summary="撤销追回")
def lift_demand(request: Request, response: HttpResponse, pk: int, given: GroundIn) -> Any:
    with acting(request, pk, given, "lift_demand") as one:
        actions.lift_demand(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/refund", response=CaseOut, auth=SIGNED_IN, summary="登记缴回国库")
def refund(request: Request, response: HttpResponse, pk: int, given: RefundIn) -> Any:
    with acting(request, pk, given, "refund") as one:
        actions.record_refund(**given.said(), **one)
    return procedure.case(request, response, pk)


@router.post(f"{ACT}/void_refund", response=CaseOut, auth=SIGNED_IN, summary="作废登记错的缴款书")
def void_refund(request: Request, response: HttpResponse, pk: int, given: VoidRefundIn) -> Any:
    """A refund of this demand that was recorded wrongly: its receipt serves anew."""
    with acting(request, pk, given, "void_refund") as one:
        actions.void_refund(**given.said(), **one)
    return procedure.case(request, response, pk)
