"""Digests of entries and seals: pure functions, used alike by who writes and by who verifies."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

PART_BYTES = 8
#: The groups a changed row is explained by; the order is that of `parts`.
GROUPS = ("subject", "actor", "verb", "time", "data", "why")


def hasher(algorithm: str) -> Callable[[bytes], bytes]:
    """sha256, or sm3 (GB/T 32905) from OpenSSL. Raises ValueError where OpenSSL has no such algorithm."""
    hashlib.new(algorithm, usedforsecurity=True)
    return lambda data: hashlib.new(algorithm, data).digest()


def plain(value: Any) -> Any:
    """A value as the database will give it back: None, bool, int, str, list, and dict with texts as keys.

    Moments become UTC ISO texts, days ISO texts, decimals and UUIDs texts. Raises TypeError for anything else, floats
    among them (they do not come back as they went), and ValueError for texts the database cannot hold.
    """
    if isinstance(value, Promise):
        value = str(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys in the trail are texts")
        return {_text(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in (value if isinstance(value, list | tuple) else sorted(value))]
    raise TypeError(f"the trail cannot keep a {type(value).__name__}")


def _text(value: str) -> str:
    if "\x00" in value:
        raise ValueError("a text with NUL cannot be stored")
    return str(value)


def canonical(value: Any) -> bytes:
    """One and only one spelling: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def moment(at: datetime) -> str:
    """A moment in UTC with microseconds, always of the same length."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def groups(entry: Any) -> dict[str, Any]:
    """What an entry says, by the groups a difference is named by."""
    return {
        "subject": [entry.subject_kind, entry.subject_id, entry.n],
        "actor": [entry.actor, entry.actor_account],
        "verb": entry.verb,
        "time": moment(entry.at),
        "data": entry.data,
        "why": entry.why,
    }


def of_entry(entry: Any) -> tuple[bytes, bytes]:
    """(parts, digest) of an entry: short digests by group, and the digest over everything and the one before."""
    digest = hasher(entry.algorithm)
    said = groups(entry)
    parts = b"".join(digest(canonical(said[name]))[:PART_BYTES] for name in GROUPS)
    whole = {"groups": said, "algorithm": entry.algorithm, "parts": parts.hex(), "prev": bytes(entry.prev).hex()}
    return parts, digest(canonical(whole))


def changed_groups(stored: bytes, computed: bytes) -> list[str]:
    """The groups in which a row no longer says what it said when it was written."""
    cut = [slice(k * PART_BYTES, (k + 1) * PART_BYTES) for k in range(len(GROUPS))]
    return [name for name, at in zip(GROUPS, cut, strict=True) if stored[at] != computed[at]]


def merkle_root(leaves: Iterable[bytes], algorithm: str) -> bytes:
    """The root of a Merkle tree (shape and domain separation of RFC 6962) in one pass with a stack of log n digests."""
    digest = hasher(algorithm)
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        node = (1, digest(b"\x00" + leaf))
        while stack and stack[-1][0] == node[0]:
            size, left = stack.pop()
            node = (size * 2, digest(b"\x01" + left + node[1]))
        stack.append(node)
    if not stack:
        return digest(b"")
    _size, root = stack.pop()
    while stack:
        _size, left = stack.pop()
        root = digest(b"\x01" + left + root)
    return root


def of_seal(seal: Any) -> bytes:
    """The root a seal stores: over its tree, everything it says, and the root of the seal before."""
    said = {
        "n": seal.n,
        "day": seal.day.isoformat(),
        "at": moment(seal.at),
        "first_seq": seal.first_seq,
        "last_seq": seal.last_seq,
        "count": seal.count,
        "ranges": seal.ranges,
        "algorithm": seal.algorithm,
        "merkle": bytes(seal.merkle).hex(),
        "prev_root": bytes(seal.prev_root).hex(),
    }
    return hasher(seal.algorithm)(canonical(said))
