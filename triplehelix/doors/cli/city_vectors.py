"""Vectors of the demo city's texts, made on another core while the city is loaded: the index finds them kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from triplehelix.doors.cli.city import read
from triplehelix.matching import current
from triplehelix.matching.encode import EncoderDown, whole

#: Few, because whoever asks the encoder for a vector of its own meanwhile waits for them.
AT_ONCE = 8


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """Within the block. Whoever needs a vector before it is made makes it; both look first for what is kept."""
    enough = Event()
    thread = Thread(target=_encode, args=(texts(folder), enough), daemon=True)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def texts(folder: Path) -> list[str]:
    """What the index makes a vector of, of every listing that is published."""
    chains = [read(path) for path in sorted((folder / "chains").glob("*.toml"))]
    rows = [row for chain in chains for row in (*chain["need"], *chain["achievement"])]
    return [whole(row["title"], row["text"]) for row in rows if row["state"] == "published"]


def _encode(wanted: list[str], enough: Event) -> None:
    try:
        encoder = current.encoder()
        for start in range(0, len(wanted), AT_ONCE):
            if encoder is None or enough.is_set():
                return
            encoder.passages(wanted[start : start + AT_ONCE])
    except EncoderDown:
        return  # the index, which asks for the same, says so
