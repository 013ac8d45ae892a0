"""Relations of an actor to rows, each a `Q`: what every room with relations asks of them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q
from django.utils import timezone

from triplehelix.records.parties.models import Account

M = TypeVar("M", bound=Model)

NOBODY = Q(pk__in=())
EVERYBODY = ~NOBODY


def numbers(groups: Iterable[str], prefix: str) -> list[int]:
    """The numbers of the audiences with this prefix: of `org:12` with `org:`, 12."""
    return sorted(int(group.removeprefix(prefix)) for group in groups if group.startswith(prefix))


def codes(groups: Iterable[str], prefix: str) -> list[str]:
    """The same for audiences that end in a code: `unit:3715K1`."""
    return sorted(group.removeprefix(prefix) for group in groups if group.startswith(prefix))


def acts_for(groups: Iterable[str], organisation: str = "organisation", author: str = "created_by") -> Q:
    """The rows of the organisations somebody acts for; of one that has to be checked first (`wrote:12`) those this very
    account wrote. `organisation` and `author` are where a row keeps them."""
    held = frozenset(groups)
    own = Q(**{f"{organisation}_id__in": numbers(held, "org:")})
    if not (unchecked := numbers(held, "wrote:")):
        return own
    written = {f"{organisation}_id__in": unchecked, f"{author}_id__in": numbers(held, "account:")}
    return own | Q(**written)


def left(groups: Iterable[str]) -> list[tuple[int, date]]:
    """The organisations somebody has acted for and does no more (`left:12:2026-06-09`), each with the last day."""
    parted = (one.partition(":") for one in codes(groups, "left:"))
    return [(int(organisation), date.fromisoformat(last)) for organisation, _colon, last in parted]


def acted_for(groups: Iterable[str], organisation: str = "organisation", began: str = "created_at") -> Q:
    """The rows begun while somebody acted for their organisation, or for who has taken it over, and does no more:
    leaving makes nobody a judge. `organisation` and `began` are where a row keeps them."""
    found = NOBODY
    for number, last in left(groups):
        its = Q(**{organisation: number}) | Q(**{f"{organisation}__heir": number})
        found |= its & Q(**{f"{began}__date__lte": last})
    return found


def any_of(relations: Mapping[str, Q]) -> Q:
    """The rows to which the actor has some relation: what they may open; any other answers 404."""
    return reduce(or_, relations.values(), NOBODY)


def held(row: Model, relations: Mapping[str, Q]) -> frozenset[str]:
    """The names of the relations that hold for one row: one query."""
    return held_of([row], relations)[row.pk]


def held_of(rows: Iterable[Model], relations: Mapping[str, Q]) -> dict[Any, frozenset[str]]:
    """The same for each of some rows of one table, by their keys: one query for all of a page."""
    given = list(rows)
    if not given:
        return {}
    asked: dict[str, Any] = {
        f"is_{name}": ExpressionWrapper(q, output_field=BooleanField()) for name, q in relations.items()
    }
    found: dict[Any, frozenset[str]] = {row.pk: frozenset() for row in given}
    named = type(given[0])._default_manager.filter(pk__in=found).order_by().annotate(**asked)
    # A relation over a table of many may answer a row more than once.
    for pk, *holds in named.values_list("pk", *asked):
        found[pk] |= {name for name, holding in zip(relations, holds, strict=True) if holding}
    return found


def at_moment(
    on_day: Callable[[M, Account | None, date], frozenset[str]],
) -> Callable[[M, Account | None, datetime], frozenset[str]]:
    """What somebody is to a row on a day, asked for a moment: on its day in the city's time zone."""
    return lambda row, actor, now: on_day(row, actor, timezone.localdate(now))
