"""A learned model as one file: arrays and a header in JSON, nothing that runs when read.

The header names the format, the code's version, the encoder, the features, the hash of what it learned from and what
the folds said. No text of a need or an achievement is kept, only numbers of words, vectors and levels.
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy import sparse

from triplehelix.matching.files import Unusable
from triplehelix.matching.learn import kernel, rank
from triplehelix.matching.learn.cases import Scale
from triplehelix.matching.learn.features import NAMES
from triplehelix.matching.learn.ground import Ground
from triplehelix.matching.learn.kernel import Likeness
from triplehelix.matching.learn.levels import Learners, Levels
from triplehelix.matching.learn.listed import LISTED, Batch
from triplehelix.matching.learn.rank import Ranker

Array = npt.NDArray[np.generic]
FORMAT = "triplehelix-learned"
#: Raised whenever a feature or a learner changes: an older file is then refused, not misread.
VERSION = 2


@dataclass(frozen=True)
class Learned:
    """A ranker, and levels for pairs (None: too few judgements) with what their features are measured against."""

    ranker: Ranker
    ground: Ground
    scale: Scale | None = None
    levels: Levels | None = None
    header: Mapping[str, Any] = field(default_factory=dict)


def features_used() -> dict[str, list[str]]:
    """The names of all features, by learner."""
    return {"ranking": list(rank.NAMES), "levels": [*NAMES, *LISTED]}


def write(path: Path, learned: Learned) -> None:
    """The same model gives the same bytes."""
    header = {**learned.header, "format": FORMAT, "version": VERSION, "features": features_used()}
    header["thin"] = learned.ranker.thin
    arrays: dict[str, Array] = {
        "header": np.array(json.dumps(header, ensure_ascii=False, sort_keys=True)),
        "ranker": learned.ranker.weights,
        **learned.ground.arrays(),
    }
    if learned.levels is not None and learned.scale is not None:
        arrays |= _scale_arrays(learned.scale) | _level_arrays(learned.levels)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stub takes the names for options


def read(path: Path, encoder: str) -> Learned:
    """The model of a file, made with this encoder. Raises Unusable: no such file, no model, another version."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(str(arrays["header"]))
        if header["format"] != FORMAT:
            raise ValueError(header["format"])
    except FileNotFoundError as why:
        raise Unusable(f"找不到模型 {path}") from why
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as why:
        raise Unusable(f"{path.name} 不是本系统学出的模型") from why
    if header.get("version") != VERSION or header.get("features") != features_used():
        raise Unusable(f"{path.name} 是另一版程序学出的，请用 ./run learn 重新学")
    if header.get("encoder", encoder) != encoder:
        raise Unusable(f"{path.name} 是用编码器 {header['encoder']} 学的，现在用的是 {encoder}，请重新学或换回编码器")
    ranker = Ranker(rank.NAMES, arrays["ranker"], header["thin"])
    if "levels.trees" not in arrays:
        return Learned(ranker, Ground.read(arrays), header=header)
    return Learned(ranker, Ground.read(arrays), _read_scale(arrays), _read_levels(arrays), header)


def _scale_arrays(scale: Scale) -> dict[str, Array]:
    columns = sorted(scale.runs)
    return {
        "scale.middle": scale.middle,
        "scale.spread": scale.spread,
        "scale.columns": np.array(columns, np.int64),
        "scale.idf": np.array([*(scale.runs[c] for c in columns), scale.rarest]),
    }


def _read_scale(arrays: Mapping[str, Array]) -> Scale:
    *idf, rarest = arrays["scale.idf"].astype(np.float64).tolist()
    runs = dict(zip(arrays["scale.columns"].tolist(), idf, strict=True))
    return Scale(arrays["scale.middle"].astype(float), arrays["scale.spread"].astype(float), runs, rarest)


def _level_arrays(levels: Levels) -> dict[str, Array]:
    """Each need and each achievement once; pairs point at them."""
    learners = levels.learners
    like, batch = learners.known, learners.known.batch
    _, one, need = np.unique(batch.need, return_index=True, return_inverse=True)
    _, other, achievement = np.unique(batch.achievement, return_index=True, return_inverse=True)
    runs = like.runs[other]
    return {
        "levels.trees": np.array(learners.trees.model_to_string()),
        "levels.counts": np.array(sorted(learners.counts.items()), np.int64),
        "levels.weights": learners.weights,
        "levels.mean": learners.mean,
        "levels.pairs": np.stack([need, achievement], axis=1),
        "levels.shares": np.array([levels.known_share, levels.new_share]),
        "levels.score": batch.score,
        "levels.plain": like.plain,
        "levels.beside": like.beside,
        "need.number": batch.need[one],
        "need.vector": like.need[one],
        "achievement.number": batch.achievement[other],
        "achievement.damped": batch.damped[other],
        "achievement.centred": batch.centred[other],
        "achievement.runs": runs.data,
        "achievement.columns": runs.indices,
        "achievement.starts": runs.indptr,
    }


def _read_levels(arrays: Mapping[str, Any]) -> Levels:
    need, achievement = arrays["levels.pairs"].T
    of = {name.removeprefix("achievement."): v for name, v in arrays.items() if name.startswith("achievement.")}
    shape = (len(of["number"]), kernel.COLUMNS)
    runs = sparse.csr_matrix((of["runs"], of["columns"], of["starts"]), shape=shape)
    batch = Batch(
        arrays["need.number"][need],
        of["number"][achievement],
        arrays["levels.score"],
        of["damped"][achievement],
        of["centred"][achievement],
    )
    plain, beside = arrays["levels.plain"], arrays["levels.beside"]
    like = Likeness(batch, arrays["need.vector"][need], runs[achievement], plain, beside)
    trees = lightgbm.Booster(model_str=str(arrays["levels.trees"]))
    counts = dict(arrays["levels.counts"].tolist())
    learners = Learners(trees, like, arrays["levels.weights"], arrays["levels.mean"], counts)
    known_share, new_share = arrays["levels.shares"].tolist()
    return Levels(learners, known_share, new_share)
