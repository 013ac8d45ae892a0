"""What the pages of a need show beside what every listing shows: its parts, how complete it is, what says the same."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web.forms import ListingForm, NeedForm
from triplehelix.doors.web.requests import Request
from triplehelix.market.diagnosis import finds as diagnoses
from triplehelix.market.listings import finds
from triplehelix.market.nda import access as nda
from triplehelix.market.nda import finds as ndas
from triplehelix.market.needs import completeness, twins
from triplehelix.market.needs.models import TOLD, Need
from triplehelix.market.needs.words import Words
from triplehelix.records.parties.finds import cared_for, organisations_of
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid

#: Who is told how complete a need is and what it may be a copy of.
HELPERS = frozenset({"owner", "unit", "city"})
LIVE = ("draft", "submitted", "published")


def of_need(need: Need, account: Account | None, mine: frozenset[str], now: datetime) -> dict[str, Any]:
    """The words this viewer may read on the page, and for helpers what is missing and what is alike."""
    own = "owner" in mine
    hidden = need.is_confidential and not own
    found: dict[str, Any] = {"parts": told(need.words()) if not hidden else [], "own_words": ""}
    if need.is_confidential and own:
        found["own_words"] = need.words().whole
    if hidden:
        found |= _closed(need, account, now)
    if own or mine & HELPERS or "auditor" in mine:
        found["diagnosis"] = diagnoses.of_need(need)
    if mine & HELPERS and need.state in LIVE:
        if not hidden:
            found["completeness"] = completeness.of_need(need)
        found["alike"] = alike(need, account, now)
    return found


def _closed(need: Need, account: Account | None, now: datetime) -> dict[str, Any]:
    """How this viewer gets to the confidential words: opens them, waits for an agreement, may ask for one."""
    how, _agreement = nda.opens(need, account, now)
    today = timezone.localdate(now)
    waiting = None
    if account is not None and not how:
        own = cared_for(account, today).values("pk")
        waiting = ndas.shown_to(account, today).filter(need=need, organisation__in=own, state="asked").first()
    may_ask = account is not None and need.state == "published" and acts_for_confirmed(account, today)
    return {"opens": bool(how), "agreement": waiting, "may_ask": may_ask, "closed": True}


def acts_for_confirmed(account: Account, on: date) -> bool:
    return organisations_of(account, on).filter(confirmed_at__isnull=False).exists()


def told(words: Words) -> list[tuple[Any, str]]:
    """The parts with their questions; empty for a need told in one piece."""
    if not words.in_parts:
        return []
    asked = [one for one in Need._meta.fields if one.name in TOLD]
    return [(one.verbose_name, said) for one in asked if (said := getattr(words, one.name))]


def alike(need: Need, account: Account | None, now: datetime) -> list[dict[str, Any]]:
    """Needs that say the same, among those the viewer may see, for components/alike.html."""
    return list(_shown(twins.of(need, finds.shown_to(Need, account, now))))


def _shown(found: Iterable[twins.Twin]) -> Iterable[dict[str, Any]]:
    for one in found:
        url = reverse("web:listing", args=["needs", one.need.pk])
        yield {"need": one.need, "url": url, "percent": one.percent, "is_own": one.is_own}


def doubled(request: Request, form: ListingForm, organisation: Organisation) -> bool:
    """Whether a new need that is to be published says what another already does, and nobody has looked at that yet.
    Then the form says so, and holds the others as `alike`."""
    if not isinstance(form, NeedForm) or "publish" not in request.POST or form.cleaned_data["not_alike"]:
        return False
    need = Need(organisation=organisation)
    try:
        need.take_in(form.values())
    except Invalid:
        return False  # what is wrong is said when it is stored
    form.alike = alike(need, request.user, timezone.now())
    if form.alike:
        form.add_error("not_alike", _("已经有几乎相同的需求：请改那一条，或核对后勾选，再发布"))
    return bool(form.alike)
