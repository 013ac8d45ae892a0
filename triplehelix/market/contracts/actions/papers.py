"""Keeping what proves something of a sale."""

from datetime import datetime

from triplehelix.market.contracts.access import WITNESSES
from triplehelix.market.contracts.models import Sale
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account


def keep_paper(*, sale: Sale, content: bytes, name: str, actor: Account, now: datetime) -> File:
    """Keep a paper for the seller; the market, the auditor and the buyer see it too.

    Called in the transaction of the act it belongs to, so that what is refused leaves nothing behind. Raises
    Unacceptable (evidence).
    """
    shown = [*WITNESSES, "auditor", *([f"org:{sale.buyer_id}"] if sale.buyer_id else [])]
    return evidence.store(content=content, name=name, actor=actor, now=now, owner=sale.seller, visible_to=shown)
