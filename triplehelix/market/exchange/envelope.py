"""The envelope: one signed statement of a market about one of its own listings. Pure functions.

What it states never changes; what it is sealed with may: a later seal names another key and moment, and once a newer
statement of the listing has overtaken it, its body is told no more (`null`, under the seal like any other).

`docs/howto/exchange-with-another-market.md` says the same for whoever builds the other side.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from triplehelix.market.exchange import canonical

PROTOCOL = "triplehelix-exchange/1"
KINDS = ("need", "achievement")
VERBS = ("publish", "update", "withdraw")
MARKET = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])")
KEY = re.compile(r"[0-9a-f]{16}")
DIGEST = re.compile(r"sha-256:[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
#: How far the clocks of two markets may be apart, and how long a request is good for.
WINDOW = timedelta(minutes=5)
ID_LENGTH = 120
MOST_BYTES = 256 * 1024


class Refusal(Exception):
    """Something of another market that is not taken. `code` is one of the protocol's; `detail` is for people."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}" if detail else code)


def _market(value: Any) -> bool:
    return isinstance(value, str) and MARKET.fullmatch(value) is not None


def _count(least: int) -> Any:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value


def _matches(pattern: re.Pattern[str]) -> Any:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


#: Every member of an envelope with what it must be. None other is allowed.
MEMBERS: Mapping[str, Any] = {
    "protocol": lambda value: value == PROTOCOL,
    "from": _market,
    "to": _market,
    "seq": _count(1),
    "prev": _count(0),
    "verb": lambda value: value in VERBS,
    "kind": lambda value: value in KINDS,
    "id": lambda value: isinstance(value, str) and 0 < len(value) <= ID_LENGTH and value.isprintable(),
    "revision": _count(1),
    "issued_at": _matches(MOMENT),
    "key": _matches(KEY),
    "digest": _matches(DIGEST),
    "body": lambda value: value is None or isinstance(value, dict),
    "signature": lambda value: isinstance(value, str) and len(value) == 88,
}
#: What stays, however often a statement is sealed; its digest as well, while the body is told.
STATED = ("protocol", "from", "to", "seq", "prev", "verb", "kind", "id", "revision")
#: Not under the signature: the body is there by its digest.
UNSIGNED = ("body", "signature")


@dataclass(frozen=True)
class Envelope:
    """An envelope whose members have the right shape; nothing is proven yet. `data` is all of it."""

    data: Mapping[str, Any]

    @property
    def sender(self) -> str:
        return str(self.data["from"])

    @property
    def to(self) -> str:
        return str(self.data["to"])

    @property
    def seq(self) -> int:
        return int(self.data["seq"])

    @property
    def prev(self) -> int:
        return int(self.data["prev"])

    @property
    def verb(self) -> str:
        return str(self.data["verb"])

    @property
    def what(self) -> str:
        return str(self.data["kind"])

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def revision(self) -> int:
        return int(self.data["revision"])

    @property
    def key(self) -> str:
        return str(self.data["key"])

    @property
    def digest(self) -> str:
        return str(self.data["digest"])

    @property
    def is_overtaken(self) -> bool:
        """Its market says that a newer statement of the listing is on its way, and does not tell this one's body."""
        return self.data["body"] is None

    @property
    def body(self) -> Mapping[str, Any]:
        """Empty where it is not told."""
        body: Mapping[str, Any] = self.data["body"] or {}
        return body

    @property
    def issued_at(self) -> datetime:
        return moment(str(self.data["issued_at"]))


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def said(at: datetime) -> str:
    """A moment in whole seconds of UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signing_base(data: Mapping[str, Any]) -> bytes:
    """What the signature is over: the one spelling of everything but body and signature."""
    return canonical.written({name: value for name, value in data.items() if name not in UNSIGNED})


def seal(statement: Mapping[str, Any], *, key_id: str, private: Ed25519PrivateKey) -> dict[str, Any]:
    """A whole envelope from its statement: all but protocol, key, digest and signature, which are made anew."""
    data = {**statement, "protocol": PROTOCOL, "key": key_id, "digest": canonical.digest(statement["body"])}
    data["signature"] = base64.b64encode(private.sign(signing_base(data))).decode()
    shaped(data)
    return data


def agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Two envelopes make the same statement, whenever each was sealed, by whichever key, and with its body or not."""
    if any(one[name] != other[name] for name in STATED):
        return False
    return None in (one["body"], other["body"]) or one["digest"] == other["digest"]


def shaped(data: Any) -> Envelope:
    """The envelope of a value already read. Raises Refusal malformed or too_large."""
    if not isinstance(data, dict):
        raise Refusal("malformed", "an envelope is an object")
    if wrong := sorted(set(data) ^ set(MEMBERS)):
        raise Refusal("malformed", f"members missing or unknown: {', '.join(wrong)[:200]}")
    for name, fits in MEMBERS.items():
        if not fits(data[name]):
            raise Refusal("malformed", f"'{name}' is not what it must be")
    if data["prev"] >= data["seq"]:
        raise Refusal("malformed", "'prev' must be below 'seq'")
    try:
        moment(data["issued_at"])
    except ValueError:
        raise Refusal("malformed", "'issued_at' is no moment") from None
    if len(canonical.written(data)) > MOST_BYTES:
        raise Refusal("too_large", f"an envelope has at most {MOST_BYTES} bytes")
    return Envelope(data)


def prove(found: Envelope, public: Ed25519PublicKey) -> None:
    """Body and statement are what the holder of this key signed. Raises Refusal bad_digest or bad_signature."""
    if canonical.digest(found.data["body"]) != found.digest:
        raise Refusal("bad_digest", "the body is not the one of the digest")
    try:
        signature = base64.b64decode(str(found.data["signature"]), validate=True)
        public.verify(signature, signing_base(found.data))
    except (ValueError, InvalidSignature):
        raise Refusal("bad_signature", f"not signed by key {found.key}") from None
