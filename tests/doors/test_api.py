"""The API: who may call what, with which key; the same refusals as the pages, in one shape."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.doors import api_acts
from tests.doors.conftest import VALUES, draft, published
from tests.doors.test_permissions import everybody, signed_in, together, tried
from tests.market.sheets import code, sheet
from triplehelix.board.webhooks.models import Hook
from triplehelix.doors.api.urls import api
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.imports import actions as imports
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import actions as parties

ROLES = ("visitor", "clerk", "stranger", "newcomer", "county", "officer", "finance", "auditor")
OPEN = dict.fromkeys(ROLES, 200)


def only(*roles, status=200, missing=404):
    """These may; visitors are told to sign in, everybody else finds nothing."""
    return dict.fromkeys(ROLES, missing) | {"visitor": 401} | dict.fromkeys(roles, status)


SEARCH = {"text": "铜排三个月就发黑怎么办"}
NEW = {"title": "改"}
STEP = {"seen_version": 2}
SEEN = {"seen_version": 9}
KNOWN_BY = ("clerk", "officer", "auditor")
KNOWN = only(*KNOWN_BY)
#: Whoever handles a case of the clerk's firm, and the firm itself.
HANDLERS = only("clerk", "county", "officer", "finance", "auditor")
OFFICES = only("officer", "finance", "auditor")
EARNED = only("clerk", "officer", "finance", "auditor")
INSIDE = only("clerk", "auditor")
TERMS = {"mode": "许可", "structure": "fixed", "price_fen": 100, "rights": "归甲", "delivery": "三个月"}
#: Acts on an introduction, each with a body that is all right; nobody has seen version 9 of it.
INTRODUCED = {
    "accept": {}, "decline": {"reason": "price"}, "break-off": {"reason": "price"}, "steps/{step}": {},
    "meetings": {"kind": "talk", "held_on": "2026-11-23", "people": "甲、乙"}, "versions": TERMS,
    "versions/{n}/accept": {}, "messages": {"text": "在吗"},
    "plan": {"kind": "talk", "planned_at": "2099-01-01T09:00:00+08:00", "place": "电话"},
    "agree-to-manage": {}, "refuse-to-manage": {"why": "没有时间"},
}  # fmt: skip
#: The firm of a confidential need, who asked for it, and their officers.
AGREED_BY = ("clerk", "stranger", "county", "officer", "auditor")
AGREED = only(*AGREED_BY)
WATCHERS = only("officer", "auditor")
PDF = b"%PDF-1.4\n%page\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


class Form(dict):
    """A body that is sent as a form: the part `given` as JSON, and perhaps a paper."""

    def __init__(self, given, paper=""):
        super().__init__({"given": json.dumps(given)})
        self.paper = paper

    def parts(self):
        return self | ({self.paper: SimpleUploadedFile("paper.pdf", PDF)} if self.paper else {})


def acts(path, address, bodies, papers, roles):
    """A row for each act on a case: `roles` may see it, and have seen another version of it."""
    return {
        ("post", f"{path}/acts/{act}"): (
            f"{address}/acts/{act}",
            Form(body | api_acts.UNSEEN, papers[act]) if act in papers else body | api_acts.UNSEEN,
            only(*roles, status=409),
        )
        for act, body in bodies.items()
    }


#: A case of the clerk's firm whose milestone waits for the office.
RUNNING = ("/api/cases/{pk}", "/api/cases/{running}")
#: (method, path of the OpenAPI document) → (address, body, what each role gets)
CALLS = {
    ("get", "/api/needs"): ("/api/needs", None, OPEN),
    ("get", "/api/achievements"): ("/api/achievements?limit=100", None, OPEN),
    ("get", "/api/needs/{pk}"): ("/api/needs/{need}", None, OPEN),
    ("get", "/api/achievements/{pk}"): ("/api/achievements/{achievement}", None, OPEN),
    ("get", "/api/{kind}/{pk}/matches"): ("/api/needs/{need}/matches", None, OPEN),
    ("get", "/api/needs/{pk}/alike"): ("/api/needs/{need}/alike", None, OPEN | {"visitor": 401}),
    ("post", "/api/needs/{pk}/text"): ("/api/needs/{secret}/text", {}, only("clerk", "county", "officer", "auditor")),
    ("post", "/api/needs/{pk}/nda"): ("/api/needs/{secret}/nda", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("get", "/api/nda"): ("/api/nda", None, OPEN | {"visitor": 401}),
    ("get", "/api/nda/text"): ("/api/nda/text", None, OPEN | {"visitor": 401}),
    ("post", "/api/nda/{pk}/steps/{step}"): (
        "/api/nda/{agreement}/steps/agree",
        {"seen_version": 1},
        only("clerk") | dict.fromkeys(("stranger", "county", "officer", "auditor"), 409),
    ),
    ("get", "/api/nda/{pk}"): ("/api/nda/{agreement}", None, AGREED),
    ("post", "/api/nda/{pk}/attach"): (
        "/api/nda/{agreement}/attach",
        Form({"seen_version": 1}, "file"),
        AGREED | dict.fromkeys(AGREED_BY, 409),  # nothing is agreed yet
    ),
    ("get", "/api/nda/{pk}/signed"): ("/api/nda/{agreement}/signed", None, only()),  # nothing is signed yet
    ("get", "/api/diagnosis"): ("/api/diagnosis", None, OPEN | {"visitor": 401}),
    ("get", "/api/diagnosis/{pk}"): ("/api/diagnosis/{diagnosis}", None, only("clerk", "county", "officer", "auditor")),
    ("post", "/api/diagnosis/{pk}/assign"): (
        "/api/diagnosis/{diagnosis}/assign",
        {"seen_version": 1, "to": "nobody@example.com"},
        dict.fromkeys(ROLES, 404) | {"visitor": 401},
    ),
    ("post", "/api/diagnosis/{pk}/judge"): (
        "/api/diagnosis/{diagnosis}/judge",
        {"seen_version": 1, "outcome": "ready", "reason": "写得清楚"},
        only("clerk", "county", "officer", "auditor", status=409),
    ),
    ("post", "/api/diagnosis/{pk}/answers"): (
        "/api/diagnosis/{diagnosis}/answers",
        {"seen_version": 1, "answers": {}},
        only("clerk", "county", "officer", "auditor", status=409),
    ),
    ("post", "/api/diagnosis/{pk}/text"): ("/api/diagnosis/{diagnosis}/text", {"promised": True}, only()),
    ("post", "/api/diagnosis/{pk}/steps/{step}"): (
        "/api/diagnosis/{diagnosis}/steps/release",
        {"seen_version": 1},
        only("clerk", "county", "officer", "auditor", status=409),
    ),
    ("get", "/api/visits"): ("/api/visits", None, OPEN | {"visitor": 401}),
    ("post", "/api/visits"): ("/api/visits", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("post", "/api/visits/{pk}/void"): ("/api/visits/{visit}/void", {"why": ""}, only("county", "officer", status=422)),
    ("post", "/api/visits/asks/{pk}/steps/{step}"): (
        "/api/visits/asks/{ask}/steps/pass_on",
        {"seen_version": 1},
        only("clerk", "county", "officer", "auditor", status=409),
    ),
    ("get", "/api/reference/{name}"): ("/api/reference/chains", None, OPEN),
    ("get", "/api/measures"): ("/api/measures", None, OPEN),
    ("get", "/api/awards/{code}"): ("/api/awards/M5.4", None, OPEN),
    ("post", "/api/awards/{code}/decide"): ("/api/awards/M5.4/decide", {"facts": {}}, dict.fromkeys(ROLES, 422)),
    ("get", "/api/terms"): ("/api/terms", None, OFFICES),
    ("get", "/api/terms/{code}"): ("/api/terms/talent_ratio", None, OFFICES),
    ("post", "/api/terms/{code}"): (
        "/api/terms/talent_ratio",
        {"value": "130%", "since": "2026-01-01", "document": "1 号"},
        only("officer", status=422),
    ),
    ("post", "/api/search"): ("/api/search", SEARCH, OPEN),
    ("post", "/api/needs"): ("/api/needs", {"title": "x"}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("post", "/api/achievements"): ("/api/achievements", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("put", "/api/needs/{pk}"): ("/api/needs/{draft}?seen_version=1", NEW, only("clerk")),
    ("put", "/api/achievements/{pk}"): ("/api/achievements/{achievement}?seen_version=2", NEW, only("clerk")),
    ("post", "/api/{kind}/{pk}/steps/{step}"): (
        "/api/needs/{draft}/steps/submit",
        {"seen_version": 1},
        only("clerk") | {"auditor": 409},
    ),
    ("get", "/api/funnel"): ("/api/funnel?since=2026-01-01", None, OPEN),
    ("get", "/api/lists"): ("/api/lists", None, OPEN),
    ("get", "/api/lists/preview"): (
        "/api/lists/preview?kind=needs&scope=city&period=nothing",
        None,
        only("officer", status=422),
    ),
    ("post", "/api/lists"): (
        "/api/lists",
        {"kind": "needs", "scope": "city", "period": "nothing", "seen": "x"},
        only("officer", status=422),
    ),
    ("post", "/api/lists/ask"): (
        "/api/lists/ask",
        {"kind": "needs", "scope": "unit", "period": "nothing"},
        only("officer", status=422),
    ),
    ("get", "/api/lists/{pk}"): ("/api/lists/{list}", None, OPEN),
    ("get", "/api/rounds"): ("/api/rounds", None, OPEN),
    ("get", "/api/rounds/planned"): ("/api/rounds/planned", None, only("officer")),
    ("get", "/api/rounds/{pk}"): ("/api/rounds/{round}", None, OPEN),
    ("post", "/api/rounds"): (
        "/api/rounds",
        {
            "award": "M9.9",
            "lane": "quick",
            "title": "一批",
            "year": 2026,
            "opens_on": "2026-01-01",
            "closes_on": "2026-12-31",
        },
        only("officer", status=422),
    ),
    ("get", "/api/rounds/{pk}/changes"): ("/api/rounds/{round}/changes", None, OPEN),
    ("post", "/api/rounds/{pk}/change"): (
        "/api/rounds/{round}/change",
        {"why": "x"},
        only("officer", status=409),  # nothing changes
    ),
    ("get", "/api/rounds/{pk}/candidates/template.xlsx"): (
        "/api/rounds/{entitled}/candidates/template.xlsx",
        None,
        only("officer"),
    ),
    ("post", "/api/rounds/{pk}/candidates"): (
        "/api/rounds/{entitled}/candidates",
        Form({}, "file"),
        only("officer", status=201),
    ),
    ("post", "/api/rounds/{pk}/share"): ("/api/rounds/{entitled}/share", {}, only("officer", status=409)),  # no budget
    ("get", "/api/rounds/{pk}/trial"): ("/api/rounds/{entitled}/trial", None, OFFICES),
    ("post", "/api/rounds/{pk}/cases"): ("/api/rounds/{round}/cases", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("get", "/api/cases"): ("/api/cases", None, OPEN | {"visitor": 401}),
    ("get", "/api/cases/{pk}"): ("/api/cases/{filed}", None, HANDLERS),
    ("put", "/api/cases/{pk}"): ("/api/cases/{application}", {"seen_version": 1, "title": "改"}, only("clerk")),
    ("post", "/api/cases/{pk}/steps/{step}"): (
        "/api/cases/{application}/steps/submit",
        {"seen_version": 1},
        only("clerk", status=409) | {"auditor": 409},
    ),
    ("post", "/api/cases"): (
        "/api/cases",
        {"award": "M1.2", "organisation": "没有这个单位", "title": "研究院", "year": 2026},
        only("officer", status=422),
    ),
    **acts(*RUNNING, api_acts.CASE_APPLICANT, {"proof": "file"}, ("clerk",)),
    **acts(*RUNNING, api_acts.CASE_CLERK, {}, ("officer",)),
    **acts(*RUNNING, api_acts.CASE_FINANCE, {}, ("finance",)),
    ("post", "/api/cases/{pk}/acts/answer"): (
        "/api/cases/{running}/acts/answer",
        {"objection": 10**9, "is_upheld": False, "text": "没有这一件"},
        only(),
    ),
    ("get", "/api/cases/{pk}/anonymous"): ("/api/cases/{running}/anonymous", None, HANDLERS),
    ("get", "/api/cases/{pk}/papers"): ("/api/cases/{filed}/papers", None, HANDLERS),
    ("post", "/api/cases/{pk}/papers"): (
        "/api/cases/{application}/papers",
        Form({"name": "户口本"}, "file"),
        only("clerk", status=422) | {"auditor": 404},
    ),
    ("post", "/api/cases/{pk}/papers/{paper}/take-back"): (
        "/api/cases/{application}/papers/{draft_paper}/take-back",
        {},
        only("clerk"),
    ),
    ("get", "/api/cases/{pk}/papers/{paper}"): ("/api/cases/{running}/papers/{case_paper}", None, HANDLERS),
    ("get", "/api/cases/{pk}/record"): ("/api/cases/{filed}/record", None, HANDLERS),
    ("get", "/api/cases/{pk}/proofs/{seq}"): ("/api/cases/{running}/proofs/1", None, HANDLERS),
    ("get", "/api/cases/{pk}/letters/{kind}"): ("/api/cases/{running}/letters/decision", None, HANDLERS),
    ("get", "/api/rounds/{pk}/panel"): ("/api/rounds/{round}/panel", None, only("officer", "auditor")),
    ("post", "/api/rounds/{pk}/panel"): (
        "/api/rounds/{round}/panel",
        {"sheet": "project"},
        only("officer", status=409),  # it is drawn
    ),
    ("post", "/api/rounds/{pk}/panel/late"): ("/api/rounds/{round}/panel/late", {}, only("officer", status=409)),
    ("post", "/api/rounds/{pk}/panel/settle"): ("/api/rounds/{round}/panel/settle", {}, only("officer", status=409)),
    ("post", "/api/seats/{pk}/void"): ("/api/seats/{seat}/void", {"reason": ""}, only("officer", status=422)),
    ("post", "/api/seats/{pk}/replace"): ("/api/seats/{seat}/replace", {}, only("officer", status=409)),  # it counts
    ("post", "/api/credit-findings/{pk}/{answer}"): (
        "/api/credit-findings/{finding}/confirmed",
        {"why": ""},
        only("officer", status=422),
    ),
    ("get", "/api/reviews"): ("/api/reviews", None, OPEN | {"visitor": 401}),
    ("get", "/api/reviews/credit"): ("/api/reviews/credit", None, only("expert")),
    ("get", "/api/reviews/{pk}"): ("/api/reviews/{seat}", None, only("expert")),
    ("put", "/api/reviews/{pk}"): ("/api/reviews/{seat}", {"points": {"innovation": 20}}, only("expert")),
    ("post", "/api/reviews/{pk}/declare"): (
        "/api/reviews/{seat}/declare",
        {"reason": ""},
        only("expert", status=422),
    ),
    ("get", "/api/fund"): ("/api/fund?year=2026", None, OFFICES),
    ("get", "/api/fund/movements"): ("/api/fund/movements", None, OFFICES),
    ("get", "/api/fund/batches"): ("/api/fund/batches", None, OFFICES),
    ("get", "/api/fund/batches/{pk}"): ("/api/fund/batches/{batch}", None, OFFICES),
    ("get", "/api/fund/batches/{pk}/file.{form}"): ("/api/fund/batches/{batch}/file.csv", None, only("finance")),
    ("post", "/api/fund/batches"): ("/api/fund/batches", {}, only("finance", status=409)),  # nothing waits
    ("post", "/api/fund/order"): ("/api/fund/order", {}, only("finance")),
    ("post", "/api/fund/batches/{pk}/answer"): (
        "/api/fund/batches/{batch}/answer",
        Form({}, "file"),
        only("finance", status=422),
    ),
    ("get", "/api/fund/documents"): ("/api/fund/documents?year=2026", None, OFFICES),
    ("post", "/api/fund/documents"): (
        "/api/fund/documents",
        {"year": 2026, "document": " ", "amount_fen": 100},
        only("finance", status=422),
    ),
    ("post", "/api/fund/purses"): (
        "/api/fund/purses",
        {"year": 2026, "use": "没有这个用途", "amount_fen": 100},
        only("finance", status=422),
    ),
    ("post", "/api/fund/purses/{pk}/change"): (
        "/api/fund/purses/{purse}/change",
        {"by_fen": 1, "seen_amount_fen": 0, "why": "调增"},
        only("finance", status=409),  # it has another amount
    ),
    # The year runs, or is over by now: both ways of these two are in test_fund_years_api.
    ("post", "/api/fund/purses/{pk}/carry"): ("/api/fund/purses/1000000000/carry", {}, only()),
    ("post", "/api/fund/years/{year}/close"): ("/api/fund/years/2999/close", {"sure": True}, only()),
    ("get", "/api/fund/years"): ("/api/fund/years", None, only("finance")),
    ("get", "/api/fund/review"): ("/api/fund/review?output=45&benefit=25&satisfaction=9", None, OFFICES),
    ("get", "/api/fund/promised"): ("/api/fund/promised", None, only("finance")),
    ("get", "/api/entitlements"): ("/api/entitlements?organisation=x", None, only()),  # nobody's organisation
    ("get", "/api/ties"): ("/api/ties", None, WATCHERS),
    ("post", "/api/ties"): ("/api/ties", api_acts.TIE, only("officer", status=422)),
    ("get", "/api/barred"): ("/api/barred", None, WATCHERS),
    ("post", "/api/ties/{pk}/void"): ("/api/ties/{tie}/void", {"why": ""}, only("officer", status=422)),
    ("post", "/api/barred"): ("/api/barred", api_acts.BARRED, only("officer", status=422)),
    ("post", "/api/barred/{pk}/lift"): ("/api/barred/{barred}/lift", {"why": ""}, only("officer", status=422)),
    ("get", "/api/finance/products"): ("/api/finance/products", None, OPEN),
    ("post", "/api/finance/check"): ("/api/finance/check", {"facts": {}}, dict.fromkeys(ROLES, 422)),
    ("post", "/api/finance/leads"): ("/api/finance/leads", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("get", "/api/finance/cases"): ("/api/finance/cases", None, OPEN | {"visitor": 401}),
    ("get", "/api/finance/cases/{pk}"): ("/api/finance/cases/{case}", None, only("clerk", "officer", "auditor")),
    ("get", "/api/finance/cases/{pk}/history"): (
        "/api/finance/cases/{case}/history",
        None,
        only("clerk", "officer", "auditor"),
    ),
    ("post", "/api/finance/cases/{pk}/open"): (
        "/api/finance/cases/{case}/open",
        {},
        only("clerk", "officer", "auditor", status=409),
    ),
    ("post", "/api/finance/cases/{pk}/steps/{step}"): (
        "/api/finance/cases/{picked}/steps/withdraw",
        {"seen_version": 1},
        only("clerk") | {"officer": 409, "auditor": 409},
    ),
    **acts("/api/finance/cases/{pk}", "/api/finance/cases/{case}", api_acts.FINANCE, {}, KNOWN_BY),
    **{
        ("post", f"/api/finance/cases/{{pk}}/acts/{act}"): (
            "/api/finance/cases/{case}/acts/" + act,
            api_acts.AGREED | api_acts.UNSEEN,
            only(*KNOWN_BY, status=422),  # these are not the words that would be agreed to
        )
        for act in ("consent", "renew")
    },
    ("get", "/api/finance/cases/{pk}/consent"): (
        "/api/finance/cases/{case}/consent?until=2027-01-31",
        None,
        only("clerk"),
    ),
    ("get", "/api/finance/leads"): ("/api/finance/leads", None, OPEN | {"visitor": 401}),
    ("get", "/api/finance/leads/{pk}"): ("/api/finance/leads/{lead}", None, KNOWN),
    ("post", "/api/finance/leads/{pk}/pick"): (
        "/api/finance/leads/{lead}/pick",
        {"product": 10**9},
        only(),
    ),
    ("post", "/api/finance/claims/{pk}/void"): (
        "/api/finance/claims/{subsidy}/void",
        {"why": ""},
        only(*KNOWN_BY, status=422),
    ),
    ("get", "/api/finance/institutions"): ("/api/finance/institutions", None, OPEN),
    ("post", "/api/finance/institutions"): (
        "/api/finance/institutions",
        {"uscc": "x", "kind": "bank", "licence": "1", "since": "2026-01-01"},
        dict.fromkeys(ROLES, 422) | {"visitor": 401},
    ),
    ("post", "/api/finance/institutions/{pk}/end"): (
        "/api/finance/institutions/{institution}/end",
        {"why": ""},
        dict.fromkeys(ROLES, 409) | {"visitor": 401, "officer": 422},
    ),
    ("post", "/api/finance/institutions/{pk}/products"): (
        "/api/finance/institutions/{institution}/products",
        {"name": "贷", "since": "2026-01-01"},
        only(),
    ),
    ("post", "/api/finance/products/{pk}/parameters"): (
        "/api/finance/products/{product}/parameters",
        {"key": "rate_max", "value": 1, "source": "手册", "since": "2026-01-01"},
        only(),
    ),
    ("post", "/api/finance/products/{pk}/end"): (
        "/api/finance/products/{product}/end",
        {"until": "2027-01-01"},
        only(),
    ),
    ("get", "/api/finance/qualifications"): ("/api/finance/qualifications", None, OPEN | {"visitor": 401}),
    ("post", "/api/finance/qualifications"): (
        "/api/finance/qualifications",
        {"organisation": "x", "kind": "entry", "year": 2026, "number": "1"},
        only("officer", status=422),
    ),
    ("post", "/api/finance/qualifications/{pk}/answer"): (
        "/api/finance/qualifications/{proof}/answer",
        {"is_right": True},
        only("officer"),
    ),
    ("get", "/api/finance/filings"): ("/api/finance/filings?month=2026-11", None, only("officer", "auditor")),
    ("post", "/api/finance/filings/outcomes"): (
        "/api/finance/filings/outcomes",
        Form({"document": "公告"}, "file"),
        only("officer", status=422),
    ),
    ("post", "/api/finance/filings/{month}/sheet"): ("/api/finance/filings/2026-11/sheet", {}, WATCHERS),
    ("post", "/api/finance/filings/{month}/sheet.xlsx"): ("/api/finance/filings/2026-11/sheet.xlsx", {}, WATCHERS),
    ("get", "/api/equity/deals"): ("/api/equity/deals", None, OPEN | {"visitor": 401}),
    ("get", "/api/equity/deals/{pk}"): ("/api/equity/deals/{deal}", None, KNOWN),
    ("post", "/api/equity/deals"): ("/api/equity/deals", api_acts.DEAL, only()),
    ("post", "/api/equity/deals/{pk}/steps/{step}"): (
        "/api/equity/deals/{deal}/steps/agree",
        {"seen_version": 1},
        only("clerk") | {"officer": 409, "auditor": 409},
    ),
    **acts("/api/equity/deals/{pk}", "/api/equity/deals/{deal}", api_acts.EQUITY, {}, KNOWN_BY),
    ("post", "/api/equity/projects"): (
        "/api/equity/projects",
        api_acts.PROJECT,
        dict.fromkeys(ROLES, 404) | {"visitor": 401},
    ),
    ("get", "/api/equity/projects/{pk}"): ("/api/equity/projects/{project}", None, KNOWN),
    ("patch", "/api/equity/projects/{pk}"): (
        "/api/equity/projects/{project}",
        {"on_stage": False},
        only("clerk", "officer", "auditor", status=428),
    ),
    ("post", "/api/equity/projects/{pk}/close"): (
        "/api/equity/projects/{project}/close",
        {"why": ""},
        only(*KNOWN_BY, status=409) | {"clerk": 422},
    ),
    ("post", "/api/equity/projects/{pk}/interest"): (
        "/api/equity/projects/{project}/interest",
        {"text": "想了解"},
        only(),
    ),
    ("get", "/api/finance/projects"): ("/api/finance/projects", None, OPEN | {"visitor": 401}),
    ("get", "/api/roadshows"): ("/api/roadshows", None, OPEN),
    ("get", "/api/roadshows/{pk}"): ("/api/roadshows/{roadshow}", None, OPEN),
    ("post", "/api/roadshows"): ("/api/roadshows", api_acts.ROADSHOW, only("officer", status=422)),
    ("patch", "/api/roadshows/{pk}"): ("/api/roadshows/{roadshow}", {"place": "三楼"}, only("officer", status=428)),
    ("post", "/api/roadshows/{pk}/register"): (
        "/api/roadshows/{roadshow}/register",
        {"organisation": "x"},
        only(),
    ),
    ("post", "/api/roadshows/{pk}/unregister"): (
        "/api/roadshows/{roadshow}/unregister",
        {"organisation": "x"},
        only(),
    ),
    ("post", "/api/roadshows/{pk}/attend"): (
        "/api/roadshows/{roadshow}/attend",
        {"came": [], "seen_version": 1},
        only("officer", status=409),  # it has not begun
    ),
    ("post", "/api/roadshows/{pk}/steps/{step}"): (
        "/api/roadshows/{roadshow}/steps/cancel",
        {"seen_version": 1},
        only("officer", status=409),  # why, has to be said
    ),
    ("get", "/api/sales"): ("/api/sales?landed_from=2026-01-01", None, OPEN | {"visitor": 401}),
    ("get", "/api/sales/{pk}"): ("/api/sales/{sale}", None, only("clerk", "officer", "auditor")),
    ("get", "/api/sales/{pk}/history"): ("/api/sales/{sale}/history", None, only("clerk", "officer", "auditor")),
    ("post", "/api/sales/{pk}/steps/{step}"): (
        "/api/sales/{sale}/steps/follow",
        {"seen_version": 0},
        only("clerk", "officer", "auditor", status=409),
    ),
    **acts("/api/sales/{pk}", "/api/sales/{sale}", api_acts.SALE, api_acts.SALE_PAPERS, KNOWN_BY),
    ("get", "/api/sales/income"): ("/api/sales/income", None, OPEN | {"visitor": 401}),
    ("post", "/api/sales"): (
        "/api/sales",
        {"achievement": 10**9},
        dict.fromkeys(ROLES, 404) | {"visitor": 401},
    ),
    ("post", "/api/introductions/{pk}/sale"): (
        "/api/introductions/{introduction}/sale",
        {},
        only("clerk", status=409),  # nothing is agreed yet
    ),
    ("post", "/api/sales/{pk}/acts/answer"): (
        "/api/sales/{sale}/acts/answer",
        {"objection": 10**9, "is_upheld": False, "text": "没有这一件"},
        only(),
    ),
    ("post", "/api/sales/{pk}/trial/steps/{step}"): (
        "/api/sales/{sale}/trial/steps/trigger",
        api_acts.UNSEEN,
        only("clerk", "officer", "auditor", status=409),
    ),
    ("post", "/api/market/{pk}/objections"): (
        "/api/market/{price}/objections",
        {"name": "某", "phone": "1", "text": "短"},
        dict.fromkeys(ROLES, 422) | {"visitor": 401},
    ),
    ("post", "/api/market/{pk}/bids"): (
        "/api/market/{listed}/bids",
        {"organisation": "x", "contact_name": "某", "contact_phone": "1"},
        dict.fromkeys(ROLES, 404) | {"visitor": 401},
    ),
    ("post", "/api/bids/{pk}/take_back"): ("/api/bids/{bid}/take_back", {}, only("clerk", status=409)),
    ("get", "/api/bids"): ("/api/bids", None, OPEN | {"visitor": 401}),
    ("get", "/api/market"): ("/api/market?running=false", None, OPEN),
    ("get", "/api/market/{pk}"): ("/api/market/{price}", None, OPEN),
    ("get", "/api/openings"): ("/api/openings", None, OPEN | {"visitor": 401}),
    ("get", "/api/openings/{pk}"): ("/api/openings/{opening}", None, EARNED),
    ("get", "/api/sales/{pk}/papers"): ("/api/sales/{sale}/papers", None, KNOWN),
    ("get", "/api/sales/{pk}/papers/{paper}"): ("/api/sales/{sale}/papers/{paper}", None, KNOWN),
    ("get", "/api/openings/{pk}/papers"): ("/api/openings/{opening}/papers", None, EARNED),
    ("get", "/api/openings/{pk}/papers/{paper}"): ("/api/openings/{opening}/papers/{paper}", None, EARNED),
    ("get", "/api/notices"): ("/api/notices", None, OPEN),
    ("post", "/api/notices"): (
        "/api/notices",
        {"cases": [10**9], "number": "1 号", "title": "名单", "objections_to": "监督科"},
        only("officer", status=422),
    ),
    ("post", "/api/notices/{pk}/extend"): (
        "/api/notices/{notice}/extend",
        {"down_from": "2026-11-23T08:00:00+08:00", "down_to": "2026-11-23T09:00:00+08:00", "why": "停电"},
        only("officer", status=409),  # not for more than a day
    ),
    ("get", "/api/notices/{pk}"): ("/api/notices/{notice}", None, OPEN),
    ("post", "/api/notices/items/{pk}/objections"): (
        "/api/notices/items/{item}/objections",
        {"name": "某", "phone": "1", "text": "短"},
        dict.fromkeys(ROLES, 422) | {"visitor": 401},
    ),
    ("get", "/api/experts"): ("/api/experts?q=粉末", None, OPEN),
    ("get", "/api/experts/{pk}"): ("/api/experts/{unsaid}", None, OPEN | {"visitor": 404, "newcomer": 404}),
    ("get", "/api/needs/{pk}/experts"): ("/api/needs/{need}/experts", None, OPEN),
    ("post", "/api/experts/{pk}/address"): (
        "/api/experts/{unsaid}/address",
        {"email": "nobody"},
        only("clerk", status=422),
    ),
    ("post", "/api/experts/{pk}/invite"): (
        "/api/experts/{unsaid}/invite",
        {},
        only("clerk", "officer", status=409),  # no address was given
    ),
    ("get", "/api/experts/mine"): ("/api/experts/mine", None, only()),
    ("post", "/api/experts/mine/{answer}"): ("/api/experts/mine/confirm", {"authorships": [1]}, only()),
    ("get", "/api/experts/proposals"): ("/api/experts/proposals", None, only("officer")),
    ("post", "/api/experts/proposals/{pk}/{answer}"): (
        "/api/experts/proposals/{proposal}/different",
        {"why": "两个人"},
        only("officer"),
    ),
    ("post", "/api/experts/merges"): (
        "/api/experts/merges",
        {"one": 10**9, "other": 10**9 + 1, "why": "同一人"},
        only(),
    ),
    ("post", "/api/experts/merges/{pk}/undo"): (
        "/api/experts/merges/{merge}/undo",
        {"why": "看错了"},
        only("officer"),
    ),
    ("get", "/api/repositories"): ("/api/repositories", None, only("officer")),
    ("post", "/api/repositories"): (
        "/api/repositories",
        {"name": "库", "base_url": "ftp://a.example"},
        only("officer", status=422),
    ),
    ("post", "/api/repositories/{pk}/harvests"): (
        "/api/repositories/{repository}/harvests",
        {},
        only("officer", status=201),
    ),
    ("get", "/api/harvests"): ("/api/harvests", None, only("officer")),
    ("get", "/api/harvests/{pk}"): ("/api/harvests/{harvest}", None, only("officer")),
    ("post", "/api/harvests/{pk}/steps/{step}"): (
        "/api/harvests/{harvest}/steps/stop",
        SEEN,
        only("officer", status=409),
    ),
    ("get", "/api/experts/{pk}/history"): ("/api/experts/{unsaid}/history", None, only("officer")),
    ("post", "/api/experts/authorships/{pk}/split"): (
        "/api/experts/authorships/{authorship}/split",
        {"why": "不是他的"},
        only("officer", status=201),
    ),
    ("post", "/api/experts/splits/{pk}/undo"): ("/api/experts/splits/{split}/undo", {}, only("officer")),
    ("get", "/api/experts/aliases"): ("/api/experts/aliases", None, only("officer")),
    ("post", "/api/experts/aliases"): (
        "/api/experts/aliases",
        {"organisation": code(9001), "name": ""},
        only("officer", status=422),
    ),
    ("put", "/api/experts/mine/visibility"): ("/api/experts/mine/visibility", {"visibility": "hidden"}, only("expert")),
    ("get", "/api/people"): ("/api/people?q=x", None, OPEN | {"visitor": 401}),
    ("get", "/api/people/{pk}"): ("/api/people/{person}", None, only("clerk", "county", "officer", "auditor")),
    ("post", "/api/people"): ("/api/people", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("patch", "/api/people/{pk}"): ("/api/people/{person}", {"title": "研究员", "seen_version": 1}, only("clerk")),
    ("post", "/api/people/{pk}/move"): (
        "/api/people/{person}/move",
        {"home": "没有这样一家", "last_day": "2026-11-01", "why": "调令"},
        only("county", "officer", status=422),
    ),
    ("get", "/api/organisations"): ("/api/organisations?q=x", None, only("officer", "county")),
    ("post", "/api/organisations"): (
        "/api/organisations",
        {"uscc": "x", "name": ""},
        only("officer", "county", status=422),
    ),
    ("get", "/api/organisations/{uscc}"): (
        f"/api/organisations/{code(9001)}",
        None,
        only("clerk", "county", "officer", "auditor"),
    ),
    ("patch", "/api/organisations/{uscc}"): (
        f"/api/organisations/{code(9001)}",
        {"about": "铜"},
        only("clerk", "county", "officer", status=428),
    ),
    ("post", "/api/organisations/{uscc}/end"): (
        f"/api/organisations/{code(9001)}/end",
        {"ending": "merged", "on": "2026-01-01", "document": "合并公告"},
        only("county", "officer", status=422),
    ),
    ("post", "/api/organisations/{uscc}/end/undo"): (
        f"/api/organisations/{code(9001)}/end/undo",
        {"why": "登记错了单位"},
        only("county", "officer", status=409),
    ),
    ("post", "/api/organisations/{uscc}/confirm"): (
        f"/api/organisations/{code(9100)}/confirm",
        {},
        only("county", "officer"),
    ),
    ("post", "/api/organisations/{uscc}/chains"): (
        f"/api/organisations/{code(9001)}/chains",
        {"chain": "LC01", "since": "2026-01-01"},
        only("county", "officer", status=422),
    ),
    ("post", "/api/organisations/{uscc}/chains/{chain}/end"): (
        f"/api/organisations/{code(9001)}/chains/LC01/end",
        {"until": "2000-01-01"},
        only("county", "officer", status=422),
    ),
    ("get", "/api/organisations/{uscc}/members"): (
        f"/api/organisations/{code(9001)}/members",
        None,
        only("clerk", "county", "officer"),
    ),
    ("post", "/api/members/{pk}/end"): (
        "/api/members/{membership}/end",
        {"why": ""},
        only("clerk", "county", "officer", status=422),
    ),
    ("post", "/api/members/{pk}/{answer}"): ("/api/members/{claim}/refuse", {}, only("clerk", "county", "officer")),
    ("get", "/api/me"): ("/api/me", None, OPEN | {"visitor": 401}),
    ("get", "/api/mine/{kind}"): ("/api/mine/needs", None, OPEN | {"visitor": 401}),
    ("get", "/api/foreign"): ("/api/foreign?kind=achievements", None, OPEN),
    ("get", "/api/foreign/{pk}"): ("/api/foreign/{foreign}", None, OPEN),
    ("post", "/api/foreign/{pk}/hide"): ("/api/foreign/{foreign}/hide", {"note": ""}, only("officer", status=422)),
    ("post", "/api/foreign/{pk}/unhide"): ("/api/foreign/{foreign}/unhide", {}, only("officer", status=204)),
    ("get", "/api/exchange/key"): ("/api/exchange/key", None, WATCHERS),
    ("post", "/api/exchange/key"): ("/api/exchange/key", {}, only("officer", status=201)),
    ("get", "/api/exchange/peers"): ("/api/exchange/peers", None, WATCHERS),
    ("post", "/api/exchange/peers"): ("/api/exchange/peers", api_acts.PEER, only("officer", status=422)),
    ("get", "/api/exchange/peers/{pk}"): ("/api/exchange/peers/{peer}", None, WATCHERS),
    ("put", "/api/exchange/peers/{pk}"): (
        "/api/exchange/peers/{peer}",
        api_acts.UNSEEN | {"name": "改"},
        only("officer", status=409),
    ),
    ("post", "/api/exchange/peers/{pk}/steps/{step}"): (
        "/api/exchange/peers/{peer}/steps/pause",
        {"seen_version": 2},
        only("officer"),
    ),
    ("post", "/api/exchange/peers/{pk}/acts/try"): (
        "/api/exchange/peers/{peer}/acts/try",
        {},
        only("officer", status=204),
    ),
    ("post", "/api/exchange/peers/{pk}/acts/key"): (
        "/api/exchange/peers/{peer}/acts/key",
        {"public": "x"},
        only("officer", status=409),  # it is in traffic
    ),
    ("post", "/api/exchange/peers/{pk}/acts/again"): (
        "/api/exchange/peers/{peer}/acts/again",
        {"above": 1, "note": "恢复了备份"},
        only("officer"),
    ),
    ("get", "/api/exchange/conflicts"): ("/api/exchange/conflicts?waiting=true", None, WATCHERS),
    ("get", "/api/exchange/conflicts/{pk}"): ("/api/exchange/conflicts/{conflict}", None, WATCHERS),
    ("post", "/api/exchange/conflicts/{pk}/decide"): (
        "/api/exchange/conflicts/{conflict}/decide",
        {"decision": "keep", "note": ""},
        only("officer", status=422),
    ),
    ("get", "/api/exchange/refusals"): ("/api/exchange/refusals", None, WATCHERS),
    ("get", "/api/webhooks"): ("/api/webhooks", None, OPEN | {"visitor": 401}),
    ("post", "/api/webhooks"): ("/api/webhooks", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("get", "/api/webhooks/{pk}"): ("/api/webhooks/{hook}", None, only("clerk")),
    ("patch", "/api/webhooks/{pk}"): ("/api/webhooks/{hook}", {"seen_version": 1}, only("clerk")),  # nothing new
    ("post", "/api/webhooks/{pk}/steps/{step}"): (
        "/api/webhooks/{hook}/steps/stop",
        {"seen_version": 9},
        only("clerk", status=409),
    ),
    ("post", "/api/webhooks/{pk}/test"): ("/api/webhooks/{hook}/test", {}, only("clerk", status=201)),
    ("post", "/api/webhooks/{pk}/secret"): ("/api/webhooks/{hook}/secret", {}, only("clerk")),
    ("get", "/api/webhooks/{pk}/deliveries"): ("/api/webhooks/{hook}/deliveries", None, only("clerk")),
    ("post", "/api/webhooks/deliveries/{pk}/resend"): (
        "/api/webhooks/deliveries/{delivery}/resend",
        {},
        only("clerk"),
    ),
    ("get", "/api/introductions"): ("/api/introductions", None, OPEN | {"visitor": 401}),
    ("post", "/api/introductions"): (
        "/api/introductions",
        {"need": 10**9, "achievement": 10**9},
        dict.fromkeys(ROLES, 404) | {"visitor": 401},
    ),
    ("get", "/api/introductions/{pk}"): ("/api/introductions/{introduction}", None, KNOWN),
    ("get", "/api/introductions/{pk}/history"): ("/api/introductions/{introduction}/history", None, KNOWN),
    ("get", "/api/introductions/{pk}/meetings"): ("/api/introductions/{introduction}/meetings", None, INSIDE),
    ("get", "/api/introductions/{pk}/versions"): ("/api/introductions/{introduction}/versions", None, INSIDE),
    ("get", "/api/introductions/{pk}/messages"): ("/api/introductions/{introduction}/messages", None, INSIDE),
    **{
        ("post", f"/api/introductions/{{pk}}/{what}"): (
            "/api/introductions/{invitation}/" + what.replace("{step}", "take_back").replace("{n}", "1"),
            SEEN | more,
            only("clerk", "officer", "auditor", status=409),
        )
        for what, more in INTRODUCED.items()
    },
    ("post", "/api/introductions/{pk}/intent"): (
        "/api/introductions/{invitation}/intent",
        Form({"signed_on": "2026-11-23", "about": "合作意向"} | SEEN, "file"),
        only(*KNOWN_BY, status=409),
    ),
    ("post", "/api/introductions/{pk}/intent/void"): (
        "/api/introductions/{invitation}/intent/void",
        {"why": "传错"} | SEEN,
        only(*KNOWN_BY, status=409),
    ),
    ("post", "/api/introductions/{pk}/meetings/{meeting}/void"): (
        "/api/introductions/{introduction}/meetings/1000000000/void",
        {"why": "登记错了引荐"} | SEEN,
        only(),
    ),
    ("get", "/api/introductions/{pk}/intent"): ("/api/introductions/{introduction}/intent", None, INSIDE),
    ("get", "/api/introductions/{pk}/intent/file"): ("/api/introductions/{introduction}/intent/file", None, INSIDE),
    ("get", "/api/introductions/{pk}/papers/{paper}"): (
        "/api/introductions/{introduction}/papers/{laid}",
        None,
        INSIDE,
    ),
    ("get", "/api/introductions/{pk}/papers"): ("/api/introductions/{introduction}/papers", None, INSIDE),
    ("post", "/api/introductions/{pk}/papers"): (
        "/api/introductions/{invitation}/papers",
        Form({}, "file"),
        only(*KNOWN_BY, status=409),
    ),
    ("post", "/api/introductions/{pk}/meetings/{meeting}/cancel"): (
        "/api/introductions/{introduction}/meetings/1000000000/cancel",
        SEEN | {"why": "改期"},
        only(),
    ),
    ("post", "/api/introductions/{pk}/assign"): (
        "/api/introductions/{invitation}/assign",
        SEEN | {"manager": "nobody@example.com"},
        only(*KNOWN_BY, status=422),
    ),
    ("get", "/api/saved-searches"): ("/api/saved-searches", None, OPEN | {"visitor": 401}),
    ("post", "/api/saved-searches"): (
        "/api/saved-searches",
        {"name": "x"},
        dict.fromkeys(ROLES, 422) | {"visitor": 401},
    ),
    ("post", "/api/saved-searches/{pk}/stop"): ("/api/saved-searches/{saved}/stop", {}, only("clerk")),
    ("post", "/api/judgements"): (
        "/api/judgements",
        {"need": 0, "achievement": 0, "level": 3},
        dict.fromkeys(ROLES, 404) | {"visitor": 401},
    ),
    ("get", "/api/needs/{pk}/judgements"): ("/api/needs/{need}/judgements", None, OPEN | {"visitor": 401}),
    ("get", "/api/models"): ("/api/models", None, only("officer", "auditor")),
    ("post", "/api/models"): ("/api/models", {}, only("officer", status=409)),  # one is being learned
    ("post", "/api/models/switch"): (
        "/api/models/switch",
        {"model": None, "why": ""},
        only("officer", status=422),
    ),
    ("get", "/api/imports"): ("/api/imports", None, OPEN | {"visitor": 401}),
    ("get", "/api/imports/{pk}/annotated"): ("/api/imports/{import}/annotated", None, only("clerk")),
    ("post", "/api/imports/{pk}/drop"): ("/api/imports/{import}/drop", STEP, only("clerk", status=409)),  # it is wrong
    ("post", "/api/imports"): ("/api/imports?kind=needs", {}, dict.fromkeys(ROLES, 422) | {"visitor": 401}),
    ("get", "/api/imports/{pk}"): ("/api/imports/{import}", None, only("clerk")),
    ("post", "/api/imports/{pk}/land"): ("/api/imports/{import}/land", STEP, only("clerk", status=409)),
}


def call(client, method, address, body=None, **more):
    if body is None:
        return getattr(client, method)(address, **more)
    if isinstance(body, Form):
        return client.post(address, body.parts(), **more)
    return getattr(client, method)(address, json.dumps(body), content_type="application/json", **more)


NAMED = {" ".join(key): (key[0], *row) for key, row in CALLS.items()}


@together(NAMED)
def test_who_may_call_what(request, subtests, things, names):
    clients = everybody(request, (*ROLES, "expert"))
    for name in names:
        method, address, body, statuses = NAMED[name]
        with tried(subtests, name, address, things) as to:
            for role in sorted(statuses, key=lambda role: statuses[role] == 200):
                answer = call(clients[role], method, to, body)
                assert answer.status_code == statuses[role], (role, answer.content[:300])


def test_every_call_of_the_document_stands_in_the_table():
    document = api.get_openapi_schema()
    assert {(method, path) for path, methods in document["paths"].items() for method in methods} == set(CALLS)


def test_a_draft_is_not_there_for_others(request, things):
    for role in ("visitor", "stranger", "county", "officer"):
        assert signed_in(request, role).get(f"/api/needs/{things['draft'].pk}").status_code == 404


def test_contact_details_follow_the_relation(request, things):
    for role, shows in (
        ("visitor", False),
        ("newcomer", False),
        ("stranger", False),
        ("clerk", True),
        ("officer", True),
    ):
        found = signed_in(request, role).get(f"/api/needs/{things['need'].pk}").json()
        assert (found["contact"] is not None) == shows, role
    assert all(item["contact"] is None for item in signed_in(request, "officer").get("/api/needs").json()["items"])


class TestKeys:
    """A key is its account, no further than its scopes, until it ends."""

    def key(self, account, scopes=("read", "write"), **more):
        now = timezone.now()
        made = {"expires_at": now + timedelta(days=1)} | more
        return parties.create_api_key(account=account, name="x", scopes=scopes, now=now, **made)

    def ask(self, text, method="get", address="/api/imports/1", body=None):
        return call(Client(), method, address, body, headers={"Authorization": text})

    def test_it_reads_and_writes_without_a_csrf_token(self, clerk, firm):
        _key, text = self.key(clerk)
        client = Client(enforce_csrf_checks=True)
        body = {k: VALUES[k] for k in ("title", "text", "field")} | {"organisation": firm.uscc}
        made = call(client, "post", "/api/needs", body, headers={"Authorization": f"Bearer {text}"})
        assert made.status_code == 201
        assert Need.objects.get().created_by == clerk

    def test_a_session_needs_the_token(self, clerk, firm):
        client = Client(enforce_csrf_checks=True)
        client.force_login(clerk)
        assert call(client, "post", "/api/needs", {"organisation": firm.uscc, "title": "x"}).status_code == 403

    def test_who_signs_in_by_no_session_is_told_that_the_key_is_wrong(self, clerk, firm):
        client, body = Client(enforce_csrf_checks=True), {"organisation": firm.uscc, "title": "x"}
        assert call(client, "post", "/api/needs", body).status_code == 401
        assert call(client, "post", "/api/needs", body, headers={"Authorization": "Bearer thk_x"}).status_code == 401
        client.force_login(clerk)
        assert call(client, "post", "/api/needs", body, headers={"Authorization": "Bearer thk_x"}).status_code == 401
        assert call(client, "get", "/api/me", headers={"Authorization": "Basic eDp5"}).status_code == 200

    def test_reading_keys_cannot_write(self, clerk, firm):
        _key, text = self.key(clerk, ("read",))
        body = {"organisation": firm.uscc, "title": "x"}
        assert self.ask(f"Bearer {text}", "post", "/api/needs", body).status_code == 401
        assert self.ask(f"Bearer {text}").status_code == 404

    def test_ended_revoked_and_wrong_keys(self, clerk, firm):
        key, text = self.key(clerk)
        assert self.ask(f"Bearer {text}").status_code == 404
        parties.revoke_api_key(key=key, actor=clerk, now=timezone.now())
        old, ended = self.key(clerk)
        type(old).objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        for wrong in (
            f"Bearer {text}",
            f"Bearer {ended}",
            "Bearer ",
            "Bearer x",
            f"Basic {text}",
            text,
            "Bearer \udcff",
        ):
            assert self.ask(wrong.encode("utf-8", "replace").decode()).status_code == 401

    def test_a_key_of_somebody_switched_off(self, clerk):
        _key, text = self.key(clerk)
        clerk.is_active = False
        clerk.save()
        assert self.ask(f"Bearer {text}").status_code == 401


GOOD = {name: VALUES[name] for name in ("title", "text", "field", "chain")}


class TestListings:
    """Create, change, step; wrong fields by name; a stale version is told."""

    @pytest.fixture
    def caller(self, client, clerk):
        client.force_login(clerk)
        return client

    def test_from_draft_to_withdrawn(self, caller, firm):
        made = call(caller, "post", "/api/needs", GOOD | {"organisation": firm.uscc, "price_fen": 12_345_600}).json()
        assert (made["state"], made["version"], made["price_fen"]) == ("draft", 1, 12_345_600)
        address = f"/api/needs/{made['id']}"
        changed = call(caller, "put", f"{address}?seen_version=1", {"title": "新标题"}).json()
        assert (changed["title"], changed["text"]) == ("新标题", GOOD["text"])
        stale = call(caller, "put", f"{address}?seen_version=1", {"title": "又一个"})
        assert stale.status_code == 409
        assert "刚刚修改过" in stale.json()["message"]
        done = call(caller, "post", f"{address}/steps/publish", {"seen_version": 2}).json()
        assert done["state"] == "published"
        assert call(caller, "post", f"{address}/steps/publish", {"seen_version": 3}).status_code == 409
        assert call(caller, "post", f"{address}/steps/fly", {"seen_version": 3}).status_code == 404
        assert call(caller, "post", f"{address}/steps/withdraw", {"seen_version": 3}).json()["state"] == "withdrawn"
        assert Client().get(address).status_code == 404

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"field": "炼金术"}, "field"),
            ({"chain": "LC13"}, "chain"),
            ({"region": "371523"}, "region"),
            ({"contact_email": "nobody"}, "contact_email"),
            ({"price_fen": -1}, "price_fen"),
            ({"price_fen": 1.5}, "price_fen"),
            ({"title": ""}, "title"),
            ({"title": "长" * 200}, "title"),
            ({"trl_wanted": 14}, "trl_wanted"),
        ],
    )
    def test_wrong_fields_by_name(self, caller, firm, changed, field):
        answer = call(caller, "post", "/api/needs", GOOD | {"organisation": firm.uscc} | changed)
        assert answer.status_code == 422
        assert list(answer.json()["fields"]) == [field]
        assert not Need.objects.exists()

    def test_a_version_is_seen_before_it_is_changed(self, caller, firm):
        made = call(caller, "post", "/api/needs", GOOD | {"organisation": firm.uscc})
        assert made["ETag"] == '"1"'
        address = f"/api/needs/{made.json()['id']}"
        read = caller.get(address)
        assert (read["ETag"], read["Cache-Control"]) == ('"1"', "private, no-cache")
        assert read.json()["steps"] == ["submit", "publish"]
        assert caller.get(address, headers={"If-None-Match": '"1"'}).status_code == 304
        blind = call(caller, "put", address, {"title": "没看就改"})
        assert (blind.status_code, "If-Match" in blind.json()["message"]) == (428, True)
        first = call(caller, "put", address, {"title": "看了再改"}, headers={"If-Match": '"1"'})
        assert (first.status_code, first["ETag"]) == (200, '"2"')
        late = call(caller, "put", address, {"title": "晚了一步"}, headers={"If-Match": '"1"'})
        assert (late.status_code, late.json()["message"][:4]) == (409, "别人刚刚")
        for wrong, query in (("*", ""), ('"x"', ""), ('"2"', "?seen_version=1")):
            odd = call(caller, "put", f"{address}{query}", {"title": "x"}, headers={"If-Match": wrong})
            assert odd.status_code == 422, wrong
        step = call(caller, "post", f"{address}/steps/submit", {}, headers={"If-Match": '"2"'})
        assert (step.json()["state"], step["ETag"]) == ("submitted", '"3"')
        assert call(caller, "post", f"{address}/steps/withdraw", {}).status_code == 428

    def test_ones_own_in_every_state(self, caller, clerk, firm, stranger):
        draft(clerk, firm, title="草稿")
        published(clerk, firm, title="已发布")
        draft(stranger, stranger.memberships.get().organisation, title="别人的")
        mine = caller.get("/api/mine/needs").json()
        assert [(one["title"], one["state"]) for one in mine["items"]] == [("已发布", "published"), ("草稿", "draft")]
        assert caller.get("/api/mine/needs?state=draft").json()["total"] == 1
        assert caller.get("/api/me").json()["organisations"] == [
            {"uscc": firm.uscc, "name": firm.name, "is_confirmed": True}
        ]

    def test_another_organisation_is_not_there(self, caller, stranger):
        other = stranger.memberships.get().organisation
        assert call(caller, "post", "/api/needs", GOOD | {"organisation": other.uscc}).status_code == 404

    def test_lists_cost_the_same_for_one_row_and_three(self, clerk, firm, client, django_assert_num_queries):
        published(clerk, firm)
        with django_assert_num_queries(2):
            assert client.get("/api/needs").json()["total"] == 1
        published(clerk, firm)
        published(clerk, firm)
        with django_assert_num_queries(2):
            assert len(client.get("/api/needs").json()["items"]) == 3

    def test_achievements_with_their_people_cost_the_same_too(self, clerk, firm, client, django_assert_num_queries):
        person = parties.register_person(name="容止戈", home=firm, actor=None, now=timezone.now())
        for n in range(3):
            published(clerk, firm, Achievement).people.set([person])
            if n in (0, 2):
                with django_assert_num_queries(5):
                    assert len(client.get("/api/achievements").json()["items"]) == n + 1

    @pytest.mark.parametrize(
        ("asked", "status"),
        [("limit=0", 422), ("limit=101", 422), ("offset=-1", 422), ("offset=99999", 200), ("limit=x", 422)],
    )
    def test_the_bounds_of_a_page(self, client, db, asked, status):
        assert client.get(f"/api/needs?{asked}").status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "铜排" * 10_000}, 200),
        ({"text": "铜排" * 10_001}, 422),
        ({"text": ""}, 422),
        ({"text": "！！！"}, 422),
        ({"text": "a\x00b 铜排"}, 200),
        ({"text": "🙂🔧"}, (200, 422)),
        ({"text": "铜排", "top": 101}, 422),
        ({"text": "铜排", "trl_min": 0}, 422),
        ({"text": "铜排", "chain": ["LC13"]}, 200),
        ({"text": "铜排", "kind": "people"}, 422),
        ({"text": "铜排", "chain": ["\u0000"]}, 422),
        ({"text": "铜排", "chain": ["\ud800"]}, 422),
        ({"text": "铜排", "field": ["\ud800"]}, 422),
        ({"text": "铜排", "region": ["\ud800"]}, 422),
        ({"text": "铜排\ud800"}, 422),
    ],
)
def test_odd_questions(client, clerk, firm, body, status):
    published(clerk, firm)
    answer = call(client, "post", "/api/search", body)
    assert answer.status_code in (status if isinstance(status, tuple) else (status,))
    if answer.status_code == 422:
        assert set(answer.json()) == {"message", "fields"}


@pytest.mark.parametrize("step", ["assign", "ready", "refine", "long_term", "resubmit"])
def test_a_judgement_has_a_call_of_its_own(request, things, step):
    """As a mere step it would not ask whether the need is a copy."""
    address = f"/api/diagnosis/{things['diagnosis'].pk}/steps/{step}"
    answer = call(signed_in(request, "officer"), "post", address, {"seen_version": 1, "note": "写得清楚"})
    assert answer.status_code == 404


@pytest.mark.parametrize("body", ["{", "", "null", "[]", '"x"'])
def test_what_is_no_object_is_refused_and_breaks_nothing(client, db, body):
    answer = client.post("/api/search", body, content_type="application/json")
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/nothing", 404),
        ("delete", "/api/needs", 405),
        ("post", "/api/me", 405),
        ("get", "/api/needs/x", 404),
    ],
)
def test_refusals_have_one_shape_wherever_they_come_from(client, db, method, address, status):
    answer = getattr(client, method)(address)
    assert answer.status_code == status
    assert set(answer.json()) == {"message", "fields"}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"leader_running_projects": "a\x00"}, "leader_running_projects：不能有控制字符 NUL"),
        ({"leader_running_projects": [{"deep": ["a", "\x00"]}]}, "leader_running_projects.deep：不能有控制字符 NUL"),
        ({"a\x00": 1}, "不能有控制字符 NUL"),
        ({"leader_running_projects": float("nan")}, "leader_running_projects：要写数字"),
        ({"leader_running_projects": [float("-inf")]}, "leader_running_projects：要写数字"),
        ({"leader_running_projects": "\ud800"}, "leader_running_projects：有残缺的字符"),
    ],
)
def test_what_no_column_holds_is_refused_at_its_field_however_deep(request, things, facts, said):
    address = f"/api/cases/{things['application'].pk}"
    answer = call(signed_in(request, "clerk"), "put", address, {"seen_version": 1, "facts": facts})
    assert answer.status_code == 422, answer.content
    (told,) = answer.json()["fields"].values()
    assert said in told


def test_nesting_beyond_the_stack_is_answered(request, things):
    deep = '{"seen_version": 1, "facts": {"leader_running_projects": ' + "[" * 600 + '"\\u0000"' + "]" * 600 + "}}"
    client = signed_in(request, "clerk")
    address = f"/api/cases/{things['application'].pk}"
    assert client.put(address, deep, content_type="application/json").status_code == 422


def test_a_body_that_is_too_large_is_refused_in_the_same_shape(client, clerk):
    client.force_login(clerk)
    answer = client.post("/api/needs", b'{"title": "' + b"x" * 2_200_000 + b'"}', content_type="application/json")
    assert answer.status_code in (400, 413)
    assert set(answer.json()) == {"message", "fields"}


class TestWebhooks:
    """The secret once; for ones own only."""

    NEW = {"name": "业务系统", "url": "https://example.com/hook", "events": ["need.published"]}

    def test_from_registration_to_deletion(self, client, clerk, firm):
        client.force_login(clerk)
        made = call(client, "post", "/api/webhooks", self.NEW | {"organisation": firm.uscc})
        assert made.status_code == 201
        assert made.json()["secret"].startswith("whsec_")
        address = f"/api/webhooks/{made.json()['id']}"
        read = client.get(address)
        assert "secret" not in read.json()
        assert call(client, "post", f"{address}/test", {}).json()["event"] == "webhook.test"
        renewed = call(client, "post", f"{address}/secret", {}).json()["secret"]
        assert renewed == Hook.objects.get(pk=made.json()["id"]).secret != made.json()["secret"]
        assert client.get(f"{address}/deliveries").json()["total"] == 1
        new = {"url": "https://example.com/new"}
        changed = call(client, "patch", address, new, headers={"If-Match": read["ETag"]})
        assert (changed.json()["url"], changed.json()["name"], changed["ETag"]) == (new["url"], "业务系统", '"2"')
        assert call(client, "patch", address, {"events": [], "seen_version": 1}).status_code == 409
        page = f"/webhooks/{made.json()['id']}/change/"
        said = {"name": "业务系统", "url": "https://10.1.1.1/", "events": ["need.published"], "seen_version": "2"}
        assert "url" in client.post(page, said).context["form"].errors
        assert client.post(page, said | {"url": "https://example.com/newer"}).status_code == 302
        read = client.get(address)
        ended = call(client, "post", f"{address}/steps/end", {}, headers={"If-Match": read["ETag"]})
        assert ended.json()["state"] == "ended"
        assert client.get(address).status_code == 404

    def test_for_an_office(self, client, officer):
        client.force_login(officer)
        made = call(client, "post", "/api/webhooks", self.NEW | {"office": "city_officer"})
        assert made.json()["owner"] == "市科技局工作人员"
        assert call(client, "post", "/api/webhooks", self.NEW | {"office": "auditor"}).status_code == 404

    @pytest.mark.parametrize(
        ("changed", "status", "field"),
        [
            ({"url": "http://example.com/"}, 422, "url"), ({"url": "https://10.1.1.1/"}, 422, "url"),
            ({"events": ["case.deleted"]}, 422, "events.0"), ({"events": []}, 422, "events"),
            ({"organisation": "x"}, 404, None),
        ],
    )  # fmt: skip
    def test_wrong_fields_by_name(self, client, clerk, firm, changed, status, field):
        client.force_login(clerk)
        answer = call(client, "post", "/api/webhooks", self.NEW | {"organisation": firm.uscc} | changed)
        assert answer.status_code == status
        assert field is None or list(answer.json()["fields"]) == [field]


def test_a_sheet_over_the_api(client, officer):
    client.force_login(officer)
    file = SimpleUploadedFile("需求.xlsx", sheet(4).xlsx())
    made = client.post("/api/imports?kind=needs", {"file": file})
    assert made.status_code == 201
    pk = made.json()["id"]
    imports.check(pk=pk, now=timezone.now())
    case = client.get(f"/api/imports/{pk}").json()
    assert (case["state"], case["row_count"], case["error_count"]) == ("checked", 4, 0)
    press = {"seen_version": case["version"]}
    assert call(client, "post", f"/api/imports/{pk}/land", press).status_code == 200
    assert call(client, "post", f"/api/imports/{pk}/land", press).status_code == 409
    imports.land(pk=pk, now=timezone.now())
    assert client.get(f"/api/imports/{pk}").json()["receipt"]["rows"] == 4
    letter = client.post("/api/imports?kind=needs", {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 a letter")}).json()
    imports.check(pk=letter["id"], now=timezone.now())
    assert client.get(f"/api/imports/{letter['id']}").json()["state"] == "wrong"


def test_drafts_are_the_owners(client, clerk, firm, stranger):
    mine = draft(clerk, firm)
    client.force_login(stranger)
    assert call(client, "put", f"/api/needs/{mine.pk}?seen_version=1", {"title": "x"}).status_code == 404
