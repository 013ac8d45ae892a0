"""Whole numbers out of addresses and forms, where anything may stand."""

#: As many digits as a key of the database may have, with none to spare for its limit.
MOST_DIGITS = 18


def whole(text: str) -> int | None:
    """The number of plain digits; None for anything else, and for more digits than a key has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def wholes(texts: list[str]) -> list[int]:
    """Those that are numbers."""
    return [number for text in texts if (number := whole(text)) is not None]
