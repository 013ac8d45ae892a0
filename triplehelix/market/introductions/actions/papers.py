"""Keeping what the two sides hand each other."""

from datetime import datetime

from triplehelix.market.introductions.access import ACHIEVEMENT, NEED
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account


def keep_paper(*, introduction: Introduction, content: bytes, name: str, actor: Account, now: datetime) -> File:
    """Keep a paper for the organisation of whose side it comes; who may open it is asked when it is opened.

    Called in the transaction of what it belongs to, so that what is refused leaves nothing behind. Raises Unacceptable
    (evidence).
    """
    held, owner = introduction.relations_of(actor, now), None
    for side in (NEED, ACHIEVEMENT):
        if side in held and owner is None:
            owner = introduction.organisation_of(side)
    return evidence.store(content=content, name=name, actor=actor, now=now, owner=owner)
