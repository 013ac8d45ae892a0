"""Pages and their addresses."""

from django.urls import path, register_converter

from triplehelix.doors.web.views import (
    account,
    applying,
    barred,
    batches,
    cases,
    entitlements,
    expert_acts,
    expert_answers,
    expert_desk,
    experts,
    fund,
    imports,
    list_desk,
    listings,
    lists,
    measures,
    notices,
    opening,
    papers,
    reviews,
    rounds,
    search,
    styleguide,
    terms,
    ties,
    todo,
    trial,
)

app_name = "web"


class Kind:
    """The two kinds of listing, as they stand in an address."""

    regex = "needs|achievements"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Sheet(Kind):
    """What lists can be uploaded of."""

    regex = "needs|achievements|papers|patents"


register_converter(Kind, "kind")
register_converter(Sheet, "sheet")

urlpatterns = [
    path("", search.home, name="home"),
    path("search/", search.find, name="search"),
    path("todo/", todo.todo, name="todo"),
    path("account/", account.account, name="account"),
    path("account/claim/", account.claim, name="claim"),
    path("account/keys/", account.new_key, name="key-new"),
    path("account/keys/<int:pk>/revoke/", account.revoke_key, name="key-revoke"),
    path("organisations/<int:pk>/confirm/", account.confirm_organisation, name="organisation-confirm"),
    path("members/<int:pk>/<slug:answer>/", account.answer_claim, name="claim-answer"),
    path("imports/", imports.index, name="imports"),
    path("imports/template/<sheet:what>.xlsx", imports.sheet_template, name="import-template"),
    path("imports/new/<sheet:what>/", imports.upload, name="import-upload"),
    path("imports/<int:pk>/", imports.show, name="import"),
    path("imports/<int:pk>/annotated.xlsx", imports.annotated, name="import-annotated"),
    path("imports/<int:pk>/<slug:step>/", imports.step, name="import-step"),
    path("measures/", measures.index, name="measures"),
    path("measures/<str:code>/", measures.show, name="measure"),
    path("awards/<str:code>/", measures.calculate, name="calculate"),
    path("terms/", terms.index, name="terms"),
    path("terms/<slug:code>/", terms.edit, name="term"),
    path("entitlements/", entitlements.index, name="entitlements"),
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/new/", rounds.new, name="round-new"),
    path("rounds/<int:pk>/", rounds.show, name="round"),
    path("rounds/<int:pk>/candidates.xlsx", rounds.candidate_template, name="round-template"),
    path("rounds/<int:pk>/candidates/", rounds.candidates, name="round-candidates"),
    path("rounds/<int:pk>/share/", rounds.share, name="round-share"),
    path("rounds/<int:pk>/trial/", trial.show, name="round-trial"),
    path("rounds/<int:pk>/trial/chart.svg", trial.chart, name="round-trial-chart"),
    path("rounds/<int:pk>/panel/", reviews.panel, name="panel"),
    path("rounds/<int:pk>/panel/settle/", reviews.settle, name="panel-settle"),
    path("seats/<int:pk>/<slug:act>/", reviews.seat, name="seat"),
    path("barred/", barred.index, name="barred"),
    path("ties/", ties.index, name="ties"),
    path("reviews/", reviews.index, name="reviews"),
    path("reviews/<int:pk>/", reviews.score, name="review"),
    path("reviews/<int:pk>/declare/", reviews.declare, name="review-declare"),
    path("cases/", cases.index, name="cases"),
    path("cases/export.xlsx", cases.export, name="cases-export"),
    path("cases/new/", opening.new, name="case-new"),
    path("cases/<int:pk>/", cases.show, name="case"),
    path("cases/<int:pk>/edit/", applying.edit, name="case-edit"),
    path("cases/<int:pk>/steps/<slug:step>/", cases.step, name="case-step"),
    path("cases/<int:pk>/acts/<slug:act>/", cases.act, name="case-act"),
    path("cases/<int:pk>/proofs/<int:seq>/", papers.proof, name="case-proof"),
    path("cases/<int:pk>/<slug:kind>.docx", papers.document, name="case-document"),
    path("cases/<int:pk>/<slug:kind>/", papers.show, name="case-letter"),
    path("notices/", notices.index, name="notices"),
    path("notices/new/", notices.new, name="notice-new"),
    path("notices/<int:pk>/", notices.show, name="notice"),
    path("notices/<int:pk>/notice.docx", notices.document, name="notice-document"),
    path("notices/<int:pk>/extend/", notices.extend, name="notice-extend"),
    path("notices/items/<int:pk>/object/", notices.objection, name="objection"),
    path("fund/", fund.desk, name="fund"),
    path("fund/open/", batches.open_year, name="fund-open"),
    path("fund/order/", batches.order_all, name="fund-order"),
    path("fund/send/", batches.send, name="fund-send"),
    path("fund/batches/<int:pk>/", batches.show, name="batch"),
    path("fund/batches/<int:pk>/answer/", batches.answer, name="batch-answer"),
    path("fund/batches/<int:pk>/file.<slug:form>", batches.file, name="batch-file"),
    path("fund/review/", fund.review, name="fund-review"),
    path("fund/chart.svg", fund.chart, name="fund-chart"),
    path("fund/ledger.xlsx", fund.export, name="fund-export"),
    path("lists/", lists.index, name="lists"),
    path("lists/feed.atom", lists.feed, name="lists-feed"),
    path("lists/<kind:kind>.atom", lists.feed, name="list-feed"),
    path("lists/new/", list_desk.new, name="list-new"),
    path("lists/ask/", list_desk.ask, name="list-ask"),
    path("lists/<int:pk>/", lists.show, name="list"),
    path("lists/<int:pk>/list.<slug:form>", lists.file, name="list-file"),
    path("experts/", experts.index, name="experts"),
    path("experts/mine/", expert_answers.mine, name="experts-mine"),
    path("experts/mine/<slug:act>/", expert_answers.answer, name="experts-answer"),
    path("experts/invited/<str:token>/", expert_answers.invited, name="experts-invited"),
    path("experts/desk/", expert_desk.desk, name="experts-desk"),
    path("experts/desk/sure/", expert_desk.decide_sure, name="proposals-sure"),
    path("experts/aliases/", expert_desk.aliases, name="experts-aliases"),
    path("experts/proposals/<int:pk>/<slug:answer>/", expert_desk.decide, name="proposal"),
    path("experts/merges/<int:pk>/undo/", expert_acts.undo_merge, name="merge-undo"),
    path("experts/splits/<int:pk>/undo/", expert_acts.undo_split, name="split-undo"),
    path("experts/authorships/<int:pk>/split/", expert_acts.split, name="authorship-split"),
    path("experts/<int:pk>/", experts.show, name="expert"),
    path("experts/<int:pk>/years.svg", experts.years, name="expert-years"),
    path("experts/<int:pk>/address/", expert_acts.address, name="expert-address"),
    path("experts/<int:pk>/invite/", expert_acts.invite, name="expert-invite"),
    path("experts/<int:pk>/merge/", expert_acts.merge, name="expert-merge"),
    path("repositories/", expert_desk.repositories, name="repositories"),
    path("repositories/<int:pk>/harvest/", expert_desk.start, name="harvest-start"),
    path("harvests/<int:pk>/", expert_desk.harvest, name="harvest"),
    path("harvests/<int:pk>/<slug:step>/", expert_desk.step, name="harvest-step"),
    path("needs/<int:pk>/experts/", experts.for_need, name="need-experts"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    path("mine/<kind:kind>/", listings.mine, name="mine"),
    path("<kind:kind>/", listings.index, name="listings"),
    path("<kind:kind>/export.xlsx", listings.export, name="listings-export"),
    path("<kind:kind>/new/", listings.new, name="listing-new"),
    path("<kind:kind>/<int:pk>/", listings.show, name="listing"),
    path("<kind:kind>/<int:pk>/edit/", listings.edit, name="listing-edit"),
    path("<kind:kind>/<int:pk>/matches/", listings.matches, name="listing-matches"),
    path("<kind:kind>/<int:pk>/steps/<slug:step>/", listings.step, name="listing-step"),
]
