"""Matches and searches as pages and API give them: the candidates of `matching.search`, looked at again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import reasons
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching import search as zero_shot
from triplehelix.matching.feedback import access, finds
from triplehelix.matching.feedback.inforce import InForce, in_force
from triplehelix.matching.feedback.looking import Look
from triplehelix.matching.feedback.models import Judgement
from triplehelix.matching.result import Facets, Result
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account


@dataclass(frozen=True)
class Said:
    """What the viewer may read of a judged pair: its level and how it came to it, in words."""

    level: int
    words: str


@dataclass(frozen=True)
class Matches:
    """`said` of the hits whose judgement the viewer may read, by number; `model` is what ranked."""

    result: Result
    said: Mapping[int, Said]
    model: InForce


def match_listing(
    listing: Listing, *, actor: Account | None, now: datetime, top: int = 20, text: str | None = None,
    facets: Facets | None = None,
) -> Matches:  # fmt: skip
    """What answers a need, or which needs an achievement answers. `text` and `facets` as in `matching.search`."""
    model, judged = in_force(), finds.about(listing)
    levels = {other: row.level for other, row in judged.items() if row.level is not None}
    ranker = model.ranker if isinstance(listing, Need) else None
    look = Look(ranker, levels) if ranker is not None or levels else None
    result = zero_shot.match_listing(listing, actor=actor, now=now, top=top, text=text, second=look, facets=facets)
    held, own = audiences(actor, timezone.localdate(now)), listing.organisation_id
    said = {
        hit.subject_id: Said(row.level or 0, in_words(row))
        for hit in result.hits
        if (row := judged.get(hit.subject_id)) and access.reads_pair(held, own, hit.organisation)
    }
    return Matches(result, said, model)


def search(*, kind: str, **asked: Any) -> Result:
    """`matching.search.search` with the order of the model in force, where achievements are sought."""
    ranker = in_force().ranker if kind == Achievement.kind else None
    return zero_shot.search(kind=kind, second=Look(ranker, {}) if ranker is not None else None, **asked)


def in_words(row: Judgement) -> str:
    """How a judgement came about."""
    if row.source == "manager":
        return _("经理人评为：%(level)s") % {"level": row.get_level_display()}
    if row.source == "sale":
        return _("已签技术合同")
    if row.reason in ("accepted", "agreed"):
        return _("双方已接受引荐") if row.reason == "accepted" else _("双方已谈定条款")
    try:
        return _("已答复：%(reason)s") % {"reason": reasons.reason(row.reason).label}
    except KeyError:
        return _("已答复")
