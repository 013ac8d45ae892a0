"""What pages share: who is asking, what the address filters by, what happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from triplehelix.doors.web import exports
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import searched
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import Sheet
from triplehelix.market.listings.models import Listing
from triplehelix.matching.search import Facets
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Account

#: What a list may be sorted by: the word in the address, and the columns.
SORTS = {
    "-published": ("-published_at", "-pk"),
    "title": ("title", "pk"),
    "chain": ("chain", "-pk"),
    "-changed": ("-changed_at", "-pk"),
}
#: What happens to a listing besides its steps.
DEEDS = {"create": _("建立"), "edit": _("修改"), "import": _("导入"), "read": _("打开保密正文")}


def account_of(request: HttpRequest) -> Account | None:
    """The account that is signed in, or None for the public."""
    return request.user if request.user.is_authenticated else None


@dataclass(frozen=True)
class Filters:
    """A list's state, all of it in the address: q, chain, field, region, state, sort."""

    chosen: dict[str, str]
    sort: str
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def apply(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        for name in ("chain", "field", "region", "state"):
            if value := self.chosen.get(name):
                rows = rows.filter(**{name: value})
        if words := self.chosen.get("q"):
            rows = rows.filter(Q(title__icontains=words) | Q(organisation__name__icontains=words))
        return rows.order_by(*SORTS[self.sort])

    def query(self, **changed: str) -> str:
        """The address's query with some parts changed; an empty value drops its part."""
        parts = QueryDict(mutable=True)
        parts.update({k: v for k, v in ({**self.chosen, "sort": self.sort} | changed).items() if v})
        return parts.urlencode()


def options() -> dict[str, list[tuple[str, str]]]:
    """What lists and searches can be narrowed by, as (code, name)."""
    today = timezone.localdate()
    lists = {"chain": reference.chains(), "field": reference.fields(), "region": reference.regions()}
    return {name: [(entry.code, entry.name) for entry in codes.current(today)] for name, codes in lists.items()}


def filters_of(request: HttpRequest, model: type[Listing]) -> Filters:
    """Read a list's state from the address; what is not offered is ignored."""
    offered = options() | {"state": [(state.code, state.label) for state in model.workflow.states]}
    chosen = {
        name: value
        for name, known in offered.items()
        if (value := request.GET.get(name, "")) in {code for code, _name in known}
    }
    if words := searched(request, most=100):
        chosen["q"] = words
    sort = request.GET.get("sort", "-published")
    return Filters(chosen, sort if sort in SORTS else "-published", offered)


def facets_of(given: QueryDict) -> Facets:
    """What a search is narrowed to; what no list knows is ignored."""
    known = options()
    chosen = {name: [v for v in given.getlist(name) if v in {c for c, _n in known[name]}] for name in known}
    level = whole(given.get("trl_min", ""))
    return Facets(
        chain=tuple(chosen["chain"]),
        field=tuple(chosen["field"]),
        region=tuple(chosen["region"]),
        trl_min=level if level is not None and 1 <= level <= 13 else None,
    )


def level_words(level: int | str) -> str:
    """A maturity (GB/T 22900) as every page says it: 6 级 正样级."""
    return gettext("%(n)s 级 %(name)s") % {"n": level, "name": reference.code_list("trl").label(str(level))}


def sheet_of(name: str, rows: "QuerySet[Any]") -> Sheet:
    """A list of listings as a sheet anybody may have: no contact details."""
    names = {key: getattr(reference, key)() for key in ("fields", "chains", "regions")}

    def lines() -> Iterator[tuple[Any, ...]]:
        for row in rows.iterator(chunk_size=exports.CHUNK):
            codes = (
                names["fields"].label(row.field),
                names["chains"].label(row.chain),
                names["regions"].label(row.region),
            )
            price = None if row.price_fen is None else Fen(row.price_fen)
            days = (row.published_at and timezone.localtime(row.published_at).date(),)
            yield (row.number, row.title, row.text, row.organisation.name, *codes, "、".join(row.modes), price, *days)

    headings = ["编号", "标题", "内容", "单位名称", "技术领域", "产业链", "地区", "合作方式", "价格（元）", "发布日期"]
    return Sheet(name, headings, lines(), wrap=("内容",))
