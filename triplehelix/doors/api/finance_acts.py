"""What is done with a finance case: consent, contract, payments, loss and recovery, filing, claims. One call an act."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import Seen, said_at
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.finance_shown import ClaimOut, FinanceCaseOut, claimed, opened, whole
from triplehelix.market.finance import actions
from triplehelix.market.finance.actions.leads import wording
from triplehelix.market.finance.models import Application, Claim
from triplehelix.procedure.cases.known import applied_for, cases_of
from triplehelix.procedure.terms.finds import decided
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

router = Router(tags=["finance"])
ACT = "/finance/cases/{int:pk}/acts"
FEN = Field(ge=1, le=10**13)
VOUCHER = Field(max_length=60, description="凭证号, used once")


class ConsentIn(Seen):
    """书面授权, agreed to for the firm; given anew the former one ends."""

    until: date
    fields: list[str] = Field(
        [], max_length=50, description="codes of the pack's consent_fields beside the needed ones"
    )
    digest: str = Field(
        max_length=64, description="of GET …/consent: that these very words were read and are agreed to"
    )


class RevokeIn(Seen):
    why: str = Field("", max_length=200)


class DeclineIn(Seen):
    code: str = Field(max_length=20, description="a code of the pack's decline_reasons; the firm is told")
    text: str = Field("", max_length=500)


class LoanContractIn(Seen):
    """The contract as signed: loan, guarantee or insurance."""

    number: str = Field(max_length=60, description="合同号")
    amount_fen: int = FEN
    rate_ppm: int = Field(ge=0, le=1_000_000, description="interest, fee or premium: parts of a million a year")
    premium_fen: int | None = Field(None, ge=1, le=10**13, description="实付保费, of an insurance")
    first_on: date
    last_on: date
    use: str = Field(max_length=20, description="a code of the pack's uses; 转贷、证券、消费 are refused")
    security: str = Field(
        "", max_length=20, description="反担保 of a guarantee, 增信方式 of a loan: a code of the pack's collaterals"
    )
    early_stage: bool = Field(
        False, description="早期研发信用贷款: for research, on credit alone; the city confirms it with the filing"
    )


class CorrectContractIn(LoanContractIn):
    """The whole contract as it is right; `reason` says why it was not."""

    reason: str = Field(max_length=300)


class PaymentIn(Seen):
    kind: Literal["principal", "interest"]
    amount_fen: int = FEN
    on: date
    number: str = VOUCHER


class LossIn(Seen):
    principal_fen: int = FEN
    document: str = Field(max_length=120, description="认定文件")
    on: date = Field(description="认定日期")


class RecoveryIn(Seen):
    amount_fen: int = FEN
    on: date
    number: str = VOUCHER


class VoidVoucherIn(Seen):
    number: str = Field(max_length=60, description="凭证号, of what stands")
    reason: str = Field(max_length=300)


class ClaimWhyIn(Seen):
    why: str = Field(max_length=300)


class InterestIn(Seen):
    base_fen: int | None = Field(None, ge=1, le=10**13, description="interest claimed; null: all that was paid")


class PayoutIn(Seen):
    base_fen: int = Field(ge=1, le=10**13, description="代偿金额")


class VoidIn(shapes.Given):
    why: str = Field(max_length=200)


@contextmanager
def acting(request: Request, pk: int, given: Seen) -> Iterator[dict[str, Any]]:
    """An act on a case the caller may see: what every action is given, done whole or not at all.

    Raises Http404, HttpError 428 where no version is named, Invalid at the fields of the call; Refused comes through.
    """
    case = opened(request, pk)
    seen = versions.seen(request, given.seen_version)
    with transaction.atomic(), said_at(given):
        yield {"case": case, "actor": request.user, "now": timezone.now(), "seen_version": seen}


def _after(request: Request, response: HttpResponse, pk: int) -> dict[str, Any]:
    """The case as it stands after an act, for who did it."""
    return whole(request, response, Application.objects.get(pk=pk))


def _agree(request: Request, response: HttpResponse, pk: int, given: ConsentIn) -> dict[str, Any]:
    with acting(request, pk, given) as one:
        words = wording(one["case"], given.fields, given.until, timezone.localdate(one["now"]))
        if given.digest != words.digest:
            raise Invalid({"digest": _("请先用 GET …/consent 读取这些内容和期限的授权书，再送回它的 digest")})
        actions.give_consent(fields=given.fields, until=given.until, agreed=True, **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/consent", response=FinanceCaseOut, auth=SIGNED_IN, summary="书面授权")
def consent(request: Request, response: HttpResponse, pk: int, given: ConsentIn) -> Any:
    return _agree(request, response, pk, given)


@router.post(f"{ACT}/renew", response=FinanceCaseOut, auth=SIGNED_IN, summary="重新授权")
def renew(request: Request, response: HttpResponse, pk: int, given: ConsentIn) -> Any:
    return _agree(request, response, pk, given)


@router.post(f"{ACT}/revoke", response=FinanceCaseOut, auth=SIGNED_IN, summary="撤回授权")
def revoke(request: Request, response: HttpResponse, pk: int, given: RevokeIn) -> Any:
    """From this moment the institution sees nothing of the firm."""
    with acting(request, pk, given) as one:
        actions.revoke_consent(**given.said(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/decline", response=FinanceCaseOut, auth=SIGNED_IN, summary="婉拒并告知企业")
def decline(request: Request, response: HttpResponse, pk: int, given: DeclineIn) -> Any:
    with acting(request, pk, given) as one:
        actions.decline(**given.said(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/grant", response=FinanceCaseOut, auth=SIGNED_IN, summary="登记合同")
def grant(request: Request, response: HttpResponse, pk: int, given: LoanContractIn) -> Any:
    with acting(request, pk, given) as one:
        secured = one["case"].lead.kind != "insurance"
        actions.grant(values=given.said() if secured else given.said("security"), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/correct_contract", response=FinanceCaseOut, auth=SIGNED_IN, summary="更正登记错的合同")
def correct_contract(request: Request, response: HttpResponse, pk: int, given: CorrectContractIn) -> Any:
    """While no filing stands and nothing was applied for on it; what was computed from it is void."""
    with acting(request, pk, given) as one:
        values = given.said("reason") if one["case"].lead.kind != "insurance" else given.said("reason", "security")
        actions.correct_contract(values=values, reason=given.reason, applied=applied_for, **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/pay", response=FinanceCaseOut, auth=SIGNED_IN, summary="登记还款、付息")
def pay(request: Request, response: HttpResponse, pk: int, given: PaymentIn) -> Any:
    with acting(request, pk, given) as one:
        actions.record_payment(values=given.said(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/void_payment", response=FinanceCaseOut, auth=SIGNED_IN, summary="作废登记错的还款")
def void_payment(request: Request, response: HttpResponse, pk: int, given: VoidVoucherIn) -> Any:
    """Its voucher may be entered anew; what is owed and claimed is counted without it, and a loan settled by it is
    settled no more."""
    with acting(request, pk, given) as one:
        actions.void_payment(**given.said(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/loss", response=FinanceCaseOut, auth=SIGNED_IN, summary="报送本金损失")
def loss(request: Request, response: HttpResponse, pk: int, given: LossIn) -> Any:
    with acting(request, pk, given) as one:
        actions.report_loss(values=given.said(), decided=decided(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/recovery", response=FinanceCaseOut, auth=SIGNED_IN, summary="登记追偿")
def recovery(request: Request, response: HttpResponse, pk: int, given: RecoveryIn) -> Any:
    with acting(request, pk, given) as one:
        actions.record_recovery(values=given.said(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/void_recovery", response=FinanceCaseOut, auth=SIGNED_IN, summary="作废登记错的追偿")
def void_recovery(request: Request, response: HttpResponse, pk: int, given: VoidVoucherIn) -> Any:
    """Its voucher may be entered anew; what was claimed of the loss is void and computed anew."""
    with acting(request, pk, given) as one:
        actions.void_recovery(**given.said(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/submit", response=FinanceCaseOut, auth=SIGNED_IN, summary="列入本月备案")
def submit(request: Request, response: HttpResponse, pk: int, given: Seen) -> Any:
    with acting(request, pk, given) as one:
        actions.submit(**one)
    return _after(request, response, pk)


@router.post(f"{ACT}/unfile", response=FinanceCaseOut, auth=SIGNED_IN, summary="撤销备案")
def unfile(request: Request, response: HttpResponse, pk: int, given: ClaimWhyIn) -> Any:
    with acting(request, pk, given) as one:
        actions.revoke(**given.said(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/refile", response=FinanceCaseOut, auth=SIGNED_IN, summary="恢复备案")
def refile(request: Request, response: HttpResponse, pk: int, given: ClaimWhyIn) -> Any:
    with acting(request, pk, given) as one:
        actions.restore(**given.said(), **one)
    return _after(request, response, pk)


def _claim(request: Request, response: HttpResponse, pk: int, given: Seen, kind: str) -> dict[str, Any]:
    with acting(request, pk, given) as one:
        actions.claim(kind=kind, base_fen=getattr(given, "base_fen", None), decided=decided(), **one)
    return _after(request, response, pk)


@router.post(f"{ACT}/claim_interest", response=FinanceCaseOut, auth=SIGNED_IN, summary="计算贴息")
def claim_interest(request: Request, response: HttpResponse, pk: int, given: InterestIn) -> Any:
    return _claim(request, response, pk, given, "interest")


@router.post(f"{ACT}/claim_premium", response=FinanceCaseOut, auth=SIGNED_IN, summary="计算保费补贴")
def claim_premium(request: Request, response: HttpResponse, pk: int, given: Seen) -> Any:
    return _claim(request, response, pk, given, "premium")


@router.post(f"{ACT}/claim_guarantee", response=FinanceCaseOut, auth=SIGNED_IN, summary="计算担保费补贴")
def claim_guarantee(request: Request, response: HttpResponse, pk: int, given: Seen) -> Any:
    return _claim(request, response, pk, given, "guarantee")


@router.post(f"{ACT}/claim_payout", response=FinanceCaseOut, auth=SIGNED_IN, summary="计算代偿补偿")
def claim_payout(request: Request, response: HttpResponse, pk: int, given: PayoutIn) -> Any:
    return _claim(request, response, pk, given, "payout")


@router.post(f"{ACT}/claim_loss", response=FinanceCaseOut, auth=SIGNED_IN, summary="计算市级风险补偿")
def claim_loss(request: Request, response: HttpResponse, pk: int, given: Seen) -> Any:
    return _claim(request, response, pk, given, "loss")


@router.post("/finance/claims/{int:pk}/void", response=ClaimOut, auth=SIGNED_IN, summary="作废一笔计算")
def void_claim(request: Request, pk: int, given: VoidIn) -> Any:
    """By the payee or the city, before it has been applied for."""
    found = get_object_or_404(Claim.objects.select_related("loan"), pk=pk)
    opened(request, found.loan.application_id)
    if cases_of(found):
        raise Refused(_("已经申报，不能作废：请先撤回申报"))
    return claimed(actions.void(claim=found, why=given.why, actor=request.user, now=timezone.now()))
