"""What the pack says of the fund (reference/fund.toml): its name, what a year usually has, what it may be spent on."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.money import Fen
from triplehelix.foundation.reference import BadReference, load_code_list
from triplehelix.records.parties import numbers

FILE, USES = "fund", "uses"
#: A purse keeps the code in so many characters.
MOST_CODE = 20


def name(on: date) -> str:
    """What the fund is called on a day. Raises BadReference."""
    return str(numbers.value(FILE, "name", on).value)


def yearly(on: date) -> Fen:
    """What a year usually has; what it really has says its document. Raises BadReference."""
    return Fen.from_yuan(numbers.whole(FILE, "yearly_yuan", on))


def uses() -> dict[str, str]:
    """What the fund may be spent on, code to name. Raises BadReference."""
    return {entry.code: entry.name for entry in _uses(Path(settings.PACK_DIR))}


def _path(folder: Path) -> Path:
    return folder / "reference" / f"{FILE}.toml"


@lru_cache(maxsize=8)
def _uses(folder: Path) -> CodeList:
    found = load_code_list(_path(folder), USES)
    if long := [entry.code for entry in found if len(entry.code) > MOST_CODE]:
        raise BadReference(f"{_path(folder)} [{USES}]：代码最多 {MOST_CODE} 个字符：{'、'.join(long)}")
    return found
