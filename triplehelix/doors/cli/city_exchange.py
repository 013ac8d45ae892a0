"""The demo city's exchange with other markets: a peer that is paused, what it sent, a conflict and a forgery; and two
more, one waiting for its fingerprint, one cut. No address is real, and none is called."""

import base64
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from triplehelix.foundation.money import Fen
from triplehelix.market.exchange import actions, envelope, receive
from triplehelix.market.exchange.fingerprints import fingerprint, key_id
from triplehelix.market.exchange.models import ForeignListing, Peer
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)
#: The way from a registration to each state.
WAYS = {"registered": (), "paused": ("confirm", "pause"), "cut": ("confirm", "cut")}
TEXTS = (
    "title",
    "holder",
    "holder_code",
    "field",
    "chain",
    "region",
    "region_name",
    "trl_assessed_by",
    "type",
    "rights",
)


class Other:
    """The other side of the demo: its key, and the numbers of what it says."""

    def __init__(self, market: str) -> None:
        self.market, self.private = market, Ed25519PrivateKey.generate()
        self.public = base64.b64encode(self.private.public_key().public_bytes_raw()).decode()
        self.seq, self.revisions = 0, dict[str, int]()

    def said(self, row: Mapping[str, Any], at: datetime, private: Ed25519PrivateKey | None = None) -> dict[str, Any]:
        """One envelope, as the other market would sign it on that day."""
        id = f"{self.market}/{row['kind']}/{row['number']}"
        self.revisions[id] = self.revisions.get(id, 0) + (0 if row.get("same") else 1)
        prev, self.seq = self.seq, self.seq + 1
        statement = {
            "from": self.market, "to": settings.EXCHANGE_ID, "seq": self.seq, "prev": prev, "verb": row["verb"],
            "kind": row["kind"], "id": id, "revision": self.revisions[id], "issued_at": envelope.said(at),
            "body": {"reason": row["reason"]} if row["verb"] == "withdraw" else self._body(row, id, at),
        }  # fmt: skip
        return envelope.seal(statement, key_id=key_id(self.public), private=private or self.private)

    def _body(self, row: Mapping[str, Any], id: str, at: datetime) -> dict[str, Any]:
        wan, day = row.get("price_wan"), timezone.localdate(at)
        return {name: row.get(name, "") for name in TEXTS} | {
            "text": row["text"].strip(), "modes": row.get("modes", []), "ip": row.get("ip", []), "trl": row.get("trl"),
            "price_fen": None if wan is None else int(Fen.from_unit(str(wan), "万元")),
            "url": f"https://{id}", "published_on": day.isoformat(),
            "valid_until": (day + row["valid_days"] * DAY).isoformat(),
        }  # fmt: skip


def load(path: Path, officer: Account, *, now: datetime) -> None:
    """Every peer through the actions; the first has sent something, day by day, before it was paused."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    for n, row in enumerate(data["peer"]):
        other = Other(row["market"])
        peer = _registered(row, other, officer, now - 60 * DAY)
        if n == 0:
            _traffic(data, peer, other, officer, now)
        for step in WAYS[row["state"]][1:]:
            peer = take(case=peer, step=step, actor=officer, now=now - 2 * DAY, seen_version=peer.version)


def _registered(row: Mapping[str, Any], other: Other, officer: Account, at: datetime) -> Peer:
    given = {name: row[name] for name in ("market", "name", "url", "kinds", "chains")}
    peer = actions.register(**given, public=other.public, actor=officer, now=at)
    if not WAYS[row["state"]]:
        return peer
    note = fingerprint(other.public)
    return take(case=peer, step="confirm", actor=officer, now=at, seen_version=peer.version, note=note)


def _traffic(data: Mapping[str, Any], peer: Peer, other: Other, officer: Account, now: datetime) -> None:
    for row in data["said"]:
        at = now - row["days_ago"] * DAY
        receive.take_in(peer=peer, entries=[other.said(row, at)], via="push", now=at)
    thief = Ed25519PrivateKey.generate()
    forged = {"verb": "withdraw", "kind": "achievement", "number": 2101, "reason": "withdrawn"}
    receive.take_in(peer=peer, entries=[other.said(forged, now - 3 * DAY, thief)], via="push", now=now - 3 * DAY)
    receive.expire_due(now=now)
    hidden = data["hide"]
    listing = ForeignListing.objects.get(peer=peer, origin__endswith=f"/{hidden['number']}")
    actions.hide(listing=listing, note=hidden["note"], actor=officer, now=now - 4 * DAY)
