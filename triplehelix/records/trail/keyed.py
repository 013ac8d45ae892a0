"""Digests of what not everybody may read: whoever has no key of FIELD_KEYS finds nothing by trying.

A digest names the key it was made with, so that it can be told apart after a change of keys. Keys that encrypt nothing
any more are kept for it, sealed (`retired`); what was made with a key that is gone altogether cannot be compared any
more, and says nothing against the value.
"""

import hashlib
import hmac
from typing import Any

from django.conf import settings

from triplehelix.records.trail import digest, retired

LENGTH = 32


class Undecipherable(ValueError):
    """No key of FIELD_KEYS opens a stored value: a key was dropped, or somebody wrote it without the program."""


def keyed(value: Any) -> str:
    """`key:digest` of plain data, made with the first key. Raises TypeError for what JSON cannot say."""
    return _made(settings.FIELD_KEYS[0], value)


def agrees(value: Any, said: str) -> bool:
    """Whether the digest is of this value; True as well where its key is not known here any more."""
    known = _key_of(said)
    return known is None or hmac.compare_digest(_made(known, value), said)


def is_known(said: str) -> bool:
    """Whether the digest's key is in FIELD_KEYS or was kept when it was retired."""
    return _key_of(said) is not None


def _key_of(said: str) -> str | None:
    name = said.partition(":")[0]
    return next((key for key in settings.FIELD_KEYS if retired.name_of(key) == name), None) or retired.known(name)


def _made(key: str, value: Any) -> str:
    text = digest.canonical(_level(value))
    return f"{retired.name_of(key)}:{hmac.new(f'trail:{key}'.encode(), text, hashlib.sha256).hexdigest()[:LENGTH]}"


def _level(value: Any) -> Any:
    """Numbers as the database gives them back: 1e5 and 100000 are one number."""
    if isinstance(value, dict):
        return {key: _level(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_level(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, float) else digest.plain(value)
