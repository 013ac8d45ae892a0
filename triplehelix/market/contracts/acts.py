"""What may be done with a sale beside its steps: by whom, and when. The pages and the API offer the same.

Each act is one of `actions`, which asks again; what is offered here is what makes sense to be shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import timezone

from triplehelix.market.contracts.access import BUYER, CITY, SELLER
from triplehelix.market.contracts.actions.amending import AMENDED_IN
from triplehelix.market.contracts.actions.royalties import ROYALTY_IN
from triplehelix.market.contracts.actions.settling import PAID_IN, VOIDED_IN
from triplehelix.market.contracts.guards import has_result, unanswered_objections
from triplehelix.market.contracts.models import Objection, Proposal, Sale


@dataclass(frozen=True)
class Act:
    """`by`: the relations one of which is needed; `may`: whether the sale stands where it can be done."""

    code: str
    by: frozenset[str]
    may: Callable[[Sale], bool]


def offered(sale: Sale, held: frozenset[str]) -> Iterator[Act]:
    """The acts for somebody with these relations, in the order declared."""
    return (act for act in ACTS.values() if act.by & held and act.may(sale))


def held_proposal(sale: Sale) -> Proposal | None:
    """What the seller has handed in, if anything."""
    return Proposal.objects.filter(sale=sale).select_related("unit_proof").first()


def open_objections(sale: Sale) -> list[Objection]:
    """What waits for an answer, the oldest first."""
    return list(unanswered_objections(sale))


def _in(*states: str) -> Callable[[Sale], bool]:
    return lambda sale: sale.state in states


def _to_publish(*methods: str) -> Callable[[Sale], bool]:
    """In pricing, when the seller has proposed this way."""

    def may(sale: Sale) -> bool:
        held = held_proposal(sale) if sale.state == "pricing" else None
        return held is not None and held.method in methods

    return may


def _shares_out(sale: Sale) -> bool:
    return sale.state in ("registered", "following") and sale.contract.structure != "equity"


def _earns_royalty(sale: Sale) -> bool:
    return sale.state in ROYALTY_IN and sale.contract.structure == "royalty"


def _has_royalty(sale: Sale) -> bool:
    return _earns_royalty(sale) and sale.contract.instalments.filter(kind="royalty", void_why="").exists()


def _has_receipt(sale: Sale) -> bool:
    return sale.state in VOIDED_IN and sale.contract.receipts.filter(void_why="").exists()


def _has_result(sale: Sale) -> bool:
    return sale.state == "priced" and has_result(sale, None, timezone.now()) is None


def _always(sale: Sale) -> bool:
    return True


def _has_objections(sale: Sale) -> bool:
    return bool(open_objections(sale))


FOR_CITY, FOR_SELLER, EITHER = frozenset({CITY}), frozenset({SELLER}), frozenset({SELLER, CITY})
BOTH, ALL = frozenset({SELLER, BUYER}), frozenset({SELLER, BUYER, CITY})
REVOKED_FROM = Sale.workflow["revoke"].frm
ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("rights", EITHER, _in("checking")),
        Act("propose", FOR_SELLER, _in("pricing")),
        Act("notice", FOR_CITY, _to_publish("agreed")),
        Act("list", FOR_CITY, _to_publish("listing")),
        Act("announce", FOR_CITY, _to_publish("auction", "tender")),
        Act("buyer", EITHER, _in("checking", "pricing")),
        Act("price", EITHER, _in("checking", "pricing")),
        Act("relist", EITHER, _in("unsold")),
        Act("result", FOR_CITY, _in("announced", "bidding")),
        Act("correct_result", FOR_CITY, _has_result),
        Act("answer", FOR_CITY, _has_objections),
        Act("sign", FOR_SELLER, _in("priced")),
        Act("amend", EITHER, _in(*sorted(AMENDED_IN))),
        Act("submit", FOR_SELLER, _in("signed", "revoked")),
        Act("register", FOR_CITY, _in("registering")),
        Act("refuse", FOR_CITY, _in("registering")),
        Act("money", EITHER, _in(*sorted(PAID_IN))),
        Act("money_back", EITHER, _in("terminated", "closed")),
        Act("void_receipt", EITHER, _has_receipt),
        Act("royalty", BOTH, _earns_royalty),
        Act("void_royalty", EITHER, _has_royalty),
        Act("reward", FOR_SELLER, _shares_out),
        Act("follow", ALL, _in("following")),
        Act("tags", FOR_CITY, _always),
        Act("correct_registration", FOR_CITY, _in(*REVOKED_FROM)),
        Act("revoke", FOR_CITY, _in(*REVOKED_FROM)),
    )
}
