"""The pack of this city, and what the office has set in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from triplehelix.foundation.dated import Dated, NotInForce, Undecided, since
from triplehelix.policy.award import Award
from triplehelix.policy.registry import Pack, load
from triplehelix.policy.registry import faults as declared_faults
from triplehelix.policy.settle import from_plain
from triplehelix.policy.terms import Spec, value_on
from triplehelix.procedure.terms.models import Settled
from triplehelix.records.parties.known import once


def pack() -> Pack:
    """The measures of the policy pack the settings name."""
    return load(settings.MEASURES)


def faults() -> list[str]:
    """What is wrong with the measures of that pack, each with its file and line."""
    return declared_faults(settings.MEASURES)


def decided(*more: Settled) -> dict[str, Dated[Any]]:
    """Every term the office has set, as dated values with their documents: one query. Of two settings for one day the
    later made counts.
    `more` are settings not made yet: how it would be with them."""
    rows = once("settled", lambda: tuple(Settled.objects.order_by("code", "since", "pk")))
    specs = pack().terms
    found: dict[str, dict[date, Any]] = {}
    documents: dict[str, dict[date, str]] = {}
    for row in (*rows, *more):
        spec = specs.get(row.code)
        if spec is not None:
            found.setdefault(row.code, {})[row.since] = from_plain(spec, row.value)
            documents.setdefault(row.code, {})[row.since] = row.document
    return {
        code: since(*sorted(steps.items()), name=specs[code].label, sources=tuple(sorted(documents[code].items())))
        for code, steps in found.items()
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """A term the office may set, as it stands on a day. `value` None: open, nobody has decided it; `is_set`: by the
    office, on this day already."""

    spec: Spec
    award: Award
    value: Any
    is_set: bool

    @property
    def written(self) -> str:
        """The value as people read it; "" while it is open."""
        return "" if self.value is None else self.spec.written(self.value)


def standing(on: date) -> list[Standing]:
    """Every term that may be set, the open ones first, then in the order of the awards. One query."""
    set_, terms, awards = decided(), pack().terms, pack().awards
    used = {code: award for award in awards for code in award.terms}
    rows = [_standing(spec, used[code], set_, on) for code, spec in terms.items() if spec.settable]
    return sorted(rows, key=lambda row: (row.value is not None, awards.index(row.award)))


def _standing(spec: Spec, award: Award, set_: dict[str, Dated[Any]], on: date) -> Standing:
    try:
        value = value_on(spec, on, set_)
    except (Undecided, NotInForce):
        value = None
    return Standing(spec, award, value, spec.code in set_ and set_[spec.code].steps[0][0] <= on)


def history(code: str) -> QuerySet[Settled]:
    """What was set for a term, latest decision first."""
    return Settled.objects.filter(code=code).select_related("decided_by").order_by("-pk")
