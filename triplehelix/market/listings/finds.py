"""Querysets every list of listings starts from."""

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import QuerySet

from triplehelix.market.listings.access import visible
from triplehelix.market.listings.flow import REMIND_DAYS_BEFORE
from triplehelix.market.listings.models import Listing
from triplehelix.records.parties.models import Account

L = TypeVar("L", bound=Listing)


def shown_to(model: type[L], actor: Account | None, now: datetime) -> QuerySet[L]:
    """What this viewer may see of one kind, with the organisation at hand."""
    return visible(model._default_manager.select_related("organisation"), actor, now)


def published(model: type[L]) -> QuerySet[L]:
    """What anybody may see, newest first."""
    return (
        model._default_manager.select_related("organisation").filter(state="published").order_by("-published_at", "-pk")
    )


def run_out(model: type[L], now: datetime) -> QuerySet[L]:
    """Published and past the last valid moment."""
    return model._default_manager.filter(state="published", valid_until__lt=now).order_by("pk")


def left_behind(model: type[L]) -> QuerySet[L]:
    """What is on the market, or waits to be, of organisations that were closed: nobody answers for it any more."""
    rows = model._default_manager.filter(organisation__ending="closed", state__in=("submitted", "published", "expired"))
    return rows.select_related("organisation").order_by("pk")


def about_to_run_out(model: type[L], now: datetime) -> QuerySet[L]:
    """Published and in the last 30 days of validity: whoever owns them is asked to confirm."""
    until = now + timedelta(days=REMIND_DAYS_BEFORE)
    return model._default_manager.filter(state="published", valid_until__range=(now, until)).order_by(
        "valid_until", "pk"
    )
