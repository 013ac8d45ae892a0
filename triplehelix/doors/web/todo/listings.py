"""Needs and achievements that wait: for their writers to finish or confirm, for an officer to check."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web.todo.sections import MANY, Line, Section, listed
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.access import relations
from triplehelix.market.listings.models import Listing
from triplehelix.market.lists.confirming import stands_until, to_confirm
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account, Organisation

KINDS: dict[str, type[Listing]] = {"needs": Need, "achievements": Achievement}
#: The day until which a listing stands turns amber this many working days before.
NEAR = 10


def of_writers(own: list[Organisation], now: datetime) -> Iterator[Section]:
    """Drafts, what is to be confirmed anew, what has run out, of one's own organisations."""
    if not own:
        return
    for kind, model in KINDS.items():
        rows = model._default_manager.filter(organisation__in=own)
        # Most have nothing in most states: one light question instead of one for each.
        states = set(rows.order_by().values_list("state", flat=True).distinct())
        what = {"what": {"needs": _("需求"), "achievements": _("成果")}[kind]}
        due, mine = to_confirm(kind, own, now), reverse("web:mine", args=[kind])
        together, word = reverse("web:mine-confirm", args=[kind]), _("一起确认")
        if "draft" in states:
            drafts = rows.select_related("organisation").filter(state="draft")
            yield from listed(_("%(what)s草稿，还没有发布") % what, drafts, _to(kind, _("接着写")), url=mine)
        if "published" in states:
            ending = due.filter(state="published")
            yield from listed(_("%(what)s要再次确认") % what, ending, _due(kind, now), url=together, word=word)
        if "expired" in states:
            over = due.filter(state="expired")
            yield from listed(_("%(what)s已过期") % what, over, _to(kind, _("去看看")), url=together, word=word)


def of_officers(account: Account, now: datetime) -> Iterator[Section]:
    """What was submitted in one's own county or city, the longest waiting first."""
    held = relations(account, now)
    for kind, model in KINDS.items():
        title = {"needs": _("待核对的需求"), "achievements": _("待核对的成果")}[kind]
        rows = model._default_manager.select_related("organisation").filter(
            held["unit"] | held["city"], state="submitted"
        )
        # No other page has them all.
        yield from listed(title, rows.order_by("changed_at", "pk"), _to(kind, _("去核对")), most=MANY)


def _to(kind: str, press: str) -> Callable[[Listing], Line]:
    return lambda one: _line(kind, one, press=press, of=one)


def _due(kind: str, now: datetime) -> Callable[[Listing], Line]:
    return lambda one: _line(kind, one, press=_("去确认"), due=stands_until(one, kind, now), near=NEAR)


def _line(kind: str, one: Listing, **more: Any) -> Line:
    said = {"who": one.organisation.name, "day": timezone.localdate(one.changed_at)}
    at = reverse("web:listing", args=[kind, one.pk])
    return Line(one.title, at, note=_("%(who)s · 最近改动 %(day)s") % said, **more)
