"""What every table with a workflow has."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import Workflow
from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Account

#: Characters of the note to a step: what the page counts, and the most a guard may ask.
MOST_NOTE = 500


@dataclass(frozen=True)
class Handling:
    """How the rows of a table are handled, as its room has said (`Stateful.handled_by`)."""

    relations: Callable[[Any, Account | None, datetime], frozenset[str]]
    kept: Callable[[Any], Mapping[str, Any]] | None
    told: Callable[[Any, str, datetime], Iterable[Account]] | None


class Stateful(models.Model):
    """A case with a state. `state` is written by `steps.actions.take` alone; `version` grows with every change.

    A subclass gives its `kind`, by which the trail names it. What is done with its rows stands in modules above the
    table, which read it: the workflow with guards and effects, the relations, what the trail keeps. The app of the room
    puts them together when the program starts, by `handled_by`.
    """

    workflow: ClassVar[Workflow]
    handling: ClassVar[Handling]
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

    @classmethod
    def handled_by(
        cls, workflow: Workflow | Callable[[Self], Workflow], *,
        relations: Callable[[Self, Account | None, datetime], frozenset[str]],
        kept: Callable[[Self], Mapping[str, Any]] | None = None,
        told: Callable[[Self, str, datetime], Iterable[Account]] | None = None,
    ) -> None:  # fmt: skip
        """Said once, at the start: the steps of these rows, or of each row its own; who stands in which relation to one
        at a moment; what the trail keeps of one, by group; who is told when a step tells a relation, where that is
        anybody but the people of its `organisation`."""
        # Asked of a row, a property answers with the row's own.
        cls.workflow = workflow if isinstance(workflow, Workflow) else property(workflow)  # type: ignore[assignment]
        cls.handling = Handling(relations, kept, told)

    def kept_values(self) -> Mapping[str, Any]:
        """The values whose digests stand in every row of the trail about this case, by group, so that `verify` sees a
        later change of them; none where its room does not say."""
        return self.handling.kept(self) if self.handling.kept is not None else {}

    def address(self) -> str:
        """The path of its page; empty where it has none."""
        return reverse(self.page, args=[self.pk]) if self.page else ""

    def last_day(self) -> date | None:
        """The last day of the term that runs in the state it is in; None where none does, or a table does not say."""
        return None

    def relations_of(self, actor: Account | None, now: datetime) -> frozenset[str]:
        """The relations the actor has to this case at this moment; None is the public."""
        return self.handling.relations(self, actor, now)

    def accounts_in(self, relation: str, now: datetime) -> Iterable[Account]:
        """Who is told when a step tells this relation: whom its room says (`told`), or of a case with an `organisation`
        its members (`owner`), the officers of its managing unit (`unit`) or of the city (`city`)."""
        if self.handling.told is not None:
            return self.handling.told(self, relation, now)
        day = timezone.localdate(now)
        organisation = getattr(self, "organisation", None)
        if relation == "city":
            return finds.city_officers(day)
        if organisation is not None and relation == "owner":
            return finds.told_of(organisation, getattr(self, "created_by_id", None), day)
        if organisation is not None and relation == "unit":
            return finds.officers_of_unit(organisation.unit, day)
        raise NotImplementedError(f"{self.kind}: nobody knows who is told as '{relation}'")
