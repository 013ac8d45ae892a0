"""Texts that say the same: a need handed in twice, or copied from one firm's sheet to another's."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence

from triplehelix.foundation.text import normalise

#: Runs of so many characters are compared; texts that share this part of them are alike.
RUN = 6
SHARED = 0.6
#: So many of a text's smallest hashes are kept (MinHash), and only texts that share one are compared at all: a list of
#: thousands stays quick.
SKETCH = 16
#: So many that share a mark are each compared with all others; further ones with these first only, or one title given
#: to thousands would make millions of pairs.
FIRST = 16


def pairs(texts: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    """Indexes (a < b, from 0, in order) of those of the (title, text) pairs that are alike.

    Among a few that are alike every pair is answered. Where more than FIRST are like the same text, each is paired with
    that text only: otherwise a thousand copies would make half a million pairs.
    """
    titles = [same_title(title) for title, _text in texts]
    runs = [_runs(text) for _title, text in texts]
    by_mark: dict[object, list[int]] = defaultdict(list)
    for place, found in enumerate(runs):
        by_mark[titles[place]].append(place)
        for mark in _least(found):
            by_mark[mark].append(place)
    together = {(a, b) for places in by_mark.values() for i, a in enumerate(places[:FIRST]) for b in places[i + 1 :]}
    beside = sorted((a, b) for a, b in together if titles[a] == titles[b] or _share(runs[a], runs[b]) >= SHARED)
    return _thinned(beside)


def _thinned(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drops, within a large group, every pair but those with the group's first text."""
    like = Counter(a for a, _b in found)
    first: dict[int, int] = {}
    for a, b in found:
        first.setdefault(b, a)
    return [(a, b) for a, b in found if first.get(a) != first[b] or like[first[b]] <= FIRST]


def sketch(text: str) -> list[int]:
    """The SKETCH smallest hashes of a text (MinHash), as signed 64-bit numbers that a database keeps: texts without a
    common one are not alike."""
    return _least(_runs(text))


def share(one: str, other: str) -> float:
    """The part of their runs two texts have in common, 0 … 1."""
    return _share(_runs(one), _runs(other))


def same_title(title: str) -> str:
    """A title without what people write differently: blanks, width, case."""
    return _bare(title)


def repeats(text: str, of: str, least: int) -> str:
    """The first run of `least` characters of `text` that stands in `of` too, '' when there is none."""
    bare, other = _bare(text), _bare(of)
    return next((run for i in range(len(bare) - least + 1) if (run := bare[i : i + least]) in other), "")


def _bare(text: str) -> str:
    return "".join(normalise(text).lower().split())


def _least(runs: frozenset[int]) -> list[int]:
    return sorted(runs)[:SKETCH]


def _runs(text: str) -> frozenset[int]:
    bare = _bare(text)
    pieces = {bare[i : i + RUN] for i in range(max(len(bare) - RUN + 1, 1))}
    return frozenset(
        int.from_bytes(hashlib.blake2b(piece.encode(errors="replace"), digest_size=8).digest(), "big", signed=True)
        for piece in pieces
    )


def _share(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b)
