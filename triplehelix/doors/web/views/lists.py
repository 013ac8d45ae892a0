"""Published lists of needs and achievements: what anybody reads and takes away."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from triplehelix.doors.handed import WORD, XLSX, attachment
from triplehelix.doors.web import list_files
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import account_of
from triplehelix.market.lists import finds, table
from triplehelix.market.lists.access import may_publish
from triplehelix.market.lists.models import ListEntry, PublishedList
from triplehelix.market.lists.prepare import MODELS
from triplehelix.records.parties import reference

PER_PAGE = 20
FORMS = ("xlsx", "docx", "json")
#: Files never change but for one line when a newer list replaces theirs: kept a little, then asked again.
KEPT = cache_control(public=True, max_age=300)


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """Every list, by kind, chain, county and year."""
    today = timezone.localdate()
    chosen = _chosen(request)
    rows = finds.narrowed(**{key: chosen[key] for key in ("kind", "chain", "unit")}, year=chosen["year"])
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "kinds": [(code, label) for code, label in PublishedList.KINDS],
        "chains": reference.chains().current(today),
        "units": reference.units().current(today),
        "years": PublishedList.objects.order_by("-year").values_list("year", flat=True).distinct(),
        "may_publish": may_publish(account_of(request), today),
    }
    return render(request, "web/_list_rows.html" if request.htmx else "web/lists.html", context)


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """What the address narrows to; what no list knows is ignored."""
    kind, chain, unit = (request.GET.get(name, "") for name in ("kind", "chain", "unit"))
    year = request.GET.get("year", "")
    return {
        "kind": kind if kind in MODELS else "",
        "chain": chain if chain in reference.chains() else "",
        "unit": unit if unit in reference.units() else "",
        "year": int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
    }


@login_not_required
@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One list, with what changed since the one before."""
    found = get_object_or_404(finds.published(), pk=pk)
    entries = list(found.entries.all())
    only = request.GET.get("only", "")
    shown = [one for one in entries if one.change in ("new", "changed")] if only == "changes" else entries
    ids = [one.listing_id for one in shown]
    live = set(MODELS[found.kind]._default_manager.filter(pk__in=ids, state="published").values_list("pk", flat=True))
    context = {
        "list": found,
        "rows": [_row(found, one, live) for one in shown],
        "only": only == "changes",
        "counts": table.counts(entries),
        "gone": [{**one, "words": table.gone_words(one)} for one in found.gone],
        "columns": table.COLUMNS[found.kind],
        "may_publish": may_publish(account_of(request), timezone.localdate()),
    }
    return render(request, "web/list.html", context)


def _row(found: PublishedList, entry: ListEntry, live: set[int]) -> dict[str, Any]:
    """An entry for the page: its cells by column, and for a changed text the sentences that went and came."""
    words = {column.key: column.cell(entry.values) for column in table.COLUMNS[found.kind]}
    before = entry.before.get("text")
    return {
        "entry": entry,
        "words": words,
        "change": table.change_words(entry),
        "was": before if before and before != entry.values["text"] else "",
        "live": entry.listing_id in live,
    }


def _state(request: HttpRequest, pk: int, form: str) -> tuple[str, datetime] | None:
    """What the file of a list depends on: the list, and the one that replaced it."""
    found = PublishedList.objects.select_related("replaced_by").filter(pk=pk).first()
    if found is None or form not in FORMS:
        return None
    last = found.newer or found
    return f'W/"{found.digest[:32]}-{last.pk}-{form}"', last.published_at


def _etag(request: HttpRequest, pk: int, form: str) -> str | None:
    state = _state(request, pk, form)
    return state[0] if state else None


def _modified(request: HttpRequest, pk: int, form: str) -> datetime | None:
    state = _state(request, pk, form)
    return state[1] if state else None


@login_not_required
@require_safe
@KEPT
@condition(etag_func=_etag, last_modified_func=_modified)
def file(request: Request, pk: int, form: str) -> HttpResponse:
    """The list as xlsx, docx or json."""
    if form not in FORMS:
        raise Http404
    found = get_object_or_404(finds.published(), pk=pk)
    entries = list(found.entries.all())
    if form == "json":
        return list_files.json(found, entries)
    name = f"{found.number} {found.title}.{form}"
    if form == "xlsx":
        return attachment(list_files.xlsx(found, entries), name, XLSX)
    return attachment(list_files.word(found, entries), name, WORD)


def _newest(request: HttpRequest, kind: str = "") -> PublishedList | None:
    return finds.narrowed(kind=kind).first()


def _feed_etag(request: HttpRequest, kind: str = "") -> str:
    newest = _newest(request, kind)
    return f'W/"{kind or "all"}-{newest.pk if newest else 0}-{request.get_host()}"'


def _feed_modified(request: HttpRequest, kind: str = "") -> datetime | None:
    newest = _newest(request, kind)
    return newest.published_at if newest else None


@login_not_required
@require_safe
@KEPT
@condition(etag_func=_feed_etag, last_modified_func=_feed_modified)
def feed(request: Request, kind: str = "") -> HttpResponse:
    """The newest lists as Atom: all, or of one kind."""
    lists = list(finds.narrowed(kind=kind)[: list_files.FED])
    return HttpResponse(list_files.feed(request, lists, kind), content_type=f"{list_files.ATOM}; charset=utf-8")
