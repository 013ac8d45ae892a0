"""Signatures by Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"


def new_secret() -> str:
    """32 bytes of chance, as receivers' libraries want them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(*, secret: str, message: str, body: bytes, now: datetime) -> dict[str, str]:
    """What stands at the head of a message."""
    at = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "TripleHelix-Webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
    }
