"""Needs and achievements that wait: for their writers to finish or confirm, for an officer to check."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web.todo.sections import MANY, Line, Section, listed
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import finds
from triplehelix.market.listings.access import relations
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account, Organisation

KINDS: dict[str, type[Listing]] = {"needs": Need, "achievements": Achievement}
#: A listing is said to run out this many working days before.
NEAR = 10


def of_writers(own: list[Organisation], now: datetime) -> Iterator[Section]:
    """Drafts, what runs out soon, what has run out, of one's own organisations."""
    if not own:
        return
    for kind, model in KINDS.items():
        what = {"what": {"needs": _("需求"), "achievements": _("成果")}[kind]}
        rows = model._default_manager.select_related("organisation").filter(organisation__in=own)
        ending = finds.about_to_run_out(model, now).filter(organisation__in=own).select_related("organisation")
        mine = reverse("web:mine", args=[kind])
        yield from listed(
            _("%(what)s草稿，还没有发布") % what, rows.filter(state="draft"), _to(kind, _("接着写")), url=mine
        )
        yield from listed(_("%(what)s快到期，请再次确认") % what, ending, _ending(kind), url=mine)
        yield from listed(_("%(what)s已过期") % what, rows.filter(state="expired"), _to(kind, _("去看看")), url=mine)


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


def _ending(kind: str) -> Callable[[Listing], Line]:
    return lambda one: _line(kind, one, press=_("去确认"), due=one.valid_until, near=NEAR)


def _line(kind: str, one: Listing, **more: Any) -> Line:
    said = {"who": one.organisation.name, "day": timezone.localdate(one.changed_at)}
    at = reverse("web:listing", args=[kind, one.pk])
    return Line(one.title, at, note=_("%(who)s · 最近改动 %(day)s") % said, **more)
