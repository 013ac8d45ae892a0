"""What follows from a step of a peer."""

from datetime import datetime

from triplehelix.market.exchange.models import Peer
from triplehelix.market.exchange.wake import fill_later
from triplehelix.records.parties.models import Account
from triplehelix.records.trail import actions as trail


def begin(case: Peer, actor: Account | None, now: datetime) -> None:
    """Traffic begins, or goes on: say what was not said, ask at once for what was missed."""
    for traffic in (case.outgoing, case.incoming):
        traffic.next_try, traffic.tries, traffic.error, traffic.failing_since = None, 0, "", None
        traffic.save(update_fields=["next_try", "tries", "error", "failing_since"])
    fill_later(case.pk)


def show_or_not(case: Peer, actor: Account | None, now: datetime) -> None:
    """Everything of this peer comes into sight or leaves it: whoever follows listings looks at each again."""
    shown = case.listings.filter(state="shown").order_by("pk")
    trail.record_many(
        kind="market.foreign", ids=[str(pk) for pk in shown.values_list("pk", flat=True)], verb="peer", actor=actor,
        now=now, data={"peer": case.pk, "to": case.state},
    )  # fmt: skip
