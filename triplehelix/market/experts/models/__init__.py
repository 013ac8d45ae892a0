"""The tables of this room."""

from triplehelix.market.experts.models.decisions import Answer, Invitation, Merge, Proposal, Split
from triplehelix.market.experts.models.harvests import Harvest, Repository
from triplehelix.market.experts.models.people import Expert, Profile
from triplehelix.market.experts.models.works import Alias, Authorship, Identity, Source, Work

__all__ = [
    "Alias",
    "Answer",
    "Authorship",
    "Expert",
    "Harvest",
    "Identity",
    "Invitation",
    "Merge",
    "Profile",
    "Proposal",
    "Repository",
    "Source",
    "Split",
    "Work",
]
