"""Pages of needs and achievements: lists, one item, its form, its steps, its matches."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web import exports, found, introducing, judged, kept, sure
from triplehelix.doors.web.forms import AchievementForm, ListingForm, NeedForm, StepForm
from triplehelix.doors.web.need_page import doubled, of_need
from triplehelix.doors.web.organisations import sent_for
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import DEEDS, account_of, filters_of, sheet_of
from triplehelix.doors.web.steps import stepped
from triplehelix.doors.web.views.sale_opening import may_start
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import finds as experts
from triplehelix.market.imports.access import importer
from triplehelix.market.listings import actions, finds
from triplehelix.market.listings.access import CONTACT_RELATIONS, relations, relations_of
from triplehelix.market.listings.flow import needs_another_look
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.ranked import match_listing
from triplehelix.matching.search import Facets
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.steps.actions import Refused, offered, take
from triplehelix.records.steps.history import history

PER_PAGE, SHOWN_PEOPLE = 20, 12


class Kind(NamedTuple):
    """What differs between the two kinds of listing, for the same pages."""

    model: type[Listing]
    form: type[ListingForm]
    name: Any
    answers: str


KINDS = {
    "needs": Kind(Need, NeedForm, gettext_lazy("企业需求"), "achievements"),
    "achievements": Kind(Achievement, AchievementForm, gettext_lazy("科技成果"), "needs"),
}


def _open(request: Request, kind: str, pk: int) -> Listing:
    """The listing, for those who may see it; 404 for everybody else."""
    return get_object_or_404(finds.shown_to(KINDS[kind].model, account_of(request), timezone.now()), pk=pk)


@login_not_required
@require_safe
def index(request: Request, kind: str) -> HttpResponse:
    """Everything published, filtered and sorted by what the address says."""
    return _list(request, kind, finds.published(KINDS[kind].model), title=KINDS[kind].name, mine=False)


@login_not_required
@require_safe
def export(request: Request, kind: str) -> HttpResponse:
    """The list as it is filtered now, as a workbook."""
    model = KINDS[kind].model
    rows = filters_of(request, model).apply(finds.published(model))
    name = str(KINDS[kind].name)
    back = exports.address(request, reverse("web:listings", args=[kind]))
    return exports.workbook(request, rows, lambda rows: [sheet_of(name, rows)], name, back=back)


@require_safe
def mine(request: Request, kind: str) -> HttpResponse:
    """Everything of my organisations, in every state."""
    now = timezone.now()
    own = relations(request.user, now)["owner"]
    rows = KINDS[kind].model._default_manager.select_related("organisation").filter(own)
    return _list(request, kind, rows, title=mine_title(kind), mine=True)


def mine_title(kind: str) -> str:
    return _("本单位的%(what)s") % {"what": KINDS[kind].name}


def _list(request: Request, kind: str, rows: "QuerySet[Any]", *, title: Any, mine: bool) -> HttpResponse:
    chosen = filters_of(request, KINDS[kind].model)
    page = Paginator(chosen.apply(rows), PER_PAGE).get_page(request.GET.get("page"))
    context = {"kind": kind, "title": title, "page": page, "filters": chosen, "mine": mine, "most": exports.MOST_ROWS}
    return render(request, "web/_listing_rows.html" if request.htmx else "web/listing_list.html", context)


@login_not_required
@require_safe
def show(request: Request, kind: str, pk: int) -> HttpResponse:
    return _page(request, kind, _open(request, kind, pk), StepForm())


def _page(request: Request, kind: str, listing: Listing, form: StepForm, status: int = 200) -> HttpResponse:
    now, account = timezone.now(), account_of(request)
    mine = relations_of(listing, account, now)
    steps = offered(case=listing, actor=account, now=now) if account else ()
    context = {
        "kind": kind,
        "kind_name": KINDS[kind].name,
        "listing": listing,
        "relations": mine,
        "steps": steps,
        "sure": sure.of_listing(listing, steps),
        "step_form": form,
        "shows_contact": bool(CONTACT_RELATIONS & mine),
        "invite": introducing.of_listing(listing, audiences(account, timezone.localdate(now))),
        "history": history(listing, DEEDS) if mine & {"owner", "unit", "city", "auditor"} else [],
        "may_sell": kind == "achievements" and listing.state == "published" and _may_sell(account, mine, now),
        "people": _people(listing, mine) if isinstance(listing, Achievement) else [],
        "writer": kept.writer(request),
        **(of_need(listing, account, mine, now) if isinstance(listing, Need) else {}),
    }
    return render(request, "web/listing.html", context, status=status)


def _people(achievement: Achievement, mine: frozenset[str]) -> list[Person]:
    """完成人; but for who keeps the achievement, those who are not theirs or not to be shown are left out."""
    found = list(achievement.people.select_related("home"))
    if mine & experts.KEEPERS:
        return found
    left_out = experts.unnamed([achievement.pk])
    return [person for person in found if (achievement.pk, person.pk) not in left_out]


def _may_sell(account: Account | None, mine: frozenset[str], now: datetime) -> bool:
    """Its owner, the market, or a firm that wants to buy it: of those who may look, whoever may open the page."""
    if account is None or not mine & {"owner", "city", "member"}:
        return False
    return may_start(account, timezone.localdate(now))


@require_POST
def step(request: Request, kind: str, pk: int, step: str) -> HttpResponse:
    """Take one step of the workflow, or say at the same page why not."""
    listing = _open(request, kind, pk)
    form = StepForm(request.POST)
    if stepped(request, listing, step, form):
        return redirect("web:listing", kind, pk)
    return _page(request, kind, listing, form, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, kind: str) -> HttpResponse:
    """A new draft for one of my organisations; a need shows its matches at once."""
    now = timezone.now()
    today = timezone.localdate(now)
    own = list(organisations_of(request.user, today))
    if not own:
        said = {"kind": kind, "may_import": importer(request.user, today) is not None}
        return render(request, "web/no_organisation.html", said, status=403)
    organisation = sent_for(request, own)
    data = request.POST if request.method == "POST" else kept.kept(request)
    names = ("region", "contact_name", "contact_phone", "contact_email")
    start = {name: getattr(organisation, name) for name in names}
    form = KINDS[kind].form(data, on=today, initial=start)
    if request.method == "POST" and form.is_valid() and not doubled(request, form, organisation):
        with form.blaming():
            listing = actions.create(
                model=KINDS[kind].model, organisation=organisation, values=form.values(), actor=request.user, now=now
            )
            kept.forget(request)
            return _saved(request, kind, listing, now)
    return _form(request, kind, form, organisations=own, organisation=organisation)


def _saved(request: Request, kind: str, draft: Listing, now: datetime) -> HttpResponse:
    """Where a saved draft goes on, published when that was pressed. The draft stands when that is refused: what is
    missing before publication is said where it is mended."""
    if "publish" in request.POST:
        try:
            take(case=draft, step="publish", actor=request.user, now=now, seen_version=draft.version)
        except Refused as why:
            messages.warning(request, _("已存为草稿，还没有发布：%(why)s") % {"why": why})
            return redirect("web:listing-edit" if draft.lacking() else "web:listing", kind, draft.pk)
    return redirect("web:listing-matches" if kind == "needs" else "web:listing", kind, draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, kind: str, pk: int) -> HttpResponse:
    listing = _open(request, kind, pk)
    now = timezone.now()
    if "owner" not in relations_of(listing, request.user, now):
        raise Http404
    data = request.POST if request.method == "POST" else kept.kept(request)
    maker = KINDS[kind].form
    form = maker(data, on=timezone.localdate(now), initial=maker.initial_of(listing))
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen_version"] or 0
        with form.blaming():
            changed = actions.edit(
                listing=listing, values=form.values(), actor=request.user, now=now, seen_version=seen
            )
            kept.forget(request)
            if "publish" in request.POST and changed.state == "draft":
                return _saved(request, kind, changed, now)
            if changed.state == listing.state:
                messages.success(request, _("已保存"))
            else:
                messages.success(request, _("已保存，已交主管部门重新核对，核对后再展示"))
            return redirect("web:listing", kind, pk)
    return _form(
        request, kind, form, organisations=[listing.organisation], organisation=listing.organisation, listing=listing
    )


def _form(request: Request, kind: str, form: ListingForm, **more: Any) -> HttpResponse:
    context = {"kind": kind, "kind_name": KINDS[kind].name, "form": form, "writer": kept.writer(request), **more}
    context["is_checked_again"] = "listing" in more and needs_another_look(more["listing"])
    if kind == "achievements":
        context["known"] = more["organisation"].people.all()[:SHOWN_PEOPLE]
    return render(request, "web/listing_form.html", context, status=422 if request.method == "POST" else 200)


@login_not_required
@require_safe
def matches(request: Request, kind: str, pk: int) -> HttpResponse:
    """What answers this need, or which needs this achievement answers."""
    listing = _open(request, kind, pk)
    own = "owner" in relations_of(listing, account_of(request), timezone.now())
    text = listing.words().whole if own and isinstance(listing, Need) else None
    matched = match_listing(listing, actor=account_of(request), now=timezone.now(), text=text)
    answers, words = KINDS[kind].answers, judged.words_about(kind, listing, request)
    context = found.context(matched.result, answers, Facets(), introducing.from_match(request, listing)) | {
        "kind": kind,
        "listing": listing,
        "answers": answers,
        "own": own,
        "words": words,
        "ranked_by": judged.ranked_by(matched.model, listing, request),
    }
    for name in ("hits", "nearby"):
        context[name] = judged.beside(context[name], words, kind, listing, request)
    return render(request, "web/matches.html", context)
