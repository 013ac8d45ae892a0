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

FILE = "contracts"
#: What this room asks of the file; `vat_note` may be missing or have ended.
NUMBERS = (
    *("price_notice_days", "reward_notice_days", "listing_days", "auction_days", "tender_days"),
    *("objection_answer_days", "reward_least", "landed_least_paid", "registration_pattern", "registration_example"),
)
#: Those of them that are parts of one.
PARTS = ("reward_least", "landed_least_paid")
LISTS = ("authorities", "trade_tags")


def value(key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    assert key in NUMBERS
    return numbers.value(FILE, key, on)


def value_or_none(key: str, on: date) -> Value | None:
    """The same for what may have ended: a guidance with an expiry day."""
    try:
        return numbers.value(FILE, key, on)
    except BadReference:
        return None


def listed(name: str) -> CodeList:
    """One of LISTS. Raises BadReference."""
    assert name in LISTS
    return _list(Path(settings.PACK_DIR), name)


@lru_cache(maxsize=16)
def _list(folder: Path, name: str) -> CodeList:
    return load_code_list(folder / "reference" / f"{FILE}.toml", name)
