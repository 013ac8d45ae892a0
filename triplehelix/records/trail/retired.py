"""Keys that encrypt nothing any more. What the trail says was digested with them stays comparable: each is kept in the
database, sealed with the first of FIELD_KEYS, so that no operator has to keep it beside the site."""

import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from triplehelix.records.trail.models import RetiredKey


def name_of(key: str) -> str:
    """What a digest names its key by."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def known(name: str) -> str | None:
    """A retired key by its name; None where none is kept that FIELD_KEYS opens."""
    found = _opened(tuple(settings.FIELD_KEYS))
    if name not in found:
        found.update(_read())
    return found.get(name)


@lru_cache(maxsize=4)
def _opened(keys: tuple[str, ...]) -> dict[str, str]:
    """Keys that were opened with these: `verify` asks for one with each digest."""
    return {}


def _read() -> dict[str, str]:
    box, found = _box(), {}
    for one in RetiredKey.objects.all():
        try:
            found[one.name] = box.decrypt(one.sealed.encode()).decode()
        except InvalidToken:
            continue
    return found


def keep() -> int:
    """Seal with the first of FIELD_KEYS what stands behind it, and what was retired before. Returns how many keys are
    kept now. A key that nothing opens stays as it is: its digests count as not compared."""
    first, *others = settings.FIELD_KEYS
    for name, key in ({name_of(one): one for one in others} | _read()).items():
        RetiredKey.objects.update_or_create(
            name=name, defaults={"sealed": Fernet(first).encrypt(key.encode()).decode()}
        )
    return RetiredKey.objects.count()


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
