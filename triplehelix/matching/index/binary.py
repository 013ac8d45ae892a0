"""Documents as rows of PostgreSQL's binary COPY: ten times faster than text for arrays and vectors."""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
TAIL = struct.pack(">h", -1)
NULL = struct.pack(">i", -1)
INT4, TEXT = 23, 25
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
ELEMENT = np.dtype([("size", ">i4"), ("value", ">i4")])


def field(value: bytes) -> bytes:
    """Bytes with their length before them."""
    return struct.pack(">i", len(value)) + value


def text(value: str) -> bytes:
    """text, UTF-8."""
    return field(value.encode())


def smallint(value: int | None) -> bytes:
    """int2, or NULL."""
    return NULL if value is None else struct.pack(">ih", 2, value)


def integer(value: int) -> bytes:
    """int4."""
    return struct.pack(">ii", 4, value)


def bigint(value: int | None) -> bytes:
    """int8, or NULL."""
    return NULL if value is None else struct.pack(">iq", 8, value)


def double(value: float) -> bytes:
    """float8."""
    return struct.pack(">id", 8, value)


def moment(value: datetime) -> bytes:
    """An aware moment as microseconds since 2000."""
    past = value - EPOCH
    return struct.pack(">iq", 8, (past.days * 86400 + past.seconds) * 1_000_000 + past.microseconds)


def texts(values: Iterable[str]) -> bytes:
    """text[]."""
    parts = [text(value) for value in values]
    if not parts:
        return field(struct.pack(">iii", 0, 0, TEXT))
    return field(struct.pack(">iiiii", 1, 0, TEXT, len(parts), 1) + b"".join(parts))


def integers(values: npt.NDArray[Any]) -> bytes:
    """int4[]."""
    if not len(values):
        return field(struct.pack(">iii", 0, 0, INT4))
    elements = np.empty(len(values), ELEMENT)
    elements["size"], elements["value"] = 4, values
    return field(struct.pack(">iiiii", 1, 0, INT4, len(values), 1) + elements.tobytes())


def sparse(dimensions: int, indices: npt.NDArray[Any], values: npt.NDArray[Any]) -> bytes:
    """A sparsevec; `indices` count from 1, ascending."""
    head = struct.pack(">iii", dimensions, len(indices), 0)
    return field(head + (indices - 1).astype(">i4").tobytes() + values.astype(">f4").tobytes())


def half(values: npt.NDArray[Any] | None) -> bytes:
    """halfvec, or NULL."""
    if values is None:
        return NULL
    return field(struct.pack(">hh", len(values), 0) + values.astype(">f2").tobytes())


def row(*fields: bytes) -> bytes:
    """One row of these fields."""
    return struct.pack(">h", len(fields)) + b"".join(fields)
