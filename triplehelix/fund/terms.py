"""What the pack says of the fund (reference/fund.toml): its name, what a year usually has, what it may be spent on."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.money import Fen
from triplehelix.foundation.reference import BadReference, load_code_list, load_toml, required

FILE, USES = "fund", "uses"
#: A purse keeps the code in so many characters.
MOST_CODE = 20


def name() -> str:
    """What the fund is called. Raises BadReference."""
    return str(_own(Path(settings.PACK_DIR))["name"])


def yearly() -> Fen:
    """What a year usually has: where a form begins. What it really has says its document. Raises BadReference."""
    return Fen.from_yuan(_own(Path(settings.PACK_DIR))["yearly_yuan"])


def uses() -> dict[str, str]:
    """What the fund may be spent on, code to name. Raises BadReference."""
    return {entry.code: entry.name for entry in _uses(Path(settings.PACK_DIR))}


def _path(folder: Path) -> Path:
    return folder / "reference" / f"{FILE}.toml"


@lru_cache(maxsize=8)
def _own(folder: Path) -> dict[str, Any]:
    """What the file says of the fund itself: no days, since money may be entered before the policy counts."""
    path = _path(folder)
    found = load_toml(path)
    required(found, ("name", "yearly_yuan", "source"), str(path))
    if type(found["yearly_yuan"]) is not int or found["yearly_yuan"] < 1:
        raise BadReference(f"{path}：yearly_yuan 应为整数元，现在是 {found['yearly_yuan']!r}")
    return found


@lru_cache(maxsize=8)
def _uses(folder: Path) -> CodeList:
    found = load_code_list(_path(folder), USES)
    if long := [entry.code for entry in found if len(entry.code) > MOST_CODE]:
        raise BadReference(f"{_path(folder)} [{USES}]：代码最多 {MOST_CODE} 个字符：{'、'.join(long)}")
    return found
