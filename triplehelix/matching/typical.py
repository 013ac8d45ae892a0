"""What all queries have in common, for an encoder: the mean vector of typical needs."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from triplehelix.matching.encode import Cached, Vectors

TEXTS = Path(__file__).with_name("calibration.txt")


def typical_texts() -> list[str]:
    """The sentences of calibration.txt."""
    return [line for line in TEXTS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=4)
def query_mean(encoder: Cached) -> Vectors:
    """The mean of the query vectors of calibration.txt, shape (dim,). The encoder's cache makes it free after once."""
    return np.asarray(encoder.queries(typical_texts()).mean(axis=0), np.float32)
