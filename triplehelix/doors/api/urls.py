"""The API: its routers, and how a refusal is said."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from triplehelix.doors.api import (
    case_acts,
    case_money_acts,
    case_papers,
    case_record,
    diagnosis,
    entitlements,
    equity,
    exchange_desk,
    exchange_peers,
    expert_desk,
    expert_invites,
    experts,
    finance,
    finance_acts,
    finance_cases,
    finance_institutions,
    finance_leads,
    finance_office,
    finance_sheets,
    foreign,
    fund,
    fund_batches,
    fund_review,
    fund_years,
    funnel,
    imports,
    introduction_acts,
    introductions,
    judging,
    listings,
    lists,
    measures,
    members,
    mine,
    nda,
    needs,
    notices,
    organisations,
    panels,
    papers,
    people,
    procedure,
    reference,
    registers,
    reviews,
    roadshows,
    round_trial,
    rounds,
    sale_contracts,
    sale_income,
    sale_money,
    sale_opening,
    sale_prices,
    sales,
    saved,
    search,
    terms,
    webhooks,
)
from triplehelix.doors.api.refusals import Api
from triplehelix.matching.search import EmptyQuery
from triplehelix.policy.decision import BadFacts
from triplehelix.records.evidence.actions import Unacceptable
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

#: The pages of the documentation come from a library that writes its script into the page; only they may.
INLINE = [SELF, UNSAFE_INLINE]
api = Api(
    title="三螺旋 Triple Helix",
    version="1",
    urls_namespace="api",
    description="需求、成果、对接、交易、金融、政策、办件、评审、专项资金；金额一律为分。",
    docs_decorator=csp_replace({"script-src": INLINE, "style-src": INLINE}),
)
api.add_router("", search.router)
api.add_router("", imports.router)
api.add_router("", reference.router)
api.add_router("", measures.router)
api.add_router("", terms.router)
api.add_router("", rounds.router)
api.add_router("", round_trial.router)
api.add_router("", procedure.router)
api.add_router("", notices.router)
api.add_router("", case_acts.router)
api.add_router("", case_money_acts.router)
api.add_router("", case_papers.router)
api.add_router("", case_record.router)
api.add_router("", fund.router)
api.add_router("", fund_batches.router)
api.add_router("", fund_review.router)
api.add_router("", fund_years.router)
api.add_router("", panels.router)
api.add_router("", registers.router)
api.add_router("", entitlements.router)
api.add_router("", reviews.router)
api.add_router("", lists.router)
api.add_router("", finance.router)
api.add_router("", finance_leads.router)
api.add_router("", finance_cases.router)
api.add_router("", finance_acts.router)
api.add_router("", finance_institutions.router)
api.add_router("", finance_office.router)
api.add_router("", finance_sheets.router)
api.add_router("", equity.router)
api.add_router("", roadshows.router)
api.add_router("", funnel.router)
api.add_router("", judging.router)
api.add_router("", experts.router)
api.add_router("", expert_desk.router)
api.add_router("", expert_invites.router)
api.add_router("", foreign.router)
api.add_router("", exchange_peers.router)
api.add_router("", exchange_desk.router)
api.add_router("", mine.router)
api.add_router("", people.router)
api.add_router("", members.router)
api.add_router("", organisations.router)
api.add_router("", webhooks.router)
api.add_router("", needs.router)
api.add_router("", nda.router)
api.add_router("", diagnosis.router)
api.add_router("", sale_income.router)
api.add_router("", sales.router)
api.add_router("", sale_opening.router)
api.add_router("", sale_prices.router)
api.add_router("", sale_contracts.router)
api.add_router("", sale_money.router)
api.add_router("", introductions.router)
api.add_router("", introduction_acts.router)
api.add_router("", papers.router)
api.add_router("", saved.router)
api.add_router("", listings.router)


@api.exception_handler(Invalid)
def invalid(request: HttpRequest, why: Invalid) -> HttpResponse:
    return api.create_response(request, {"message": str(why), "fields": why.errors}, status=422)


@api.exception_handler(Refused)
def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    return api.create_response(request, {"message": str(why), "fields": {}}, status=409)


@api.exception_handler(BadFacts)
def unreadable(request: HttpRequest, why: BadFacts) -> HttpResponse:
    return api.create_response(request, measures.refusal(why), status=422)


@api.exception_handler(EmptyQuery)
@api.exception_handler(Unacceptable)
def unusable(request: HttpRequest, why: Exception) -> HttpResponse:
    return api.create_response(request, {"message": str(why), "fields": {}}, status=422)


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, why: ValidationError) -> HttpResponse:
    """Each wrong part of a call by its place, in the shape all refusals have."""
    fields = {error["place"]: error["said"] for error in why.errors}
    return api.create_response(request, {"message": _("请求的格式不对"), "fields": fields}, status=422)


@api.exception_handler(Http404)
def not_there(request: HttpRequest, why: Http404) -> HttpResponse:
    return api.create_response(request, {"message": _("没有这一项，或者您看不到它"), "fields": {}}, status=404)


@api.exception_handler(AuthenticationError)
def nobody(request: HttpRequest, why: AuthenticationError) -> HttpResponse:
    said = _("请先登录，或用 Authorization: Bearer 带上有效的密钥；只读密钥不能写入")
    return api.create_response(request, {"message": said, "fields": {}}, status=401)


@api.exception_handler(HttpError)
def other(request: HttpRequest, why: HttpError) -> HttpResponse:
    return api.create_response(request, {"message": str(why), "fields": {}}, status=why.status_code)
