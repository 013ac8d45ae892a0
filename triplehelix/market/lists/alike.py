"""Entries of one list that say the same: a need handed in twice, or copied from one firm's sheet to another's."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from triplehelix.foundation.text import normalise

#: Runs of so many characters are compared; texts that share this part of them are alike.
RUN = 6
SHARED = 0.6
#: Only texts that share one of their least hashes are compared at all: a list of thousands stays quick.
SKETCH = 16


def pairs(texts: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    """Places (a < b, from 0) of (title, text) pairs that are alike, in order."""
    titles = ["".join(normalise(title).lower().split()) for title, _text in texts]
    runs = [_runs(text) for _title, text in texts]
    by_mark: dict[object, list[int]] = defaultdict(list)
    for place, found in enumerate(runs):
        by_mark[titles[place]].append(place)
        for mark in sorted(found)[:SKETCH]:
            by_mark[mark].append(place)
    together = {(a, b) for places in by_mark.values() for i, a in enumerate(places) for b in places[i + 1 :]}
    return sorted((a, b) for a, b in together if titles[a] == titles[b] or _share(runs[a], runs[b]) >= SHARED)


def _runs(text: str) -> frozenset[int]:
    bare = "".join(normalise(text).lower().split())
    pieces = {bare[i : i + RUN] for i in range(max(len(bare) - RUN + 1, 1))}
    return frozenset(
        int.from_bytes(hashlib.blake2b(piece.encode(errors="replace"), digest_size=8).digest(), "big")
        for piece in pieces
    )


def _share(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b)
