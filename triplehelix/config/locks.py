"""Programs on one machine take turns: the lock of a file is the system's, and goes with the program that holds it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def locked(gate: IO[str]) -> Iterator[None]:
    """Alone with an open file, once those before have let go of it."""
    fcntl.flock(gate, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(gate, fcntl.LOCK_UN)
