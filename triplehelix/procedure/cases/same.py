"""Which cases are about the same thing: the database finds them by the keys kept with each (cases.keys)."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from triplehelix.procedure.cases.keys import key_of, name_of, row_keys, rows_name
from triplehelix.procedure.cases.models import Case


def alike(rows: QuerySet[Case], codes: tuple[str, ...], mine: str) -> list[Case]:
    """Of these cases those whose facts come to this key; none for "". A case whose key was made before the award was
    declared as it is now has none of this name: it is compared itself."""
    if not mine:
        return []
    name = name_of(codes)
    found = rows.filter(Q(keys__contains={name: mine}) | ~Q(keys__has_key=name))
    return [one for one in found if one.keys.get(name, "") == mine or _compared(one, codes) == mine]


def with_rows(rows: QuerySet[Case], code: str, mine: Mapping[str, str]) -> list[tuple[Case, list[str]]]:
    """Of these cases those whose table has one of these rows, with the rows' ids as they are written here. A case whose
    keys were made before the award said so has none of this name: its table is read."""
    if not mine:
        return []
    name = rows_name(code)
    some = Q()
    for key in mine:
        some |= Q(keys__contains={name: [key]})
    found = []
    for one in rows.filter(some | ~Q(keys__has_key=name)):
        keys = one.keys[name] if name in one.keys else row_keys(one.award, code, one.facts)
        if both := [written for key, written in mine.items() if key in keys]:
            found.append((one, both))
    return found


def _compared(case: Case, codes: tuple[str, ...]) -> str:
    return key_of(case.award, codes, case.facts)
