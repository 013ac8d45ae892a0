"""The two-character runs of a case's title and text, packed so that one text is compared with thousands at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from triplehelix.foundation.text import bigrams

#: A run's number is that of its two characters, counted from the first that `bigrams` takes: 15 bits each, so that two
#: runs never share a number.
FIRST, BITS = 0x3400, 15
CODE = np.dtype("<u4")


def packed(title: str, text: str) -> bytes:
    """The runs of a title and a text, each once, in order, four bytes each."""
    codes = {(ord(run[0]) - FIRST) << BITS | ord(run[1]) - FIRST for run in bigrams(f"{title} {text}")}
    return np.array(sorted(codes), CODE).tobytes()


def shares(own: bytes, others: Sequence[bytes]) -> npt.NDArray[np.float64]:
    """For each of the others the runs it shares with one's own by the smaller set (0 to 1): a copied part shows even in
    a longer text."""
    mine, all_ = np.frombuffer(own, CODE), np.frombuffer(b"".join(others), CODE)
    sizes = np.array([len(one) // CODE.itemsize for one in others], np.int64)
    if not len(mine):
        return np.zeros(len(others))
    known = mine[np.minimum(np.searchsorted(mine, all_), len(mine) - 1)] == all_
    counted = np.concatenate(([0], np.cumsum(known)))
    ends = np.cumsum(sizes)
    shared = counted[ends] - counted[ends - sizes]
    return np.asarray(shared / np.maximum(np.minimum(sizes, len(mine)), 1), np.float64)
