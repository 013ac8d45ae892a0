"""Text encrypted in the database: personal data of contacts."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from triplehelix.records.trail.keyed import Undecipherable


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as why:
        raise ImproperlyConfigured("FIELD_KEYS: 每把密钥应为 32 字节的 URL 安全 base64（Fernet 密钥）") from why


def box() -> MultiFernet:
    """The keys of FIELD_KEYS: the first encrypts, all decrypt. Raises ImproperlyConfigured."""
    return _box(tuple(settings.FIELD_KEYS))


@dataclass(frozen=True, slots=True)
class Sealed:
    """A token as the database keeps it: nobody has read what it says yet. No text, so that nobody takes it for one.
    Written, it is kept as it is."""

    token: str

    def is_first(self) -> bool:
        """Whether the first key opens it: the others are not needed for it."""
        return is_first(self.token.encode())

    def anew(self) -> "Sealed":
        """The same under the first key. Raises InvalidToken: no key opens it."""
        return Sealed(box().rotate(self.token.encode()).decode())


def is_first(token: bytes) -> bool:
    """Whether the first of FIELD_KEYS opens a token."""
    try:
        _box((settings.FIELD_KEYS[0],)).decrypt(token)
    except InvalidToken:
        return False
    return True


def opens(token: Sealed) -> bool:
    """Whether any of FIELD_KEYS opens it."""
    try:
        box().decrypt(token.token.encode())
    except InvalidToken:
        return False
    return True


class Deciphering(DeferredAttribute):
    """The attribute of an encrypted field: a row's personal data is deciphered when somebody reads it, and not with
    the row, because most pages show the row without it."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.deciphered(value.token)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    """A text that is readable only through the program (Fernet: AES-128-CBC with HMAC-SHA256).

    Plain on an instance, a token in the database, Sealed in `values()`; the empty text stays empty. Reading the
    attribute raises Undecipherable without the key. It cannot be searched: every lookup but `isnull` raises FieldError,
    because equal texts have different tokens.
    """

    descriptor_class = Deciphering

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.token
        value = super().get_prep_value(value)
        return box().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | str | None:
        return Sealed(value) if value else value

    def deciphered(self, token: str) -> str:
        """What a token says. Raises Undecipherable and ImproperlyConfigured."""
        try:
            return box().decrypt(token.encode()).decode()
        except InvalidToken as why:
            raise Undecipherable(f"{self.model.__name__}.{self.name}: FIELD_KEYS 里没有能解开它的密钥") from why

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched by {lookup_name}")
        return super().get_lookup(lookup_name)
