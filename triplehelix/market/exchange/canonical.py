"""One spelling of a JSON value: what is signed is the same bytes on both sides.

Values are those of RFC 8785 without fractions: null, booleans, whole numbers within ±(2^53 - 1), texts that are whole
Unicode, lists, objects with short ASCII names, each once. Anything else is refused before it is looked at further.
"""

import hashlib
import json
from typing import Any

import rfc8785

MOST_DEPTH = 6
MOST_WHOLE = 2**53 - 1
MOST_DIGITS = 17


class NotPlain(ValueError):
    """Bytes that are no such value; the message says what is wrong."""


def read(raw: bytes) -> Any:
    """The value of these bytes. Raises NotPlain."""
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction,
            parse_constant=_fraction,
        )  # fmt: skip
    except RecursionError:
        raise NotPlain("nested too deeply") from None
    except UnicodeDecodeError:
        raise NotPlain("not UTF-8") from None
    except json.JSONDecodeError as why:
        raise NotPlain(f"not JSON: {why.msg}") from None
    check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotPlain("a name stands twice in one object")
    return made


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:  # Python itself refuses thousands of digits, with an error that is not of JSON
        raise NotPlain("a number is beyond 2^53 - 1")
    return int(text)


def _fraction(text: str) -> Any:
    raise NotPlain(f"{text[:20]} is no whole number")


def check(value: Any, depth: int = 0) -> None:
    """Raises NotPlain for what two programs might not write alike, or no database can hold."""
    if depth > MOST_DEPTH:
        raise NotPlain("nested too deeply")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > MOST_WHOLE:
            raise NotPlain("a number is beyond 2^53 - 1")
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for one in value:
            check(one, depth + 1)
    elif isinstance(value, dict):
        for name, one in value.items():
            if not name.isascii() or not name.isprintable() or not 0 < len(name) <= 60:
                raise NotPlain("a name is not short ASCII")
            check(one, depth + 1)
    else:
        raise NotPlain(f"{type(value).__name__} is no JSON value of ours")


def _check_text(value: str) -> None:
    if "\x00" in value:
        raise NotPlain("a text has NUL in it")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise NotPlain("a text has half a character in it") from None


def written(value: Any) -> bytes:
    """The one spelling (RFC 8785). Raises NotPlain."""
    check(value)
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """`sha-256:` and 64 hexadecimal digits over the one spelling."""
    return f"sha-256:{hashlib.sha256(written(value)).hexdigest()}"
