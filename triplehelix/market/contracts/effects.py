"""What a step of a sale changes beside its state."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.contracts.guards import current
from triplehelix.market.contracts.models import Bid, Proposal, Sale
from triplehelix.records.parties import letters
from triplehelix.records.parties.finds import members_of
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.reference import calendar
from triplehelix.records.steps.actions import Refused


def touch(sale: Sale, actor: Account | None, now: datetime) -> None:
    """The sale stands first in the lists of those it concerns."""
    sale.changed_at = now


def close_public(sale: Sale, actor: Account | None, now: datetime) -> None:
    """What was public is so no more; the row stays as it was."""
    why = sale.noted[:200]
    sale.publications.filter(is_over=False).update(is_over=True, over_why=why)


def drop_proposal(sale: Sale, actor: Account | None, now: datetime) -> None:
    """What was proposed for a price that is given up does not serve for the next one."""
    Proposal.objects.filter(sale=sale).delete()


def answer_bids(sale: Sale, actor: Account | None, now: datetime) -> None:
    """Every bidder is answered (domain §8.2: no silence towards who did not win), whatever ended the listing."""
    public = current(sale)
    for bid in public.bids.filter(result="").select_related("organisation") if public else ():
        won = sale.state == "priced" and sale.buyer_id == bid.organisation.standing_id
        bid.result = "won" if won else "lost" if sale.state in ("priced", "unsold") else "void"
        bid.answered_at = now
        bid.save(update_fields=["result", "answered_at"])
        _tell_bidder(sale, bid, now)


def call_bidders(sale: Sale, actor: Account | None, now: datetime) -> None:
    """Several registered: they are told that they compete, and who executes it."""
    public = current(sale)
    for bid in public.bids.filter(result="").select_related("organisation") if public else ():
        _tell_bidder(sale, bid, now)


def _tell_bidder(sale: Sale, bid: Bid, now: datetime) -> None:
    letters.write(
        members_of(bid.organisation, timezone.localdate(now)), lambda: _of_bid(sale, bid),
        kind=f"market.bid.{bid.result or 'call'}", cause_kind="market.bid", cause_id=bid.pk, now=now,
        page=reverse("web:market-notice", args=[bid.publication_id]),
    )  # fmt: skip


def _of_bid(sale: Sale, bid: Bid) -> tuple[str, str]:
    words = {
        "won": _("挂牌成交，贵单位是受让方。请与转让方签订书面技术合同。"),
        "lost": _("已经成交或挂牌结束，受让方不是贵单位。已交的保证金请向收取机构办理退还。"),
        "void": _("挂牌已经撤下或中止。已交的保证金请向收取机构办理退还。原因：%(why)s") % {"why": sale.noted},
        "": _("登记的意向方不止一家，转入竞价，由有资质的交易机构组织，请等候通知。"),
    }[bid.result]
    return _("意向受让登记的结果：%(sale)s") % {"sale": sale}, words + "\n"


def take_only_bidder(sale: Sale, actor: Account | None, now: datetime) -> None:
    """One bidder: by agreement, at no less than the price listed."""
    public = current(sale)
    assert public is not None
    (buyer,) = public.who_bids()
    sale.take_buyer(buyer)
    sale.price_fen = public.price_fen


def make_up_time(sale: Sale, actor: Account | None, now: datetime) -> None:
    """The notice stood still while an objection was looked into: its last day moves by as many days."""
    public = current(sale)
    assert public is not None
    rows = public.objections.order_by("received_at")
    if public.extensions:
        rows = rows.filter(received_at__gt=public.extensions[-1]["at"])
    first = rows.first()
    today = timezone.localdate(now)
    stood = today - timezone.localdate(first.received_at) if first is not None else timedelta(0)
    last = _working_day(public.last + stood)
    said = {"was": str(public.last), "last": str(last), "why": sale.noted[:200], "document": "", "at": now.isoformat()}
    public.last, public.extensions = last, [*public.extensions, said]
    public.save(update_fields=["last", "extensions"])


def _working_day(day: date) -> date:
    """This day or the next on which people work. Raises Refused when next year's calendar is not there yet."""
    try:
        return calendar().next_working_day(day)
    except MissingYear as why:
        raise Refused(why.message) from why


def finish_reward(sale: Sale, actor: Account | None, now: datetime) -> None:
    """The sheet holds: nobody has objected in its days."""
    sale.distributions.filter(is_final=False, void_why="").update(is_final=True)


def void_reward(sale: Sale, actor: Account | None, now: datetime) -> None:
    """The sheet falls away, with the reason of the step; its income may be shared anew."""
    sale.distributions.filter(is_final=False, void_why="").update(void_why=sale.noted[:300] or "—")


def no_landing(sale: Sale, actor: Account | None, now: datetime) -> None:
    """A contract whose registration is gone has not landed."""
    sale.landed_on = None
