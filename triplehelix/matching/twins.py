"""Items that say the same, shown once: the better one, with the others under it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

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
    answer: list[list[int] | None] = []
    heads: list[int] = []
    for place, one in enumerate(shown):
        head = next((h for h in heads if _same(shown[h], one)), None)
        if head is None:
            heads.append(place)
            answer.append([])
        else:
            under = answer[head]
            assert under is not None
            under.append(one.subject_id)
            answer.append(None)
    return answer


def _same(one: Shown, other: Shown) -> bool:
    """As files decide it: near in meaning where both have vectors, and mostly the same characters."""
    if one.sent and other.sent and len(one.sent) == len(other.sent):
        a, b = (np.frombuffer(s, ">f2", offset=4).astype(np.float32) for s in (one.sent, other.sent))
        if float(a @ b) < SAME_COSINE:
            return False
    longer, shorter = sorted((len(one.title) + len(one.text), len(other.title) + len(other.text)), reverse=True)
    if shorter < SAME_SHINGLES * longer * 0.5:
        return False  # so different in length cannot share so much
    return alike(whole(one.title, one.text), whole(other.title, other.text)) >= SAME_SHINGLES
