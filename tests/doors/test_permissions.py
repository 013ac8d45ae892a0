"""Every page against every role, both ways: what is yours opens, what is not is not there.

The table names every address the site has; one that is missing fails the test, so no page goes unvisited.
"""

from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tests.html import faults
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import sessions
from triplehelix.records.parties.models import ApiKey, Membership, Organisation

ROLES = ("visitor", "clerk", "stranger", "newcomer", "county", "other_county", "officer", "finance", "auditor",
         "expert")  # fmt: skip
SIGN_IN, OPEN, MISSING = "sign in", 200, 404
EVERYBODY = dict.fromkeys(ROLES, OPEN)
SIGNED_IN = EVERYBODY | {"visitor": SIGN_IN}


def only(*roles, status=OPEN, missing=MISSING):
    """These may; visitors are asked to sign in, everybody else finds nothing."""
    return dict.fromkeys(ROLES, missing) | {"visitor": SIGN_IN} | dict.fromkeys(roles, status)


IMPORTERS = ("clerk", "stranger", "county", "other_county", "officer")
MEMBERS = only("clerk", "stranger", missing=403)
#: Whoever handles a case of the clerk's firm, and the firm itself.
HANDLERS = only("clerk", "county", "officer", "finance", "auditor")
OFFICES = only("officer", "finance", "auditor")
#: Experts nobody has confirmed are for members of confirmed organisations, and whoever holds an office.
KNOWN = dict.fromkeys(ROLES, OPEN) | {"visitor": MISSING, "newcomer": MISSING}
#: The buyer, the market's witness and the auditor of a sale; the seller's people have no role in this table.
PARTIES = only("clerk", "officer", "auditor")
EARNED = only("clerk", "officer", "finance", "auditor")
#: name of the address → (how to write it from `things`, what each role gets)
GETS = {
    "home": ("/", EVERYBODY),
    "search": ("/search/?q=铜排发黑", EVERYBODY),
    "styleguide": ("/styleguide", EVERYBODY),
    "measures": ("/measures/", EVERYBODY),
    "measure": ("/measures/M5.4/", EVERYBODY),
    "calculate": ("/awards/M5.4/", EVERYBODY),
    "terms": ("/terms/", OFFICES),
    "term": ("/terms/talent_ratio/", only("officer")),
    "fund": ("/fund/", OFFICES),
    "fund-open": ("/fund/open/", only("finance")),
    "fund-year-end": ("/fund/year-end/", only("finance")),
    "batch": ("/fund/batches/{batch}/", OFFICES),
    "batch-answer-form": ("/fund/batches/{batch}/answer.xlsx", only("finance")),
    "batch-file": ("/fund/batches/{batch}/file.xlsx", only("finance")),
    "batch-file (csv)": ("/fund/batches/{batch}/file.csv", only("finance")),
    "fund-review": ("/fund/review/?output=45&benefit=25&satisfaction=9", OFFICES),
    "fund-chart": ("/fund/chart.svg", OFFICES),
    "fund-export": ("/fund/ledger.xlsx", OFFICES),
    "entitlements": ("/entitlements/", SIGNED_IN),
    "rounds": ("/rounds/", EVERYBODY),
    "round-new": ("/rounds/new/", only("officer")),
    "round-change": ("/rounds/{round}/change/", only("officer")),
    "round": ("/rounds/{round}/", EVERYBODY),
    "round-trial": ("/rounds/{entitled}/trial/", OFFICES),
    "round-trial-chart": ("/rounds/{entitled}/trial/chart.svg", OFFICES),
    "round-template": ("/rounds/{entitled}/candidates.xlsx", only("officer")),
    "panel": ("/rounds/{round}/panel/", only("officer", "auditor")),
    "ties": ("/ties/", only("officer", "auditor")),
    "barred": ("/barred/", only("officer", "auditor")),
    "barred-lift": ("/barred/{barred}/lift/", only("officer")),
    "tie-void": ("/ties/{tie}/void/", only("officer")),
    "offices": ("/offices/", only("officer", "auditor")),
    "organisations": ("/organisations/?q=x", only("officer", "county", "other_county")),
    "organisation-new": ("/organisations/new/", only("officer", "county", "other_county")),
    "organisation": ("/organisations/{firm}/", only("clerk", "county", "officer", "auditor")),
    "organisation-edit": ("/organisations/{firm}/edit/", only("clerk", "county", "officer")),
    "organisation-end": ("/organisations/{firm}/end/", only("county", "officer")),
    "organisation-undo-end": ("/organisations/{firm}/end/undo/", only()),
    "offices (over)": ("/offices/?over=1&role=expert&q=x", only("officer", "auditor")),
    "office-end": ("/offices/{office}/end/", only("officer")),
    "people": ("/people/?q=x&only=linked", SIGNED_IN),
    "person": ("/people/{person}/", only("clerk", "county", "officer", "auditor")),
    "person-claims": ("/people/claims/", only("officer", "county", "other_county")),
    "members": ("/organisations/{firm}/members/", only("clerk", "county", "officer")),
    "member-end": ("/members/{membership}/end/", only("clerk", "county", "officer")),
    "reviews": ("/reviews/", SIGNED_IN),
    "review": ("/reviews/{seat}/", only("expert")),
    "cases": ("/cases/", SIGNED_IN),
    "cases-export": ("/cases/export.xlsx", SIGNED_IN),
    "case-new": ("/cases/new/", only("officer")),
    "case": ("/cases/{filed}/", HANDLERS),
    "case (draft)": ("/cases/{application}/", only("clerk", "auditor")),
    "case-edit": ("/cases/{application}/edit/", only("clerk")),
    "case-proof": ("/cases/{running}/proofs/1/", HANDLERS),
    "case-anonymous": ("/cases/{running}/anonymous/", HANDLERS),
    "case-paper": ("/cases/{running}/papers/{case_paper}/", HANDLERS),
    "case-letter": ("/cases/{running}/decision/", HANDLERS),
    "case-document": ("/cases/{running}/decision.docx", HANDLERS),
    "notices": ("/notices/", EVERYBODY),
    "notice-new": ("/notices/new/", only("officer")),
    "notice": ("/notices/{notice}/", EVERYBODY),
    "notice-document": ("/notices/{notice}/notice.docx", EVERYBODY),
    "objection": ("/notices/items/{item}/object/", EVERYBODY),
    "funnel": ("/funnel/", EVERYBODY),
    "funnel-chart": ("/funnel/chart.svg", EVERYBODY),
    "funnel-rows": ("/funnel/needs/", only("officer", "auditor")),
    "funnel-rows (own county)": ("/funnel/needs/?unit=371521", only("county", "officer", "auditor")),
    "funnel-rows (deals)": ("/funnel/paid/?of=happened", only("officer", "auditor")),
    "funnel-export": ("/funnel/landed/rows.xlsx?of=happened", only("officer", "auditor")),
    "lists": ("/lists/", EVERYBODY),
    "lists-feed": ("/lists/feed.atom", EVERYBODY),
    "list-feed": ("/lists/needs.atom", EVERYBODY),
    "list": ("/lists/{list}/", EVERYBODY),
    "list-file": ("/lists/{list}/list.xlsx", EVERYBODY),
    "list-file (Word)": ("/lists/{list}/list.docx", EVERYBODY),
    "list-file (JSON)": ("/lists/{list}/list.json", EVERYBODY),
    "list-new": ("/lists/new/", only("officer")),
    "list-new (correction)": ("/lists/new/?replaces={list}", only("officer")),
    "experts": ("/experts/?q=粉末涂料", EVERYBODY),
    "expert": ("/experts/{famous}/", EVERYBODY),
    "expert (harvested)": ("/experts/{unsaid}/", KNOWN),
    "expert-years": ("/experts/{famous}/years.svg", EVERYBODY),
    "experts-mine": ("/experts/mine/", SIGNED_IN),
    "experts-invited": ("/experts/invited/nothing/", dict.fromkeys(ROLES, MISSING)),
    "experts-desk": ("/experts/desk/", only("officer")),
    "experts-aliases": ("/experts/aliases/", only("officer")),
    "repositories": ("/repositories/", only("officer")),
    "harvest": ("/harvests/{harvest}/", only("officer")),
    "need-experts": ("/needs/{need}/experts/", EVERYBODY),
    "foreign-list": ("/elsewhere/achievements/", EVERYBODY),
    "foreign": ("/elsewhere/{foreign}/", EVERYBODY),
    "exchange": ("/exchange/", only("officer", "auditor")),
    "peer-new": ("/exchange/peers/new/", only("officer")),
    "peer": ("/exchange/peers/{peer}/", only("officer", "auditor")),
    "conflict": ("/exchange/conflicts/{conflict}/", only("officer", "auditor")),
    "refusals": ("/exchange/refusals/", only("officer", "auditor")),
    "visits": ("/visits/", SIGNED_IN),
    "visit-new": ("/visits/new/", SIGNED_IN),
    "visits-ready": ("/visits/ready/", SIGNED_IN | {"visitor": 401}),
    "visits-worker": ("/visits/worker.js", EVERYBODY),
    "visit": ("/visits/{visit}/", only("clerk", "county", "officer", "auditor")),
    "visit-ask-lead": ("/visits/asks/{ask}/lead/", only("clerk", "county", "officer")),
    "diagnoses": ("/diagnosis/", SIGNED_IN),
    "diagnosis": ("/diagnosis/{diagnosis}/", only("clerk", "county", "officer", "auditor")),
    "ndas": ("/nda/", SIGNED_IN),
    "nda": ("/nda/{agreement}/", only("clerk", "stranger", "county", "officer", "auditor")),
    "nda-signed": ("/nda/{agreement}/signed/", only()),
    "nda-new": ("/needs/{secret}/nda/", only("stranger")),
    "market": ("/market/", EVERYBODY),
    "market (over)": ("/market/?over=1&method=agreed", EVERYBODY),
    "market-notice": ("/market/{price}/", EVERYBODY),
    "market-notice (listing)": ("/market/{listed}/", EVERYBODY),
    "market-document": ("/market/{price}/notice.docx", EVERYBODY),
    "market-object": ("/market/{price}/object/", EVERYBODY),
    "market-bid": ("/market/{listed}/bid/", MEMBERS),
    "sales": ("/sales/", SIGNED_IN),
    "sales-export": ("/sales/export.xlsx", SIGNED_IN),
    "sale-new": ("/sales/new/?achievement={achievement}&need={need}", only("clerk", "stranger", "officer")),
    "sale-income": ("/sales/income/", SIGNED_IN),
    "sale": ("/sales/{sale}/", PARTIES),
    "sale (notice)": ("/sales/{noticed}/", PARTIES),
    "sale-paper": ("/sales/{sale}/files/{paper}/", PARTIES),
    "openings": ("/openings/", SIGNED_IN),
    "opening": ("/openings/{opening}/", EARNED),
    "opening-paper": ("/openings/{opening}/files/{paper}/", EARNED),
    "finance": ("/finance/", EVERYBODY),
    "finance-compare": ("/finance/compare/?p={product}&p=x", EVERYBODY),
    "finance-check": ("/finance/check/", EVERYBODY),
    "finance-product": ("/finance/products/{product}/", EVERYBODY),
    "finance-product-change": ("/finance/products/{product}/change/", only()),
    "finance-product-new": ("/finance/institutions/{institution}/products/new/", only()),
    "finance-leads": ("/finance/leads/", SIGNED_IN),
    "finance-lead-new": ("/finance/leads/new/?kind=loan&months=12&amount=100000", only("clerk", "stranger")),
    "finance-lead": ("/finance/leads/{lead}/", only("clerk", "officer", "auditor")),
    "finance-case": ("/finance/cases/{case}/", only("clerk", "officer", "auditor")),
    "finance-case (picked)": ("/finance/cases/{picked}/", only("clerk", "officer", "auditor")),
    "finance-desk": ("/finance/desk/", only()),
    "finance-filing": ("/finance/filing/?month=2026-11", only("officer", "auditor")),
    "finance-qualifications": ("/finance/qualifications/", only("clerk", "stranger", "officer", "auditor")),
    "finance-office": ("/finance/office/", only("officer", "auditor")),
    "finance-chart": ("/finance/office/chart.svg", only("officer", "auditor")),
    "equity-projects": ("/equity/projects/", only("clerk", "stranger", "officer", "auditor")),
    "equity-project-new": ("/equity/projects/new/", only("clerk", "stranger")),
    "equity-project-change": ("/equity/projects/{project}/change/", only("clerk")),
    "equity-project": ("/equity/projects/{project}/", only("clerk", "officer", "auditor")),
    "equity-deals": ("/equity/deals/", SIGNED_IN),
    "equity-deal-new": ("/equity/deals/new/", only()),
    "equity-deal": ("/equity/deals/{deal}/", only("clerk", "officer", "auditor")),
    "roadshows": ("/roadshows/", EVERYBODY),
    "roadshow-new": ("/roadshows/new/", only("officer")),
    "roadshow": ("/roadshows/{roadshow}/", EVERYBODY),
    "roadshow-change": ("/roadshows/{roadshow}/change/", only("officer")),
    "roadshow-calendar": ("/roadshows/{roadshow}/roadshow.ics", EVERYBODY),
    "introductions": ("/introductions/", SIGNED_IN),
    "introductions-export": ("/introductions/export.xlsx", SIGNED_IN),
    "introduction-new": ("/introductions/new/?need={need}&achievement={offered}", only("clerk", "officer")),
    "introduction-new (choose)": ("/introductions/new/?achievement={offered}", SIGNED_IN),
    "introduction": ("/introductions/{introduction}/", only("clerk", "officer", "auditor")),
    "introduction-room": ("/introductions/{introduction}/room/", only("clerk", "auditor")),
    "introduction-room (not yet)": ("/introductions/{invitation}/room/", only()),
    "introduction-paper": ("/introductions/{introduction}/files/{laid}/", only("clerk", "auditor")),
    "introduction-intent": ("/introductions/{introduction}/intent/", only("clerk", "auditor")),
    "saved": ("/saved/", SIGNED_IN),
    "saved-new": ("/saved/new/?q=铜排&what=achievements", SIGNED_IN),
    "saved-new (own)": ("/saved/new/?need={need}", only("clerk")),
    "saved-end": ("/saved/end/nonsense/", dict.fromkeys(ROLES, MISSING)),
    "manager-desk": ("/desk/", only("officer")),
    "models": ("/matching/models/", only("officer", "auditor")),
    "model": ("/matching/models/{model}/", only("officer", "auditor")),
    "todo": ("/todo/", SIGNED_IN),
    "account": ("/account/", SIGNED_IN),
    "webhooks": ("/webhooks/", SIGNED_IN),
    "webhook": ("/webhooks/{hook}/", only("clerk")),
    "webhook-change": ("/webhooks/{hook}/change/", only("clerk")),
    "imports": ("/imports/", SIGNED_IN),
    "import-template": ("/imports/template/needs.xlsx", SIGNED_IN),
    "import-upload": ("/imports/new/needs/", only(*IMPORTERS)),
    "import-template (papers)": ("/imports/template/papers.xlsx", SIGNED_IN),
    "import-upload (patents)": ("/imports/new/patents/", only(*IMPORTERS)),
    "import": ("/imports/{import}/", only("clerk")),
    "import-annotated": ("/imports/{import}/annotated.xlsx", only("clerk")),
    "mine": ("/mine/needs/", SIGNED_IN),
    "mine-confirm": ("/mine/needs/confirm/", SIGNED_IN),
    "listings": ("/achievements/", EVERYBODY),
    "listings-export": ("/needs/export.xlsx", EVERYBODY),
    "listing-new": ("/needs/new/", MEMBERS),
    "listing": ("/needs/{need}/", EVERYBODY),
    "listing (draft)": ("/needs/{draft}/", only("clerk", "auditor") | {"visitor": MISSING}),
    "listing-edit": ("/needs/{need}/edit/", only("clerk")),
    "listing-matches": ("/needs/{need}/matches/", EVERYBODY),
    "listing-matches (draft)": ("/needs/{draft}/matches/", only("clerk", "auditor") | {"visitor": MISSING}),
}
DONE, SAID = 302, 422
SIGNED_IN_SAID = dict.fromkeys(ROLES, SAID) | {"visitor": SIGN_IN}
POSTS = {
    "account-name": ("/account/name/", SIGNED_IN_SAID),
    "claim": ("/account/claim/", dict.fromkeys(ROLES, SAID) | {"visitor": SIGN_IN}),
    "key-new": ("/account/keys/", dict.fromkeys(ROLES, SAID) | {"visitor": SIGN_IN}),
    "key-revoke": ("/account/keys/{key}/revoke/", only("clerk", status=DONE)),
    "organisation-confirm": ("/organisations/{waiting}/confirm/", only("county", "officer", status=DONE)),
    "organisation-new": ("/organisations/new/", only("officer", "county", "other_county", status=SAID)),
    "organisation-edit": ("/organisations/{firm}/edit/", only("county", "officer", status=SAID) | {"clerk": 409}),
    "organisation-end": ("/organisations/{firm}/end/", only("county", "officer", status=SAID)),
    "organisation-undo-end": ("/organisations/{firm}/end/undo/", only()),
    "chain-join": ("/organisations/{firm}/chains/", only("county", "officer", status=SAID)),
    "chain-leave": ("/chains/{chain}/leave/", only("county", "officer", status=DONE)),
    "claim-answer": ("/members/{claim}/accept/", only("clerk", "county", "officer", status=DONE)),
    "claim-answer (as administrator)": (
        "/members/{claim}/accept-admin/",
        only("clerk", "county", "officer", status=DONE),
    ),
    "claim-answer (refused)": ("/members/{claim}/refuse/", only("clerk", "county", "officer", status=DONE)),
    "claim-answer (no such answer)": ("/members/{claim}/maybe/", only()),
    "member-end": ("/members/{membership}/end/", only("clerk", "county", "officer", status=SAID)),
    "people": ("/people/", only("clerk", "stranger", status=SAID)),
    "person": ("/people/{person}/", only("clerk", status=SAID)),
    "person-link": ("/people/{person}/account/", only("county", "officer", status=SAID)),
    "person-release": ("/people/{person}/account/end/", only("county", "officer", status=SAID)),
    "person-move": ("/people/{person}/move/", only("county", "officer", status=SAID)),
    "person-answer": ("/people/claims/{person_claim}/refuse/", only("county", "officer", status=DONE)),
    "person-answer (no such answer)": ("/people/claims/{person_claim}/maybe/", only()),
    "person-ask": ("/people/ask/", SIGNED_IN_SAID | {"expert": DONE}),
    "import-step": ("/imports/{import}/drop/", only("clerk", status=DONE)),
    "mine-confirm": ("/mine/needs/confirm/", SIGNED_IN_SAID),
    "listing-step": (
        "/needs/{need}/steps/withdraw/",
        dict.fromkeys(ROLES, 409) | {"visitor": SIGN_IN, "clerk": DONE},
    ),
    "listing-step (by an office, without a reason)": (
        "/needs/{need}/steps/take_down/",
        dict.fromkeys(ROLES, 409) | {"visitor": SIGN_IN},
    ),
    "listing-step (draft)": ("/needs/{draft}/steps/submit/", only("clerk", status=DONE) | {"auditor": 409}),
    "term": ("/terms/talent_ratio/", only("officer", status=SAID)),
    "fund-open": ("/fund/open/", only("finance")),
    "fund-year-end": ("/fund/year-end/", only("finance")),
    "fund-order": ("/fund/order/", only("finance", status=DONE)),
    "fund-send": ("/fund/send/", only("finance", status=DONE)),
    "batch-answer": ("/fund/batches/{batch}/answer/", only("finance", status=SAID)),
    "round (apply)": ("/rounds/{round}/", only("clerk", "stranger", status=SAID)),
    "round-candidates": ("/rounds/{entitled}/candidates/", only("officer", status=SAID)),
    "round-share": ("/rounds/{entitled}/share/", only("officer", status=DONE)),
    "round-new": ("/rounds/new/", only("officer", status=SAID)),
    "round-change": ("/rounds/{round}/change/", only("officer", status=SAID)),
    "panel": ("/rounds/{round}/panel/", only("officer", status=SAID)),
    "panel-late": ("/rounds/{round}/panel/late/", only("officer", status=DONE)),
    "panel-settle": ("/rounds/{round}/panel/settle/", only("officer", status=DONE)),
    "seat": ("/seats/{seat}/void/", only("officer", status=DONE)),
    "credit-answer": ("/credit/{finding}/confirmed/", only("officer", status=DONE)),
    "credit-answer (no such answer)": ("/credit/{finding}/maybe/", only()),
    "review": ("/reviews/{seat}/", only("expert", status=DONE)),
    "review-declare": ("/reviews/{seat}/declare/", only("expert", status=SAID)),
    "ties": ("/ties/", only("officer", status=SAID)),
    "barred": ("/barred/", only("officer", status=SAID)),
    "barred-lift": ("/barred/{barred}/lift/", only("officer", status=SAID)),
    "tie-void": ("/ties/{tie}/void/", only("officer", status=SAID)),
    "offices": ("/offices/", only("officer", status=SAID)),
    "office-end": ("/offices/{office}/end/", only("officer", status=SAID)),
    "case-new": ("/cases/new/", only("officer", status=SAID)),
    "case-edit": ("/cases/{application}/edit/", only("clerk", status=SAID)),
    "case-paper-add": ("/cases/{application}/papers/", only("clerk", status=DONE)),
    "case-paper-take-back": ("/cases/{application}/papers/{draft_paper}/take-back/", only("clerk", status=DONE)),
    "case-step": ("/cases/{application}/steps/withdraw/", only("clerk", status=DONE) | {"auditor": 409}),
    "case-act": ("/cases/{application}/acts/account/", only("clerk", status=SAID)),
    "notice-new": ("/notices/new/", only("officer", status=SAID)),
    "notice-extend": ("/notices/{notice}/extend/", only("officer", status=SAID)),
    "objection": ("/notices/items/{item}/object/", dict.fromkeys(ROLES, SAID)),
    "market-object": ("/market/{price}/object/", dict.fromkeys(ROLES, SAID)),
    "market-bid": ("/market/{listed}/bid/", only("clerk", "stranger", status=SAID, missing=403)),
    "market-bid-back": ("/market/bids/{bid}/back/", only("clerk", status=DONE)),
    "sale-new": ("/sales/new/", only("clerk", "stranger", "officer", status=SAID)),
    "sale-step": ("/sales/{noticed}/steps/suspend/", only("officer", status=409) | {"clerk": 409, "auditor": 409}),
    "sale-step (by an act only)": ("/sales/{noticed}/steps/sign/", only()),
    "sale-act": ("/sales/{sale}/acts/money/", only("officer", status=SAID)),
    "sale-trial": ("/sales/{sale}/trial/trigger/", PARTIES | dict.fromkeys(("clerk", "officer", "auditor"), 409)),
    "list-new": ("/lists/new/", only("officer", status=SAID)),
    "experts-answer": ("/experts/mine/confirm/", only("expert", status=DONE)),
    "experts-invited": ("/experts/invited/nothing/", dict.fromkeys(ROLES, MISSING)),
    "proposal": ("/experts/proposals/{proposal}/different/", only("officer", status=DONE)),
    "proposals-sure": ("/experts/desk/sure/", only("officer", status=DONE)),
    "experts-aliases": ("/experts/aliases/", only("officer", status=SAID)),
    "merge-undo": ("/experts/merges/{merge}/undo/", only("officer", status=DONE)),
    "split-undo": ("/experts/splits/{split}/undo/", only("officer", status=DONE)),
    "authorship-split": ("/experts/authorships/{authorship}/split/", only("officer", status=DONE)),
    "expert-address": ("/experts/{unsaid}/address/", only("clerk", status=DONE)),
    "expert-invite": ("/experts/{unsaid}/invite/", only("clerk", "officer", status=DONE)),
    "expert-merge": ("/experts/{unsaid}/merge/", only("officer", status=SAID)),
    "repositories": ("/repositories/", only("officer", status=SAID)),
    "harvest-start": ("/repositories/{repository}/harvest/", only("officer", status=DONE)),
    "harvest-step": ("/harvests/{harvest}/stop/", only("officer", status=DONE)),
    "list-ask": ("/lists/ask/", only("officer", status=DONE)),
    "webhooks": ("/webhooks/", dict.fromkeys(ROLES, SAID) | {"visitor": SIGN_IN}),
    "webhook-change": ("/webhooks/{hook}/change/", only("clerk", status=SAID)),
    "webhook-step": ("/webhooks/{hook}/steps/stop/", only("clerk", status=DONE)),
    "webhook-act": ("/webhooks/{hook}/acts/test/", only("clerk", status=DONE)),
    "delivery-resend": ("/webhooks/deliveries/{delivery}/resend/", only("clerk", status=DONE)),
    "judge": ("/needs/{need}/matches/{achievement}/judge/", only("officer", status=DONE)),
    "models-train": ("/matching/models/train/", only("officer", status=DONE)),
    "models-switch": ("/matching/models/switch/", only("officer", status=SAID)),
    "foreign-hide": ("/elsewhere/{foreign}/hide/", only("officer", status=SAID)),
    "peer-new": ("/exchange/peers/new/", only("officer", status=SAID)),
    "peer": ("/exchange/peers/{peer}/", only("officer", status=SAID)),
    "peer-step": ("/exchange/peers/{peer}/steps/pause/", only("officer", status=DONE)),
    "peer-act": ("/exchange/peers/{peer}/acts/try/", only("officer", status=DONE)),
    "exchange-key": ("/exchange/keys/new/", only("officer", status=DONE)),
    "conflict": ("/exchange/conflicts/{conflict}/", only("officer", status=SAID)),
    "visit-new": ("/visits/new/", dict.fromkeys(ROLES, SAID) | {"visitor": SIGN_IN}),
    "visit-void": ("/visits/{visit}/void/", only("county", "officer", status=SAID)),
    "visit-ask-step": (
        "/visits/asks/{ask}/pass_on/",
        only("clerk", "county", "officer", "auditor", status=409),
    ),
    "diagnosis-step": (
        "/diagnosis/{diagnosis}/steps/release/",
        only("clerk", "county", "officer", "auditor", status=409),
    ),
    "diagnosis-act": ("/diagnosis/{diagnosis}/acts/judge/", only("clerk", "county", "officer", "auditor", status=SAID)),
    "diagnosis-text": ("/diagnosis/{diagnosis}/text/", only()),
    "nda-step": (
        "/nda/{agreement}/steps/withdraw/",
        only("clerk", "county", "officer", "auditor", status=409) | {"stranger": DONE},
    ),
    "nda-attach": ("/nda/{agreement}/attach/", only("clerk", "stranger", "county", "officer", "auditor", status=SAID)),
    "nda-new": ("/needs/{secret}/nda/", only("stranger", status=SAID)),
    "need-text": ("/needs/{secret}/text/", only("clerk", "county", "officer", "auditor", status=OPEN)),
    "finance-lead-new": ("/finance/leads/new/", only("clerk", "stranger", status=SAID)),
    "finance-product-change": ("/finance/products/{product}/change/", only()),
    "finance-product-new": ("/finance/institutions/{institution}/products/new/", only()),
    "finance-pick": ("/finance/leads/{lead}/pick/", only("clerk", "officer", "auditor", status=SAID)),
    "finance-open": ("/finance/cases/{picked}/open/", only("clerk", "officer", "auditor", status=DONE)),
    "finance-step": (
        "/finance/cases/{picked}/steps/withdraw/",
        only("clerk", status=DONE) | {"officer": 409, "auditor": 409},
    ),
    "finance-act": ("/finance/cases/{picked}/acts/consent/", only("clerk", status=SAID)),
    "finance-act (revoke a filing)": ("/finance/cases/{case}/acts/unfile/", only("officer", status=SAID)),
    "finance-act (correct a contract)": ("/finance/cases/{case}/acts/correct_contract/", only()),
    "finance-act (void a payment)": ("/finance/cases/{case}/acts/void_payment/", only()),
    "finance-claim-void": ("/finance/claims/{subsidy}/void/", only("clerk", "officer", status=SAID)),
    "finance-filing-sheet": ("/finance/filing/2026-11.xlsx", only("officer", "auditor")),
    "finance-outcomes": ("/finance/filing/outcomes/", only("officer", status=SAID)),
    "finance-qualifications": (
        "/finance/qualifications/",
        only("clerk", "stranger", "officer", status=SAID),
    ),
    "finance-qualification-answer": ("/finance/qualifications/{proof}/right/", only("officer", status=DONE)),
    "finance-institution-new": ("/finance/institutions/new/", only("officer", status=SAID)),
    "finance-institution-end": ("/finance/institutions/{institution}/end/", only("officer", status=DONE)),
    "equity-project-new": ("/equity/projects/new/", only("clerk", "stranger", status=SAID)),
    "equity-project-change": ("/equity/projects/{project}/change/", only("clerk", status=SAID)),
    "equity-project-close": ("/equity/projects/{project}/close/", only("clerk", status=SAID)),
    "equity-interest": ("/equity/projects/{project}/interest/", only()),
    "equity-deal-new": ("/equity/deals/new/", only()),
    "equity-deal-step": (
        "/equity/deals/{deal}/steps/agree/",
        only("clerk", status=DONE) | {"officer": 409, "auditor": 409},
    ),
    "equity-deal-act": ("/equity/deals/{deal}/acts/exit/", only()),
    "roadshow-new": ("/roadshows/new/", only("officer", status=SAID)),
    "roadshow-change": ("/roadshows/{roadshow}/change/", only("officer", status=SAID)),
    "roadshow-register": ("/roadshows/{roadshow}/register/", only("clerk", "stranger", status=SAID)),
    "roadshow-attend": ("/roadshows/{roadshow}/attend/", only("officer", status=DONE)),
    "roadshow-step": ("/roadshows/{roadshow}/steps/cancel/", only("officer", status=409)),
    "introduction-new": ("/introductions/new/?need={need}&achievement={third}", only("clerk", "officer", status=DONE)),
    "saved-new": ("/saved/new/?q=铜排&what=achievements", SIGNED_IN_SAID),
    "saved-stop": ("/saved/{saved}/stop/", only("clerk", status=DONE)),
    "saved-end": ("/saved/end/nonsense/", dict.fromkeys(ROLES, MISSING)),
    "introduction-act": ("/introductions/{introduction}/acts/say/", only("clerk", status=SAID)),
    "introduction-act (taken back)": ("/introductions/{invitation}/acts/take_back/", only("clerk", status=DONE)),
    "introduction-act (assign)": ("/introductions/{invitation}/acts/assign/", only("officer", status=SAID)),
    "listing-new": ("/needs/new/", dict.fromkeys(ROLES, 403) | {"visitor": SIGN_IN, "clerk": SAID, "stranger": SAID}),
    "listing-edit": ("/needs/{need}/edit/", only("clerk", status=SAID)),
    "import-upload": (
        "/imports/new/needs/",
        only("clerk", "stranger", "county", "other_county", "officer", status=SAID),
    ),
}


def signed_in(request, role, **more):
    client = Client(**more)
    if role != "visitor":
        client.force_login(request.getfixturevalue(role))
    return client


class Numbers:
    """What an address names, by its number."""

    def __init__(self, things):
        self.things = things

    def __getitem__(self, name):
        return self.things[name].pk


def written(address, things):
    return address.format_map(Numbers(things))


def same(answer, status):
    if status == SIGN_IN:
        return answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return answer.status_code == status and not answer.get("Location", "").startswith("/accounts/login/")


#: Everything there is takes longer to make than one address to try: so many are tried in one test.
AT_ONCE = 45


def together(table):
    """The table in parts of a few, each named by its addresses, so that `-k` finds them."""
    names = list(table)
    parts = [names[n : n + AT_ONCE] for n in range(0, len(names), AT_ONCE)]
    return pytest.mark.parametrize("names", parts, ids=[",".join(part) for part in parts])


@contextmanager
def tried(subtests, name, address, things):
    """The address, written; what is done there is taken back."""
    to = written(address, things)  # makes what it names, which stays
    with subtests.test(name), transaction.atomic():
        yield to
        transaction.set_rollback(True)


def everybody(request, roles):
    """Each at a browser of their own, with a session that is in use: what an address writes is taken back, so a new
    session would be noted at every one."""
    found = {role: signed_in(request, role) for role in roles}
    now = timezone.now()
    for role in found.keys() - {"visitor"}:
        session = found[role].session
        sessions.is_staff(session, request.getfixturevalue(role), now=now)
        sessions.note_use(session, now=now)
        session.save()
    return found


@pytest.fixture
def clients(request, things):
    return everybody(request, ROLES)


@together(GETS)
def test_who_opens_what_and_what_browsers_may_do_with_it(subtests, things, clients, names):
    for name in names:
        address, statuses = GETS[name]
        with tried(subtests, name, address, things) as to:
            for role, status in statuses.items():
                answer = clients[role].get(to)
                assert same(answer, status), (role, answer.status_code, answer.get("Location"))
                policy = answer["Content-Security-Policy"]
                assert "unsafe-inline" not in policy
                assert "script-src 'self'" in policy
                assert answer["X-Frame-Options"] == "DENY"
                assert answer["X-Content-Type-Options"] == "nosniff"
                assert answer["Referrer-Policy"] == "same-origin"
                sound(answer, role)
            headed = clients[role].head(to)  # of the last role: who watches a site asks for the head alone
            assert same(headed, status) and not headed.content


def sound(answer, role):
    """A page, also one of refusal or with what was wrong in a form, can be used without seeing it."""
    if answer["Content-Type"].startswith("text/html") and answer.content:
        found = faults(answer.content.decode())
        assert not found, "\n".join((f"{answer.wsgi_request.path} for {role}", *found))


def seen_version(address):
    second = any(name in address for name in ("import", "{need}", "{peer}"))
    return {"seen_version": "2" if second else "1"}


@together(POSTS)
def test_who_may_not_changes_nothing(subtests, things, clients, names):
    for name in names:
        address, statuses = POSTS[name]
        with tried(subtests, name, address, things) as to:
            for role, status in statuses.items():
                if status == DONE:
                    continue
                answer = clients[role].post(to, seen_version(address))
                assert same(answer, status), (role, answer.status_code, answer.get("Location"))
                sound(answer, role)
            nothing_has_changed(things)


def nothing_has_changed(things):
    assert ApiKey.objects.get(pk=things["key"].pk).revoked_at is None
    assert Organisation.objects.get(pk=things["waiting"].pk).confirmed_at is None
    assert Membership.objects.get(pk=things["claim"].pk).accepted_at is None
    assert Need.objects.get(pk=things["need"].pk).state == "published"


@together(POSTS)
def test_who_may_does_it(subtests, things, clients, names):
    for name in names:
        address, statuses = POSTS[name]
        for role in (role for role, status in statuses.items() if status == DONE):
            with tried(subtests, f"{name} {role}", address, things) as to:
                answer = clients[role].post(to, seen_version(address))
                assert same(answer, DONE)


def test_a_form_of_another_site_does_nothing(request, things):
    for address, _statuses in POSTS.values():
        who = "officer" if "terms" in address or "confirm" in address or "members" in address else "clerk"
        client = signed_in(request, who, enforce_csrf_checks=True)
        assert client.post(written(address, things), seen_version(address)).status_code == 403
    things["need"].refresh_from_db()
    assert things["need"].state == "published"


def test_every_address_stands_in_the_table():
    known = {one.name for one in get_resolver("triplehelix.doors.web.urls").url_patterns}
    visited = {name.split(" ")[0] for name in (*GETS, *POSTS)}
    assert known == visited


def test_what_is_done_by_a_form_is_not_done_by_a_link(request, things):
    only_posts = [address for name, (address, _statuses) in POSTS.items() if name.split(" ")[0] not in GETS]
    for address in only_posts:
        assert signed_in(request, "clerk").get(written(address, things)).status_code in (302, 404)


CONTACT = "0635-8400000"


@pytest.mark.parametrize("role", ROLES)
def test_contact_details_are_for_the_owner_and_the_offices(request, things, role):
    page = signed_in(request, role).get(written("/needs/{need}/", things)).content.decode()
    assert (CONTACT in page) == (role in ("clerk", "county", "officer"))


def test_an_export_has_no_contact_details(client, things):
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(client.get("/needs/export.xlsx").content))
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row]
    assert any("铜排" in cell for cell in cells)
    assert not any("8400000" in cell or "阮砺石" in cell for cell in cells)
