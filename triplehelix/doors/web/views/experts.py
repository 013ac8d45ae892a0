"""Pages of experts: the list, one expert, the chart of a life's work, and experts for a need."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from triplehelix.doors.web import charts
from triplehelix.doors.web.expert_forms import AddressForm, MergeForm
from triplehelix.doors.web.requests import Request, searched
from triplehelix.doors.web.shown import account_of
from triplehelix.market.contracts import finds as contracts
from triplehelix.market.experts import access, finds
from triplehelix.market.experts.models import Authorship, Expert, Work
from triplehelix.market.listings import finds as listings
from triplehelix.market.needs.models import Need
from triplehelix.matching.people import experts_for
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, Person

PER_PAGE, MOST_FIELDS, MOST_COWORKERS, MOST_WORKS = 20, 12, 12, 200
ONLY = [
    ("", gettext_lazy("全部")),
    ("confirmed", gettext_lazy("本人已确认")),
    ("harvested", gettext_lazy("待本人确认")),
]


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """Experts whom the viewer may see, by name, unit, or words over their works."""
    today, account = timezone.localdate(), account_of(request)
    q = searched(request, most=100)
    only = request.GET.get("only", "")
    only = only if only in dict(ONLY) else ""
    page = Paginator(finds.listed(account, today, q=q, only=only), PER_PAGE).get_page(request.GET.get("page"))
    groups = audiences(account, today)
    context = {
        "page": page,
        "fields": _fields_of(page.object_list, account, today),
        "q": q,
        "only": only,
        "choices": ONLY,
        "sees_harvested": "member" in groups or access.is_desk(account, today),
        "is_desk": access.is_desk(account, today),
        "person": _own(account),
    }
    return render(request, "web/_expert_rows.html" if request.htmx else "web/experts.html", context)


def _own(account: Account | None) -> Person | None:
    """Who the account is in the register."""
    return Person.objects.filter(account=account).first() if account is not None else None


def _fields_of(experts: Any, account: Account | None, on: date) -> dict[int, list[str]]:
    """The commonest keywords of each expert's works, in two queries for a whole page; of what the viewer may see."""
    roots = [one.pk for one in experts]
    public = [one.pk for one in experts if _public_only(one, account, on)]
    counted: dict[int, dict[str, int]] = {}
    for root, subjects in finds.subjects_of(roots, confirmed_only=public):
        words = counted.setdefault(root, {})
        for word in subjects:
            words[word] = words.get(word, 0) + 1
    return {root: sorted(words, key=lambda word: (-words[word], word))[:4] for root, words in counted.items()}


def _public_only(expert: Expert, account: Account | None, on: date) -> bool:
    return not access.relations_of(expert, account, on)


def _open(request: HttpRequest, pk: int) -> Expert:
    """The root, for those who may see it; 404 for everybody else, and for whoever has been merged into another."""
    return get_object_or_404(finds.shown_to(account_of(request), timezone.localdate()), pk=pk)


@login_not_required
@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return page(request, _open(request, pk))


def page(request: Request, expert: Expert, status: int = 200, **forms_given: forms.Form) -> HttpResponse:
    """The page of one expert, also as the answer to a form on it that was wrong."""
    today, account = timezone.localdate(), account_of(request)
    held = access.relations_of(expert, account, today)
    rows = list(finds.works_of(expert, confirmed_only=not held)[:MOST_WORKS])
    works = [row.work_id for row in rows]
    names = finds.with_coauthors(rows, told=finds.named_to(account, today))
    person = expert.person
    profile = getattr(person, "profile", None) if person else None
    offers = list(finds.achievements_of(person, confirmed_only=not held)) if person else []
    offered = [one.pk for one in offers]
    dated = [row for row in rows if row.work.year]
    is_desk = access.DESK in held
    context = {
        "expert": expert,
        "person": person,
        "profile": profile,
        "confirmed": bool(profile and profile.confirmed_at),
        "relations": held,
        "rows": _not_on_offer(rows, offered, names),
        "fields": _fields([row.work for row in rows]),
        "years": len(charts.span(row.work.year or 0 for row in dated)),
        "kinds": {row.work.get_kind_display() for row in dated},
        "counts": _counts([row.work for row in rows]),
        "coworkers": _coworkers(expert, works, account, today),
        "achievements": offers,
        "deals": _deals(offered, account, today),
        "affiliations": finds.affiliations_of(expert) if held else [],
        "is_desk": is_desk,
        "is_self": access.SELF in held,
        "is_home": access.HOME in held,
        "merges": finds.merges_of(expert) if is_desk else [],
        "splits": finds.splits_of(expert) if is_desk else [],
        "address_form": AddressForm(initial={"email": profile.address if profile else ""}),
        "merge_form": MergeForm(),
        **forms_given,
    }
    return render(request, "web/expert.html", context, status=status)


def _not_on_offer(
    rows: Iterable[Authorship], offered: Collection[int], names: Mapping[int, Any]
) -> list[dict[str, Any]]:
    """The works with their authors, but for the achievements `offered`, which stand in a list of their own."""
    return [
        {"row": row, "work": row.work, "authors": names.get(row.work_id, [])}
        for row in rows
        if row.work.achievement_id not in offered
    ]


def _coworkers(expert: Expert, works: list[int], account: Account | None, on: date) -> list[tuple[Expert, int]]:
    """People of the register, and others met more than once: a name on one work says little."""
    found = finds.coworkers(expert, works=works, actor=account, on=on)
    return [(one, n) for one, n in found if one.person_id or n > 1][:MOST_COWORKERS]


def _fields(works: list[Work]) -> list[tuple[str, int]]:
    """What the works are about, by their own keywords."""
    counted: dict[str, int] = {}
    for work in works:
        for word in work.subjects:
            counted[word] = counted.get(word, 0) + 1
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST_FIELDS]


def _counts(works: list[Work]) -> list[tuple[Any, int]]:
    """How many of each kind, in the order of the kinds."""
    return [(label, n) for kind, label in Work.KINDS if (n := sum(work.kind == kind for work in works))]


def _deals(achievements: list[int], account: Account | None, on: date) -> list[dict[str, Any]]:
    """Registered contracts over these achievements. The firm is named to who may open the sale."""
    rows = contracts.contracts().filter(achievement__in=achievements)
    may = set(contracts.shown_to(account, on).filter(pk__in=rows).values_list("pk", flat=True)) if account else set()
    return [
        {"title": one.achievement.title, "achievement": one.achievement_id, "year": one.contract.signed_on.year,
         "buyer": one.buyer.name if one.pk in may and one.buyer else ""}
        for one in rows
    ]  # fmt: skip


@login_not_required
@require_safe
def years(request: Request, pk: int) -> HttpResponse:
    """Works by year and kind, as the page counts them."""
    expert = _open(request, pk)
    held = access.relations_of(expert, account_of(request), timezone.localdate())
    rows = finds.works_of(expert, confirmed_only=not held).filter(work__year__isnull=False)
    counted = [(row.work.year or 0, row.work.get_kind_display()) for row in rows[:MOST_WORKS]]
    return charts.by_year(counted, [str(label) for _kind, label in Work.KINDS], charts.Room.of(request))


@login_not_required
@require_safe
def for_need(request: Request, pk: int) -> HttpResponse:
    """Who has made something that answers this need, each with the reasons."""
    now, account = timezone.now(), account_of(request)
    rows: QuerySet[Need] = listings.shown_to(Need, account, now)
    need = get_object_or_404(rows, pk=pk)
    found = experts_for(need, actor=account, now=now)
    groups = audiences(account, timezone.localdate(now))
    context = {"need": need, "found": found, "sees_harvested": "member" in groups}
    return render(request, "web/need_experts.html", context)
