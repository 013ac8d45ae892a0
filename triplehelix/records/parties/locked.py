"""Whether FIELD_KEYS opens what the database holds encrypted: asked at the start of a program and by `./run verify`.

A database restored without its keys looks whole until somebody opens a page with a phone number on it, and what is
written meanwhile is encrypted with yet another key.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _

from triplehelix.records.parties.fields import EncryptedTextField, Sealed
from triplehelix.records.trail.keyed import Undecipherable

#: At the start this many of a table's newest rows are looked through for one that holds something.
NEWEST = 50
CHUNK = 2000


class Column(NamedTuple):
    model: type[Model]
    field: EncryptedTextField

    def __str__(self) -> str:
        return f"{self.model._meta.verbose_name}·{self.field.verbose_name}"

    def tokens(self, newest: int | None = None) -> Iterator[str]:
        """What stands in the column, newest first; empty values are left out."""
        rows = self.model._default_manager.order_by("-pk").values_list(self.field.attname, flat=True)[:newest]
        return (one.token for one in rows.iterator(chunk_size=CHUNK) if isinstance(one, Sealed))

    def opens(self, token: str) -> bool:
        try:
            self.field.deciphered(token)
        except Undecipherable:
            return False
        return True


def columns() -> Iterator[Column]:
    """Every encrypted column of every room."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield Column(model, field)


def shut() -> list[str]:
    """The columns whose newest value does not open, in words, where none of any column does: these are another
    database's keys. Empty when one opens, or nothing is encrypted yet. A query for each column."""
    found: list[str] = []
    for column in columns():
        for token in column.tokens(NEWEST):
            if column.opens(token):
                return []
            found.append(str(column))
            break
    return found


def problems() -> Iterator[str]:
    """How many values of each column no key opens, in words."""
    for column in columns():
        if many := sum(not column.opens(token) for token in column.tokens()):
            yield _("%(column)s：%(many)s 处，FIELD_KEYS 里没有能解开的密钥") % {"column": column, "many": many}
