"""Registering another market, choosing what it gets, changing keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.exchange import feed, keys
from triplehelix.market.exchange.access import keeps
from triplehelix.market.exchange.fingerprints import fingerprint, key_id
from triplehelix.market.exchange.models import Incoming, Outgoing, OwnKey, Peer
from triplehelix.market.exchange.rules import cleaned
from triplehelix.market.exchange.wake import defer, fill_later
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail


def keeper(actor: Account | None, now: datetime) -> None:
    """Raises Refused for whoever does not look after the exchange."""
    if not keeps(actor, now):
        raise Refused(_("只有市科技局工作人员和科技大市场运营可以管理交换"))


@transaction.atomic
def register(
    *, market: str, name: str, url: str, public: str, actor: Account, now: datetime,
    kinds: Sequence[str] = ("achievement", "need"), chains: Sequence[str] = (),
) -> Peer:  # fmt: skip
    """Another market, with the key it was said to have; nothing is exchanged until its fingerprint is confirmed.

    Raises Refused, and Invalid at `market`, `name`, `url`, `public`, `kinds`, `chains`.
    """
    keeper(actor, now)
    given = {"market": market, "name": name, "url": url, "public": public, "kinds": kinds, "chains": chains}
    values = cleaned(given, timezone.localdate(now))
    key = values.pop("public")
    try:
        with transaction.atomic():
            peer = Peer.objects.create(**values, state=Peer.workflow.start, created_at=now, created_by=actor)
    except IntegrityError as why:
        raise Invalid({"market": _("这个市场已经登记过")}) from why
    Outgoing.objects.create(peer=peer)
    Incoming.objects.create(peer=peer)
    made = keys.add(peer=peer, public=key, now=now, not_before=datetime.fromtimestamp(0, tz=now.tzinfo))
    data = {"market": peer.market, "url": peer.url, "key": made.kid, "fingerprint": fingerprint(key)}
    trail.record(kind=Peer.kind, id=str(peer.pk), verb="register", actor=actor, now=now, data=data)
    if keys.current(now) is None:
        keys.make(actor=actor, now=now)
    return peer


@transaction.atomic
def amend(*, peer: Peer, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int) -> Peer:
    """Change name, address, or what the peer gets; what it no longer gets is withdrawn from it.

    Raises Refused and Invalid.
    """
    keeper(actor, now)
    peer = Peer.objects.select_for_update().get(pk=peer.pk)
    if peer.version != seen_version:
        raise Refused(_("别人刚刚修改过这一条，请先看最新内容，再改您的部分"))
    given = cleaned(values, timezone.localdate(now))
    before = {name: getattr(peer, name) for name in given if getattr(peer, name) != given[name]}
    if not before:
        return peer
    for name in before:
        setattr(peer, name, given[name])
    peer.version += 1
    peer.save()
    trail.record(kind=Peer.kind, id=str(peer.pk), verb="amend", actor=actor, now=now, data={"changed": before})
    if peer.state in feed.FED and {"kinds", "chains"} & before.keys():
        fill_later(peer.pk)
    return peer


@transaction.atomic
def replace_key(*, peer: Peer, public: str, actor: Account, now: datetime) -> Peer:
    """A key given by hand, for a peer that lost its own: every other key ends, and the fingerprint is confirmed anew.

    Raises Refused where the peer is in traffic, and Invalid at `public`.
    """
    keeper(actor, now)
    peer = Peer.objects.select_for_update().get(pk=peer.pk)
    if peer.state != "registered":
        raise Refused(_("请先断开并重新登记，再换公钥"))
    value = cleaned({"public": public}, timezone.localdate(now))["public"]
    peer.keys.filter(ended_at__isnull=True).exclude(public=value).update(ended_at=now)
    if peer.keys.filter(public=value, ended_at__isnull=False).exists():
        raise Invalid({"public": _("这把公钥已经作废，请对方换一把新的")})
    if not peer.keys.filter(public=value).exists():
        keys.add(peer=peer, public=value, now=now, not_before=datetime.fromtimestamp(0, tz=now.tzinfo))
    data = {"key": key_id(value), "fingerprint": fingerprint(value)}
    trail.record(kind=Peer.kind, id=str(peer.pk), verb="replace_key", actor=actor, now=now, data=data)
    return peer


@transaction.atomic
def new_key(*, actor: Account, now: datetime) -> OwnKey:
    """A new key of ours; peers learn it under the old one. Raises Refused."""
    keeper(actor, now)
    return keys.make(actor=actor, now=now)


@transaction.atomic
def say_again(*, peer: Peer, above: int, actor: Account, now: datetime, why: str) -> int:
    """After a restore of our database: go on above what the peer has heard. Returns how many statements.

    Raises Refused, and Invalid at `above`.
    """
    keeper(actor, now)
    made = feed.say_again(peer=peer, above=above, now=now)
    data = {"above": above, "statements": made}
    trail.record(kind=Peer.kind, id=str(peer.pk), verb="say_again", actor=actor, now=now, data=data, why=why)
    return made


@transaction.atomic
def try_now(*, peer: Peer, actor: Account, now: datetime) -> None:
    """Do not wait for the next round: the worker tries both directions at once. Raises Refused."""
    keeper(actor, now)
    if peer.state != "active":
        raise Refused(_("交换没有接通，或者已经暂停"))
    for model in (Outgoing, Incoming):
        model._default_manager.filter(peer=peer).update(next_try=None)
    for task in ("exchange.push", "exchange.pull"):
        transaction.on_commit(lambda task=task: defer(task, lock=task, timestamp=0), robust=True)  # type: ignore[misc]
