"""Rows of the funnel in words: whatever a stage counts, as one line that opens the thing itself."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _


class Line(NamedTuple):
    """`url` opens it, "" where the viewer opens no such page; `fen` is money of the row, None where it has none."""

    what: str
    who: str
    when: date | None
    fen: int | None
    url: str


def lines(kind: str, rows: Iterable[Any], *, opens_all: bool) -> list[Line]:
    """Rows of one kind (need, talk, sale, receipt) as lines, in their order. A county's officer opens needs, but no
    negotiation and no sale: `opens_all` False."""
    found = [WORDS[kind](row) for row in rows]
    return found if opens_all or kind == "need" else [one._replace(url="") for one in found]


def _need(need: Any) -> Line:
    day = timezone.localdate(need.published_at or need.created_at)
    return Line(need.title, need.organisation.name, day, None, reverse("web:listing", args=["needs", need.pk]))


def _talk(meeting: Any) -> Line:
    pair = meeting.introduction
    who = f"{pair.need.organisation.name} × {pair.achievement.organisation.name}"
    url = reverse("web:introduction", args=[pair.pk])
    return Line(f"{pair.need.title} × {pair.achievement.title}", who, meeting.held_on, None, url)


def _sale(sale: Any) -> Line:
    who = " → ".join(one.name for one in (sale.seller, sale.buyer) if one)
    return Line(str(sale), who, sale.contract.signed_on, sale.contract.price_fen, _sale_url(sale))


def _receipt(receipt: Any) -> Line:
    sale = receipt.contract.sale
    what = str(sale) if receipt.way == "in" else _("%(sale)s（退款）") % {"sale": sale}
    return Line(what, sale.seller.name, receipt.on, receipt.moved_fen, _sale_url(sale))


def _sale_url(sale: Any) -> str:
    return reverse("web:sale", args=[sale.pk])


WORDS = {"need": _need, "talk": _talk, "sale": _sale, "receipt": _receipt}
