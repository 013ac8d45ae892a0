"""The contract of a sale, its registration, and the trial before payment."""

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, File, Router
from ninja.files import UploadedFile

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import Seen
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.doors.api.sale_acting import ACT, acting, opened
from triplehelix.doors.api.sale_shown import SaleOut, whole
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.actions.amending import Ground
from triplehelix.market.contracts.actions.written import MOST_PAY_DAYS, Terms
from triplehelix.market.contracts.models.deals import PAY_DAYS
from triplehelix.market.listings.rules import MOST_FEN

router = Router(tags=["sales"])
TYPE = Field(max_length=10, description="a code of /reference/contract_types")


class RowIn(shapes.Given):
    name: str = Field(max_length=120, description="what it is paid for, or when")
    fen: int = Field(ge=0, le=MOST_FEN)
    due: date | None = Field(None, description="last day; only a trial, and shares, may leave it out")


class ContractIn(Seen):
    """书面技术合同. Only the fields of its structure are asked for: pay_by, royalty_…, equity_…, trigger, …"""

    number: str = Field(max_length=60, description="合同编号")
    type: str = TYPE
    structure: Literal["fixed", "instalments", "royalty", "trial", "equity"]
    price_fen: int = Field(ge=1, le=MOST_FEN, description="the price made public, or won")
    signed_on: date
    ends_on: date | None = Field(None, description="有效期至, not a day to pay")
    pay_by: date | None = Field(None, description="付款期限 of a fixed price that is not given as a row")
    site: str = Field(max_length=20, description="项目实施地: a county or zone of /reference/regions, or elsewhere")
    rows: list[RowIn] = Field([], max_length=60, description="分期; a royalty: its 入门费; a fixed price: one at most")
    royalty_ppm: int = Field(0, ge=0, le=1_000_000, description="parts of a million of the base")
    royalty_base: str = Field("", max_length=120, description="提成基数, in words")
    equity_company: str = Field("", max_length=120)
    equity_bp: int = Field(0, ge=0, le=10_000, description="hundredths of a percent of the company")
    trigger: str = Field("", max_length=300, description="触发付款的条件 of a trial")
    trial_until: date | None = None
    pay_days: int = Field(PAY_DAYS, ge=1, le=MOST_PAY_DAYS, description="a trial's: days to pay after the trigger")


class AmendContractIn(ContractIn):
    """The contract as it should stand, whole. Rows left out stay, unless the price is paid in one sum."""

    ground: Literal["entry", "agreed"] = Field(description="更正 of what was entered wrong, or 变更 by 补充协议")
    reason: str = Field(max_length=300)
    agreed_on: date | None = Field(None, description="day of the 补充协议")


class SubmitIn(Seen):
    authority: str = Field(max_length=20, description="a code of the pack's authorities")


class RegisterIn(Seen):
    number: str = Field(max_length=40, description="登记编号")
    type: str = TYPE
    certified_fen: int = Field(ge=1, le=MOST_FEN, description="认定成交额")
    technical_fen: int = Field(ge=0, le=MOST_FEN, description="认定技术交易额")
    decided_on: date


class CorrectRegistrationIn(RegisterIn):
    """The certificate as it should stand, whole."""

    reason: str = Field(max_length=300)


class SaleReasonIn(Seen):
    reason: str = Field(max_length=500)


@router.post(f"{ACT}/sign", response=SaleOut, auth=SIGNED_IN, summary="登记技术合同")
def sign(request: Request, response: HttpResponse, pk: int, given: ContractIn, file: File[UploadedFile]) -> Any:
    """The seller records the written contract, which is the file."""
    with acting(request, pk, given) as one:
        rows = [(row.name, row.fen, row.due) for row in given.rows]
        terms = Terms(rows=rows, file=one.keep(file, "file"), **given.said("rows"))
        actions.sign_contract(terms=terms, **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/amend", response=SaleOut, auth=SIGNED_IN, summary="更正、变更合同")
def amend(
    request: Request, response: HttpResponse, pk: int, given: AmendContractIn, file: File[UploadedFile | None] = None
) -> Any:  # fmt: skip
    """By the seller or the market. The file is the 补充协议, or of a correction the right scan, where it was wrong."""
    with acting(request, pk, given) as one:
        rows = [(row.name, row.fen, row.due) for row in given.rows]
        said = given.said("rows", "ground", "reason", "agreed_on")
        ground = Ground(given.ground, given.reason, given.agreed_on, one.keep(file, "file"))
        actions.amend_contract(terms=Terms(rows=rows, file=None, **said), ground=ground, **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/submit", response=SaleOut, auth=SIGNED_IN, summary="提交合同认定登记")
def submit(request: Request, response: HttpResponse, pk: int, given: SubmitIn) -> Any:
    """By the seller: to an authority that registers contracts today. Once, until it has answered."""
    with acting(request, pk, given) as one:
        actions.submit_registration(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/register", response=SaleOut, auth=SIGNED_IN, summary="登记认定结果")
def register(request: Request, response: HttpResponse, pk: int, given: RegisterIn, file: File[UploadedFile]) -> Any:
    """The authority registered it; the file is its 登记证明."""
    with acting(request, pk, given) as one:
        said = actions.Certified(file=one.keep(file, "file"), **given.said())
        actions.record_registration(said=said, **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/correct_registration", response=SaleOut, auth=SIGNED_IN, summary="更正认定登记")
def correct_registration(
    request: Request, response: HttpResponse, pk: int, given: CorrectRegistrationIn,
    file: File[UploadedFile | None] = None,
) -> Any:  # fmt: skip
    """By the market: what was entered wrong of a certificate. The file is the right scan, where it was wrong."""
    with acting(request, pk, given) as one:
        said = actions.Certified(file=one.keep(file, "file"), **given.said("reason"))
        actions.correct_registration(said=said, reason=given.reason, **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/refuse", response=SaleOut, auth=SIGNED_IN, summary="对合同不予登记")
def refuse(request: Request, response: HttpResponse, pk: int, given: SaleReasonIn) -> Any:
    """By the market, as the authority answered: the seller may put it right and apply again."""
    with acting(request, pk, given) as one:
        actions.refuse_registration(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post(f"{ACT}/revoke", response=SaleOut, auth=SIGNED_IN, summary="撤销登记")
def revoke(request: Request, response: HttpResponse, pk: int, given: SaleReasonIn) -> Any:
    """By the market, as the authority decided: the contract has not landed any more."""
    with acting(request, pk, given) as one:
        actions.revoke_registration(**given.said(), **one.given)
    return whole(request, response, pk)


@router.post("/sales/{int:pk}/trial/steps/{step}", response=SaleOut, auth=SIGNED_IN, summary="办理先使用后付费")
def step_trial(request: Request, response: HttpResponse, pk: int, step: str, given: shapes.VersionedStepIn) -> Any:
    """The version to name is the trial's own, of `contract.trial`."""
    seen = versions.seen(request, given.seen_version)
    trial = getattr(getattr(opened(request, pk), "contract", None), "trial", None)
    if trial is None or step not in trial.workflow:
        raise Http404
    actions.step_trial(
        trial=trial, step=step, actor=request.user, now=timezone.now(), seen_version=seen, note=given.note
    )
    return whole(request, response, pk)
