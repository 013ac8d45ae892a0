"""What happened to a thing with states, in words, read from the trail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triplehelix.records.steps.models import Stateful
from triplehelix.records.trail.models import Entry


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    at: datetime
    who: str
    what: str
    why: str


def history(case: Stateful, deeds: Mapping[str, Any], silent: Collection[str] = ()) -> list[Line]:
    """What happened, oldest first, in words: its steps and its `deeds` {verb: words}, without the `silent` verbs."""
    labels = {**deeds, **{one.code: one.label for one in case.workflow.steps}}
    return lines(case.kind, case.pk, labels, silent)


def lines(kind: str, pk: int, labels: Mapping[str, Any], silent: Collection[str] = ()) -> list[Line]:
    """The trail of one subject in words, oldest first."""
    rows = Entry.objects.filter(subject_kind=kind, subject_id=str(pk)).exclude(verb__in=silent).order_by("n")
    return [Line(row.at, row.who, str(labels.get(row.verb, row.verb)), row.why) for row in rows]
