"""What owners should confirm to stand in the next list, and the letters that ask them to."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.listings.asking import Due, ask_owners
from triplehelix.market.listings.finds import about_to_run_out
from triplehelix.market.listings.models import Listing
from triplehelix.market.lists import prepare
from triplehelix.market.lists.access import may_publish
from triplehelix.market.lists.rules import Wanted, kind_of, terms
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import Refused

L = TypeVar("L", bound=Listing)


def too_old_soon(kind: str, now: datetime) -> QuerySet[Listing]:
    """Published entries that a list of this kind takes, and in some days no longer: confirmed too long ago."""
    days = terms()
    since = now - timedelta(days=days.confirmed_within - days.ask_before)
    return prepare.MODELS[kind]._default_manager.filter(
        state="published", published_at__lte=since, valid_until__gt=now, organisation__type__in=kind_of(kind).types
    )


def to_confirm(kind: str, organisations: Collection[Organisation], now: datetime) -> QuerySet[Listing]:
    """What stands on the market for these organisations and its owners are asked about, for the lists or before it runs
    out, and what has run out; the longest unconfirmed first."""
    model = prepare.MODELS[kind]
    asked = Q(pk__in=too_old_soon(kind, now).values("pk")) | Q(pk__in=about_to_run_out(model, now).values("pk"))
    rows = model._default_manager.select_related("organisation").filter(organisation__in=organisations)
    rows = rows.filter(asked | Q(state="expired"))
    return rows.order_by("published_at", "pk")


def stands_until(listing: Listing, kind: str, now: datetime) -> datetime | None:
    """When something next ends for what nobody confirms: lists no longer take it, or it runs out."""
    last = listing.published_at and listing.published_at + timedelta(days=terms().confirmed_within)
    is_listed = listing.organisation.type in kind_of(kind).types
    return last if is_listed and last and last > now else listing.valid_until


def ask_due(*, now: datetime) -> int:
    """Ask once, in time before an entry is too old for a list, whether it still holds. Returns how many were asked
    about."""
    return sum(_ask(too_old_soon(kind, now), kind, "published_at", now) for kind in prepare.MODELS)


@transaction.atomic
def ask(*, wanted: Wanted, actor: Account, now: datetime) -> int:
    """An officer asks the owners of everything of this scope that is left out until it is confirmed; nobody twice
    within some days. Returns how many entries were asked about: of owners nobody can sign in for, none. Raises
    Refused; Invalid at `scope`."""
    if not may_publish(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以征询"))
    found = prepare.preview(wanted=wanted, now=now)
    waiting = [one.listing.pk for one in found.out if one.can_ask]
    rows = prepare.MODELS[wanted.kind]._default_manager.filter(pk__in=waiting)
    return _ask(rows, wanted.kind, now - timedelta(days=terms().ask_again), now)


def _ask(rows: "QuerySet[L]", kind: str, since: str | datetime, now: datetime) -> int:
    name, days = kind_of(kind).name, terms().confirmed_within

    def words(due: Sequence[Due]) -> tuple[str, str, Callable[[Due], str]]:
        said = {"n": len(due), "title": due[0].title, "list": name, "days": days}
        one, many = _("请再次确认，以便列入清单：%(title)s"), _("请再次确认 %(n)d 条，以便列入《%(list)s》")
        opening = _("列入《%(list)s》的条目，要在 %(days)d 天内确认过。请看一看下面 %(n)d 条。")
        return (one if len(due) == 1 else many) % said, opening % said, lambda one: _last(one, days)

    return ask_owners(rows, kind=f"{rows.model.kind}.list", since=since, words=words, now=now)


def _last(one: Due, days: int) -> str:
    last = timezone.localdate(one.published_at + timedelta(days=days))
    return _("%(day)s 以后不再列入") % {"day": last}
