"""Asked once: what one request that only reads, or one act on many rows, would ask the database again and again."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Ask once who belongs to what, holds which office, and what the office has set. For as long as nothing of that is
    written: a request that only reads, one act on many cases."""
    before = _known.set({})
    try:
        yield
    finally:
        _known.reset(before)


def once(key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers: within `remembered` the first answer to this key, elsewhere a new one each time."""
    known = _known.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    found: T = known[key]
    return found
