"""The list of sales: its state in the address, and the same as a sheet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.requests import searched
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import Sheet
from triplehelix.market.contracts import access, finds
from triplehelix.market.contracts.finds import Days
from triplehelix.market.contracts.models import Publication, Sale
from triplehelix.records.parties.models import Account

SORTS: dict[str, tuple[Any, ...]] = {
    "-changed": ("-changed_at", "-pk"),
    "title": ("achievement__title", "pk"),
    "-price": (F("price_fen").desc(nulls_last=True), "-pk"),
    "-landed": (F("landed_on").desc(nulls_last=True), "-pk"),
}
#: The word in the address, and what it is called.
VIEWS = {"mine": gettext_lazy("轮到我办"), "late": gettext_lazy("付款逾期")}
#: The word in the address → what it narrows to: days from, days to. A number of the funnel opens its rows by these.
PERIODS = ("registered", "paid", "landed")


@dataclass(frozen=True)
class Chosen:
    """What the address narrows the list to; what is not known is ignored."""

    words: dict[str, str]
    days: dict[str, Days]
    sort: str

    def apply(self, rows: "QuerySet[Sale]", actor: Account, on: date) -> "QuerySet[Sale]":
        rows = finds.narrowed(rows, registered=self.days.get("registered"), arrived=self.days.get("paid"),
                              landed_in=self.days.get("landed"))  # fmt: skip
        if state := self.words.get("state"):
            rows = access.in_state(rows, state, actor, on)
        if method := self.words.get("method"):
            rows = rows.filter(pk__in=Publication.objects.filter(method=method).order_by().values("sale"))
        if (view := self.words.get("view")) == "mine":
            rows = rows.filter(pk__in=finds.waiting_for(actor, on).order_by().values("pk"))
        elif view == "late":
            rows = rows.filter(pk__in=finds.with_overdue(on).order_by().values("pk"))
        for side in ("seller", "buyer"):
            if name := self.words.get(side):
                rows = rows.filter(**{f"{side}__name__icontains": name})
        if said := self.words.get("q"):
            rows = rows.filter(Q(achievement__title__icontains=said) | Q(contract__number__icontains=said)
                               | Q(contract__registrations__number=said)).distinct()  # fmt: skip
        return rows.order_by(*SORTS[self.sort])


def chosen_of(request: HttpRequest) -> Chosen:
    """Read the list's state from the address."""
    given = request.GET
    states, methods = {state.code for state in Sale.workflow.states}, dict(Publication.METHODS)
    words = {name: searched(request, name) for name in ("q", "seller", "buyer")}
    words |= {"state": given["state"]} if given.get("state") in states else {}
    words |= {"method": given["method"]} if given.get("method") in methods else {}
    words |= {"view": given["view"]} if given.get("view") in VIEWS else {}
    days = {}
    for name in PERIODS:
        since, until = _day(given, f"{name}_from"), _day(given, f"{name}_to")
        if since is not None or until is not None or given.get(name):
            days[name] = (since, until)
    sort = given.get("sort", "-changed")
    return Chosen({k: v for k, v in words.items() if v}, days, sort if sort in SORTS else "-changed")


def _day(given: QueryDict, name: str) -> date | None:
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        return None


def seen_states(rows: list[Sale], actor: Account, on: date) -> Iterator[tuple[Sale, Any]]:
    """Each row with the state this person is shown."""
    for sale, held in access.personal_of(rows, actor, on):
        yield sale, sale.workflow.state(access.shown_state(sale, held))


def sheet(rows: "QuerySet[Sale]", actor: Account, on: date) -> Sheet:
    """The list as it is narrowed now."""
    headings = [
        "编号",
        "成果",
        "转让方",
        "受让方",
        "状态",
        "价格（元）",
        "已到账（元）",
        "合同编号",
        "签订日期",
        "落地日期",
    ]
    headings.append("标签")

    def lines() -> Iterator[tuple[Any, ...]]:
        for one, state in seen_states(list(rows), actor, on):
            made = getattr(one, "contract", None)
            yield (
                one.number, one.achievement.title, one.seller.name, one.buyer.name if one.buyer else "",
                str(state.label), None if one.price_fen is None else Fen(one.price_fen),
                Fen(one.arrived_fen), made.number if made else "",  # type: ignore[attr-defined]
                made.signed_on if made else None, one.landed_on, "".join(one.tags),
            )  # fmt: skip

    return Sheet(_("交易"), headings, lines())
