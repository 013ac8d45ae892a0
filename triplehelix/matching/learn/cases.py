"""Pairs of two sheets turned into what the learners of levels see, against a ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from triplehelix.matching.learn import kernel
from triplehelix.matching.learn.features import NAMES, features
from triplehelix.matching.learn.ground import Ground
from triplehelix.matching.learn.kernel import Likeness
from triplehelix.matching.learn.levels import Cases
from triplehelix.matching.learn.listed import LISTED, Batch, listed
from triplehelix.matching.learn.sides import Asked, Offered
from triplehelix.matching.learn.signs import damped

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scale:
    """How features are brought to one scale for likeness: `middle` and `spread` over the judged pairs, shape (8,);
    `runs`: the weight of character runs, and of a rare one."""

    middle: Floats
    spread: Floats
    runs: Mapping[int, float]
    rarest: float


def cases(
    ground: Ground,
    asked: Sequence[Asked],
    offered: Sequence[Offered],
    pairs: Ints,
    scale: Scale | None = None,
    known: Batch | None = None,
) -> tuple[Cases, Scale]:
    """The cases of `pairs`, listed together with the `known` pairs of a model. No level is read.

    `scale` None: these pairs make the scale.
    """
    own = features(ground, asked, offered, pairs)
    batch = Batch(
        np.array([number(asked[row].key) for row in pairs[:, 0]], np.int64),
        np.array([number(offered[row].key) for row in pairs[:, 1]], np.int64),
        own[:, NAMES.index("score")],
        _whitened(ground, offered)[pairs[:, 1]],
        _centred(ground, offered)[pairs[:, 1]],
    )
    beside = listed(batch.with_others(known) if known else batch, len(pairs))
    raw = np.concatenate([own[:, [NAMES.index(n) for n in kernel.PLAIN]], _columns(beside)], axis=1)
    if scale is None:
        scale = _scale(raw, offered)
    even = np.nan_to_num((raw - scale.middle) / scale.spread)
    runs = kernel.run_weights([one.title for one in offered], scale.runs, scale.rarest)[pairs[:, 1]]
    plain = len(kernel.PLAIN)
    like = Likeness(batch, _needs(ground, asked)[pairs[:, 0]], runs, even[:, :plain], even[:, plain:])
    return Cases(own, beside, like), scale


def number(key: str) -> int:
    """A stable number for a need's or an achievement's words."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _columns(beside: Floats) -> Floats:
    names = [name for name in kernel.BESIDE if name in LISTED]
    return beside[:, [LISTED.index(name) for name in names]]


def _scale(raw: Floats, offered: Sequence[Offered]) -> Scale:
    there = np.isfinite(raw)
    count = np.maximum(there.sum(axis=0), 1)
    middle = np.where(there, raw, 0).sum(axis=0) / count
    spread = np.sqrt(np.where(there, (raw - middle) ** 2, 0).sum(axis=0) / count)
    runs, rarest = kernel.run_idf([one.title for one in offered])
    return Scale(middle, np.where(spread < 1e-9, 1.0, spread), runs, rarest)


def _whitened(ground: Ground, offered: Sequence[Offered]) -> npt.NDArray[np.float32]:
    """Unit vectors with directions damped as in scoring. Shape (n, dim), (n, 0) with words alone."""
    if ground.space is None:
        return np.zeros((len(offered), 0), np.float32)
    return damped(ground.space, np.array([one.vector for one in offered], np.float64), ground.space.mean)


def _centred(ground: Ground, offered: Sequence[Offered]) -> npt.NDArray[np.float32]:
    if ground.space is None:
        return np.zeros((len(offered), 0), np.float32)
    found = np.array([one.vector for one in offered], np.float64) - ground.space.mean
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), np.float32)


def _needs(ground: Ground, asked: Sequence[Asked]) -> npt.NDArray[np.float32]:
    """Unit vectors of needs, title and text side by side, shape (n, 2·dim)."""
    if ground.space is None:
        return np.zeros((len(asked), 0), np.float32)
    parts = [
        damped(ground.space, np.array([one.vectors[name][0] for one in asked], np.float64), ground.common[name])
        for name in ("title", "text")
    ]
    return np.concatenate(parts, axis=1) / np.float32(2**0.5)
