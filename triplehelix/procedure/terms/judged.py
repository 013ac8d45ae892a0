"""What has been judged by a term: rooms that judge say how to ask them, in their app's `ready`; this one knows none."""

from collections.abc import Callable, Iterable
from datetime import date

#: Answers the days by whose law something was judged under a term, from a day on, each with its number.
Ask = Callable[[str, date], Iterable[tuple[date, str]]]
_asked: list[Ask] = []


def by(ask: Ask) -> None:
    """Ask this room too."""
    _asked.append(ask)


def under(code: str, since: date) -> list[tuple[date, str]]:
    """Whatever was judged under the term of this code by the law of this day or a later one, earliest first."""
    return sorted(one for ask in _asked for one in ask(code, since))
