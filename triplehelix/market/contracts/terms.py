"""The numbers and lists of the trade, from the pack's reference/contracts.toml: dated, each with its source."""

import re
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.reference import BadReference, load_code_list
from triplehelix.records.parties import numbers, reference
from triplehelix.records.parties.numbers import Value

__all__ = ["Value", "listed", "value", "value_or_none"]

FILE = "contracts"
#: What this room asks of the file; `vat_note` may be missing or have ended.
NUMBERS = (
    *("price_notice_days", "reward_notice_days", "listing_days", "auction_days", "tender_days"),
    *("objection_answer_days", "reward_least", "landed_least_paid", "registration_pattern", "registration_example"),
)
#: What a registration number looks like, with the parts it is read by, and one as people are shown it.
PATTERN, EXAMPLE, GROUPS = "registration_pattern", "registration_example", ("year", "region", "serial")
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


def check_registration() -> None:
    """Whether a number like the example would be taken, and is one of this city. Raises BadReference."""
    today = timezone.localdate()
    pattern, example = str(value(PATTERN, today).value), str(value(EXAMPLE, today).value)
    place = f"{Path(settings.PACK_DIR) / 'reference' / FILE}.toml [values]"
    try:
        shape = re.compile(pattern)
    except re.error as why:
        raise BadReference(f"{place} {PATTERN}：不是正则表达式（{why}）") from why
    if missing := [name for name in GROUPS if name not in shape.groupindex]:
        raise BadReference(f"{place} {PATTERN}：缺少 {'、'.join(f'(?P<{name}>…)' for name in missing)}")
    if (found := shape.fullmatch(example)) is None:
        raise BadReference(f"{place} {EXAMPLE}：“{example}”不合 {PATTERN}")
    if found["region"] not in reference.regions():
        raise BadReference(f"{place} {EXAMPLE}：“{example}”是别的城市的编号，换成行政区划里有的代码")


def listed(name: str) -> CodeList:
    """One of LISTS. Raises BadReference."""
    assert name in LISTS
    return _list(Path(settings.PACK_DIR), name)


@lru_cache(maxsize=16)
def _list(folder: Path, name: str) -> CodeList:
    return load_code_list(folder / "reference" / f"{FILE}.toml", name)
