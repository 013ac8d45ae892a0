"""Names of public keys: what people compare by letter or telephone, and what envelopes name a key by."""

import base64
import hashlib
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEXADECIMAL = re.compile(r"[0-9a-f]{64}")


def public_of(text: str) -> Ed25519PublicKey:
    """The key of 32 bytes in base64. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def fingerprint(text: str) -> str:
    """sha-256 of the 32 bytes, 64 hexadecimal digits. Raises ValueError."""
    return hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest()


def key_id(text: str) -> str:
    return fingerprint(text)[:16]


def spaced(found: str) -> str:
    """A fingerprint in groups of eight, as it is read out."""
    return " ".join(found[at : at + 8] for at in range(0, len(found), 8))


def plain(given: str) -> str:
    """A fingerprint as somebody wrote it, without spaces, colons and capitals; empty when it is none."""
    found = re.sub(r"[\s:：-]", "", given).lower()
    return found if HEXADECIMAL.fullmatch(found) else ""
