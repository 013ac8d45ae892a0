"""The pack of this city, and what the office has set in it."""

from typing import Any

from django.conf import settings

from triplehelix.foundation.dated import Dated, since
from triplehelix.policy.registry import Pack, load
from triplehelix.policy.settle import from_plain
from triplehelix.procedure.terms.models import Settled


def pack() -> Pack:
    """The measures of the policy pack the settings name."""
    return load(settings.MEASURES)


def decided(*more: Settled) -> dict[str, Dated[Any]]:
    """Every term the office has set, as dated values: one query. Of two settings for one day the later made counts.
    `more` are settings not made yet: how it would be with them."""
    specs = pack().terms
    found: dict[str, dict[Any, Any]] = {}
    for row in (*Settled.objects.order_by("code", "since", "pk"), *more):
        spec = specs.get(row.code)
        if spec is not None:
            found.setdefault(row.code, {})[row.since] = from_plain(spec, row.value)
    return {code: since(*sorted(steps.items()), name=specs[code].label) for code, steps in found.items()}
