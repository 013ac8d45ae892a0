"""The organisations a sheet speaks of: those known, and the others registered as nobody has confirmed them yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.reference import units


def registered(rows: Iterable[dict[str, Any]], actor: Account, now: datetime) -> dict[str, Organisation]:
    """Every organisation of the sheet, those not yet known registered as unconfirmed, by USCC."""
    named = {values["uscc"]: values for values in rows}
    found = {o.uscc: o for o in Organisation.objects.filter(uscc__in=named)}
    for code in sorted(named.keys() - found.keys()):
        region = named[code].get("region") or ""
        # Whoever is responsible for the place confirms it; elsewhere, the city's own bureau.
        unit = region if region in units() else ""
        found[code] = parties.register_organisation(
            uscc=code, name=named[code]["organisation"], region=region, unit=unit, actor=actor, now=now
        )
    return found
