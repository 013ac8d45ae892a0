"""Items that say the same, shown once: the better one, with the others under it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from triplehelix.matching.encode import whole
from triplehelix.matching.files import SAME_COSINE, SAME_SHINGLES, alike


class Shown(NamedTuple):
    """What of a document is read to show it. `sent` is its vector as PostgreSQL sends it, None while it has none."""

    subject_id: int
    title: str
    text: str
    holder: str
    rights: str
    sent: bytes | None


def fold(shown: Sequence[Shown]) -> list[list[int] | None]:
    """For each item, best first: the subjects folded under it, or None for one that is folded itself."""
    likeness = _cosines(shown)
    answer: list[list[int] | None] = []
    for place, one in enumerate(shown):
        for head in range(place):
            under = answer[head]
            if under is not None and likeness[head, place] >= SAME_COSINE and _alike(shown[head], one):
                under.append(one.subject_id)
                answer.append(None)
                break
        else:
            answer.append([])
    return answer


def _cosines(shown: Sequence[Shown]) -> npt.NDArray[np.float32]:
    """Each with each, shape (n, n); 1 where one has no vector and the characters alone must tell."""
    sizes = {len(one.sent) for one in shown if one.sent}
    if len(sizes) != 1:
        return np.ones((len(shown), len(shown)), np.float32)
    vectors = np.zeros((len(shown), (sizes.pop() - 4) // 2), np.float32)
    for place, one in enumerate(shown):
        if one.sent:
            vectors[place] = np.frombuffer(one.sent, ">f2", offset=4)
    known = np.array([bool(one.sent) for one in shown])
    return np.where(np.outer(known, known), vectors @ vectors.T, np.float32(1))


def _alike(one: Shown, other: Shown) -> bool:
    """Mostly the same characters, as files decide it."""
    longer, shorter = sorted((len(one.title) + len(one.text), len(other.title) + len(other.text)), reverse=True)
    if shorter < SAME_SHINGLES * longer * 0.5:
        return False  # so different in length cannot share so much
    return alike(whole(one.title, one.text), whole(other.title, other.text)) >= SAME_SHINGLES
