"""Every encrypted value of the database under the first of FIELD_KEYS, while the site runs.

Each row is read again under its lock and written with its own words: whatever somebody else has saved meanwhile stays.
A batch takes the locks that are free and waits for none, and the rows that were not are taken one at a time, so nobody
is ever caught in a deadlock with it. What is done is committed: interrupted, it goes on where values are still old.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from triplehelix.records.parties.fields import Sealed
from triplehelix.records.parties.locked import SECOND_FACTOR, columns, tokens_of

#: Rows that are locked together: who wants one of them waits for some tens of milliseconds.
BATCH = 25

Progress = Callable[[str, int], None]


@dataclass
class Tally:
    """Values encrypted anew, those no key opens, and rows the database did not let be written."""

    done: int = 0
    lost: int = 0
    refused: int = 0

    def add(self, other: "Tally") -> None:
        self.done, self.lost, self.refused = (
            self.done + other.done, self.lost + other.lost, self.refused + other.refused,
        )  # fmt: skip


def renew(*, progress: Progress = lambda name, rows: None) -> Tally:
    """Encrypt anew whatever the first key does not open. `progress` is told a table and how many rows of it have been
    looked at. What no key opens stays as it is."""
    found = Tally()
    for model, of_model in groupby(columns(), key=lambda column: column.model):
        found.add(_table(model, [column.field.attname for column in of_model], progress))
    return found


def _table(model: type[Model], names: list[str], progress: Progress) -> Tally:
    found, looked, busy = Tally(), 0, []
    for rows in _batches(model, names):
        old = [pk for pk, *values in rows if any(not one.is_first() for value in values for one in tokens_of(value))]
        if old:
            held, of_batch = _rows(model, names, old, wait=False)
            found.add(of_batch)
            busy += [pk for pk in old if pk not in held]
        looked += len(rows)
        progress(str(model._meta.verbose_name), looked)
    for pk in busy:
        found.add(_rows(model, names, [pk], wait=True)[1])
    return found


def _batches(model: type[Model], names: list[str]) -> Iterator[list[tuple[Any, ...]]]:
    """All rows by number, with their tokens, a batch at a time."""
    rows = model._base_manager.order_by("pk").values_list("pk", *names)
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])


@transaction.atomic
def _rows(model: type[Model], names: list[str], old: list[Any], *, wait: bool) -> tuple[set[Any], Tally]:
    """Encrypt these rows anew: which of them were free, and what became of their values."""
    found = Tally()
    with connection.cursor() as cursor:
        # What is kept as it was lets only the cipher of its words be changed, and only so (introductions_message_kept).
        cursor.execute("SET LOCAL triplehelix.encrypting_anew = 'on'")
    # Not FOR UPDATE: a row that speaks of this one may be added meanwhile.
    rows = model._base_manager.select_for_update(skip_locked=not wait, no_key=True).filter(pk__in=old).order_by("pk")
    held = set()
    for pk, *values in rows.values_list("pk", *names):
        held.add(pk)
        _one(model, pk, dict(zip(names, values, strict=True)), found)
    return held, found


def _one(model: type[Model], pk: Any, values: dict[str, Any], found: Tally) -> None:
    tokens = [one for value in values.values() for one in tokens_of(value) if not one.is_first()]
    anew = {token: new for token in tokens if (new := _anew(token)) is not None}
    found.lost += len(tokens) - len(anew)
    given = {name: _with(value, anew) for name, value in values.items() if set(tokens_of(value)) & set(anew)}
    if not given:
        return
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**given)
    except DatabaseError:
        found.refused += 1
    else:
        found.done += len(anew)


def _anew(token: Sealed) -> Sealed | None:
    try:
        return token.anew()
    except InvalidToken:
        return None


def _with(value: Any, anew: dict[Sealed, Sealed]) -> Any:
    """A value with its tokens replaced, and all else of it as it is."""
    if isinstance(value, Sealed):
        return anew[value]

    def swapped(token: Any) -> Any:
        if isinstance(token, list):
            return [swapped(one) for one in token]
        return anew[Sealed(token)].token if Sealed(token) in anew else token

    return {name: swapped(one) if name in SECOND_FACTOR else one for name, one in value.items()}
