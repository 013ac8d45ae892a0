"""The code lists of the policy pack: regions, units, chains, fields and the rest. Read once per process.

CITY_FILE, when set, gives regions and units other display names (the demo city is invented); the codes stay, and the
official names are still accepted. A `calendar_<year>.toml` beside it counts for a year of which the pack has none.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.reference import BadReference, load_code_list, load_toml, required

#: The file of the small lists, one section each.
SMALL = "lists"
#: A city may have no counties, and no chains of its own.
MAY_BE_EMPTY = frozenset({"units", "chains"})
KINDS: Mapping[type, str] = {int: "整数", str: "文字", list: "一列"}


def _place(folder: Path, name: str) -> tuple[Path, str]:
    """The file that holds a list, and its section there; "" for a file of its own."""
    own = folder / "reference" / f"{name}.toml"
    return (own, "") if own.exists() else (folder / "reference" / f"{SMALL}.toml", name)


@lru_cache(maxsize=64)
def _load(folder: Path, city: str, name: str) -> CodeList:
    path, section = _place(folder, name)
    found = load_code_list(path, section, may_be_empty=name in MAY_BE_EMPTY)
    names = load_toml(city).get("regions", {}) if city and name in ("regions", "units") else {}
    return found.renamed(names) if names else found


def code_list(name: str) -> CodeList:
    """The list of this name: a file of its own under reference/, or a section of lists.toml. Raises BadReference."""
    return _load(Path(settings.PACK_DIR), str(settings.CITY_FILE or ""), name)


def number(name: str, term: str, on: date) -> int:
    """A number in force on a day, of a list of terms. Raises BadReference when there is none."""
    for entry in code_list_with(name, {"term": str, "n": int}).current(on):
        if entry.more["term"] == term:
            return int(entry.more["n"])
    raise BadReference(f'{where(name)}：term = "{term}" 在 {on} 没有有效的条目')


def code_list_with(name: str, own: Mapping[str, type], codes: Iterable[str] = ()) -> CodeList:
    """The same list where more is needed of its entries: the keys of `own` in each, and an entry for each of `codes`.

    Raises BadReference.
    """
    return _with(Path(settings.PACK_DIR), str(settings.CITY_FILE or ""), name, tuple(own.items()), tuple(codes))


@lru_cache(maxsize=64)
def _with(folder: Path, city: str, name: str, own: tuple[tuple[str, type], ...], codes: tuple[str, ...]) -> CodeList:
    """Looked through once: every step of every case asks for its period."""
    listed = _load(folder, city, name)
    for n, entry in enumerate(listed, start=1):
        place = f"{where(name)} 第 {n} 项（{entry.code}）"
        required(entry.more, dict(own), place)
        for key, kind in own:
            if type(entry.more[key]) is not kind:
                raise BadReference(f"{place}：{key} 应为{KINDS[kind]}，现在是 {entry.more[key]!r}")
    if missing := [code for code in codes if code not in listed]:
        raise BadReference(f"{where(name)}：缺少代码 {'、'.join(missing)}")
    return listed


def where(name: str) -> str:
    """The file and the list of this name, for messages."""
    return f"{_place(Path(settings.PACK_DIR), name)[0]} [{name}]"


def small_lists() -> list[str]:
    """The names of the lists in lists.toml. Raises BadReference."""
    return list(load_toml(Path(settings.PACK_DIR) / "reference" / f"{SMALL}.toml"))


def regions() -> CodeList:
    """行政区划 (GB/T 2260 with retired codes, and the zones' own codes)."""
    return code_list("regions")


def units() -> CodeList:
    """主管单位: the counties and zones that report to the city."""
    return code_list("units")


def chains() -> CodeList:
    """产业链."""
    return code_list("chains")


def calendar_files() -> list[Path]:
    """The tables of working days there are: the pack's, and those beside the city's file."""
    return [path for folder in _calendar_folders() for path in sorted(folder.glob("calendar_*.toml"))]


def read_calendar() -> WorkingCalendar:
    """The same as `calendar`, read anew. Raises BadReference."""
    return WorkingCalendar.from_folder(*_calendar_folders())


def _calendar_folders() -> list[Path]:
    return [Path(settings.PACK_DIR) / "reference", *map(Path, settings.CITY_CALENDARS)]


@cache
def calendar() -> WorkingCalendar:
    """The pack's working days; of a year it lacks, those beside the city's file (the demo city's are invented).

    A year that neither has raises MissingYear when asked for.
    """
    return read_calendar()


def fields() -> CodeList:
    """技术领域."""
    return code_list("fields")
