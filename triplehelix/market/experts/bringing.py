"""Who brought a work: they alone may write over its title and text, and say which ORCID its authors have; anybody
else's record of it fills in what it lacks.

A sheet may name any DOI and any number, so whoever could write over a work by naming it could write over everybody's.
"""

from datetime import datetime

from django.utils import timezone

from triplehelix.market.experts.access import DESK_OFFICES
from triplehelix.market.experts.models import Source
from triplehelix.market.imports.models import Import
from triplehelix.records.parties.access import audiences

#: The hands of a registered repository and of the desk itself.
TRUSTED = "desk"


class Bringer:
    """Who hands in a batch. `trusted`: a repository the desk registered, or the desk itself; all that is theirs to
    correct. A county's office corrects what came from its units."""

    def __init__(self, batch: Import | None, now: datetime) -> None:
        self.batch = batch
        groups = audiences(batch.account, timezone.localdate(now)) if batch is not None else frozenset()
        office = batch is not None and batch.organisation_id is None
        self.trusted = batch is None or (office and bool(groups & DESK_OFFICES))
        self.units = {group.removeprefix("unit:") for group in groups if office and group.startswith("unit:")}

    def brought(self, source: Source | None) -> bool:
        """Whether this record came from the same hands, or is not stored yet."""
        if self.trusted or (source is not None and source.pk is None):
            return True
        if source is None or source.batch is None or self.batch is None:
            return False
        theirs, ours = source.batch, self.batch
        if ours.organisation_id is not None:
            return theirs.organisation_id == ours.organisation_id
        if theirs.organisation is None:
            return theirs.account_id == ours.account_id
        return theirs.organisation.unit in self.units

    @property
    def hand(self) -> str:
        """Whose word it is: TRUSTED, an organisation's (`o7`) or, of an office, an account's (`a7`)."""
        if self.batch is None or self.trusted:
            return TRUSTED
        return f"o{self.batch.organisation_id}" if self.batch.organisation_id else f"a{self.batch.account_id}"

    def number(self, source_id: str) -> str:
        """A number of a record that is nobody else's, whatever their sheets say."""
        return source_id if self.trusted else f"{self.hand}:{source_id}"[:200]
