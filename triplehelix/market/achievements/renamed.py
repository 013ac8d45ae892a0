"""Following the trail: an achievement is given on under the names of its organisation and its people. When one of them
changes its name, all its published achievements have changed, and whoever harvests what changed is given them again."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.records.trail import followers

NAME = "achievements.renamed"
ORGANISATION, PERSON = "parties.organisation", "parties.person"
KINDS = (ORGANISATION, PERSON)


def handle(subjects: Sequence[tuple[str, str]]) -> None:
    """Called with organisations and people that changed; asks the trail whether their names did."""
    found: dict[str, set[int]] = {ORGANISATION: set(), PERSON: set()}
    for entry in followers.entries(NAME, subjects):
        if "name" in (entry.data.get("changed") or ()):
            found[entry.subject_kind].add(int(entry.subject_id))
    if any(found.values()):
        named = Achievement.objects.filter(Q(organisation__in=found[ORGANISATION]) | Q(people__in=found[PERSON]))
        # Now, and not when the name changed: who has harvested in between is to come upon them.
        Achievement.objects.filter(pk__in=named.values("pk"), state="published").update(changed_at=timezone.now())
