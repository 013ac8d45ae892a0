"""What every table with a workflow has."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import Workflow
from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Account

#: Characters of the note to a step: what the page counts, and the most a guard may ask.
MOST_NOTE = 500


class Stateful(models.Model):
    """A case with a state. `state` is written by `steps.actions.take` alone; `version` grows with every change.

    A subclass gives `workflow`, `kind` (its name in the trail), `relations_of`, and, where its steps tell somebody
    other than the people of its `organisation`, `accounts_in`.
    """

    workflow: ClassVar[Workflow]
    kind: ClassVar[str]
    #: The page it is read on, by its name among the addresses: what a letter about it leads to.
    page: ClassVar[str] = ""
    #: The relatives that guards and effects of nearly every step ask for: read with the case, in one statement.
    related: ClassVar[tuple[str, ...]] = ()
    #: What was written to the step being taken, for its guards and effects.
    noted: str = ""
    #: What the effects of the step being taken add to its row in the trail.
    recorded: dict[str, Any]

    state = models.CharField(_("状态"), max_length=30, db_index=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        abstract = True

    def kept_values(self) -> Mapping[str, Any]:
        """The values whose digests stand in every row of the trail about this case, by group, so that `verify` sees a
        later change of them; none where a table does not say."""
        return {}

    def address(self) -> str:
        """The path of its page; empty where it has none."""
        return reverse(self.page, args=[self.pk]) if self.page else ""

    def last_day(self) -> date | None:
        """The last day of the term that runs in the state it is in; None where none does, or a table does not say."""
        return None

    def relations_of(self, actor: Account | None, now: datetime) -> frozenset[str]:
        """The relations the actor has to this case at this moment; None is the public."""
        raise NotImplementedError

    def accounts_in(self, relation: str, now: datetime) -> Iterable[Account]:
        """Who is told when a step tells this relation: of a case with an `organisation`, its members (`owner`), the
        officers of its managing unit (`unit`) or of the city (`city`)."""
        day = timezone.localdate(now)
        organisation = getattr(self, "organisation", None)
        if relation == "city":
            return finds.city_officers(day)
        if organisation is not None and relation == "owner":
            return finds.told_of(organisation, getattr(self, "created_by_id", None), day)
        if organisation is not None and relation == "unit":
            return finds.officers_of_unit(organisation.unit, day)
        raise NotImplementedError(f"{self.kind}: nobody knows who is told as '{relation}'")
