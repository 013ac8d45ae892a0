"""Whether the lists of the policy pack can be used, asked at the start and by `./run manage check`.

Lists are read when somebody needs them. So that a broken or missing one is told to whoever installs the pack, not to
whoever first opens the page that reads it, every room names here what it reads, in its app's `ready`.
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils import timezone

from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.foundation.reference import BadReference
from triplehelix.records.parties import numbers, reference, rules

TAG = "pack"
HINT = "照 docs/howto/write-a-policy-pack.md 改好，再运行 ./run pack。"

_readings: list[Callable[[], object]] = []
_tellers: list[Callable[[], Iterable[str]]] = []


def reads(*readings: Callable[[], object]) -> None:
    """What a room reads: each call raises BadReference, naming file, list and entry, when it cannot be used."""
    _readings.extend(readings)


def tells(teller: Callable[[], Iterable[str]]) -> None:
    """Who looks through several files at once and answers every fault of theirs."""
    _tellers.append(teller)


def reads_lists(*names: str) -> None:
    """The code lists a room asks for by name."""
    reads(*(partial(reference.code_list, name) for name in names))


def reads_numbers(file: str, keys: Iterable[str]) -> None:
    """The dated numbers a room asks for; each must have a value in force today."""
    reads(*(partial(_number, file, key) for key in keys))


def reads_parts(file: str, keys: Iterable[str]) -> None:
    """The dated parts of one a room asks for."""
    reads(*(partial(_part, file, key) for key in keys))


def faults() -> list[str]:
    """What is wrong with the pack, one message for each file, list, number or measure; none when it can be used."""
    found: dict[str, None] = {}
    for reading in (*_calendars(), *_small(), _places, _types, *_readings):
        try:
            reading()
        except BadReference as why:
            found[str(why)] = None
    for teller in _tellers:
        found.update(dict.fromkeys(teller()))
    return list(found)


@checks.register(TAG)
def check(app_configs: object, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Django's system check: one Error for each fault."""
    return [checks.Error(f"政策包：{fault}", hint=HINT, id="pack.E001") for fault in faults()]


def _calendars() -> list[Callable[[], object]]:
    """Every table of working days, and all together; a pack must have some."""
    each = (partial(WorkingCalendar.from_toml, path) for path in reference.calendar_files())
    return [_has_calendars, *each, reference.read_calendar]


def _has_calendars() -> None:
    if not reference.calendar_files():
        raise BadReference(f"{Path(settings.PACK_DIR) / 'reference'}：没有工作日表 calendar_<年>.toml")


def _small() -> list[Callable[[], object]]:
    """Every list of lists.toml, also one that no room names: the API and imports offer them all."""
    try:
        return [partial(reference.code_list, name) for name in reference.small_lists()]
    except BadReference:
        return [reference.small_lists]


def _places() -> None:
    """The city itself among the regions, and every county that reports to it."""
    regions = reference.regions()
    if not any(entry.more.get("level") == "city" and not entry.parent for entry in regions):
        raise BadReference(f'{reference.where("regions")}：要有一项是本市：level = "city"，没有 parent')
    counties = [entry.code for entry in reference.units() if entry.more.get("kind") == "county"]
    if strange := [code for code in counties if code not in regions]:
        said = "、".join(strange)
        raise BadReference(f'{reference.where("units")}：行政区划里没有 {said}；不是行政区的写 kind = "zone"')


def _types() -> None:
    """The kinds of organisations the rules of the house ask for by name."""
    reference.code_list_with("organisation_types", {}, rules.ASKED_BY_NAME)


def _part(file: str, key: str) -> None:
    numbers.part(file, key, timezone.localdate())


def _number(file: str, key: str) -> None:
    numbers.value(file, key, timezone.localdate())
