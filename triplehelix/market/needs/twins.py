"""Needs that say the same as one: typed twice by its firm, or copied from another's. By what anybody may read."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from triplehelix.foundation import alike
from triplehelix.market.needs.models import Need

MOST_COMPARED = 60
MOST_SHOWN = 5
#: Below so many characters a text says too little to be a copy of another.
LEAST = 20
LIVE = ("submitted", "published")


@dataclass(frozen=True, slots=True)
class Twin:
    """Another need, the percent of its text it shares, and whether it is of the same firm."""

    need: Need
    percent: int
    is_own: bool


def of(need: Need, among: "QuerySet[Need]") -> list[Twin]:
    """The needs most alike, of those `among` which the viewer may see. Drafts count of its own organisation alone."""
    own = Q(organisation_id=need.organisation_id) & ~Q(state="withdrawn")
    rows = among.filter(own | Q(state__in=LIVE)).exclude(pk=need.pk).select_related("organisation")
    said = Q(sketch__overlap=need.sketch) if len(need.text) >= LEAST and need.sketch else Q(pk__in=())
    titled = Q(organisation_id=need.organisation_id, title=need.title)
    found = []
    for other in rows.filter(said | titled).order_by("pk")[:MOST_COMPARED]:
        share = alike.share(need.text, other.text)
        is_own = other.organisation_id == need.organisation_id
        if share >= alike.SHARED or (is_own and alike.same_title(other.title) == alike.same_title(need.title)):
            found.append(Twin(other, round(100 * share), is_own))
    return sorted(found, key=lambda one: (-one.percent, one.need.pk))[:MOST_SHOWN]
