"""The numbers and lists of the trade, from the pack's reference/contracts.toml: dated, each with its source."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.reference import BadReference, load_code_list
from triplehelix.records.parties import numbers
from triplehelix.records.parties.numbers import Value

__all__ = ["Value", "listed", "value", "value_or_none"]


def value(key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    return numbers.value("contracts", key, on)


def value_or_none(key: str, on: date) -> Value | None:
    """The same for what may have ended: a guidance with an expiry day."""
    try:
        return value(key, on)
    except BadReference:
        return None


def listed(name: str) -> CodeList:
    """`authorities` or `trade_tags`."""
    return _list(Path(settings.PACK_DIR), name)


@lru_cache(maxsize=16)
def _list(folder: Path, name: str) -> CodeList:
    return load_code_list(folder / "reference" / "contracts.toml", name)
