"""The bytes of files as they lie under MEDIA_ROOT: plain, or sealed with FIELD_KEYS where they are confidential."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import InvalidToken

from triplehelix.records.parties.fields import box, is_first

#: How the name of a sealed file ends; without it the name is the sha-256 of what the file says.
SEALED = ".sealed"


class Locked(OSError):
    """No key of FIELD_KEYS opens a sealed file."""


def named(sha256: str, *, sealed: bool) -> str:
    return f"{sha256}{SEALED}" if sealed else sha256


def read(path: Path) -> bytes:
    """What a file says. Raises FileNotFoundError when the store has lost it, Locked when it was sealed with a key that
    is not among FIELD_KEYS."""
    content = path.read_bytes()
    if path.suffix != SEALED:
        return content
    try:
        return box().decrypt(content)
    except InvalidToken as why:
        raise Locked(f"{path.name}: FIELD_KEYS") from why


def write(path: Path, content: bytes) -> None:
    """Put the bytes in their place, whole or not at all, before the row that speaks of them commits. What lies there
    already and is not what it should be is replaced."""
    if _says(path, content):
        os.utime(path)  # in use again: `sweep` leaves it alone until this upload has committed
        return
    _put(path, box().encrypt(content) if path.suffix == SEALED else content)


def is_behind(path: Path) -> bool:
    """Whether a sealed file needs another than the first key; one that is lost, or that no key opens, does not."""
    try:
        return not is_first(path.read_bytes()) and bool(read(path))
    except OSError:
        return False


def seal_anew(path: Path) -> bool:
    """Seal a file with the first key, whole or not at all; False when it is. It counts as new, as after `write`.
    Raises FileNotFoundError when the store has lost it, Locked when no key opens it."""
    if is_first(path.read_bytes()):
        return False
    _put(path, box().encrypt(read(path)))
    return True


def _put(path: Path, content: bytes) -> None:
    """Bytes in their place, and safe from a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
        _on_disk(path.parent)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _on_disk(folder: Path) -> None:
    """The name of a file is as safe from a power cut as its bytes: the row that speaks of it commits next."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _says(path: Path, content: bytes) -> bool:
    try:
        return read(path) == content
    except OSError:
        return False
