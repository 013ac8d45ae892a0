"""The code lists of the policy pack: regions, units, chains, fields and the rest. Read once per process.

CITY_FILE, when set, gives regions and units other display names (the demo city is invented); the codes stay, and the
official names are still accepted. A `calendar_<year>.toml` beside it counts for a year of which the pack has none.
"""

from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.reference import load_code_list, load_toml


@lru_cache(maxsize=64)
def _load(folder: Path, city: str, name: str) -> CodeList:
    own = folder / "reference" / f"{name}.toml"
    found = load_code_list(own) if own.exists() else load_code_list(folder / "reference" / "lists.toml", name)
    names = load_toml(city).get("regions", {}) if city and name in ("regions", "units") else {}
    return found.renamed(names) if names else found


def code_list(name: str) -> CodeList:
    """The list of this name: a file of its own under reference/, or a section of lists.toml. Raises BadReference."""
    return _load(Path(settings.PACK_DIR), str(settings.CITY_FILE or ""), name)


def regions() -> CodeList:
    """行政区划 (GB/T 2260 with retired codes, and the zones' own codes)."""
    return code_list("regions")


def units() -> CodeList:
    """主管单位: the counties and zones that report to the city."""
    return code_list("units")


def chains() -> CodeList:
    """产业链."""
    return code_list("chains")


@cache
def calendar() -> WorkingCalendar:
    """The pack's working days; of a year it lacks, those beside the city's file (the demo city's are invented).

    A year that neither has raises MissingYear when asked for.
    """
    return WorkingCalendar.from_folder(Path(settings.PACK_DIR) / "reference", *settings.CITY_CALENDARS)


def fields() -> CodeList:
    """技术领域."""
    return code_list("fields")
