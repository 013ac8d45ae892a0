"""What the database holds encrypted, and which of FIELD_KEYS opens it: asked at the start of a program, by
`./run verify` and by `./run manage rekey`.

A database restored without its keys looks whole until somebody opens a page with a phone number on it, and what is
written meanwhile is encrypted with yet another key.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils.translation import gettext as _

from triplehelix.records.parties.fields import EncryptedTextField, Sealed, opens

#: At the start this many of a table's newest rows are looked through for one that holds something.
NEWEST = 50
CHUNK = 2000
#: What of a second factor is encrypted (accounts.MFAAdapter): a secret, the seed of recovery codes, codes of old.
SECOND_FACTOR = ("secret", "seed", "migrated_codes")


class Column(NamedTuple):
    model: type[Model]
    field: "Field[Any, Any]"

    def __str__(self) -> str:
        if self.model is Authenticator:
            return _("账号·第二重验证")
        return f"{self.model._meta.verbose_name}·{self.field.verbose_name}"

    def tokens(self, newest: int | None = None) -> Iterator[Sealed]:
        """What stands in the column, newest first; empty values are left out."""
        rows = self.model._base_manager.order_by("-pk").values_list(self.field.attname, flat=True)[:newest]
        return (one for value in rows.iterator(chunk_size=CHUNK) for one in tokens_of(value))


def tokens_of(value: Any) -> list[Sealed]:
    """The tokens in a value as the database gives it: of an encrypted field, or of a second factor."""
    if isinstance(value, Sealed):
        return [value]
    if not isinstance(value, dict):
        return []
    found = [value.get(name) for name in SECOND_FACTOR]
    return [Sealed(token) for one in found for token in (one if isinstance(one, list) else [one]) if token]


def columns() -> Iterator[Column]:
    """Every encrypted column of every room, and the second factors."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield Column(model, field)
    yield Column(Authenticator, Authenticator._meta.get_field("data"))


def shut() -> list[str]:
    """The columns whose newest value does not open, in words, where none of any column does: these are another
    database's keys. Empty when one opens, or nothing is encrypted yet. A query for each column."""
    found: list[str] = []
    for column in columns():
        for token in column.tokens(NEWEST):
            if opens(token):
                return []
            found.append(str(column))
            break
    return found


def problems() -> Iterator[str]:
    """How many values of each column no key opens, in words."""
    for column in columns():
        if many := sum(not opens(token) for token in column.tokens()):
            yield _("%(column)s：%(many)s 处，FIELD_KEYS 里没有能解开的密钥") % {"column": column, "many": many}


def behind() -> int:
    """How many values the first key does not open, but another of FIELD_KEYS does: they still need it."""
    if len(settings.FIELD_KEYS) == 1:
        return 0
    return sum(not token.is_first() and opens(token) for column in columns() for token in column.tokens())
