"""What a step of a sale changes beside its state."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from triplehelix.market.contracts.guards import current
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.reference import calendar

if TYPE_CHECKING:
    from triplehelix.market.contracts.models import Sale


def touch(sale: "Sale", actor: Account | None, now: datetime) -> None:
    sale.changed_at = now


def close_public(sale: "Sale", actor: Account | None, now: datetime) -> None:
    """What was public is so no more; the row stays as it was."""
    why = sale.noted[:200]
    sale.publications.filter(is_over=False).update(is_over=True, over_why=why)


def take_only_bidder(sale: "Sale", actor: Account | None, now: datetime) -> None:
    """One bidder: by agreement, at no less than the price listed."""
    public = current(sale)
    assert public is not None
    sale.buyer = public.bids.get().organisation
    sale.price_fen = public.price_fen


def make_up_time(sale: "Sale", actor: Account | None, now: datetime) -> None:
    """The notice stood still while an objection was looked into: its last day moves by as many days."""
    public = current(sale)
    assert public is not None
    rows = public.objections.order_by("received_at")
    if public.extensions:
        rows = rows.filter(received_at__gt=public.extensions[-1]["at"])
    first = rows.first()
    today = timezone.localdate(now)
    stood = today - timezone.localdate(first.received_at) if first is not None else timedelta(0)
    last = calendar().next_working_day(public.last + stood)
    said = {"was": str(public.last), "last": str(last), "why": sale.noted[:200], "document": "", "at": now.isoformat()}
    public.last, public.extensions = last, [*public.extensions, said]
    public.save(update_fields=["last", "extensions"])


def finish_reward(sale: "Sale", actor: Account | None, now: datetime) -> None:
    sale.distributions.filter(is_final=False, void_why="").update(is_final=True)


def void_reward(sale: "Sale", actor: Account | None, now: datetime) -> None:
    sale.distributions.filter(is_final=False, void_why="").update(void_why=sale.noted[:300] or "—")


def no_landing(sale: "Sale", actor: Account | None, now: datetime) -> None:
    """A contract whose registration is gone has not landed."""
    sale.landed_on = None
