"""What an officer decides about listings of others: which of two contents counts, and what is not shown here."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.market.exchange import body, receive
from triplehelix.market.exchange.actions.peers import keeper
from triplehelix.market.exchange.envelope import Refusal, shaped
from triplehelix.market.exchange.models import Conflict, ForeignListing
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

NOTE_LENGTH = range(4, 301)


def _noted(note: str) -> str:
    plain = " ".join(note.split())
    if len(plain) not in NOTE_LENGTH:
        raise Invalid({"note": _("请用 4 至 300 个字写明理由，例如与对方核对的结果")})
    return plain


@transaction.atomic
def decide(*, conflict: Conflict, decision: str, note: str, actor: Account, now: datetime) -> Conflict:
    """Keep what is here, or take what came later. Raises Refused (decided already; overtaken), Invalid at `note`."""
    keeper(actor, now)
    conflict = Conflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    why = _noted(note)
    if conflict.decision:
        raise Refused(_("这个冲突已经处理过"))
    if decision not in ("keep", "take"):
        raise Invalid({"decision": _("请选择保留已有的，或采用后来的")})
    listing = conflict.listing
    if decision == "take":
        listing = _taken(conflict, why, actor, now)
    conflict.decision, conflict.decided_at, conflict.decided_by, conflict.note = decision, now, actor, why
    conflict.listing = listing
    conflict.save()
    kind, id = (ForeignListing.kind, listing.pk) if listing else ("market.peer", conflict.peer_id)
    data = {"conflict": conflict.pk, "decision": decision, "revision": conflict.revision}
    trail.record(kind=kind, id=str(id), verb="decide_conflict", actor=actor, now=now, data=data, why=why)
    return conflict


def _taken(conflict: Conflict, why: str, actor: Account, now: datetime) -> ForeignListing:
    found = shaped(conflict.theirs)
    rows = ForeignListing.objects.select_for_update(of=("self",))
    listing = rows.filter(peer=conflict.peer_id, origin=found.id).first()
    if listing is not None and listing.revision > found.revision:
        raise Refused(_("对方后来又发来了更新的版次，这里只能保留已有的"))
    try:
        body.checked(found.verb, found.body)
    except Refusal as wrong:
        raise Refused(_("后来的内容不合格式（%(what)s），不能采用") % {"what": wrong.detail}) from None
    return receive.write(conflict.peer, listing, found, now, why=why, actor=actor)


@transaction.atomic
def hide(*, listing: ForeignListing, note: str, actor: Account, now: datetime) -> ForeignListing:
    """Do not show a listing of theirs here, whatever they say of it. Raises Refused, Invalid at `note`."""
    keeper(actor, now)
    listing = ForeignListing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
    why = _noted(note)
    if listing.hidden_at is None:
        listing.hidden_at, listing.hidden_by, listing.hidden_why = now, actor, why
        _save(listing, "hide", actor, now, why)
    return listing


@transaction.atomic
def unhide(*, listing: ForeignListing, actor: Account, now: datetime) -> ForeignListing:
    """Show it again, as far as its market offers it. Raises Refused."""
    keeper(actor, now)
    listing = ForeignListing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
    if listing.hidden_at is not None:
        listing.hidden_at, listing.hidden_by, listing.hidden_why = None, None, ""
        _save(listing, "unhide", actor, now, "")
    return listing


def _save(listing: ForeignListing, verb: str, actor: Account, now: datetime, why: str) -> None:
    listing.version += 1
    listing.save()
    trail.record(
        kind=ForeignListing.kind, id=str(listing.pk), verb=verb, actor=actor, now=now,
        data={"version": listing.version}, why=why,
    )  # fmt: skip
