"""The only writers of needs and achievements; states change through records.steps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.listings import finds
from triplehelix.market.listings.flow import OWNER, needs_another_look
from triplehelix.market.listings.models import Listing
from triplehelix.market.listings.rules import PERSONAL, RULES, clean
from triplehelix.records.parties.finds import gone
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

L = TypeVar("L", bound=Listing)

#: The version of a listing nobody has changed since it was made.
UNTOUCHED = 1


@transaction.atomic
def create(
    *,
    model: type[L],
    organisation: Organisation,
    values: Mapping[str, Any],
    actor: Account | None,
    now: datetime,
    why: str = "",
) -> L:
    """A new draft of this organisation. Raises Invalid with a message at each wrong field."""
    cleaned = clean(RULES[model.kind], {"title": "", **values}, on=timezone.localdate(now))
    _number_is_free(model, organisation, cleaned.get("number", ""), None)
    listing = model(
        organisation=organisation,
        created_at=now,
        changed_at=now,
        created_by=actor,
        state=model.workflow.start,
    )
    listing.take_in(cleaned)
    _save(listing, force_insert=True)
    listing.keep_beside()
    record(listing, verb="create", actor=actor, now=now, before={}, why=why)
    return listing


@transaction.atomic
def edit(
    *, listing: L, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int, why: str = ""
) -> L:
    """Change fields. A published listing stays published and must stay complete; of an organisation nobody has checked
    it leaves the public, an expired one too, until an officer has approved the change (but for whom to call).

    Raises Refused (somebody changed it meanwhile; not the owner) and Invalid (a message at each wrong field).
    """
    listing = type(listing)._default_manager.select_for_update(of=("self",)).get(pk=listing.pk)
    if listing.version != seen_version:
        raise Refused(_("别人刚刚修改过这一条，请先看最新内容，再改您的部分"))
    if OWNER not in listing.relations_of(actor, now):
        raise Refused(_("只有本单位的人可以修改"))
    cleaned = clean(RULES[listing.kind], values, on=timezone.localdate(now))
    _number_is_free(type(listing), listing.organisation, cleaned.get("number", ""), listing)
    before = listing.take_in(cleaned)
    if not before:
        return listing
    is_new_to_officers = needs_another_look(listing) and not before.keys() <= PERSONAL
    if (listing.state == "published" or is_new_to_officers) and (missing := listing.lacking()):
        raise Invalid(missing)
    listing.version += 1
    listing.changed_at = now
    _save(listing)
    listing.keep_beside()
    record(listing, verb="edit", actor=actor, now=now, before=before, why=why)
    if is_new_to_officers:
        return take(case=listing, step="recheck", actor=None, now=now, seen_version=listing.version)
    return listing


@transaction.atomic
def discard(*, listing: Listing, actor: Account | None, now: datetime, why: str) -> bool:
    """Take away a draft that another's mistake has brought the organisation, unless somebody has changed, submitted or
    used it since. The trail keeps that it was. Whose mistake it was decides the caller. Answers whether it is gone."""
    held = type(listing)._default_manager.select_for_update(of=("self",)).get(pk=listing.pk)
    if held.state != held.workflow.start or held.version != UNTOUCHED:
        return False
    pk = str(held.pk)
    try:
        with transaction.atomic():
            held.forget_beside()
            held.delete()
    except ProtectedError:
        return False
    trail.record(kind=listing.kind, id=pk, verb="discard", actor=actor, now=now, why=why)
    return True


def expire_due(*, now: datetime) -> int:
    """Take every listing past its validity to `expired`, each in its own transaction. Returns how many."""
    done = 0
    for model in Listing.__subclasses__():
        for listing in finds.run_out(model, now)[:1000]:
            try:
                take(case=listing, step="expire", actor=None, now=now, seen_version=listing.version)
            except Refused:
                continue  # reconfirmed or withdrawn a moment ago
            done += 1
    return done


def close_down(*, now: datetime) -> int:
    """Take what an organisation that was closed still shows, or waits to, off the market, each in its own transaction;
    where somebody goes on with it, it stays. Returns how many."""
    done = 0
    for model in Listing.__subclasses__():
        for listing in finds.left_behind(model)[:1000]:
            try:
                why = gone(listing.organisation)
                take(case=listing, step="take_down", actor=None, now=now, seen_version=listing.version, note=why)
            except Refused:
                continue  # withdrawn a moment ago, or the closing taken back
            done += 1
    return done


def record(
    listing: Listing, *, verb: str, actor: Account | None, now: datetime, before: Mapping[str, Any], why: str
) -> None:
    """One trail row: what changed and from what. Personal data is named, never copied."""
    trail.record(
        kind=listing.kind,
        id=str(listing.pk),
        verb=verb,
        actor=actor,
        now=now,
        data={
            "version": listing.version,
            "changed": {name: None if name in PERSONAL else _plain(value) for name, value in before.items()},
            **kept.said(listing.kept_values()),
        },
        why=why,
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)


def _save(listing: Listing, force_insert: bool = False) -> None:
    """A number that was taken in the same moment is told like one taken before. Raises Invalid."""
    try:
        with transaction.atomic():
            listing.save(force_insert=force_insert)
    except IntegrityError:
        _number_is_free(type(listing), listing.organisation, listing.number, listing if listing.pk else None)
        raise


def _number_is_free(model: type[Listing], organisation: Organisation, number: str, own: Listing | None) -> None:
    if not number:
        return
    others = model._default_manager.filter(organisation=organisation, number=number)
    if (others.exclude(pk=own.pk) if own else others).exists():
        raise Invalid({"number": _("本单位已经有编号 %(number)s，请换一个，或修改原来那一条") % {"number": number}})
